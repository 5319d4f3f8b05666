import { nowMs } from '../engine/clock';
import type { Scope } from '../engine/scope';
import { Session } from '../engine/session';
import type { Ruling } from '../engine/verdicts';
import type { Finding } from '../model/finding';
import { isThorough } from '../model/level';
import type { Accepted } from '../model/ratchet';
import type { FileReport, ProbeFailure } from '../model/report';
import type { JestAccountOptions } from './account-options';
import { asWritten } from './as-written';
import { besideFailure } from './beside-failure';
import { watchForEarlyExit } from './early-exit';
import { fileReport } from './file-report';
import { gateOf, hangGate } from './gate';
import { wrapBody } from './jest/build/body';
import { JestBodies } from './jest-bodies';
import { titlesOf } from './jest-cases';
import type { CircusDescribe, CircusEvent, CircusFn, CircusHook, CircusState, CircusTest } from './jest-circus';
import { findingError, harnessError, type JestError, reasonOf } from './jest-error';
import { filesAround } from './jest-files';
import { letGo } from './jest-letting-go';
import { ownLoads } from './jest-loads';
import { SANDBOX_FILE, sandboxRealm } from './jest-realm';
import { JestTimelines } from './jest-timelines';
import { judgingOptions } from './judging-options';
import { plugIns } from './plug-ins';
import { ownRunFolder, RunPage } from './run-folder';
import { scenarioGate } from './scenario-gate';
import { explain } from './second-opinion';
import { type SourceMapper, sourceMapper } from './source-maps';
import { terminalProgress } from './terminal-progress';

/** The accounts of one test file, told by Jest's events. */
export class JestAccount {
  readonly #options: JestAccountOptions;
  readonly #session: Session;
  readonly #scopes = new WeakMap<object, Scope>();
  readonly #bodies = new JestBodies();
  readonly #findings: Finding[] = [];
  readonly #accepted: Accepted[] = [];
  readonly #page: RunPage | undefined;
  #running: CircusTest | undefined;
  /** Every run of every test: deferred verdicts find their test here. */
  readonly #tests = new Map<Scope, CircusTest>();
  #finished = false;
  /** Jest's own list of what went wrong at file level, and which of it is ours. */
  #unhandled: unknown[] = [];
  readonly #ours = new Set<unknown>();
  /** What each test leaks, by position among the findings. */
  readonly #blamed = new Map<CircusTest, number[]>();
  readonly #drawn: JestTimelines;
  #root: CircusDescribe | undefined;
  readonly #harnessFailures: ProbeFailure[] = [];
  #focused = false;
  readonly #startedMs = nowMs();
  #mapped: SourceMapper = (frames) => frames;
  #forgetExit: (() => void) | undefined;
  #forgetLoads: (() => void) | undefined;

