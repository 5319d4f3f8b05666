import type { Finding } from './finding';
import type { Frame } from './frame';
import { normalizePath, packageOfFrame } from './frame';

/** Says of a finding that it cannot leak, or is accepted: with a reason, never by type alone in silence. */
export interface Allowance {
  /** Why. Required: an exception without a reason is not reviewable. */
  readonly reason: string;
  /** Resource kind: `timeout`, `tcp-server` … */
  readonly kind?: string;
  /** A finding's fingerprint. */
  readonly fingerprint?: string;
  /** The npm package whose code opened it, by its own name. */
  readonly package?: string;
  /** End of the path of a file on the opening's trace: `src/metrics.ts`. */
  readonly file?: string;
}

/** Built-in knowledge of a library: something it keeps by design, so no test can be asked to release it. */
export interface Rule {
  /** Resource kind. */
  readonly kind: string;
  /** The npm package that opens it, by its own name. */
  readonly package: string;
  /** End of the path of the file in that package that opens it, or implements it where that is known. */
  readonly file: string;
  /** Name of the function there that opens it. Absent: all that the file opens of this kind is meant. */
  readonly fn?: string;
  /** Why it cannot leak. */
  readonly reason: string;
  /** Where that can be read. */
  readonly reference: string;
}

const isIn = (frame: Frame, packageName: string, file: string): boolean =>
  packageOfFrame(frame) === packageName && normalizePath(frame.file).endsWith(`/${file}`);

/** Whether `rule` says of a thing opened by `trace` that it stays by design. Only the innermost frame counts: who else called it does not matter. */
export function ruledOut(rule: Rule, kind: string, trace: readonly Frame[]): boolean {
  const [inner] = trace;
  if (inner === undefined || rule.kind !== kind || (rule.fn !== undefined && rule.fn !== inner.fn)) return false;
  return isIn(inner, rule.package, rule.file);
}

/** Whether `allowance` covers `finding`: every field it names must match. */
export function covers(allowance: Allowance, finding: Finding): boolean {
  const { kind, fingerprint, file } = allowance;
  if (kind !== undefined && kind !== finding.root.kind) return false;
  if (fingerprint !== undefined && fingerprint !== finding.fingerprint) return false;
  if (allowance.package !== undefined && !finding.trace.some((frame) => packageOfFrame(frame) === allowance.package)) {
    return false;
  }
  return file === undefined || finding.trace.some((frame) => `/${normalizePath(frame.file)}`.endsWith(`/${file}`));
}
