import { placeOf } from '../../engine/function-place';
import { asObject, field } from '../../engine/native';
import type { Probe, Watch } from '../../engine/probe';
import { prototypeOf } from './wiring/accounts';
import { Wiring } from './wiring/wiring';

/** What a server knows of a method. */
interface Handler {
  readonly path: string;
  readonly type: string;
  readonly func: object;
}

/** A call that was over before its handler had answered it. Held weakly. */
interface GivenUp {
  readonly call: WeakRef<object>;
}

/** The HTTP/2 stream of a call. */
interface Stream {
  once(event: 'close', listener: () => void): void;
}

/** gRPC's own numbers for the statuses by which it ends a call itself, with the words it has for each. */
const BY_ITSELF: readonly (readonly [code: number, details: string])[] = [
  [1, 'Cancelled by client'],
  [4, 'Deadline exceeded'],
];

/** The innermost of a call and its interceptors has the stream. */
function streamOf(call: object): Stream | undefined {
  let at: object | undefined = call;
  while (at !== undefined && asObject(field(at, 'stream')) === undefined) at = asObject(field(at, 'nextCall'));
  return at === undefined ? undefined : (field(at, 'stream') as Stream);
}

/** Whether one message is all of the answer. */
const isAnsweredAtOnce = (handler: Handler | undefined): boolean =>
  handler?.type === 'unary' || handler?.type === 'clientStream';

/** The calls that servers have, by their streams: what handles each, and which were answered. All of it is held weakly. */
class Handled {
  readonly #handlers = new WeakMap<object, Handler>();
  readonly #answered = new WeakSet<object>();

  received(stream: object, handler: Handler): void {
    this.#handlers.set(stream, handler);
  }

  handlerOf(call: object): Handler | undefined {
    const stream = streamOf(call);
    return stream && this.#handlers.get(stream);
  }

  isAnswered(call: object): boolean {
    const stream = streamOf(call);
    return stream !== undefined && this.#answered.has(stream);
  }

  /** The handler has given its answer, in time or not. */
  answered(call: object): void {
    const stream = streamOf(call);
    if (stream !== undefined) this.#answered.add(stream);
  }
}

const watchOf = (handled: Handled): Watch => ({
  // Whether a handler is at work nobody can tell as long as there is somebody to hear it: only what becomes of it is asked.
  state: () => 'released',
  identify: () => undefined,
  lasting: {
    of: (resource) => (resource as GivenUp).call.deref(),
    isAccepted: () => true,
    isOver: (call) => !handled.isAnswered(call),
    describe(call) {
      const handler = handled.handlerOf(call);
      const at = handler && placeOf(handler.func);
      return {
        kind: 'grpc-server-call',
        ...(handler === undefined ? {} : { label: `of ${handler.path}` }),
        ...(at === undefined ? {} : { at }),
      };
    },
    made: true,
    waits: true,
  },
});

/** Notes what each call is handled by, and when it is over without an answer. */
function wireCalls(wiring: Wiring, prototype: object, handled: Handled): void {
  const { recorder } = wiring;
  const watch = watchOf(handled);
  wiring.before(prototype, '_runHandlerForCall', (_server, [first, second]) => {
    const [call, handler] = [asObject(first), asObject(second) as Handler | undefined];
    const stream = call && streamOf(call);
    if (call === undefined || handler === undefined || stream === undefined) return;
    handled.received(stream, handler);
    stream.once('close', function closed(): void {
      if (!wiring.active || handled.isAnswered(call)) return;
      recorder.opened({ watch, resource: { call: new WeakRef(call) } satisfies GivenUp, keep: true, above: closed });
    });
  });
}

/** Notes which calls were answered: whatever the handler does comes by here, and what gRPC does without it, too. */
function wireAnswers(wiring: Wiring, prototype: object, handled: Handled): void {
  const say = (name: string, isAnswer: (call: object, first: unknown) => boolean): void => {
    if (!(name in prototype)) return;
    wiring.before(prototype, name, (call, [first]) => {
      if (isAnswer(call, first)) handled.answered(call);
    });
  };
  say('sendStatus', (_call, status) => {
    const { code, details } = (asObject(status) ?? {}) as { code?: unknown; details?: unknown };
    return !BY_ITSELF.some(([own, words]) => own === code && words === details);
  });
  say('sendMessage', (call) => isAnsweredAtOnce(handled.handlerOf(call)));
  // Up to 1.9 this is what the callback of a handler comes to.
  say('sendUnaryMessage', () => true);
}

/** Handlers of `@grpc/grpc-js` servers that nobody waits for any more, and that have not answered: over, unless something still leads to them. */
const handlers: Probe = {
  name: 'grpc-handlers',
  kinds: {
    'grpc-server-call': {
      noun: 'an unanswered gRPC call',
      plural: 'unanswered gRPC calls',
      opened: 'received',
      closed: 'given up',
      remedy: 'Answer it, or let go of it when it emits `cancelled`',
      pooled: true,
    },
  },
  start(recorder, realm) {
    const wiring = Wiring.of(recorder, realm);
    const handled = new Handled();
    wiring.whenLoaded('server', (exports) => {
      const prototype = prototypeOf(exports, 'Server');
      if (prototype !== undefined && '_runHandlerForCall' in prototype) wireCalls(wiring, prototype, handled);
      return prototype !== undefined || prototypeOf(exports, 'XdsServer') !== undefined;
    });
    for (const [module, type] of [
      ['server-interceptors', 'BaseServerInterceptingCall'],
      ['server-call', 'Http2ServerCallStream'],
    ] as const) {
      wiring.whenLoaded(module, (exports) => {
        const prototype: object | undefined = prototypeOf(exports, type);
        if (prototype !== undefined) wireAnswers(wiring, prototype, handled);
        // From 1.10 on calls are elsewhere.
        return prototype !== undefined || prototypeOf(exports, 'ServerUnaryCallImpl') !== undefined;
      });
    }
    return { stop: () => wiring.stop() };
  },
};

export default handlers;