  constructor(options: JestAccountOptions) {
    this.#options = options;
    const realm = sandboxRealm(options.global);
    this.#session = new Session({
      file: options.file,
      rootDir: options.rootDir,
      realm,
      classifier: filesAround(realm),
      ...plugIns(),
      ...judgingOptions(options.options),
      exceptions: { rules: options.rules, baseline: { entries: options.baseline, titles: () => titlesOf(this.#root) } },
      letGoOfMocks: options.letGoOfMocks,
      ...terminalProgress(),
      around: (scope) => this.#bodies.around(this.#tests.get(scope), scope),
    });
    this.#drawn = new JestTimelines(plugIns().probes, isThorough(options.options.level));
    const folder = ownRunFolder();
    if (folder !== undefined) this.#page = new RunPage(folder, options.file);
  }

  /** Before anything of the file runs. */
  begin(): void {
    const { global, setupFiles } = this.#options;
    // Jest reads this very array after the environment is made, and before `setup()`.
    if (!Object.isFrozen(setupFiles)) (setupFiles as string[]).unshift(SANDBOX_FILE);
    const deliver = (rulings: readonly Ruling[]): void => this.#deliver(rulings, this.#unhandled);
    const scenarios = scenarioGate(this.#session, this.#options, () => this.#mapped, deliver);
    hangGate(global, { ...gateOf(this.#session), ...scenarios });
    this.#forgetExit = watchForEarlyExit(this.#options.file);
    this.#session.start();
    this.#forgetLoads = ownLoads(this.#session, () => this.#root === undefined && !this.#finished);
  }

  /** The sandbox's set-up files have run, and Jest's source maps are in place. */
  sandboxed(): void {
    this.#mapped = sourceMapper();
    this.#takeBack();
  }

  /** Jest asks for the sandbox: a module is about to run in it. */
  moduleLoading(): void {
    if (!this.#finished) this.#session.moduleLoading();
  }

  #takeBack(): void {
    const files = this.#options.setupFiles as string[];
    const at = files.indexOf(SANDBOX_FILE);
    if (at >= 0) files.splice(at, 1);
  }

  /** Runs work of the environment's own: what it opens is the run's. */
  aside<T>(work: () => T): T {
    return this.#finished ? work() : this.#session.run(this.#session.host, work);
  }

  /** After the file, whatever became of it. Returns whether it has left anything. */
  async end(): Promise<boolean> {
    this.#takeBack();
    this.#forgetLoads?.();
    // A file whose modules fail to load has no run to finish; its accounts are closed here, where Jest prints no errors any more.
    const errors: JestError[] = [];
    await this.#guarded(errors, () => this.#finish(errors));
    if (errors.length > 0) process.stderr.write(besideFailure(this.#options, errors));
    // Only now: what goes wrong after the last test, and a process lost in its teardown, count too.
    this.#page?.finish(this.#report());
    this.#forgetExit?.();
    return this.#findings.length > 0;
  }

  /** One of Jest's events. Most are over at once, and need no promise. */
  handle(event: CircusEvent, state: CircusState): Promise<void> | undefined {
    return this.#guarded(state.unhandledErrors, () => this.#handle(event, state));
  }

  /** Never throws into Jest: what fails in here is the harness's own failure, said on the file and red. */
  #guarded(errors: unknown[], work: () => Promise<void> | undefined): Promise<void> | undefined {
    const failed = (error: unknown): void => {
      this.#harnessFailures.push({ probe: 'jest', why: reasonOf(error) });
      this.#blame(errors, harnessError(error));
    };
    try {
      return work()?.catch(failed);
    } catch (error) {
      failed(error);
      return undefined;
    }
  }

  #handle(event: CircusEvent, state: CircusState): Promise<void> | undefined {
    this.#drawn.note(event, state);
    switch (event.name) {
      case 'run_start':
        this.#unhandled = state.unhandledErrors;
        this.#focused = state.hasFocusedTests;
        this.#root = state.rootDescribeBlock;
        this.#session.loaded();
        this.#wrapAll(state.rootDescribeBlock);
        return undefined;
      case 'run_describe_start':
        this.#scopeOf(event.describeBlock);
        return undefined;
      case 'hook_start':
        if (isSuiteHook(event.hook)) this.#session.during(this.#scopeOf(event.hook.parent), true);
        return undefined;
      case 'hook_success':
      case 'hook_failure':
        if (isSuiteHook(event.hook)) this.#session.during(this.#scopeOf(event.hook.parent), false);
        return undefined;
      case 'test_started':
        this.#begin(event.test);
        return undefined;
      case 'test_done':
        return this.#done(event.test, state);
      case 'run_describe_finish':
        return this.#leaveSuite(event.describeBlock, state);
      case 'run_finish':
        return this.#finish(state.unhandledErrors, () => letGo(state));
      default:
        return undefined;
    }
  }

  #wrapAll(block: CircusDescribe): void {
    for (const hook of block.hooks) {
      if (!this.#bodies.has(hook.fn)) hook.fn = this.#wrap(hook.fn, () => this.#hookScope(hook));
    }
    for (const child of block.children) {
      if (child.type === 'describeBlock') this.#wrapAll(child);
      else if (typeof child.fn === 'function' && !this.#bodies.has(child.fn)) {
        child.fn = this.#wrap(child.fn, () => this.#begin(child));
      }
    }
  }

  #wrap(fn: CircusFn, scope: () => Scope): CircusFn {
    const wrapped = wrapBody(fn, this.#session.lineage, () => scope().lineage);
    this.#bodies.add(wrapped, fn);
    return wrapped;
  }

  #scopeOf(block: CircusDescribe): Scope {
    let scope = this.#scopes.get(block);
    // A `describe` that is retried as a whole starts again; each attempt answers for itself.
    if (scope === undefined || scope.sealed) {
      const parent = block.parent === undefined ? this.#session.file : this.#scopeOf(block.parent);
      scope = this.#session.enter('suite', block.parent === undefined ? '' : block.name, parent);
      this.#scopes.set(block, scope);
    }
    return scope;
  }

  /** The scope of a test's present run; a retry gets one of its own. */
  #begin(test: CircusTest): Scope {
    const known = this.#scopes.get(test);
    if (known !== undefined && !known.sealed) return known;
    const scope = this.#session.enter('test', test.name, this.#scopeOf(test.parent));
    this.#scopes.set(test, scope);
    this.#tests.set(scope, test);
    if (test.concurrent === true) return scope;
    this.#running = test;
    this.#drawn.begin(scope);
    return scope;
  }

  #hookScope(hook: CircusHook): Scope {
    const parent =
      isSuiteHook(hook) || this.#running === undefined ? this.#scopeOf(hook.parent) : this.#begin(this.#running);
    return this.#session.enter('hook', hook.type, parent, hook.type);
  }

  async #done(test: CircusTest, state: CircusState): Promise<void> {
    const scope = this.#scopes.get(test);
    if (scope === undefined) return;
    try {
      const rulings = await this.#session.leave(scope, (opened) => this.#drawn.keep(scope, opened));
      this.#deliver(rulings, state.unhandledErrors);
    } finally {
      this.#drawn.end(scope);
      if (this.#running === test) this.#running = undefined;
    }
  }

  async #leaveSuite(block: CircusDescribe, state: CircusState): Promise<void> {
    const scope = this.#scopes.get(block);
    if (scope === undefined || scope.sealed) return;
    this.#deliver(await this.#session.leave(scope), state.unhandledErrors);
  }

  async #finish(unhandled: unknown[], letGo?: () => void): Promise<void> {
    if (this.#finished) return;
    this.#finished = true;
    this.#deliver(await this.#session.finish(letGo), unhandled);
    for (const { probe, why } of this.#session.failures)
      this.#blame(unhandled, harnessError(`the ${probe} probe could not do its job: ${why}`));
  }

  /** To the test's own errors where it is a test's; to the file's otherwise, where Jest puts what `afterAll` throws. */
  #deliver(rulings: readonly Ruling[], unhandled: unknown[]): void {
    for (const accepted of this.#session.exceptions.takeAccepted()) {
      this.#accepted.push({ ...accepted, finding: asWritten(accepted.finding, this.#mapped, this.#options.rootDir) });
    }
    for (const { scope, finding: raw } of rulings) {
      const finding = asWritten(raw, this.#mapped, this.#options.rootDir);
      explain(raw.trace);
      const at = this.#findings.push(finding) - 1;
      const test = this.#tests.get(scope);
      if (test !== undefined) this.#blamed.set(test, [...(this.#blamed.get(test) ?? []), at]);
      this.#blame(test === undefined ? unhandled : test.errors, findingError(finding, this.#options.options.level));
    }
    this.#drawn.draw(rulings, this.#tests, this.#mapped, this.#options.rootDir);
  }

  #blame(errors: unknown[], error: object): void {
    this.#ours.add(error);
    errors.push(error);
  }

  #report(): FileReport {
    return fileReport({
      ...this.#options,
      session: this.#session,
      root: this.#root,
      tests: this.#tests.size,
      findings: this.#findings,
      accepted: this.#accepted,
      focused: this.#focused,
      unhandled: this.#unhandled,
      isTheirs: (error) => !this.#ours.has(error),
      blamed: this.#blamed,
      timelines: this.#drawn.timelines,
      harnessFailures: this.#harnessFailures,
      durationMs: nowMs() - this.#startedMs,
    });
  }
}

const isSuiteHook = (hook: CircusHook): boolean => hook.type === 'beforeAll' || hook.type === 'afterAll';
