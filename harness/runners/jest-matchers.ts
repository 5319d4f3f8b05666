import type { Finding } from '../model/finding';
import { formatFrame } from '../model/frame';
import { indented, spot } from '../model/sentence';
import type { Scenario, ScenarioGate } from './scenario-gate';

/** What a leak must be like. Each value is compared as `toEqual` does, so it may be an asymmetric matcher. */
export interface LeakPattern {
  /** The kind of resource (`interval`, `tcp-server` …), or the class of finding (`leak`, `late`, `retained` …). */
  readonly kind?: unknown;
  /** The line that opened it, from the project's root: `src/gateway.ts:31`. */
  readonly openedAt?: unknown;
  /** Sentence and remedy. */
  readonly message?: unknown;
  /** How many alike. */
  readonly count?: unknown;
}

/** The matchers that `leakgate/matchers` brings. */
export interface LeakgateMatchers<R> {
  /**
   * Runs the function received and asks whether it leaves something open, as a test would be asked. What it left is released, and
   * is not held against the test; what does not match `pattern` is.
   * @param pattern what must be among it. Default: anything
   * @example
   * await expect(() => connectAndClose()).not.toLeak();
   * await expect(() => connect()).toLeak({ kind: 'tcp-connection', openedAt: expect.stringContaining('client.ts') });
   */
  toLeak(pattern?: LeakPattern): R;
  /**
   * Asks whether what a `WeakRef` points to is gone after a forced collection; if not, the failure shows what holds it.
   * @example
   * await expect(new WeakRef(invoker)).toBeCollected();
   */
  toBeCollected(): R;
}

/** What Jest makes `this` of a matcher, as far as it is used here. */
interface Context {
  readonly isNot: boolean;
  readonly promise: string;
  equals(a: unknown, b: unknown): boolean;
  readonly utils: {
    matcherHint(name: string, received?: string, expected?: string, options?: object): string;
    matcherErrorMessage(hint: string, generic: string, specific?: string): string;
    printExpected(value: unknown): string;
    printReceived(value: unknown): string;
    printWithType<T>(name: string, value: T, print: (value: T) => string): string;
    RECEIVED_COLOR(text: string): string;
    EXPECTED_COLOR(text: string): string;
  };
}

interface Outcome {
  readonly pass: boolean;
  message(): string;
}

const FIELDS = ['kind', 'openedAt', 'message', 'count'] as const;

const gate = (): ScenarioGate | undefined =>
  (globalThis as Record<PropertyKey, unknown>)[Symbol.for('leakgate.gate')] as ScenarioGate | undefined;

/** Within the accounts of the test, if there are any; else in accounts of its own, whose lines are those of the transformed code. */
async function played(scenario: () => unknown, caller: (...args: never[]) => unknown): Promise<Scenario> {
  const watching = gate();
  if (watching?.scenario !== undefined) return watching.scenario(scenario);
  const { leaksOf } = require('./block') as typeof import('./block');
  return { findings: await leaksOf(scenario, {}, caller), blame: () => {} };
}

const placeOf = ({ openedAt }: Finding): string | undefined =>
  openedAt === undefined ? undefined : spot(openedAt, gate()?.rootDir ?? process.cwd());

function matches(context: Context, finding: Finding, pattern: LeakPattern): boolean {
  const { root, kind, message, count } = finding;
  const values = { kind: [root.kind, kind], openedAt: [placeOf(finding)], message: [message], count: [count] };
  return FIELDS.every(
    (field) => !(field in pattern) || values[field].some((value) => context.equals(value, pattern[field])),
  );
}

/** The finding, and where it was opened. */
function shown(finding: Finding): string {
  const place = placeOf(finding);
  return indented(place === undefined ? finding.message : `${finding.message}\n${place}`);
}

/** Last in a message, it is what Jest draws its code frame at. */
const frameOf = ([first]: readonly Finding[]): string =>
  first?.openedAt === undefined ? '' : `\n    ${formatFrame(first.openedAt)}`;

/** A finding as a pattern would name it. */
const asPattern = (finding: Finding): LeakPattern => ({ kind: finding.root.kind, openedAt: placeOf(finding) });

async function toLeak(this: Context, received: unknown, pattern: LeakPattern = {}): Promise<Outcome> {
  const { utils, isNot } = this;
  const hint = utils.matcherHint('toLeak', 'scenario', Object.keys(pattern).length === 0 ? '' : 'pattern', {
    isNot,
    promise: this.promise,
  });
  const wrong = (what: string, value: unknown, name: string): Error =>
    new Error(utils.matcherErrorMessage(hint, what, utils.printWithType(name, value, utils.printReceived)));
  if (typeof received !== 'function')
    throw wrong(`${utils.RECEIVED_COLOR('received')} value must be a function`, received, 'Received');
  if (
    typeof pattern !== 'object' ||
    pattern === null ||
    Object.keys(pattern).some((key) => !FIELDS.includes(key as 'kind'))
  )
    throw wrong(`${utils.EXPECTED_COLOR('pattern')} must be an object with ${FIELDS.join(', ')}`, pattern, 'Pattern');
  const { findings, blame } = await played(received as () => unknown, toLeak as never);
  const asked = findings.filter((finding) => matches(this, finding, pattern));
  blame(findings.filter((finding) => !asked.includes(finding)));
  const pass = asked.length > 0;
  const expected = Object.keys(pattern).length === 0 ? '' : ` ${utils.printExpected(pattern)}`;
  return {
    pass,
    message: () =>
      pass
        ? `${hint}\n\nExpected to leave nothing open${expected && ` like${expected}`}, but left:\n\n${asked.map(shown).join('\n\n')}${frameOf(asked)}`
        : `${hint}\n\nExpected to leave something open${expected && ` like${expected}`}, but left: ${
            findings.length === 0 ? 'nothing' : utils.printReceived(findings.map(asPattern))
          }`,
  };
}

const isWeakRef = (value: unknown): value is WeakRef<object> =>
  Object.prototype.toString.call(value) === '[object WeakRef]';

async function toBeCollected(this: Context, received: unknown): Promise<Outcome> {
  const { utils, isNot } = this;
  const hint = utils.matcherHint('toBeCollected', 'ref', '', { isNot, promise: this.promise });
  if (!isWeakRef(received))
    throw new Error(
      utils.matcherErrorMessage(
        hint,
        `${utils.RECEIVED_COLOR('received')} value must be a WeakRef: anything else would itself hold the object`,
        utils.printWithType('Received', received, utils.printReceived),
      ),
    );
  const watching = gate();
  if (watching?.heldBy === undefined)
    throw new Error(`${hint}\n\nIt needs the gate: \`preset: 'leakgate'\`, and a level that is not \`off\`.`);
  const holder = await watching.heldBy(received);
  return {
    pass: holder === undefined,
    message: () =>
      holder === undefined
        ? `${hint}\n\nExpected to be held, but it is gone.`
        : `${hint}\n\nExpected to be gone after a forced collection, but it is still reachable:\n\n${indented(holder)}`,
  };
}

/** The matchers, for `expect.extend`. */
export const matchers = { toLeak, toBeCollected };
