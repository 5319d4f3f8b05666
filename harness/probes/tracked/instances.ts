import { types } from 'node:util';
import { asError } from '../../engine/as-error';
import { Breakpoints } from '../../engine/breakpoints';
import { asObject, field } from '../../engine/native';
import type { Beginning, Recorder, Watch } from '../../engine/probe';
import { replaceSlot, type Undo } from '../patching/slot';
import type { Life } from './life';
import { prototypesOf, Releases } from './releases';
import { callOf, type Tracking } from './tracking';

const BORN = Symbol.for('leakgate.born');
const BUILT = Symbol.for('leakgate.built');
const GONE = Symbol.for('leakgate.gone');

/** What a breakpoint evaluates: our function on the global of whatever realm the class is of. */
const calling = (hook: symbol, more = ''): string => `globalThis[Symbol.for('${hook.description}')]?.(this${more})`;

const { apply, construct, getPrototypeOf, setPrototypeOf } = Reflect;

type Class = (...args: never[]) => unknown;

/** The class itself, then what it is derived from. */
function* lineOf(Class: object): Iterable<object> {
  yield Class;
  for (const each of prototypesOf(Class)) {
    if (field(each, 'prototype') === undefined) return;
    yield each;
  }
}

/**
 * Sees instances of tracked classes being made. A constructor is seen by a breakpoint at the begin of the outermost base, where `this` is
 * bound; if that is built in, by a stand-in in the [[Prototype]] of what is derived from it. Classes themselves stay as they are.
 */
export class Instances {
  readonly #recorder: Recorder;
  readonly #watch: Watch;
  readonly #breakpoints = new Breakpoints();
  readonly #releases: Releases;
  readonly #lives = new WeakMap<object, Life>();
  readonly #byPrototype = new WeakMap<object, Tracking>();
  /** Constructors that are seen returning, by prototype. */
  readonly #written = new WeakMap<object, object>();
  /** Prototypes of those that may return another object. */
  readonly #giving = new WeakSet<object>();
  readonly #met = new WeakSet<object>();
  /** Outermost bases that are seen being called. */
  readonly #seen = new WeakSet<object>();
  readonly #numbers: object[] = [];
  #making: Life[] = [];
  readonly #undo: Undo[] = [];
  /** The first thing that went wrong where nobody could be told. */
  failure: Error | undefined;

