import { basename, dirname, join } from 'node:path';
import { asError } from '../../../engine/as-error';
import type { Holding, Realm, Recorder } from '../../../engine/probe';
import type { Frame } from '../../../model/frame';
import { frozen, replaceSlot } from '../../patching/slot';
import { type AnyFunction, wrap } from '../../patching/wrap';
import { Accounts } from './accounts';

/** What a module of gRPC's exports. */
export type Exports = Record<string, unknown>;

/**
 * Wires what a module exports, and says whether it knows the exports. `besides` tells whether another module of the same copy is
 * loaded, `file` is the module's own.
 */
export type Wire = (exports: Exports, besides: (module: string) => boolean, file: string) => boolean;

interface Wish {
  readonly module: string;
  readonly wire: Wire;
}

/** Where gRPC for Node keeps its compiled modules, under whatever name the package was installed. */
const MODULE = /^(.*[\\/]build[\\/]src)[\\/]([\w-]+)\.js$/;

/** So many modules can be listed with each one that is about to run. */
const FEW_MODULES = 256;
/** The most modules that run between two searches: gRPC's are four times as many. */
const LONGEST_STRIDE = 16;

const wirings = new WeakMap<Recorder, Wiring>();

const valueIn = (owner: object, name: string): unknown => Object.getOwnPropertyDescriptor(owner, name)?.value;

/**
 * The part that gRPC's probes share in one test file: it finds every copy of the library the tests have loaded, lets each probe wire
 * what it knows how to, and puts all back at the end. It loads nothing; where no gRPC is loaded it does nothing.
 */
export class Wiring {
  readonly recorder: Recorder;
  readonly #realm: Realm;
  readonly #wishes: Wish[] = [];
  readonly #undo: (() => void)[] = [];
  /** By what was wrapped, for as long as that is there. */
  readonly #undos = new WeakMap<object, (() => void)[]>();
  readonly #homes = new Set<string>();
  readonly #pending = new Map<string, Set<Wish>>();
  /** Modules that may be gRPC's. */
  readonly #paths = new Set<string>();
  readonly #librarysOwn = new WeakSet<Holding>();
  #seen = 0;
  /** How many modules are to run before the next search … */
  #unsearched = 0;
  /** … and how many searches more are to come with every module, for one of gRPC's was met lately. */
  #closely = 0;
  #users = 0;
  #active = true;
  #creatingCalls = 0;
  #releasing = 0;
  /** What looking has thrown while the user's own call was on the stack. */
  #failure: Error | undefined;

  /** The wiring of the test file that `recorder` keeps the books of. To be stopped as often as it was asked for. */
  static of(recorder: Recorder, realm: Realm): Wiring {
    let wiring = wirings.get(recorder);
    if (wiring === undefined) {
      wiring = new Wiring(recorder, realm);
      wirings.set(recorder, wiring);
    }
    wiring.#users++;
    return wiring;
  }

  private constructor(recorder: Recorder, realm: Realm) {
    this.recorder = recorder;
    this.#realm = realm;
  }

  /** Until the last probe has stopped. Wrappers that somebody still holds are only to call through from then on. */
  get active(): boolean {
    return this.#active;
  }

  /**
   * New accounts of one kind of thing.
   * @param remembering whether closed things are remembered too, for as long as somebody else holds them; not for what is many
   */
  accounts<T extends object>(remembering = false): Accounts<T> {
    return new Accounts<T>(this, remembering);
  }

  /**
   * Calls `wire` with the exports of every copy of a module, once each.
   * @param module its name without path and extension: `internal-channel`
   * @param wire tells whether these are the exports it knows; asked again later if not, for a module may be half loaded
   */
  whenLoaded(module: string, wire: Wire): void {
    this.#wishes.push({ module, wire });
  }

  /** Whether a file is one of gRPC's. */
  isOwnFile(file: string): boolean {
    return this.#homes.has(dirname(file));
  }

  /** Whether a stack is gRPC's own, and not a callback of the user's that gRPC has called. */
  readonly isOwnCode = (frames: readonly Frame[]): boolean => {
    const [first] = frames;
    return (
      first !== undefined && this.#homes.has(dirname(first.file)) && frames.every(({ origin }) => origin !== 'user')
    );
  };

  /** How many calls are being created, each by the one before: above 1, the library makes one of its own on the way to the user's. */
  get creatingCalls(): number {
    return this.#creatingCalls;
  }

  /** What is made beneath a thing is the library's own, the calls it makes, too. */
  makesItsOwn(holding: Holding): void {
    this.#librarysOwn.add(holding);
  }

