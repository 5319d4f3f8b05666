import type { Frame } from '../model/frame';
import { nameOf } from '../model/sentence';
import { nowMs } from './clock';
import type { Entry, Origin } from './entry';
import { knowsUser, type Opening } from './opening';
import type { Identity } from './probe';
import type { Scope } from './scope';

/** A hook or the body: when it ran. Milliseconds of the harness's own clock. */
export interface Step {
  readonly name: string;
  readonly fromMs: number;
  toMs: number;
}

/** One thing that a test opened. It holds the ledger's line, and that holds the thing weakly. */
export interface Chronicled {
  readonly entry: Entry;
  readonly opening: Opening | undefined;
  /** Where: frames of the user's, its own or those of what it descends from. */
  readonly frames: readonly Frame[];
  /** Its kind and its name, as they were when the test ended. */
  readonly kind: string;
  readonly name: string;
}

/** Things drawn, those that are left first: what floods a test is not read in a picture. */
const DRAWN = 64;
/** Entries looked at as a test ends, the latest. */
const RECENT = 1024;
/** Past this many open at once the end of a hook or body is not looked at: a look is cheap, and paid for by tests that leave nothing, too. */
const LOOKED = { gate: 16, thorough: 1024 } as const;

const isEnded = ({ endedIn }: Entry): boolean => endedIn > 0;

/** What is left, and of the rest as many as can be drawn; in the order of their opening. */
function mostTelling(entries: readonly Entry[]): readonly Entry[] {
  const left = entries.filter((entry) => !isEnded(entry)).slice(-DRAWN);
  const room = DRAWN - left.length;
  const drawn = new Set([...left, ...(room > 0 ? entries.filter(isEnded).slice(-room) : [])]);
  return entries.filter((entry) => drawn.has(entry));
}

/** The frames of whatever knows the user's line, as near to the opening as may be. */
function framesOf(entry: Entry): readonly Frame[] {
  for (let origin: Origin | undefined = entry; origin !== undefined; origin = origin.origin) {
    if (knowsUser(origin.opening)) return origin.opening?.frames ?? [];
  }
  return [];
}

/** What is known of a thing by name. A probe that fails at what is released already has nothing to answer for. */
function identityOf(entry: Entry): Identity | undefined {
  const { resource } = entry;
  try {
    return resource === undefined ? undefined : entry.watch.identify(resource, entry.opening);
  } catch {
    return undefined;
  }
}

/**
 * What a test did and when, for a picture of it. It adds nothing to an opening but the time of its stack; who closed a thing is told by
 * the hook at whose end it was first seen closed. Most tests leave nothing: theirs is dropped as it ends.
 */
export class Chronicle {
  readonly startedMs = nowMs();
  readonly steps: Step[] = [];
  readonly #scope: Scope;
  readonly #nounOf: (kind: string) => string;
  readonly #looked: number;
  #things: readonly Chronicled[] = [];

  /**
   * @param nounOf the words for a kind, with their article
   * @param thorough the run may take its time: looks are not spared
   */
  constructor(scope: Scope, nounOf: (kind: string) => string, thorough: boolean) {
    this.#looked = thorough ? LOOKED.thorough : LOOKED.gate;
    this.#scope = scope;
    this.#nounOf = nounOf;
  }

  /** A hook or the body begins. */
  begin(name: string): void {
    const fromMs = nowMs();
    this.steps.push({ name, fromMs, toMs: fromMs });
  }

  /** It ended: what was closed by now was closed in it. */
  end(): void {
    const step = this.steps.at(-1);
    if (step === undefined) return;
    step.toMs = nowMs();
    if (this.#scope.entries.length <= this.#looked) this.#look(this.#scope.entries);
  }

  #look(entries: readonly Entry[]): void {
    for (const entry of entries) {
      if (!isEnded(entry) && entry.state() === 'released') entry.endedIn = this.steps.length;
    }
  }

  /** The test is over: gives what it opened its names, while they can be asked for. Whether anything of it is still there. */
  close(opened: readonly Entry[]): boolean {
    const entries = opened.slice(-RECENT);
    this.#look(entries);
    const bySubject = new Map<object, Chronicled>();
    let left = false;
    for (const entry of mostTelling(entries)) {
      const identity = identityOf(entry);
      if (identity === undefined) continue;
      left ||= !isEnded(entry);
      const { kind, label, subject } = identity;
      const known = bySubject.get(subject);
      // What is closed may know its address or its delay no more, or give a wrong one.
      const name = nameOf({
        noun: identity.noun ?? this.#nounOf(kind),
        label: isEnded(entry) ? '' : (label ?? ''),
      });
      if (known === undefined)
        bySubject.set(subject, { entry, opening: entry.opening, frames: framesOf(entry), kind, name });
      // A socket, its handle and its descriptor are one thing: the first line that is known is its line.
      else if (known.opening === undefined)
        bySubject.set(subject, { ...known, opening: entry.opening, frames: framesOf(entry) });
    }
    this.#things = [...bySubject.values()];
    return left;
  }

  /** What it opened, oldest first. */
  get things(): readonly Chronicled[] {
    return this.#things;
  }

  /**
   * When a thing was seen closed: by its own close where a probe saw that, else by the end of the hook or body that had closed it; what
   * went only then, or in the grace after it, by the end of the last. `undefined`: it was left.
   */
  endOf({ entry }: Chronicled): number | undefined {
    const closedMs = entry.closing?.atMs ?? 0;
    if (closedMs > 0 && !entry.reported) return closedMs;
    const seenMs = this.steps[entry.endedIn - 1]?.toMs;
    if (seenMs !== undefined) return seenMs;
    const released = !entry.reported && entry.state() === 'released';
    return released ? (this.steps.at(-1)?.toMs ?? this.startedMs) : undefined;
  }
}
