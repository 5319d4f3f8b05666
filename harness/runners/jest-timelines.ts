import { Chronicle } from '../engine/chronicle';
import type { Entry } from '../engine/entry';
import type { Probe } from '../engine/probe';
import type { Scope } from '../engine/scope';
import { type Ruling, UNKNOWN } from '../engine/verdicts';
import type { Frame } from '../model/frame';
import { spot } from '../model/sentence';
import type { TimelineEvent } from '../model/test-case';
import type { CircusEvent, CircusHook, CircusState, CircusTest } from './jest-circus';
import type { SourceMapper } from './source-maps';

/** Hundredths of a millisecond are as fine as a picture gets. */
const rounded = (ms: number): number => Math.round(ms * 100) / 100;

/** The timelines of a file's tests, told by Jest's events. Only those are kept whose tests left something. */
export class JestTimelines {
  readonly #thorough: boolean;
  readonly #nouns: ReadonlyMap<string, string>;
  readonly #kept = new WeakMap<Scope, Chronicle>();
  readonly #drawn = new Map<CircusTest, readonly TimelineEvent[]>();
  /** Hooks that Jest adds to every file for itself. */
  readonly #jests = new WeakSet<CircusHook>();
  #running: { readonly scope: Scope; readonly chronicle: Chronicle } | undefined;

  /** @param thorough looks are not spared */
  constructor(probes: readonly Probe[], thorough: boolean) {
    this.#thorough = thorough;
    this.#nouns = new Map(
      probes.flatMap(({ kinds }) => Object.entries(kinds).map(([kind, { noun }]) => [kind, noun] as const)),
    );
  }

  /** What was drawn, by test. */
  get timelines(): ReadonlyMap<CircusTest, readonly TimelineEvent[]> {
    return this.#drawn;
  }

  /** A test begins. Of tests that run side by side none can be drawn by itself. */
  begin(scope: Scope): void {
    this.#running = {
      scope,
      chronicle: new Chronicle(scope, (kind) => this.#nouns.get(kind) ?? UNKNOWN.noun, this.#thorough),
    };
  }

  /** Hooks around a test, its body, its end. */
  note(event: CircusEvent, state: CircusState): void {
    switch (event.name) {
      case 'run_start':
        // Made in the sandbox, a user's function is of another realm than this one.
        for (const hook of state.rootDescribeBlock.hooks) if (hook.fn instanceof Function) this.#jests.add(hook);
        break;
      case 'hook_start':
        if (!this.#jests.has(event.hook)) this.#running?.chronicle.begin(event.hook.type);
        break;
      case 'test_fn_start':
        this.#running?.chronicle.begin('test');
        break;
      case 'hook_success':
      case 'hook_failure':
        if (!this.#jests.has(event.hook)) this.#running?.chronicle.end();
        break;
      case 'test_fn_success':
      case 'test_fn_failure':
        this.#running?.chronicle.end();
        break;
      default:
        break;
    }
  }

  /** A test is over, and something of it is left: gives what it opened its names, while they can be asked for. */
  keep(scope: Scope, opened: readonly Entry[]): void {
    const { chronicle } = this.#running?.scope === scope ? this.#running : {};
    if (chronicle?.close(opened) === true) this.#kept.set(scope, chronicle);
  }

  /** Its suite's hooks are none of its. */
  end(scope: Scope): void {
    if (this.#running?.scope === scope) this.#running = undefined;
  }

  /**
   * Draws the tests that findings fall on.
   * @param rootDir what lines are relative to
   */
  draw(rulings: readonly Ruling[], tests: ReadonlyMap<Scope, CircusTest>, mapped: SourceMapper, rootDir: string): void {
    for (const scope of new Set(rulings.map((ruling) => ruling.scope))) {
      const [test, chronicle] = [tests.get(scope), this.#kept.get(scope)];
      if (test !== undefined && chronicle !== undefined) this.#drawn.set(test, drawn(chronicle, mapped, rootDir));
    }
  }
}

/** A test's hooks, what it opened, and how that ended. */
function drawn(chronicle: Chronicle, mapped: SourceMapper, rootDir: string): readonly TimelineEvent[] {
  const startedMs = chronicle.steps[0]?.fromMs ?? chronicle.startedMs;
  const since = (ms: number): number => rounded(Math.max(0, ms - startedMs));
  const lineOf = (frames: readonly Frame[] | undefined): { line?: string } => {
    const frame = frames?.find(({ origin }) => origin === 'user');
    const [source] = frame === undefined ? [] : mapped([frame]);
    return source === undefined ? {} : { line: spot(source, rootDir) };
  };
  const lastMs = chronicle.steps.at(-1)?.toMs ?? startedMs;
  const steps = chronicle.steps.map(
    ({ name, fromMs, toMs }): TimelineEvent => ({
      atMs: since(fromMs),
      what: 'hook',
      kind: name,
      label: name,
      forMs: rounded(toMs - fromMs),
    }),
  );
  const things = chronicle.things.flatMap((thing, index): readonly TimelineEvent[] => {
    const { kind, name, opening, entry } = thing;
    const same = { kind, label: name, thing: index };
    const endMs = chronicle.endOf(thing);
    const end: TimelineEvent =
      endMs === undefined
        ? { atMs: since(lastMs), what: 'left', ...same }
        : { atMs: since(endMs), what: 'closed', ...same, ...lineOf(entry.closing?.frames) };
    // Without a stack nobody looked at the clock: then only what is left of it is worth a word.
    if (opening === undefined || opening.hostOnly) return endMs === undefined ? [end] : [];
    return [{ atMs: since(opening.atMs), what: 'opened', ...same, ...lineOf(thing.frames) }, end];
  });
  return [...steps, ...things];
}
