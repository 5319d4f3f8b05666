import type { Probe } from '../engine/probe';
import { Patches } from './patching/patch';

type WebSocketClass = new (...args: unknown[]) => object;

const { construct } = Reflect;
const { getOwnPropertyDescriptor } = Object;

/**
 * The lines behind the web sockets of a page: jsdom opens them one after the other, in ticks without a frame of the user's. What
 * they consist of is accounted for as an HTTP client's. Node's own class opens in its caller's tick, and is left alone.
 */
const pageSockets: Probe = {
  name: 'page-sockets',
  kinds: {},
  start(recorder, { global }) {
    const patches = new Patches();
    // Node has an accessor there, which would load its client if it were read.
    const before = getOwnPropertyDescriptor(global, 'WebSocket');
    const PageSocket: unknown = before?.value;
    if (global.document !== undefined && typeof PageSocket === 'function') {
      const made = (target: WebSocketClass, args: unknown[], newTarget: WebSocketClass): object =>
        recorder.act(made, () => construct(target, args, newTarget) as object);
      const watched = new Proxy(PageSocket as WebSocketClass, { construct: made });
      patches.property(global, 'WebSocket', { ...before, value: watched });
      patches.property(PageSocket.prototype as object, 'constructor', {
        ...getOwnPropertyDescriptor(PageSocket.prototype, 'constructor'),
        value: watched,
      });
    }
    return { stop: () => patches.restore() };
  },
};

export default pageSockets;
