import type { OwnerKind } from '../model/scope';
import { asError } from './as-error';
import type { Opening } from './opening';
import type { Holding, Identity, Liveness, Watch } from './probe';
import type { Scope } from './scope';

/** Something further back that has an opening. */
export interface Origin {
  readonly opening: Opening | undefined;
  readonly origin?: Origin | undefined;
}

/** Who opened a subject, and where, as remembered before its native side was there. */
export interface Memory {
  readonly scope: Scope | undefined;
  readonly opening: Opening | undefined;
}

/** A page's interval is one timeout after the other, and the next round of one that was armed in time is no work of its own. */
const isNextRound = (opening: Opening | undefined, origin: Origin | undefined): boolean =>
  opening?.page !== undefined &&
  opening.frames.length === 0 &&
  origin !== undefined &&
  !(origin instanceof Entry && origin.late);

/** One line of the ledger: an opening that waits for its closing. It holds the resource weakly, or our own record of it. */
export class Entry implements Holding {
  readonly asyncId: number;
  readonly watch: Watch;
  /** The scope whose code opened it. */
  scope: Scope;
  owner: OwnerKind;
  opening: Opening | undefined;
  /** Where the user's line is looked for when it is not in the opening itself: the act it descends from, or the entry it was born in. */
  readonly origin: Origin | undefined;
  /** The scope was already sealed when it, or the round before it, was opened. */
  readonly late: boolean;
  /** What it was made by, or inside of: a channel's subchannel, a balancer's timer. */
  readonly within: Entry | undefined;
  /** What it was made by was closed already. */
  readonly afterClose: boolean;
  /** Who closed it, where its probe said so; `OUTSIDE` if its line is not known. */
  closing: Opening | undefined;
  /** A finding was made of it: it is never reported twice. */
  reported = false;
  /** The thing that should be gone when this is released, once it was seen. */
  thing: WeakRef<object> | undefined;
  /** The how many-th hook or body of its test it was at whose end it was first seen released; 0 if at none. */
  endedIn = 0;
  /** What its probe threw when it was asked: no verdict can be given, and the others are none the worse for it. */
  failure: Error | undefined;
  #held: WeakRef<object> | object | undefined;
  #weak: boolean;

  constructor(
    asyncId: number,
    watch: Watch,
    resource: object,
    weak: boolean,
    scope: Scope,
    owner: OwnerKind,
    opening: Opening | undefined,
    origin: Origin | undefined,
    within?: Entry,
  ) {
    this.asyncId = asyncId;
    this.watch = watch;
    this.#held = weak ? new WeakRef(resource) : resource;
    this.#weak = weak;
    this.scope = scope;
    this.owner = owner;
    this.opening = opening;
    this.origin = origin;
    this.late = scope.sealed && !isNextRound(opening, origin);
    this.within = within;
    this.afterClose = within?.closing !== undefined;
    this.closing = undefined;
  }

  /** The resource, if it is still there. */
  get resource(): object | undefined {
    return this.#weak ? (this.#held as WeakRef<object> | undefined)?.deref() : this.#held;
  }

  /** Evidence, now. What has been collected is released: nothing can be done to it any more. What its probe fails on is taken for open. */
  state(): Liveness {
    const resource = this.resource;
    try {
      return resource === undefined ? 'released' : this.watch.state(resource, this.asyncId);
    } catch (error) {
      this.failure ??= asError(error);
      return 'open';
    }
  }

  /** What its probe says of it; `undefined` for what is gone or nobody's business, or where the probe fails. */
  identify(): Identity | undefined {
    const resource = this.resource;
    try {
      return resource === undefined ? undefined : this.watch.identify(resource, this.opening);
    } catch (error) {
      this.failure ??= asError(error);
      return undefined;
    }
  }

  /** Drops the resource: closed or reported, it is nobody's business here any more. */
  forget(): void {
    this.#held = undefined;
    this.#weak = true;
  }
}

/** Entries that wait for their closing, oldest first, and how many there may be before the next sweep. */
export interface EntryList {
  entries: Entry[];
  sweepAt: number;
  /** How many were left by the last tidying. */
  tidied?: number;
}
