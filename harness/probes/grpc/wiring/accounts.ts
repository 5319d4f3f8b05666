import { asObject } from '../../../engine/native';
import type { Holding, Sighting, Watch } from '../../../engine/probe';
import type { AnyFunction } from '../../patching/wrap';
import type { Exports, Wiring } from './wiring';

/** Why no stack need be captured: its maker tells enough, or the user's call that made it. */
export type Known = Pick<Sighting, 'made' | 'acted'>;

/** A stack is to be captured. */
export const UNKNOWN: Known = {};
/** Its maker tells enough. */
export const MADE: Known = { made: true };

/** What is known of one thing of gRPC's. The thing itself is held weakly. */
export interface Account<T extends object> {
  /** The thing; `undefined` while its constructor runs. */
  subject: WeakRef<T> | undefined;
  holding: Holding | undefined;
  closed: boolean;
  /** What tells it from its likes, in words: still known when the thing is gone. */
  readonly name: string;
}

/** Whether a thing has been collected. While its constructor runs it is on its way, and no sweep of the books may take it for gone. */
export const isGone = ({ subject }: Account<object>): boolean => subject !== undefined && subject.deref() === undefined;

/** The thing, as the ledger asks for it once it is over. */
export const subjectOf = (resource: object): object | undefined => (resource as Account<object>).subject?.deref();

/** The things that are still there; the accounts of those that are gone are dropped. */
function* there<T extends object>(accounts: Set<Account<T>>): Iterable<T> {
  for (const account of accounts) {
    const thing = account.subject?.deref();
    if (thing !== undefined) yield thing;
    else if (account.subject !== undefined) accounts.delete(account);
  }
}

/** The accounts of all things of one kind in a test file. */
export class Accounts<T extends object> {
  readonly #wiring: Wiring;
  readonly #byThing = new WeakMap<object, Account<T>>();
  readonly #remembering: boolean;
  readonly #open = new Set<Account<T>>();
  readonly #closed = new Set<Account<T>>();

  /** @param remembering whether closed things are remembered, for as long as somebody else holds them */
  constructor(wiring: Wiring, remembering: boolean) {
    this.#wiring = wiring;
    this.#remembering = remembering;
  }

  /** The account of a thing that was seen being made. */
  get(thing: unknown): Account<T> | undefined {
    const object = asObject(thing);
    return object === undefined ? undefined : this.#byThing.get(object);
  }

  /** Whether a holding is that of a thing not closed yet. */
  isOpen(holding: Holding | undefined): boolean {
    for (const account of this.#open) if (account.holding === holding) return holding !== undefined;
    return false;
  }

  /** Whether anything is there that is not closed yet. */
  get isAnyOpen(): boolean {
    for (const _ of this.open()) return true;
    return false;
  }

  /** Things not closed yet, and still there. */
  open(): Iterable<T> {
    return there(this.#open);
  }

  /** All that are still there and remembered, closed or not. */
  *known(): Iterable<T> {
    yield* there(this.#open);
    yield* there(this.#closed);
  }

  /**
   * Runs `make`, which makes a thing, and opens an account of it: what is opened meanwhile is that thing's.
   * @param above frames above it are the probe's own
   * @param known what tells enough of its opening
   */
  make(watch: Watch, name: string, above: AnyFunction, known: Known, make: () => unknown): unknown {
    const { recorder } = this.#wiring;
    const account: Account<T> = { subject: undefined, holding: undefined, closed: false, name };
    account.holding = recorder.opened({ watch, resource: account, keep: true, above, ...known });
    this.#open.add(account);
    let thing: unknown;
    try {
      thing = recorder.within(account.holding, make);
    } finally {
      const object = asObject(thing);
      if (object === undefined) this.close(account);
      else {
        account.subject = new WeakRef(object as T);
        this.#byThing.set(object, account);
      }
    }
    return thing;
  }

  /** The thing is closed by the code now running; with `above`, its line is worth a stack. */
  close(account: Account<T>, above?: AnyFunction): void {
    if (account.closed) return;
    account.closed = true;
    this.#open.delete(account);
    if (this.#remembering) this.#closed.add(account);
    this.#wiring.recorder.closed(account.holding, above);
  }

  /**
   * Opens an account of whatever an exported class makes from now on.
   * @param known what tells enough of the opening of the one being made
   * @param nameOf what tells it from its likes, by the arguments of its constructor
   * @returns whether there is such a class
   */
  ofClass(
    exports: Exports,
    type: string,
    watch: Watch,
    known: () => Known,
    nameOf: (args: readonly unknown[]) => string,
  ): boolean {
    const original = exports[type];
    if (typeof original !== 'function') return false;
    const wiring = this.#wiring;
    const construct = (target: AnyFunction, args: unknown[], newTarget: AnyFunction): object => {
      const make = (): object => Reflect.construct(target, args, newTarget);
      if (!wiring.active) return make();
      const name = wiring.look(type, () => nameOf(args)) ?? '';
      return this.make(watch, name, construct as AnyFunction, known(), make) as object;
    };
    wiring.replace(exports, type, new Proxy(original as AnyFunction, { construct }));
    return true;
  }

  /** Makes methods of a prototype the code of the thing they are called on. */
  methods(prototype: object, names: readonly string[]): void {
    const accounts = this;
    const wiring = this.#wiring;
    for (const name of names) {
      wiring.wrap(
        prototype,
        name,
        (original) =>
          function (this: unknown, ...args: unknown[]): unknown {
            return wiring.recorder.within(accounts.get(this)?.holding, () => original.apply(this, args));
          },
      );
    }
  }

  /**
   * Makes a method of a prototype the closing of the thing it is called on; with `seen`, its line is worth a stack.
   * @param look is called with the thing before it is closed
   */
  closing(prototype: object, name: string, seen: boolean, look?: (self: object) => void): void {
    const accounts = this;
    const wiring = this.#wiring;
    const { recorder } = wiring;
    wiring.wrap(prototype, name, (original) => {
      const wrapper = function (this: object, ...args: unknown[]): unknown {
        const account = accounts.get(this);
        if (look !== undefined && wiring.active) wiring.look(name, () => look(this));
        try {
          return recorder.within(account?.holding, () => original.apply(this, args));
        } finally {
          // Only now: what its closing opens is not opened after the close.
          if (account !== undefined) accounts.close(account, seen ? wrapper : undefined);
        }
      };
      return wrapper;
    });
  }
}

/** The prototype of an exported class. */
export function prototypeOf(exports: Exports, name: string): object | undefined {
  const type = exports[name];
  return typeof type === 'function' ? asObject(type.prototype) : undefined;
}
