import { UsageError } from '../config';
import { packageOf } from '../model/frame';
import type { Shard } from '../model/report';
import { type GlobalConfig, isChosen, isNarrowed } from '../runners/jest-filter';
import { type Project, resolveProject } from '../runners/project';
import { type JestProject, longestGraceMs } from '../runners/project-options';
import type { Environments } from '../runners/run-folder';
import { shardOf } from '../runners/run-identity';
import type { JestCommand } from './jest-command';
import { shownConfig } from './shown-config';

/** What Jest says of its configuration, as far as it matters here. */
export interface JestPlan {
  readonly environments: Environments;
  /** Runners that are not Jest's own, by path. */
  readonly runners: readonly string[];
  readonly testResultsProcessor: string | undefined;
  readonly rootDir: string;
  /** What each Jest project has set, by its folder. */
  readonly projects: ReadonlyMap<string, Project>;
  /** The longest of any project's. */
  readonly graceMs: number;
  /** Jest runs as in CI: it was told so, or has seen that it does. */
  readonly ci: boolean;
  readonly watch: boolean;
  /** Ends at the first failures, without a word on what it ran. */
  readonly bail: boolean;
  /** May run nothing at all, and be content. */
  readonly mayRunNothing: boolean;
  /** A filter is set: not every test there is will run, or of a shard not every one of its share. */
  readonly narrowed: boolean;
  /** Flags choose among the files that the configuration has. */
  readonly chosen: boolean;
  readonly shard: Shard | undefined;
}

interface ShownConfig {
  readonly configs: readonly (JestProject & {
    readonly id: string;
    readonly testEnvironment: string;
    readonly runner: string;
  })[];
  readonly globalConfig: GlobalConfig;
}

/**
 * Asks Jest itself for its configuration, and checks every option of ours in it before a test runs.
 * @param env the variables it will run with
 * @throws {UsageError} with Jest's own words, if it cannot read its configuration
 */
export function jestPlan(command: JestCommand, cwd: string, env: NodeJS.ProcessEnv): JestPlan {
  const { shown, complaint } = shownConfig(command, cwd);
  if (shown === undefined) throw new UsageError(`Jest does not accept its configuration or flags:\n${complaint}`);
  const { configs, globalConfig } = shown as ShownConfig;
  const projects = new Map<string, Project>();
  for (const { rootDir } of configs) {
    if (!projects.has(rootDir)) projects.set(rootDir, resolveProject(rootDir));
  }
  const graceMs = longestGraceMs(configs, (rootDir) => projects.get(rootDir) ?? resolveProject(rootDir), env);
  return {
    environments: Object.fromEntries(configs.map(({ id, testEnvironment }) => [id, testEnvironment])),
    runners: [...new Set(configs.map(({ runner }) => runner))].filter((path) => packageOf(path) !== 'jest-runner'),
    testResultsProcessor: globalConfig.testResultsProcessor ?? undefined,
    rootDir: globalConfig.rootDir,
    projects,
    graceMs,
    ci: globalConfig.ci === true,
    watch: globalConfig.watch === true || globalConfig.watchAll === true,
    bail: (globalConfig.bail ?? 0) > 0,
    mayRunNothing:
      globalConfig.passWithNoTests === true || globalConfig.lastCommit === true || globalConfig.onlyChanged === true,
    narrowed: isNarrowed(globalConfig),
    chosen: isChosen(command.args),
    shard: shardOf(globalConfig),
  };
}
