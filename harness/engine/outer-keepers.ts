import { closingAmong } from './closing-calls';
import { isOnStack, type OuterHold, type OuterStep } from './heap/outer-holders';
import { isFromPackage } from './imported-names';
import type { Scope } from './scope';
import { guards, mentions, sourceOf, withoutAsides, writesTo } from './slot-writes';
import type { Surroundings } from './surroundings';
import { type Keeper, placeOf, type Suspect } from './suspect';

/** A thing whose verdict is about to fall on a test, and by what it is held. */
export interface Asked {
  readonly root: Suspect;
  /** The tests' own variables first; `undefined` if it could not be found in the heap. */
  readonly holds: readonly OuterHold[] | undefined;
}

/** Everything asked of one file. */
export interface AskedOfFile {
  readonly file: Scope;
  readonly asked: readonly Asked[];
  /** In the order in which the heap was asked about them. */
  readonly functions: readonly object[];
  readonly places: ReadonlyMap<Scope, Surroundings>;
  /** Texts of those that the runner has wrapped, by index. */
  readonly wrapped: ReadonlyMap<number, string>;
}

/** The code of a body without comments and strings. */
function codeOf(fn: object, { functions, wrapped }: AskedOfFile): string {
  return withoutAsides(wrapped.get(functions.indexOf(fn)) ?? sourceOf(fn));
}

/**
 * Whose a thing is: a keeper's that outlives the test; `own` if nothing holds it but what the test has left or put there itself;
 * `undefined` if that cannot be told.
 */
export function keeperOf({ root, holds }: Asked, all: AskedOfFile): Keeper | 'own' | undefined {
  const place = all.places.get(root.scope);
  if (place === undefined || holds === undefined) return undefined;
  const found = holds.map((hold): Keeper | 'own' | undefined => {
    const slots = slotsTo(hold, root);
    if (slots === undefined) return undefined;
    if (place.own.some((fn) => writesTo(codeOf(fn, all), slots)) || isReplaced(hold, slots, root, all)) return 'own';
    const keeper = asKeeper(scopeOf(hold, slots, place, all), hold, slots);
    return keeper.closing === undefined && isPackages(hold, slots) ? undefined : keeper;
  });
  const keeper = found.find((each) => typeof each === 'object');
  return keeper ?? (found.every((each) => each === 'own') ? 'own' : undefined);
}

/**
 * The variable and what follows it, up to what has opened `root` for itself. `undefined` if that is nothing it is held by, or only a
 * function that the test has called, to start it.
 */
function slotsTo(hold: OuterHold, root: Suspect): readonly OuterStep[] | undefined {
  const { steps, opened, seenBy } = hold;
  const code = opened.map(withoutAsides);
  const at = steps.findIndex((step, index) => isClient(step, steps[index + 1], root, hold));
  const upToClient = at < 0 ? steps : steps.slice(0, at + 1);
  // What found nothing there yet has made it for all, whatever it is: a promise, a record, what closes it.
  const filled = upToClient.findIndex((step) => code.some((each) => writesTo(each, [step]) && guards(each, [step])));
  const slots = filled < 0 ? upToClient : upToClient.slice(0, filled + 1);
  if (!isWritten(slots)) return undefined;
  // A list of the application's may be there to list what tests make.
  if (seenBy.size === 0 && slots.some(({ how }) => how !== 'variable' && how !== 'property')) return undefined;
  const writers = code.filter((each) => writesTo(each, slots));
  // It started one for whoever called, or found none yet and made one for all.
  if (writers.length > 0) return writers.some((each) => guards(each, slots)) ? slots : undefined;
  return at < 0 ? undefined : slots;
}

/** Whether a person would say so: from a variable through records and classes of the user's, and through nothing else. */
const isWritten = (slots: readonly OuterStep[]): boolean =>
  slots.every(({ how, name }) => how !== 'internal' && !UNWRITTEN.has(name)) &&
  slots.slice(0, -1).every(({ kind, origin }) => kind === 'record' || origin === 'user');

const UNWRITTEN = new Set(['__proto__', 'prototype', 'constructor', 'process']);

/** Whether it is what has opened `root`: by a method of its own, or a library's object by that library's code. */
function isClient(step: OuterStep, next: OuterStep | undefined, root: Suspect, hold: OuterHold): boolean {
  if (next === undefined) return false;
  // Somebody has called for what listens: it was not opened on the way to something else.
  if (root.identity.listening === true) return false;
  if (isOnStack(step.methods, root.trace, hold)) return true;
  const isObject = step.kind === 'object' || (step.kind === 'function' && next.how === 'variable');
  return isObject && step.origin === 'library' && root.trace[0]?.origin === 'library';
}

/** A package's own object that opens what it is asked for, and closes nothing: whoever called it has what it opened. */
const isPackages = ({ steps, file }: OuterHold, slots: readonly OuterStep[]): boolean =>
  slots.length < steps.length &&
  slots.at(-1)?.origin === 'library' &&
  slots[0]?.how === 'variable' &&
  isFromPackage(file, slots[0].name);

/** Another test that speaks of the variable has left its like, and that variable holds it no more: each test has one of its own. */
function isReplaced({ seenBy }: OuterHold, slots: readonly OuterStep[], like: Suspect, all: AskedOfFile): boolean {
  const { asked, functions, places } = all;
  const isSeen = (fn: object): boolean => seenBy.has(functions.indexOf(fn));
  return asked.some(
    ({ root, holds }) =>
      root.scope !== like.scope &&
      root.identity.kind === like.identity.kind &&
      placeOf(root) === placeOf(like) &&
      placeOf(root) !== '' &&
      holds?.some((hold) => hold.seenBy.size > 0) === false &&
      places.get(root.scope)?.own.some((fn) => isSeen(fn) && mentions(codeOf(fn, all), slots)) === true,
  );
}

function scopeOf(
  { seenBy, atTop }: OuterHold,
  slots: readonly OuterStep[],
  { suites }: Surroundings,
  all: AskedOfFile,
): Scope {
  const { file, functions } = all;
  if (seenBy.size === 0) return file;
  const innermostFirst = [...suites].reverse();
  const maker = innermostFirst.find(({ before }) => before.some((fn) => writesTo(codeOf(fn, all), slots)));
  if (maker !== undefined) return maker.scope;
  if (atTop) return file;
  const home = suites.find(({ bodies }) => bodies.some((fn) => seenBy.has(functions.indexOf(fn))));
  return home?.scope ?? file;
}

function asKeeper(scope: Scope, hold: OuterHold, slots: readonly OuterStep[]): Keeper {
  const client = slots.length < hold.steps.length ? slots.at(-1) : undefined;
  const closing = closingAmong((client?.methods ?? []).map(({ name }) => name));
  return {
    scope,
    slots: slots.map(({ how, name }) => ({ how, name })),
    file: hold.file,
    holds: client?.holds ?? '',
    ...(closing === undefined ? {} : { closing }),
  };
}
