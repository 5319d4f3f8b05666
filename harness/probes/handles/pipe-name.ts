/** The process's own report, as far as it matters here. */
interface LibuvHandle {
  readonly type: string;
  readonly fd?: number;
  readonly localEndpoint?: string | null;
  readonly remoteEndpoint?: string | null;
}

/**
 * The path at the far end of a connected unix socket, which Node itself does not keep; the near end's for an accepted one.
 * Asked of libuv through the diagnostic report: some 2 ms, so for what is about to be reported only.
 */
export function pipeName(fd: number): string | undefined {
  const { report } = process;
  const { excludeNetwork } = report as { excludeNetwork?: boolean };
  // Without it the report looks up the names of all peers, which may take seconds.
  if (excludeNetwork === undefined) return undefined;
  try {
    Object.assign(report, { excludeNetwork: true });
    const { libuv } = report.getReport() as unknown as { libuv: readonly LibuvHandle[] };
    const pipe = libuv.find((each) => each.type === 'pipe' && each.fd === fd);
    return pipe?.remoteEndpoint ?? pipe?.localEndpoint ?? undefined;
  } catch {
    return undefined;
  } finally {
    Object.assign(report, { excludeNetwork });
  }
}