  /** Whether something was made beneath such a thing. */
  isWithinOwn(holding: Holding | undefined): boolean {
    for (let at = holding?.within; at !== undefined; at = at.within) if (this.#librarysOwn.has(at)) return true;
    return false;
  }

  /** Runs what creates a call. */
  creatingCall<T>(run: () => T): T {
    this.#creatingCalls++;
    try {
      return run();
    } finally {
      this.#creatingCalls--;
    }
  }

  /** Whether a finding is being put away: what a library would leave to itself is ended then. */
  get isReleasing(): boolean {
    return this.#releasing > 0;
  }

  /** Runs what puts a finding away. */
  releasing(run: () => void): void {
    this.#releasing++;
    try {
      run();
    } finally {
      this.#releasing--;
    }
  }

  /** Puts `make(original)` in the place of a function, own or inherited, until the end. Once: a second time does nothing. */
  wrap(target: object, name: string, make: (original: AnyFunction) => AnyFunction): void {
    let owner: object | null = target;
    while (owner !== null && !Object.hasOwn(owner, name)) owner = Object.getPrototypeOf(owner) as object | null;
    if (owner === null) return;
    const before = valueIn(owner, name);
    const undo = wrap(owner, name, make);
    if (valueIn(owner, name) !== before) this.#undoLater(owner, undo);
  }

  /** What puts something back holds it, and what it leads to: a policy's class leads to all that its test file knows. */
  #undoLater(owner: object, undo: () => void): void {
    const undos = this.#undos.get(owner) ?? [];
    this.#undos.set(owner, [...undos, undo]);
    const ref = new WeakRef(owner);
    this.#undo.push(() => {
      const still = ref.deref();
      if (still !== undefined) this.#undos.get(still)?.pop()?.();
    });
  }

  /** Calls `undo` when all is put back. */
  atEnd(undo: () => void): void {
    this.#undo.push(undo);
  }

  /** As `wrap`: `look` is called with what the function was called on and with, before the function itself. */
  before(target: object, name: string, look: (self: object, args: readonly unknown[]) => void): void {
    const wiring = this;
    this.wrap(
      target,
      name,
      (original) =>
        function (this: object, ...args: unknown[]): unknown {
          if (wiring.active) wiring.look(name, () => look(this, args));
          return original.apply(this, args);
        },
    );
  }

  /**
   * Looks at what the user's own call, which is on the stack, was given or has made. What fails here is said when the file ends, loudly,
   * and never thrown at the user.
   * @param name the function that was called
   */
  look<T>(name: string, fn: () => T): T | undefined {
    try {
      return fn();
    } catch (error) {
      this.#failure ??= new Error(`what \`${name}\` was doing could not be seen: ${asError(error).message}`);
      return undefined;
    }
  }

  /**
   * Puts `value` in the place of an exported class. Importers reach it through its module's exports, so they meet it at their next use.
   * @throws if it is frozen
   */
  replace(exports: Exports, name: string, value: object): void {
    const before = Object.getOwnPropertyDescriptor(exports, name);
    if (before === undefined) return;
    const undo = replaceSlot(exports, name, { ...before, value });
    if (undo === undefined) throw frozen(exports, name);
    this.#undo.push(undo);
  }

  /**
   * A module is about to run. To list all that are loaded takes the longer the more there are, so where many are, not every one is worth
   * it: gRPC's own are some sixty, loaded one after the other, and once the first of them is met none is missed.
   */
  moduleLoading(): void {
    if (--this.#unsearched > 0) return;
    const met = this.#paths.size;
    this.search();
    if (this.#paths.size > met) this.#closely = LONGEST_STRIDE;
    else if (this.#closely > 0) this.#closely--;
    this.#unsearched = this.#closely > 0 ? 1 : Math.min(LONGEST_STRIDE, Math.ceil(this.#seen / FEW_MODULES));
  }

  /** Finds what is loaded by now. */
  search(): void {
    const paths = this.#realm.modules();
    // Fewer than before: the module registry was emptied, and what is loaded now are other copies.
    if (paths.length < this.#seen) {
      this.#seen = 0;
      this.#paths.clear();
    }
    for (const path of paths.slice(this.#seen)) this.#meet(path);
    this.#seen = paths.length;
    for (const [path, wishes] of this.#pending) this.#grant(path, wishes);
  }

  /** Modules of gRPC's that are loaded, yet nobody knew what to do with: of those named, and where a client is loaded beside them. */
  unmet(...modules: readonly string[]): readonly string[] {
    return [...this.#pending.keys()].filter((path) => {
      const name = basename(path, '.js');
      return modules.includes(name) && this.#paths.has(join(dirname(path), 'make-client.js'));
    });
  }

  /**
   * A probe is done; the last one puts everything back.
   * @throws the first error met while looking, when all is put back
   */
  stop(): void {
    if (--this.#users > 0) return;
    this.#active = false;
    for (const undo of this.#undo.reverse()) undo();
    wirings.delete(this.recorder);
    if (this.#failure !== undefined) throw this.#failure;
  }

  #meet(path: string): void {
    const [, home, module] = MODULE.exec(path) ?? [];
    if (home === undefined || module === undefined) return;
    this.#paths.add(path);
    const wishes = this.#wishes.filter((wish) => wish.module === module);
    if (wishes.length > 0) this.#pending.set(path, new Set(wishes));
  }

  #grant(path: string, wishes: Set<Wish>): void {
    const exported = this.#realm.exportsOf(path);
    if (typeof exported !== 'object' || exported === null) return;
    const besides = (module: string): boolean => this.#paths.has(join(dirname(path), `${module}.js`));
    for (const wish of [...wishes]) {
      wishes.delete(wish);
      // One that fails is not asked again: half of its wrappers are in place.
      if (wish.wire(exported as Exports, besides, path)) this.#homes.add(dirname(path));
      else wishes.add(wish);
    }
    if (wishes.size === 0) this.#pending.delete(path);
  }
}
