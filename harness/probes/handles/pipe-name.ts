import { isReportQuick, reportedHandles } from '../descriptors/reported-handles';

/**
 * The path at the far end of a connected unix socket, which Node itself does not keep; the near end's for an accepted one.
 * Asked of libuv, which takes some 2 ms, so for what is about to be reported only.
 */
export function pipeName(fd: number): string | undefined {
  if (!isReportQuick()) return undefined;
  try {
    const pipe = reportedHandles().find((each) => each.type === 'pipe' && each.fd === fd);
    return pipe?.remoteEndpoint ?? pipe?.localEndpoint ?? undefined;
  } catch {
    return undefined;
  }
}
