import Module, { isBuiltin } from 'node:module';
import { asObject, field } from '../engine/native';
import type { ActiveProbe, Probe, Realm, Recorder, Watch } from '../engine/probe';
import { shownPath } from './descriptors/shown-path';
import { disguise, replaceSlot, type Undo } from './patching/slot';
import { type AnyFunction, wrap } from './patching/wrap';

const NAME = 'node:sqlite';

interface Database {
  readonly isOpen?: boolean;
  close(): void;
}

/** One opening of a database, which may be closed and opened again. It does not hold it. */
interface Opened {
  readonly database: WeakRef<Database>;
  readonly path: unknown;
  superseded: boolean;
}

const last = new WeakMap<Database, Opened>();

const inMemory = (path: unknown): boolean => path === '' || (typeof path === 'string' && path.includes(':memory:'));

const watch: Watch = {
  state(resource) {
    const { database, superseded } = resource as Opened;
    return !superseded && database.deref()?.isOpen === true ? 'open' : 'released';
  },
  identify(resource) {
    const { database, path } = resource as Opened;
    const subject = database.deref();
    if (subject === undefined) return undefined;
    const shown = shownPath(path);
    return {
      kind: 'sqlite-database',
      subject,
      label: inMemory(path) ? 'in memory' : shown === '' ? '' : `on ${shown}`,
      facts: { path: shown },
      // Of the heap and nothing else.
      collectable: inMemory(path),
      release: () => subject.close(),
    };
  },
};

type Above = (...args: never[]) => unknown;

function opened(recorder: Recorder, database: Database, path: unknown, above: Above): void {
  const before = last.get(database);
  if (before !== undefined) before.superseded = true;
  const resource: Opened = { database: new WeakRef(database), path, superseded: false };
  last.set(database, resource);
  if (database.isOpen === true) recorder.opened({ watch, resource, keep: true, above });
}

/** The class as the user gets it: each that is made is seen, and looks the same. */
function seenBy(recorder: Recorder, original: AnyFunction): AnyFunction {
  const construct = (target: AnyFunction, args: unknown[], newTarget: AnyFunction): object => {
    const made = Reflect.construct(target, args, newTarget === seen ? target : newTarget) as Database;
    opened(recorder, made, args[0], construct);
    return made;
  };
  const seen = new Proxy(original, { construct });
  return seen;
}

/** `open()`, for what was made closed or was closed meanwhile. */
function openSeenBy(recorder: Recorder, original: AnyFunction): AnyFunction {
  const open = function (this: unknown, ...args: unknown[]): unknown {
    const result = original.apply(this, args);
    const database = asObject(this) as Database | undefined;
    if (database !== undefined) opened(recorder, database, last.get(database)?.path, open);
    return result;
  };
  return disguise(open, original);
}

/** Puts both in place of what the module has. In the middle of a call of the user's: what cannot be replaced stays as it is. */
function watchModule(recorder: Recorder, exports: object): readonly Undo[] {
  const original = field(exports, 'DatabaseSync') as AnyFunction | undefined;
  const prototype = typeof original === 'function' ? asObject(original.prototype) : undefined;
  if (typeof original !== 'function' || prototype === undefined) return [];
  const slots = [
    { target: exports, name: 'DatabaseSync', value: seenBy(recorder, original) },
    { target: prototype, name: 'open', value: openSeenBy(recorder, field(prototype, 'open') as AnyFunction) },
  ];
  return slots.flatMap(({ target, name, value }) => {
    const before = Object.getOwnPropertyDescriptor(target, name);
    return (before && replaceSlot(target, name, { ...before, value })) ?? [];
  });
}

/**
 * Databases of `node:sqlite`. The module is never loaded on the user's behalf: to load it prints a warning. Node says of no built-in
 * module that it is being loaded, so what loads modules is wrapped, and `process.getBuiltinModule` with it.
 */
const sqlite: Probe = {
  name: 'sqlite',
  kinds: {
    'sqlite-database': {
      noun: 'a SQLite database',
      plural: 'SQLite databases',
      opened: 'opened',
      closed: 'closed',
      remedy: 'Close it with `db.close()`',
      pooled: true,
    },
  },
  start(recorder: Recorder, realm: Realm): ActiveProbe {
    if (!isBuiltin(NAME)) return { stop() {} };
    let undo: readonly Undo[] = [];
    let known = false;
    const watched: (original: AnyFunction) => AnyFunction = (original) =>
      function (this: unknown, ...args: unknown[]): unknown {
        const loaded = original.apply(this, args);
        if (args[0] !== NAME || known) return loaded;
        known = true;
        undo = watchModule(recorder, loaded);
        return loaded;
      };
    const restore = [Module, process, asObject(realm.global.process) ?? process].map((each) =>
      wrap(each, each === Module ? '_load' : 'getBuiltinModule', watched),
    );
    return {
      stop() {
        known = true;
        for (const back of [...restore, ...undo]) back();
      },
    };
  },
};

export default sqlite;
