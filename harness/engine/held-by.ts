import type { Frame } from '../model/frame';
import type { Entry } from './entry';
import { asObject, field } from './native';
import { isCut, KEPT_LIBRARY, knowsUser } from './opening';
import type { Scope } from './scope';
import type { Suspect } from './suspect';

/** Something made that holds suspects. */
export interface Holder {
  readonly entry: Entry;
  readonly resource: object;
  readonly scope: Scope;
  /** What it holds, and how many steps away. */
  readonly held: ReadonlyMap<object, number>;
}

/** A root and all beneath it. */
export function* treeOf(root: Suspect): Iterable<Suspect> {
  yield root;
  for (const owned of root.owns) yield* treeOf(owned);
}

const hasAccepted = ({ identity, owns }: Suspect): boolean =>
  identity.ends?.accepted === true || owns.some(hasAccepted);

/**
 * The same without the other ends of connections: a server lists what it has accepted, and has not opened what connected to it for that.
 */
export function* sideOf(root: Suspect): Iterable<Suspect> {
  yield root;
  const connected = root.identity.ends?.accepted === false;
  for (const owned of root.owns) if (!connected || !hasAccepted(owned)) yield* sideOf(owned);
}

/** How many steps from a holder to the nearest part of a root; `undefined` if it does not hold it. */
export function stepsTo(root: Suspect, { held }: Holder): number | undefined {
  let least: number | undefined;
  for (const { subject } of sideOf(root)) {
    const steps = held.get(subject);
    if (steps !== undefined && (least === undefined || steps < least)) least = steps;
  }
  return least;
}

/** Past the constructors of its own class, in the user's code too, to the line that says `new`. */
export function withoutConstructors(trace: readonly Frame[], made: object): readonly Frame[] {
  const classes = new Set<unknown>();
  for (let each = Reflect.getPrototypeOf(made); each !== null; each = Reflect.getPrototypeOf(each)) {
    const maker = asObject(field(each, 'constructor'));
    if (maker !== undefined) classes.add(field(maker, 'name'));
  }
  // Mixed into a class, `EventEmitter` takes the place of the constructor: then only the custom of writing those in capitals tells.
  const isConstructor = ({ fn, origin }: Frame): boolean =>
    classes.has(fn) || (origin === 'library' && /^(?:new )?[A-Z]\w*$/.test(fn));
  const caller = trace.findIndex((frame) => !isConstructor(frame));
  const past = trace.slice(Math.max(0, caller));
  return past.some((frame) => frame.origin === 'user') ? past : trace;
}

const encloses = (outer: Scope, inner: Scope): boolean => {
  for (let scope = inner.parent; scope !== undefined; scope = scope.parent) if (scope === outer) return true;
  return false;
};

/** Of what a library has called nobody can say for whom: who called that library is no longer on the trace. */
const isCalledByLibrary = (trace: readonly Frame[]): boolean =>
  trace[0]?.origin === 'user' &&
  trace.length > KEPT_LIBRARY &&
  trace.slice(1).every(({ origin }) => origin === 'library');

/** Opened by one line of the test's own body: nobody else can have wanted it. */
export const isDirect = (trace: readonly Frame[]): boolean =>
  trace.filter((frame) => frame.origin === 'user').length === 1 && !isCalledByLibrary(trace);

/** Made by a library while it was loading: nobody called for it. */
const isSingleton = ({ opening }: Entry): boolean => opening?.importing === 'library';

/** An emitter of the user's own may be a client, or only a place where tests put theirs. */
const isUsers = ({ opening }: Entry): boolean => opening?.frames[0]?.origin === 'user';

const isCalled = ({ entry }: Holder): boolean => knowsUser(entry.opening) && !isSingleton(entry);

/** Whether what it reaches was opened for it, and not merely handed to it: by a library while it loaded, that is a pool's connection. */
const opensFor = ({ entry }: Holder, { identity, trace }: Suspect): boolean =>
  isSingleton(entry)
    ? identity.pool === 'private'
    : !isUsers(entry) || identity.pool !== undefined || trace[0]?.origin !== 'user' || !isDirect(trace);

/**
 * Whether the test itself made `own`, whoever else knows it, and not `outer` by a call of the test's. A line of the test's own body
 * did; through a library it may be that `outer` is that library's.
 */
function isTests(own: Holder, outer: Holder): boolean {
  const { opening } = own.entry;
  if (opening === undefined || !isDirect(opening.frames)) return false;
  if (isUsers(outer.entry)) return true;
  return !isCut(opening) && withoutConstructors(opening.frames, own.resource)[0]?.origin === 'user';
}

/** Whether a line of its scope's own body made something that holds `root` and can be closed, with no library in between. */
export const madeByBody = (root: Suspect, holders: readonly Holder[]): boolean =>
  holding(root, holders).some(([{ scope, entry, resource }]) => {
    const { opening, watch } = entry;
    return (
      scope === root.scope &&
      opening !== undefined &&
      !isCut(opening) &&
      watch.isClosable?.(resource) === true &&
      isDirect(opening.frames) &&
      withoutConstructors(opening.frames, resource)[0]?.origin === 'user'
    );
  });

type Ranked = readonly [holder: Holder, rank: number];

const least = (ranked: readonly Ranked[]): Ranked | undefined =>
  ranked.reduce<Ranked | undefined>((best, each) => (best === undefined || each[1] < best[1] ? each : best), undefined);

/** Those among `holders` that hold `root`, with their distance. */
const holding = (root: Suspect, holders: readonly Holder[]): readonly Ranked[] =>
  holders.flatMap((holder) => {
    const steps = stepsTo(root, holder);
    return steps === undefined ? [] : [[holder, steps] as const];
  });

/**
 * What was made elsewhere and answers for `root`: the nearest of an enclosing scope, and rather one whose line is known; else the
 * outermost that another test has made. Nothing where the test itself made what holds it.
 */
export function rootHolder(root: Suspect, holders: readonly Holder[]): Holder | undefined {
  const all = holding(root, holders);
  const own = all.filter(([holder]) => holder.scope === root.scope);
  const elsewhere = all.filter(
    ([holder, steps]) =>
      holder.scope !== root.scope &&
      opensFor(holder, root) &&
      !own.some(([inner, innerSteps]) => innerSteps < steps && isTests(inner, holder)),
  );
  const enclosing = elsewhere.filter(([{ scope }]) => encloses(scope, root.scope));
  const called = enclosing.filter(([holder]) => isCalled(holder));
  const [nearest] = least(called.length > 0 ? called : enclosing) ?? [];
  if (nearest !== undefined) return nearest;
  const others = elsewhere.filter(([holder]) => holder.scope.kind === 'test' && isCalled(holder));
  return least(others.map(([holder, steps]) => [holder, -steps] as const))?.[0];
}

/** The outermost of the same scope that holds `root` and can be closed. */
export function ownHolder(root: Suspect, holders: readonly Holder[]): Holder | undefined {
  const own = holding(root, holders).filter(
    ([{ scope, entry, resource }]) => scope === root.scope && entry.watch.isClosable?.(resource) === true,
  );
  return least(own.map(([holder, steps]) => [holder, -steps] as const))?.[0];
}
