/** Jest's global configuration, as far as it says what will run. */
export interface GlobalConfig {
  readonly rootDir: string;
  readonly bail?: number;
  readonly ci?: boolean;
  readonly passWithNoTests?: boolean;
  readonly lastCommit?: boolean;
  readonly onlyChanged?: boolean;
  readonly onlyFailures?: boolean;
  readonly findRelatedTests?: boolean;
  readonly runTestsByPath?: boolean;
  readonly nonFlagArgs?: readonly string[];
  readonly testNamePattern?: string | null;
  readonly shard?: unknown;
  readonly filter?: unknown;
  readonly watch?: boolean;
  readonly watchAll?: boolean;
  readonly testResultsProcessor?: string | null;
  /** A list on paper, an object in the running Jest 30. */
  readonly testPathPatterns?: { readonly patterns?: readonly string[] } | readonly string[];
  /** Jest 29's name for it. */
  readonly testPathPattern?: string;
}

const isPatternSet = ({ testPathPattern, testPathPatterns }: GlobalConfig): boolean => {
  if (testPathPattern !== undefined && testPathPattern !== '') return true;
  const patterns = (testPathPatterns as { patterns?: readonly string[] } | undefined)?.patterns ?? testPathPatterns;
  return Array.isArray(patterns) && patterns.length > 0;
};

/**
 * Whether Jest was asked for less than every test there is: a path, name, change, failure or filter narrows the run, or `--bail`
 * may cut it short. A shard is no less than its share. Only of what is not narrowed an allowance can be out of date.
 */
export function isNarrowed(config: GlobalConfig): boolean {
  const filtered =
    isPatternSet(config) ||
    (config.testNamePattern ?? '') !== '' ||
    (config.nonFlagArgs ?? []).length > 0 ||
    (config.filter ?? undefined) !== undefined;
  const flags = [
    config.lastCommit,
    config.onlyChanged,
    config.onlyFailures,
    config.findRelatedTests,
    config.runTestsByPath,
  ];
  return filtered || flags.includes(true) || (config.bail ?? 0) > 0;
}
