import type { Finding } from './finding';
import { normalizePath, packageOf } from './frame';

/** Says of a finding that it cannot leak, or is accepted: with a reason, never by type alone in silence. */
export interface Allowance {
  /** Why. Required: an exception without a reason is not reviewable. */
  readonly reason: string;
  /** Resource kind: `timeout`, `tcp-server` … */
  readonly kind?: string;
  /** A finding's fingerprint. */
  readonly fingerprint?: string;
  /** The npm package whose code opened it. */
  readonly package?: string;
  /** End of the path of a file on the opening's trace: `src/metrics.ts`. */
  readonly file?: string;
}

/** Whether `allowance` covers `finding`: every field it names must match. */
export function covers(allowance: Allowance, finding: Finding): boolean {
  const { kind, fingerprint, file } = allowance;
  if (kind !== undefined && kind !== finding.root.kind) return false;
  if (fingerprint !== undefined && fingerprint !== finding.fingerprint) return false;
  if (allowance.package !== undefined && !finding.trace.some((frame) => packageOf(frame.file) === allowance.package)) {
    return false;
  }
  return file === undefined || finding.trace.some((frame) => normalizePath(frame.file).endsWith(file));
}
