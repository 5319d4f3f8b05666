import { existsSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { UsageError } from '../config';
import { BASELINE_FILE } from '../model/baseline';
import { resolveProject } from '../runners/project';
import { shownPath } from '../runners/project-config';
import { writeBaseline } from './baseline';
import { ciLines } from './ci-lines';
import { EXIT_CODES } from './exit-code';
import { type JestCommand, jestCommand } from './jest-command';
import {
  type Additions,
  asLines,
  findJestConfig,
  type JestConfigFile,
  mentions,
  withAdditions,
} from './jest-config-file';
import { writeText } from './outputs';
import { shownConfig } from './shown-config';
import { adoptCommand } from './test-script';

/** What Jest makes of its configuration, as far as it matters here. */
interface Shown {
  readonly configs: readonly (Readonly<Record<string, unknown>> & { readonly testEnvironment: string })[];
}

const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

/** Jest's own word on its configuration; `undefined` if it cannot read it. */
const shownBy = (command: JestCommand, cwd: string): Shown | undefined =>
  shownConfig(command, cwd).shown as Shown | undefined;

const isOurs = ({ testEnvironment }: Shown['configs'][number]): boolean =>
  /[\\/]runners[\\/]jest-(?:node|jsdom)\.js$/.test(testEnvironment);

/** What the gate does not touch, to be told from what an edit broke. */
const others = ({ configs }: Shown): string =>
  JSON.stringify(configs.map(({ testEnvironment: _, id: __, ...rest }) => rest));

/** `node` or `jsdom`, for which there are environments to put in place of Jest's; `undefined` for a project's own. */
function environmentOf({ configs }: Shown): 'node' | 'jsdom' | undefined {
  const names = new Set(
    configs.map(({ testEnvironment }) => /jest-environment-(node|jsdom)[\\/]/.exec(testEnvironment)?.[1]),
  );
  const [name] = names;
  return names.size === 1 ? (name as 'node' | 'jsdom' | undefined) : undefined;
}

function additionsFor(file: JestConfigFile, environment: 'node' | 'jsdom'): Additions {
  const taken = (option: string): boolean => mentions(file, option);
  const free = environment === 'node' && !['preset', 'testEnvironment', 'reporters'].some(taken);
  if (free) return { preset: true, testEnvironment: undefined, reporters: false };
  return { preset: false, testEnvironment: `leakgate/jest/${environment}`, reporters: !taken('reporters') };
}

const BY_HAND: Additions = { preset: true, testEnvironment: undefined, reporters: false };

/** Adds the gate to Jest's configuration, or says what to add. Whatever Jest does not take as it was meant is taken back. */
function setUpJest(command: JestCommand, cwd: string): void {
  const before = shownBy(command, cwd);
  if (before === undefined)
    throw new UsageError('Jest cannot read its configuration; `npx jest --showConfig` says why.');
  if (before.configs.every(isOurs)) {
    say('Jest runs under the gate already.');
    return;
  }
  const file = findJestConfig(cwd, command.args);
  const environment = environmentOf(before);
  if (file === undefined || environment === undefined || before.configs.length > 1) {
    sayByHand(file, environment === undefined ? undefined : BY_HAND);
    return;
  }
  const additions = additionsFor(file, environment);
  const text = withAdditions(file, additions);
  if (text === undefined) {
    sayByHand(file, additions);
    return;
  }
  writeText(realpathSync(file.path), text);
  const after = shownBy(command, cwd);
  if (after?.configs.every(isOurs) === true && others(after) === others(before)) {
    say(`${shownPath(file.path)} now has: ${asLines(additions).join(' ').replace(/,$/, '')}`);
    if (!additions.preset && !additions.reporters) {
      say("Add 'leakgate/jest-reporter' to its `reporters`, too: it sums up what leaked.");
    }
    return;
  }
  writeText(realpathSync(file.path), file.text);
  sayByHand(file, additions);
}

function sayByHand(file: JestConfigFile | undefined, additions: Additions | undefined): void {
  const where = file === undefined ? 'the Jest configuration' : shownPath(file.path);
  say(
    additions === undefined
      ? `The test environment is the project's own: let ${where} name one that is wrapped, module.exports = withLeakgate(Yours), with withLeakgate from 'leakgate/jest'.`
      : [
          `${where} was left as it is. Add to it, and to each of its projects:`,
          ...asLines(additions).map((line) => `  ${line}`),
        ].join('\n'),
  );
  say('`npx leakgate run -- jest` needs none of that: it gates Jest whatever its configuration says.');
}

function checkInstalled(cwd: string): void {
  try {
    createRequire(join(cwd, 'package.json')).resolve('leakgate/package.json');
  } catch {
    throw new UsageError('leakgate is not installed here; run `npm install --save-dev leakgate` first.');
  }
}

/**
 * `leakgate init`: the gate in Jest's configuration, a first baseline, the lines for CI. Jest is started as `npm test` does it. What is
 * there already is left as it is, so that it can be run again at any time.
 * @returns the exit code
 * @throws {UsageError} if leakgate or Jest is not installed, or Jest's configuration cannot be read
 * @throws {ReportError} if Jest's configuration or the baseline cannot be written; it is as it was
 */
export async function init(words: readonly string[], cwd: string): Promise<number> {
  const script = adoptCommand(words, cwd);
  const command = jestCommand(script.words, cwd);
  checkInstalled(cwd);
  setUpJest(command, cwd);
  const baseline = join(resolveProject(cwd).home, BASELINE_FILE);
  let code: number = EXIT_CODES.clean;
  if (existsSync(baseline)) say(`${shownPath(baseline)} is there already.`);
  else {
    say('Now Jest runs once, to record what leaks today: what fails below for a leak will fail no more.');
    code = await writeBaseline(script.words, {}, cwd);
  }
  say(ciLines(cwd, script));
  return code;
}
