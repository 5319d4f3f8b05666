import type { Frame } from '../model/frame';
import { Breakpoints } from './breakpoints';
import type { FileClassifier } from './file-classifier';
import { placeOfClass } from './heap/heap-census';
import { OpeningCamera } from './opening';

/** So many classes are watched, and so many instances of each: the rest are made by the same lines. */
const MOST_CLASSES = 32;
const MOST_INSTANCES = 16;

const MADE = Symbol.for('leakgate.made');

/** The lines that made instances of some classes. */
export interface Births {
  /** The line in the user's own code that made instances, by class; `undefined` if none was seen. */
  of(className: string): Frame | undefined;
  /** Ends the watch; what it has seen remains. */
  stop(): void;
}

/** Watches constructors at work, those that are written: the line of the `new` is outside of them. */
export function watchBirths(
  classes: readonly string[],
  setting: { readonly global: object; readonly classifier: FileClassifier },
): Births {
  const frames = new Map<string, Frame>();
  const seen = new Map<string, number>();
  const places = classes.flatMap((said) => placeOfClass(said) ?? []).slice(0, MOST_CLASSES);
  const named = classes.filter((said) => placeOfClass(said) !== undefined).slice(0, MOST_CLASSES);
  if (places.length === 0) return { of: () => undefined, stop: () => {} };
  const camera = new OpeningCamera(setting.classifier);
  const made = (index: number): false => {
    const said = named[index] ?? '';
    const times = seen.get(said) ?? 0;
    seen.set(said, times + 1);
    if (times >= MOST_INSTANCES || frames.has(said)) return false;
    const stack = camera.take(made as (...args: never[]) => unknown, 'deep')?.frames ?? [];
    const frame = stack.find(({ origin, fn }) => origin === 'user' && fn !== places[index]?.name);
    if (frame !== undefined) frames.set(said, frame);
    return false;
  };
  const globals = new Set([globalThis, setting.global]);
  for (const global of globals)
    Object.defineProperty(global, MADE, { configurable: true, enumerable: false, writable: true, value: made });
  const breakpoints = new Breakpoints();
  const stop = (): void => {
    breakpoints.stop();
    for (const global of globals) Reflect.deleteProperty(global, MADE);
  };
  try {
    places.forEach(({ scriptId, lineNumber, columnNumber }, index) => {
      breakpoints.atPlace(
        { scriptId, lineNumber, columnNumber },
        `globalThis[Symbol.for('${MADE.description}')]?.(${index})`,
      );
    });
  } catch (error) {
    stop();
    throw error;
  }
  return { of: (className) => frames.get(className), stop };
}
