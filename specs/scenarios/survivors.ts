import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const ROOT = resolve(__dirname, '../..');

/** What stories leave in their process, counted by the objects themselves and not by any detector. */
export interface Survivors {
  /** Both ends of established TCP connections, ref'd or not. */
  readonly connectionEnds: number;
  readonly listeningServers: number;
  /** References to each subchannel that is referred to still. */
  readonly references: readonly number[];
  /** Objects that a full collection does not take, by the name of their class. */
  readonly reachable: Readonly<Record<string, number>>;
}

/** Plays one variant of a scenario, so many times, in a process of its own without the gate. */
export async function survivors(scenario: string, variant: string, times = 1): Promise<Survivors> {
  const story = join(ROOT, 'fixtures/scenarios', scenario, 'story.ts');
  const script = join(__dirname, 'counted-story.ts');
  const args = ['--expose-gc', '-r', 'esbuild-register', script, story, variant, String(times)];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: ROOT });
  return JSON.parse(stdout) as Survivors;
}
