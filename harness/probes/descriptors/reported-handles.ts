/** One handle as `process.report` describes it. */
export interface ReportedHandle {
  readonly type: string;
  readonly address: string;
  readonly fd?: number;
  /** Of sockets: where they are, and where their other end is. */
  readonly localEndpoint?: string | null;
  readonly remoteEndpoint?: string | null;
}

interface Report {
  readonly libuv: readonly ReportedHandle[];
}

const report = process.report as typeof process.report & { excludeNetwork?: boolean };

/** Whether the report can be had without a look-up of every peer's name, which may take seconds. Not before Node 20.13. */
export const isReportQuick = (): boolean => report.excludeNetwork !== undefined;

/**
 * Every handle of libuv's, ref'd or not, by way of the diagnostic report: 1.5 to 5 ms. The report's own settings are as they were
 * afterwards.
 */
export function reportedHandles(): readonly ReportedHandle[] {
  const { excludeNetwork } = report;
  try {
    // Without this every address is looked up by name.
    report.excludeNetwork = true;
    return (report.getReport() as unknown as Report).libuv;
  } finally {
    if (excludeNetwork === undefined) Reflect.deleteProperty(report, 'excludeNetwork');
    else report.excludeNetwork = excludeNetwork;
  }
}
