import { type Frame, packageOf, userPlace } from '../model/frame';
import { knowsUser, type Opening } from './opening';

/** So many packages are told apart in one scope. */
const MOST = 32;

/** Packages that the user's code has called, as far as their frames were kept, and the outermost of them: not those that have called it. */
function packagesOn({ frames, entered }: Opening): ReadonlySet<string> {
  const caller = frames.findIndex(({ origin }) => origin === 'user');
  const called = (caller === -1 ? frames : frames.slice(0, caller)).filter(({ origin }) => origin === 'library');
  const names = called.map(({ file }) => packageOf(file) ?? '');
  if (entered !== undefined) names.push(packageOf(entered) ?? '');
  return new Set(names);
}

/** The user's frames, by package; none where there were several calls. */
type ByPackage = Map<string, readonly Frame[]>;

/**
 * The calls of the user's in which libraries have opened something, or made something that does so later, of one scope. What such a
 * library opens in a tick that leads back to nobody (the next attempt to connect, long after the test) is known by the only call into
 * it that there was.
 */
export class Calls {
  #opened: ByPackage | undefined;
  #made: ByPackage | undefined;

  /** A library has opened something. */
  opened(opening: Opening | undefined): void {
    if (opening?.entered === undefined || !knowsUser(opening)) return;
    this.#opened ??= new Map();
    note(this.#opened, opening);
  }

  /** A library has made something. */
  made(opening: Opening | undefined): void {
    if (opening?.entered === undefined || !knowsUser(opening)) return;
    this.#made ??= new Map();
    note(this.#made, opening);
  }

  /** The user's frames of the call that has led to this; none if that is not known. */
  leadingTo(opening: Opening | undefined): readonly Frame[] {
    if (opening?.entered === undefined) return [];
    for (const known of [this.#opened, this.#made]) {
      for (const name of known === undefined ? [] : packagesOn(opening)) {
        const frames = known?.get(name);
        if (frames !== undefined && frames.length > 0) return frames;
      }
    }
    return [];
  }
}

function note(byPackage: ByPackage, opening: Opening): void {
  const { frames } = opening;
  for (const name of packagesOn(opening)) {
    const known = byPackage.get(name);
    if (known === undefined && byPackage.size < MOST) {
      byPackage.set(name, frames.slice(frames.findIndex(({ origin }) => origin === 'user')));
    } else if (known !== undefined && userPlace(known) !== userPlace(frames)) byPackage.set(name, []);
  }
}
