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

/** Flags that choose among the files a configuration has. What comes of them looks like a configuration that says so itself. */
const CHOOSING =
  /^--(?:select-?projects|ignore-?projects|projects|roots|test-?match|test-?regex|test-?path-?ignore-?patterns)(?:=|$)/i;

/**
 * Whether a command line's flags choose among the files that Jest's configuration has. Such a run may be all that a project ever
 * starts, so it is whole; but a rule that matched nothing in it may be there for the other files.
 */
export const isChosen = (args: readonly string[]): boolean => args.some((arg) => CHOOSING.test(arg));

/**
 * Whether Jest was asked for less than every test there is: a path, name, change, failure or filter narrows the run. A shard is no less
 * than its share. Only of what is not narrowed an allowance can be out of date.
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
  return filtered || flags.includes(true);
}
