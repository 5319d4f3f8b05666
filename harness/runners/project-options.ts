import { environmentSources, mergeOptions, type OptionSource } from '../config';
import type { Project } from './project';

/** As much of a Jest project's configuration as holds options of ours. */
export interface JestProject {
  readonly rootDir: string;
  readonly testEnvironmentOptions?: { readonly leakgate?: unknown };
}

/** Where options for all files of a Jest project come from, later ones winning. */
export const projectSources = (
  { sources }: Project,
  { testEnvironmentOptions }: JestProject,
  env: NodeJS.ProcessEnv,
): readonly OptionSource[] => [
  ...sources,
  { place: 'testEnvironmentOptions.leakgate in the Jest configuration', value: testEnvironmentOptions?.leakgate },
  ...environmentSources(env),
];

/**
 * The longest that any of these projects gives a suspect, in milliseconds: for what may be any file's. The default where there are none.
 * @throws {UsageError} if an option is malformed
 */
export function longestGraceMs(
  configs: readonly JestProject[],
  projectAt: (rootDir: string) => Project,
  env: NodeJS.ProcessEnv,
): number {
  const sources = configs.map((config) => projectSources(projectAt(config.rootDir), config, env));
  return (sources.length === 0 ? [environmentSources(env)] : sources)
    .map((each) => mergeOptions(each).graceMs)
    .reduce((longest, graceMs) => Math.max(longest, graceMs), 0);
}
