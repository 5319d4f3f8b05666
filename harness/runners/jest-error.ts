import { relative } from 'node:path';
import type { Finding } from '../model/finding';
import type { Frame } from '../model/frame';
import { formatFrame } from '../model/frame';
import { isThorough, type Level } from '../model/level';
import { drawPath } from '../model/retainer-path';
import { indented } from '../model/sentence';
import { treeOf } from '../model/tree';

/** An error as Jest prints it: message first, then frames; its code frame is taken from the first one. */
export interface JestError {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
}

/** The user's line first, then the rest of the trace: Jest draws its code frame at the first. */
function orderedFrames(trace: readonly Frame[]): readonly Frame[] {
  return [...trace.filter((frame) => frame.origin === 'user'), ...trace.filter((frame) => frame.origin !== 'user')];
}

/**
 * The error that fails a test for a finding.
 * @param level what was captured: more of it is advised only where that can help
 */
export function findingError(finding: Finding, level: Level): JestError {
  const parts = [finding.message];
  const tree = treeOf(finding.root, ({ file }) => relative(process.cwd(), file));
  if (tree !== '') parts.push(tree);
  if (finding.path !== undefined) parts.push(indented(drawPath(finding.path)));
  if (finding.openedBy !== undefined && finding.kind !== 'retained')
    parts.push(
      `The call that opened it is in ${finding.openedBy}${finding.openedAt === undefined ? '' : ', on behalf of the line below'}.`,
    );
  if (finding.openedAt === undefined) parts.push(...hint(finding, level));
  const message = parts.join('\n\n');
  const frames = orderedFrames(finding.trace);
  const stack = [message, ...frames.map((frame) => `    ${formatFrame(frame)}`)].join('\n');
  return { name: 'LeakError', message, stack };
}

function hint({ kind, owner }: Finding, level: Level): string[] {
  // Where nobody saw the opening there is no stack to capture.
  if (kind === 'unused-allow' || owner === 'none') return [];
  return isThorough(level)
    ? ['Its opening line is not known, though every stack was captured: native code opened it, or a context was lost.']
    : ['Its opening line is not known: run again with LEAKGATE_LEVEL=trace to have every stack captured.'];
}

/** What an error says; one of the sandbox's realm is no instance of this one's `Error`. */
export function reasonOf(error: unknown): string {
  const message = (error as { message?: unknown } | null | undefined)?.message;
  return typeof message === 'string' ? message : String(error);
}

/** The harness failed: loudly, and red. */
export function harnessError(error: unknown): JestError {
  const why = reasonOf(error);
  const stack = error instanceof Error && error.stack !== undefined ? error.stack : why;
  const message = `leakgate could not do its job in this file: ${why}`;
  return { name: 'LeakgateError', message, stack: `${message}\n${stack.split('\n').slice(1).join('\n')}` };
}
