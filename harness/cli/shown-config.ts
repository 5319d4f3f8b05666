import { spawnSync } from 'node:child_process';
import type { JestCommand } from './jest-command';

/** Projects by the hundred have a configuration of megabytes. */
const MOST_BYTES = 256 * 1024 * 1024;

/**
 * What Jest itself makes of its configuration and flags, by its `--showConfig`.
 * @returns as it has printed it; `undefined` if it cannot read it, and then what it says of that
 */
export function shownConfig(
  { nodeArgs, script, args }: JestCommand,
  cwd: string,
): { readonly shown: unknown; readonly complaint: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...nodeArgs, script, '--showConfig', ...args], {
    cwd,
    encoding: 'utf8',
    maxBuffer: MOST_BYTES,
    input: '',
  });
  try {
    // A configuration in code may print things of its own first.
    return { shown: JSON.parse(stdout.slice(stdout.indexOf('{\n  "configs"'))), complaint: '' };
  } catch {
    return { shown: undefined, complaint: (status === 0 ? '' : stderr.trim()) || stdout.trim() };
  }
}
