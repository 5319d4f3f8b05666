import type { Finding } from '../../model/finding';
import { formatFrame } from '../../model/frame';
import { treeOf } from '../../model/tree';

/** How many frames of a trace are worth reading outside of the terminal. */
const FRAMES = 12;

/** What a finding says in its first line. */
export const sentenceOf = ({ message }: Finding): string => message.split('\n', 1)[0] ?? message;

/** `src/poll.ts:3:9`, or the test file where the opening line is not known. */
export const placeOf = ({ openedAt, scope }: Finding): string =>
  openedAt === undefined ? scope.file : `${openedAt.file}:${openedAt.line}:${openedAt.column}`;

/** All that is known of a finding, for a reader who has nothing else: sentence, remedy, tree, trace and fingerprint. */
export function findingText(finding: Finding): string {
  const tree = treeOf(finding.root, ({ file }) => file);
  const frames = finding.trace.slice(0, FRAMES).map((frame) => `    ${formatFrame(frame)}`);
  return [
    finding.message,
    ...(tree === '' ? [] : [tree]),
    ...(finding.openedBy === undefined ? [] : [`The call that opened it is in ${finding.openedBy}.`]),
    ...(frames.length > 0 ? [frames.join('\n')] : [`    at ${placeOf(finding)}`]),
    `Fingerprint: ${finding.fingerprint}`,
  ].join('\n\n');
}
