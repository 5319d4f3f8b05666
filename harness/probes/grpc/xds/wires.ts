import { asObject } from '../../../engine/native';
import type { Holding, Watch } from '../../../engine/probe';
import type { AnyFunction } from '../../patching/wrap';
import { type Accounts, prototypeOf, UNKNOWN } from '../wiring/accounts';
import type { Exports, Wiring } from '../wiring/wiring';
import { type ClientOrigins, clientWatch } from './clients';
import { Managers } from './reasons';
import type { CallState, ResourceType, ServerClient, XdsClient } from './shape';
import { abandon, type StreamRecord, streamWatch } from './streams';
import { recordOf, watchesOf } from './watches';

/** What a watcher is told by its client: whatever it then starts was named by the resource it watches. */
const NEWS = ['onGenericResourceChanged', 'onError', 'onResourceDoesNotExist'];

/** Methods at whose end a manager knows what it watches. */
const MANAGING = ['updateResolution', 'maybeSendUpdate'];

/** The wires to one test file's copies of `@grpc/grpc-js-xds`: what is watched, on which streams, by which clients. */
export class XdsWires {
  readonly #wiring: Wiring;
  readonly #clients: Accounts<XdsClient>;
  readonly #origins: ClientOrigins = { processWide: new WeakSet(), files: new WeakMap() };
  readonly #clientOf = new WeakMap<object, WeakRef<XdsClient>>();
  /** Of watchers and of the states of streams. */
  readonly #holdings = new WeakMap<object, Holding | undefined>();
  readonly #managers = new Managers();
  readonly #clientWatch = clientWatch(this.#origins);
  readonly #resourceWatch: Watch;
  /** By connection: its last ADS stream. */
  readonly #last = new WeakMap<ServerClient, Holding | undefined>();
  #subscribing = 0;

