import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import type { RunIdentity, Shard } from '../model/report';
import type { GlobalConfig } from './jest-filter';

/** What CI services call a run, all its jobs together. A second attempt at some of its jobs is the same run. */
const CI_RUNS = [
  'GITHUB_RUN_ID',
  'CI_PIPELINE_ID',
  'CIRCLE_WORKFLOW_ID',
  'BUILDKITE_BUILD_ID',
  'BUILD_BUILDID',
  'BITBUCKET_PIPELINE_UUID',
  'SEMAPHORE_WORKFLOW_ID',
] as const;

/** What they call the commit that is checked out. */
const CI_COMMITS = [
  'GITHUB_SHA',
  'CI_COMMIT_SHA',
  'CIRCLE_SHA1',
  'BUILDKITE_COMMIT',
  'BUILD_SOURCEVERSION',
  'BITBUCKET_COMMIT',
  'SEMAPHORE_GIT_SHA',
] as const;

const firstOf = (names: readonly string[], env: NodeJS.ProcessEnv): string | undefined =>
  names.map((name) => env[name]).find((value) => value !== undefined && value !== '');

/** The commit in `cwd`, by git; `undefined` outside of a repository, or without git. */
function gitCommit(cwd: string): string | undefined {
  try {
    return execFileSync('git', ['rev-parse', 'HEAD'], {
      cwd,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return undefined;
  }
}

/** What a run knows of itself before it starts. */
export interface RunStart {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly startedAt: Date;
  /** What `--run-id` says. */
  readonly id?: string | undefined;
  readonly shard?: Shard | undefined;
  readonly ci?: boolean | undefined;
}

/** Which run this is, now that it ends. Without a CI and an id of the user's it has one of its own, and fits no other. */
export function runIdentity({ cwd, env, startedAt, id, shard, ci }: RunStart): RunIdentity {
  const commit = firstOf(CI_COMMITS, env) ?? gitCommit(cwd);
  return {
    id: id ?? firstOf(CI_RUNS, env) ?? randomUUID(),
    ...(commit === undefined ? {} : { commit }),
    startedAt: startedAt.toISOString(),
    endedAt: new Date().toISOString(),
    ...(shard === undefined ? {} : { shard }),
    ...(ci === true ? { ci } : {}),
  };
}

/** The part of the suite that Jest was asked for. */
export function shardOf({ shard }: GlobalConfig): Shard | undefined {
  const { shardIndex, shardCount } = (shard ?? {}) as { shardIndex?: number; shardCount?: number };
  return shardIndex === undefined || shardCount === undefined ? undefined : { index: shardIndex, count: shardCount };
}
