import { sep } from 'node:path';
import { mergeOptions, type OptionSource, type Options, placedRules, pragmaSource, UsageError } from '../config';
import { withoutHold } from '../engine/without-hold';
import { isThorough } from '../model/level';
import type { JestAccountOptions } from './account-options';
import { JestAccount } from './jest-account';
import type { CircusEvent, CircusState } from './jest-circus';
import { overlookMarks } from './jest-promises';
import { endOfStorage } from './jest-storages';
import { projectConfigOf } from './needed-jest';
import { RUN_ID_VARIABLE, TEST_FILE_VARIABLE } from './orphans';
import { plugIns } from './plug-ins';
import { knownIn, projectOf } from './project';
import { projectSources } from './project-options';
import { leaveNote } from './run-folder';
import { consultSecondOpinion } from './second-opinion';
import { versionsHere } from './versions';

/** @internal What looks, for those that measure or break a part of it. */
export { plugIns };

/** What Jest hands to an environment's constructor, as far as it matters here. */
export interface EnvironmentConfig {
  readonly projectConfig: {
    readonly rootDir: string;
    readonly testEnvironmentOptions: Record<string, unknown>;
    readonly setupFiles: readonly string[];
    readonly displayName?: { readonly name: string };
  };
}

/** The second argument of an environment's constructor. */
export interface EnvironmentContext {
  readonly testPath: string;
  readonly docblockPragmas: Record<string, string | string[]>;
}

/** The part of a Jest environment that the gate wraps. */
export interface Environment {
  global: object;
  setup(): Promise<void>;
  teardown(): Promise<void>;
  handleTestEvent?(event: never, state: never): void | Promise<void>;
  getVmContext(): object | null;
}

// biome-ignore lint/suspicious/noExplicitAny: TypeScript asks mixin constructors for exactly this signature.
type EnvironmentClass = abstract new (...args: any[]) => Environment;

/**
 * A Jest environment that makes every test answer for what it leaves behind.
 *
 * @param Base the project's own environment class: Jest's node or jsdom one, or a subclass
 * @returns a subclass of `Base`, to be exported as a test environment
 * @throws UsageError when a test file starts, if an option is malformed
 * @example
 * const { withLeakgate } = require('leakgate/jest');
 * module.exports = withLeakgate(require('./my-environment'));
 */
export function withLeakgate<Base extends EnvironmentClass>(Base: Base): Base {
  abstract class GatedEnvironment extends Base {
    readonly #account: JestAccount | undefined;
    readonly #options: Options;
    readonly #endStorage: (() => void) | undefined;

    // biome-ignore lint/suspicious/noExplicitAny: TypeScript asks mixin constructors for exactly this signature.
    constructor(...args: any[]) {
      super(...args);
      const [config, context] = args as unknown as [EnvironmentConfig, EnvironmentContext];
      const projectConfig = projectConfigOf(config);
      const settings = settingsOf(config, context);
      this.#options = settings.options;
      if (this.#options.level === 'off') leaveNote({ state: 'off', file: context.testPath });
      this.#account =
        this.#options.level === 'off'
          ? undefined
          : new JestAccount({
              file: context.testPath,
              rootDir: projectConfig.rootDir.replace(new RegExp(`\\${sep}$`), ''),
              global: this.global as Record<PropertyKey, unknown>,
              setupFiles: projectConfig.setupFiles,
              ...settings,
              letGoOfMocks: () => mocksOf(this)?.restoreAllMocks(),
              project: projectConfig.displayName?.name,
            });
      markTestFile(this.global, context.testPath);
      this.#account?.begin();
      this.#endStorage = this.#account && endOfStorage();
    }

    override async setup(): Promise<void> {
      await this.#aside(() => consultSecondOpinion(isThorough(this.#options.level)));
      await this.#aside(() => super.setup());
      this.#account?.sandboxed();
    }

    /** Jest asks for it before it runs a module: the only word there is of one. */
    override getVmContext(): object | null {
      // A base class may ask while it is still being made.
      if (#account in this) this.#account?.moduleLoading();
      return super.getVmContext();
    }

    override async teardown(): Promise<void> {
      let hasLeft = true;
      try {
        hasLeft = (await this.#account?.end()) === true;
      } finally {
        delete process.env[TEST_FILE_VARIABLE];
        const teardown = (): Promise<void> => super.teardown();
        await this.#aside(() => (hasLeft ? withoutHold(teardown) : teardown()));
        this.#endStorage?.();
      }
    }

    /** No promise where there is nothing to wait for: Jest has ten events a test, and Node 20 a price for every promise. */
    override handleTestEvent(event: CircusEvent & never, state: CircusState & never): Promise<void> | undefined {
      const handle = (): Promise<void> | undefined => this.#account?.handle(event, state);
      // The base class goes first: what it does in a hook's event is part of the scope that is being judged.
      const own = this.#aside((): unknown => super.handleTestEvent?.(event, state));
      const handled = own === undefined ? handle() : Promise.resolve(own).then(handle);
      if ((event as CircusEvent).name === 'run_start' && this.#account !== undefined)
        overlookMarks(this.global, versionsHere().jest[0] ?? '');
      return handled;
    }

    /** What the base class opens is the environment's, and no test answers for it. */
    #aside<T>(work: () => T): T {
      return this.#account === undefined ? work() : this.#account.aside(work);
    }
  }
  Object.defineProperty(GatedEnvironment, GATED, { value: true });
  return GatedEnvironment as unknown as Base;
}

/** Jest's own bookkeeping of mocks and spies, which every environment of its own has. */
const mocksOf = (environment: object): { restoreAllMocks(): void } | undefined =>
  (environment as { readonly moduleMocker?: { restoreAllMocks(): void } | null }).moduleMocker ?? undefined;

/** Children inherit the mark, whichever of the two environments they are given: a process outlives its test file, not its origin. */
function markTestFile(global: object, testPath: string): void {
  if (process.env[RUN_ID_VARIABLE] === undefined) return;
  process.env[TEST_FILE_VARIABLE] = testPath;
  const sandboxed = (global as { process?: { env?: NodeJS.ProcessEnv } }).process?.env;
  if (sandboxed !== undefined) sandboxed[TEST_FILE_VARIABLE] = testPath;
}

/** Marks an environment that is gated already, whichever copy of the package did it. */
const GATED = Symbol.for('leakgate.gated');

/** Whether `Base` is an environment made by {@link withLeakgate}, or a subclass of one. */
export const isGated = (Base: object): boolean => (Base as Record<symbol, unknown>)[GATED] === true;

/** Options, and what the project lets go. */
type Settings = Pick<JestAccountOptions, 'options' | 'rules' | 'baseline' | 'place'>;

function settingsOf({ projectConfig }: EnvironmentConfig, context: EnvironmentContext): Settings {
  try {
    const { rootDir } = projectConfig;
    const project = projectOf(rootDir);
    const sources: readonly OptionSource[] = [
      ...projectSources(project, projectConfig, process.env),
      ...pragmaSource(context.docblockPragmas.leakgate, context.testPath),
    ];
    const options = mergeOptions(sources);
    return { options, rules: placedRules(sources, rootDir), ...knownIn(project, context.testPath) };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    leaveNote({ state: 'refused', file: context.testPath, why: error.message });
    // The sentence says it all; a stack of ours would only hide it.
    error.stack = `${error.name}: ${error.message}`;
    throw error;
  }
}