  constructor(recorder: Recorder, watchOf: (lives: WeakMap<object, Life>) => Watch, globals: readonly object[]) {
    this.#recorder = recorder;
    this.#watch = watchOf(this.#lives);
    this.#releases = new Releases((thing) => this.#lifeOf(thing), this.#breakpoints, calling(GONE));
    for (const global of new Set(globals)) {
      this.#hook(global, BORN, this.#born);
      this.#hook(global, BUILT, this.#built);
      this.#hook(global, GONE, (thing: unknown) => {
        const life = this.#lifeOf(thing);
        if (life !== undefined) life.phase = 'released';
      });
    }
  }

  /** Accounts for every instance of a class from now on. */
  track(tracking: Tracking): void {
    this.#byPrototype.set(tracking.prototype, tracking);
    this.#releases.watch(tracking.prototype, tracking.releases);
    const line = [...lineOf(tracking.Class)];
    const foreign = line.findIndex((each) => this.#breakpoints.isBuiltIn(each));
    const own = foreign < 0 ? line : line.slice(0, foreign);
    const root = own.at(-1);
    if (root === undefined)
      throw new Error(`leakgate.track(${tracking.name}): it is built in, and not a class of yours.`);
    for (const each of own) this.#watchReturn(each);
    if (this.#seen.has(root)) return;
    this.#seen.add(root);
    const base = line[foreign];
    if (base === undefined) this.#breakpoints.atCall(root, calling(BORN));
    else this.#standIn(root, base, tracking.name);
  }

  /** Takes everything back. */
  stop(): void {
    this.#breakpoints.stop();
    this.#releases.stop();
    for (const undo of this.#undo) undo();
  }

  #hook(global: object, name: symbol, value: unknown): void {
    const descriptor = { configurable: true, enumerable: false, writable: false, value: this.#safely(value as Class) };
    const undo = replaceSlot(global, name, descriptor);
    if (undo === undefined) throw new Error('The global object is frozen, so no instances can be seen.');
    this.#undo.push(undo);
  }

  /** A condition that is never met, and never throws into the user's frame. */
  #safely(work: Class): (...args: unknown[]) => false {
    return (...args) => {
      try {
        apply(work, undefined, args);
      } catch (error) {
        this.failure ??= asError(error);
      }
      return false;
    };
  }

  /** A class that is derived from a tracked one shows itself with its first instance. */
  #meet(prototype: object, tracking: Tracking): void {
    this.#met.add(prototype);
    this.#releases.watch(prototype, tracking.releases);
    for (const each of [prototype, ...prototypesOf(prototype)]) {
      if (each === tracking.prototype) break;
      const Class = asObject(field(each, 'constructor'));
      if (Class !== undefined) this.#watchReturn(Class);
    }
  }

  #watchReturn(Class: object): void {
    const prototype = asObject(field(Class, 'prototype'));
    if (prototype === undefined || this.#written.has(prototype)) return;
    if (this.#breakpoints.atReturn(Class, calling(BUILT, `, ${this.#numbers.length}`))) {
      this.#written.set(prototype, Class);
      if (this.#breakpoints.returnsAnother(Class)) this.#giving.add(prototype);
      this.#numbers.push(Class);
    }
  }

  #standIn(root: object, base: object, name: string): void {
    const born = this.#safely(this.#born);
    const standIn = new Proxy(base as Class, {
      construct: (target, args, newTarget) => {
        const instance = construct(target, args, newTarget) as object;
        born(instance);
        return instance;
      },
    });
    if (!setPrototypeOf(root, standIn))
      throw new Error(
        `leakgate.track(${name}): it is frozen and derived from a built-in class, so its instances cannot be seen.`,
      );
    this.#undo.push(() => {
      if (getPrototypeOf(root) === standIn) setPrototypeOf(root, base);
    });
  }

  /** Of what a proxy stands for, too: by one it is released as if it were called itself. */
  #lifeOf(thing: unknown): Life | undefined {
    let object = asObject(thing);
    while (object !== undefined && types.isProxy(object)) object = asObject(this.#breakpoints.targetOf(object));
    return object === undefined ? undefined : this.#lives.get(object);
  }

  readonly #born = (thing: unknown): void => {
    const instance = asObject(thing);
    if (instance === undefined || this.#lives.has(instance)) return;
    const prototypes = [...prototypesOf(instance)];
    const tracking = prototypes.map((each) => this.#byPrototype.get(each)).find((each) => each !== undefined);
    const [own] = prototypes;
    if (tracking === undefined || own === undefined) return;
    if (!this.#met.has(own)) this.#meet(own, tracking);
    const Class = asObject(field(own, 'constructor'));
    const name = Class === undefined ? undefined : field(Class, 'name');
    const awaits = prototypes.map((each) => this.#written.get(each)).find((each) => each !== undefined);
    const life: Life = {
      instance: new WeakRef(instance),
      className: typeof name === 'string' && name !== '' ? name : tracking.name,
      release: callOf(tracking.releases[0]),
      releaseKey: tracking.releases[0],
      phase: awaits === undefined ? 'live' : 'making',
      awaits,
      mayBeNobodys: prototypes.some((each) => this.#giving.has(each)),
      releasing: false,
      promises: [],
    };
    this.#lives.set(instance, life);
    if (life.phase === 'making') this.#expect(life);
    this.#recorder.openedLater(this.#beginning(prototypes), { watch: this.#watch, resource: life, keep: true });
  };

  readonly #built = (thing: unknown, number: unknown): void => {
    const life = this.#lifeOf(thing);
    if (life?.phase === 'making' && life.awaits === this.#numbers[number as number]) life.phase = 'live';
  };

  /** Constructors are synchronous: one that has not returned by the end of the tick has thrown, and its object is nobody's. */
  #expect(life: Life): void {
    this.#making.push(life);
    if (this.#making.length > 1) return;
    this.#recorder.unrecorded(() =>
      queueMicrotask(() => {
        for (const each of this.#making) if (each.phase === 'making') each.phase = 'failed';
        this.#making = [];
      }),
    );
  }

  /** The stack above the outermost of its constructors: the `new` itself. One that was not written has no frame. */
  #beginning(prototypes: readonly object[]): Beginning {
    for (const prototype of prototypes) {
      const Class = field(prototype, 'constructor');
      if (typeof Class !== 'function') continue;
      const beginning = this.#recorder.beginning(Class as Class);
      if (beginning.opening !== undefined && beginning.opening.frames.length > 0) return beginning;
    }
    return this.#recorder.beginning();
  }
}
