import { asObject, field } from '../../../engine/native';

/** The timer of a thing's own pause between two attempts, which it keeps in the field `name`. */
export const pauseOf = (thing: object, name: string): unknown => field(asObject(field(thing, name)) ?? {}, 'timerId');

/** Whether such a pause is under way. Its timer keeps the thing until it is over, and then lets go of it. */
export const isPausing = (thing: object, name: string): boolean =>
  field(asObject(field(thing, name)) ?? {}, 'running') === true;

/**
 * Whether a timer is the pause of something that will do nothing when it fires: it drains by itself.
 * @param pausesOf the timers by which a thing spaces out what it tries
 * @param isDone nobody has asked the thing to try again
 */
export function drainsByItself<T extends object>(
  timer: object,
  things: Iterable<T>,
  pausesOf: (thing: T) => readonly unknown[],
  isDone: (thing: T) => boolean,
): boolean {
  for (const thing of things) if (pausesOf(thing).includes(timer)) return isDone(thing);
  return false;
}

/** Whether nobody has asked to resolve a name again: the pause before that comes to nothing. */
export const isResolved = (thing: object): boolean => field(thing, 'continueResolving') !== true;

/** Ends such a pause: what would come after it never does. */
export function endPause(thing: object, name: string): void {
  const pause = asObject(field(thing, name)) as { stop?(): void } | undefined;
  pause?.stop?.();
}