  constructor(wiring: Wiring) {
    this.#wiring = wiring;
    this.#resourceWatch = watchesOf(wiring, this.#managers);
    this.#clients = wiring.accounts<XdsClient>();
    wiring.whenLoaded('xds-client', (exports, _besides, file) => this.#wireClients(exports, file));
    wiring.whenLoaded('resolver-xds', (_exports, besides) => {
      this.#managers.resolving(besides);
      return true;
    });
    wiring.whenLoaded('xds-dependency-manager', (exports) => this.#wireManagers(exports));
  }

  #wireManagers(exports: Exports): boolean {
    const prototype = prototypeOf(exports, 'XdsDependencyManager');
    if (prototype === undefined) return false;
    for (const name of MANAGING) this.#wiring.before(prototype, name, (manager) => this.#managers.note(manager));
    this.#wiring.before(prototype, 'destroy', (manager) => this.#managers.destroyed(manager));
    return true;
  }

  #wireClients(exports: Exports, file: string): boolean {
    const prototype = prototypeOf(exports, 'XdsClient');
    if (prototype === undefined) return false;
    this.#origins.files.set(prototype, file);
    if (!('watchResource' in prototype && 'cancelResourceWatch' in prototype)) {
      throw new Error(
        'this version of @grpc/grpc-js-xds keeps its watches in another way: they cannot be accounted for',
      );
    }
    this.#wiring.wrap(prototype, 'watchResource', (original) => this.#watching(original));
    this.#wiring.wrap(prototype, 'getOrCreateClient', (original) => this.#connecting(original));
    this.#wiring.wrap(exports, 'getSingletonXdsClient', (original) => this.#singleton(original));
    const watcher = prototypeOf(exports, 'Watcher');
    if (watcher !== undefined) for (const name of NEWS) this.#asItsOwn(watcher, name);
    return this.#clients.ofClass(
      exports,
      'XdsClient',
      this.#clientWatch,
      () => UNKNOWN,
      () => '',
    );
  }

  /** One for the process, which keeps one connection for each control plane. */
  #singleton(original: AnyFunction): AnyFunction {
    const wires = this;
    const wrapper = function (this: unknown): unknown {
      const client = asObject(original.call(this));
      if (client !== undefined) wires.#look('getSingletonXdsClient', () => wires.#adopt(client as XdsClient, wrapper));
      return client;
    };
    return wrapper;
  }

  /** A client that was not seen being made with a bootstrap of its own is the process's. */
  #adopt(client: XdsClient, above: AnyFunction): void {
    if (this.#clients.get(client) !== undefined) return;
    this.#origins.processWide.add(client);
    this.#clients.make(this.#clientWatch, 'of this process', above, UNKNOWN, () => client);
  }

  #connecting(original: AnyFunction): AnyFunction {
    const wires = this;
    return function (this: XdsClient, ...args: unknown[]): unknown {
      const connect = (): unknown => original.apply(this, args);
      const holding = wires.#clients.get(this)?.holding;
      if (holding !== undefined) wires.#wiring.makesItsOwn(holding);
      const server = asObject(wires.#wiring.recorder.within(holding, connect));
      if (server === undefined || wires.#clientOf.has(server)) return server;
      wires.#look('getOrCreateClient', () => {
        wires.#clientOf.set(server, new WeakRef(this));
        wires.#streaming(server, 'ADS', 'maybeStartAdsStream', 'adsCallState');
        wires.#streaming(server, 'LRS', 'maybeStartLrsStream', 'lrsCallState');
        wires.#unsubscribing(server);
      });
      return server;
    };
  }

  /** What a connection opens is its client's; but a stream is its starter's, for the client may lose sight of it. */
  #streaming(
    server: object,
    protocol: StreamRecord['protocol'],
    method: string,
    slot: 'adsCallState' | 'lrsCallState',
  ): void {
    const wires = this;
    this.#wiring.wrap(server, method, (original) => {
      const wrapper = function (this: ServerClient, ...args: unknown[]): unknown {
        const client = wires.#clientOf.get(this)?.deref();
        const before = this[slot];
        const result = wires.#wiring.recorder.within(wires.#clients.get(client)?.holding, () =>
          original.apply(this, args),
        );
        const state = this[slot];
        if (client !== undefined && state != null && state !== before)
          wires.#look(method, () => wires.#streamStarted(protocol, this, state, client, wrapper));
        return result;
      };
      return wrapper;
    });
  }

  /**
   * With its last watch a client half-closes its stream. Where it is a finding that is put away, the stream is ended: one that waits for
   * its control plane would wait on, and news of it would be taken for the test's.
   */
  #unsubscribing(server: object): void {
    const wires = this;
    this.#wiring.wrap(
      server,
      'unsubscribe',
      (original) =>
        function (this: ServerClient, ...args: unknown[]): unknown {
          const before = this.adsCallState;
          const result = original.apply(this, args);
          if (wires.#wiring.isReleasing && this.adsCallState !== before) abandon(before?.call);
          return result;
        },
    );
  }

  #streamStarted(
    protocol: StreamRecord['protocol'],
    server: ServerClient,
    state: CallState,
    client: XdsClient,
    above: AnyFunction,
  ): void {
    const { recorder } = this.#wiring;
    const record: StreamRecord = {
      protocol,
      server: new WeakRef(server),
      state: new WeakRef(state),
      call: new WeakRef(state.call),
      client: new WeakRef(client),
      ofProcess: this.#origins.processWide.has(client),
    };
    const open = (): Holding | undefined =>
      recorder.opened({ watch: streamWatch, resource: record, keep: true, above });
    // One that takes the place of another is there for the same watch.
    const isNext = protocol === 'ADS' && this.#subscribing === 0;
    const maker = isNext ? this.#last.get(server)?.within : undefined;
    const holding = maker === undefined ? open() : recorder.within(maker, open);
    if (protocol === 'ADS') this.#last.set(server, holding);
    this.#holdings.set(state, holding);
    // Load is reported at intervals, armed when the control plane asks for it.
    if (protocol === 'LRS') this.#asItsOwn(state, 'handleResponseMessage');
  }

  #watching(original: AnyFunction): AnyFunction {
    const wires = this;
    const wrapper = function (this: XdsClient, ...args: unknown[]): unknown {
      wires.#look('watchResource', () => wires.#adopt(this, wrapper));
      wires.#subscribing++;
      try {
        return original.apply(this, args);
      } finally {
        wires.#subscribing--;
        wires.#look('watchResource', () => wires.#watched(this, args, wrapper));
      }
    };
    return wrapper;
  }

  #watched(client: XdsClient, [type, name, watcher]: readonly unknown[], above: AnyFunction): void {
    const who = asObject(watcher);
    if (who === undefined || typeof name !== 'string') return;
    const record = recordOf(client, type as ResourceType, name, who);
    this.#managers.started(name, who);
    const sighting = { watch: this.#resourceWatch, resource: record, keep: true, above };
    this.#holdings.set(who, this.#wiring.recorder.opened(sighting));
  }

  #look(name: string, fn: () => void): void {
    if (this.#wiring.active) this.#wiring.look(name, fn);
  }

  /** Makes a method the code of the thing it is called on. */
  #asItsOwn(target: object, name: string): void {
    const holdings = this.#holdings;
    const { recorder } = this.#wiring;
    this.#wiring.wrap(
      target,
      name,
      (original) =>
        function (this: object, ...args: unknown[]): unknown {
          return recorder.within(holdings.get(this), () => original.apply(this, args));
        },
    );
  }
}
