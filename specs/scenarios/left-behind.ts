import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const ROOT = resolve(__dirname, '../..');

/** A timer that is still armed. */
export interface ArmedTimer {
  readonly delayMs: number;
  readonly repeats: boolean;
  /** Not unref'd: the process stays up for it. */
  readonly holdsTheProcess: boolean;
}

/** What a story leaves in its process once subchannels nobody uses have been swept, counted by the objects themselves. */
export interface LeftBehind {
  readonly timers: readonly ArmedTimer[];
  /** Native sides of TCP connections and servers. */
  readonly handles: number;
  /** Channels not closed, and subchannels with a reference, as channelz knows them. */
  readonly channels: number;
  readonly subchannels: number;
  /** Load balancers made and not destroyed. */
  readonly balancers: number;
}

/** What a story leaves that tears down all it should. */
export const NOTHING: LeftBehind = { timers: [], handles: 0, channels: 0, subchannels: 0, balancers: 0 };

/** Plays one variant of a scenario in a process of its own, without the gate, and says what it left there. */
export async function leftBehind(scenario: string, variant: string): Promise<LeftBehind> {
  const story = join(ROOT, 'fixtures/scenarios', scenario, 'story.ts');
  const args = ['-r', 'esbuild-register', join(__dirname, 'observed-story.ts'), story, variant];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: ROOT });
  return JSON.parse(stdout) as LeftBehind;
}
