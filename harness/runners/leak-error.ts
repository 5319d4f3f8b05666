import type { Finding } from '../model/finding';
import { formatFrame } from '../model/frame';
import { drawPath } from '../model/retainer-path';

/** What `assertNoLeaks` throws: says each finding, and carries them all. */
export class LeakError extends Error {
  override readonly name = 'LeakError';
  readonly findings: readonly Finding[];

  constructor(findings: readonly [Finding, ...Finding[]]) {
    const [first, ...others] = findings;
    super([withPath(first), ...others.map(withPlace)].join('\n\n'));
    this.findings = findings;
    this.stack = [`${this.name}: ${this.message}`, ...first.trace.map((frame) => `    ${formatFrame(frame)}`)].join(
      '\n',
    );
  }
}

const withPath = ({ message, path }: Finding): string =>
  path === undefined ? message : `${message}\n\n${drawPath(path)}`;

const withPlace = (finding: Finding): string =>
  finding.openedAt === undefined ? withPath(finding) : `${withPath(finding)}\n    ${formatFrame(finding.openedAt)}`;
