import type { Finding } from '../model/finding';
import { formatFrame } from '../model/frame';

/** What `assertNoLeaks` throws: says each finding, and carries them all. */
export class LeakError extends Error {
  override readonly name = 'LeakError';
  readonly findings: readonly Finding[];

  constructor(findings: readonly [Finding, ...Finding[]]) {
    const [first, ...others] = findings;
    super([first.message, ...others.map(withPlace)].join('\n\n'));
    this.findings = findings;
    this.stack = [`${this.name}: ${this.message}`, ...first.trace.map((frame) => `    ${formatFrame(frame)}`)].join(
      '\n',
    );
  }
}

const withPlace = ({ message, openedAt }: Finding): string =>
  openedAt === undefined ? message : `${message}\n    ${formatFrame(openedAt)}`;
