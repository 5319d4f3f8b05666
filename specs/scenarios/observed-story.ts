import { createHook } from 'node:async_hooks';
import { setTimeout as nap } from 'node:timers/promises';
import { getChannelzHandlers } from '@grpc/grpc-js';
import { getSubchannelPool } from '@grpc/grpc-js/build/src/subchannel-pool';
import type { LeftBehind } from './left-behind';

import loadBalancers = require('@grpc/grpc-js/build/src/load-balancer');

/** What may still be on its way after a story gets this long. */
const GRACE_MS = 1_500;
const NAP_MS = 20;
/** Far more channelz ids than a story uses. */
const CHANNELZ_IDS = 1_000;

/** As Node makes them: a timer of its lists, and the native side of a connection. */
interface NodeTimer {
  readonly _destroyed: boolean;
  readonly _idleTimeout: number;
  readonly _repeat: unknown;
  hasRef(): boolean;
}
interface NodeHandle {
  getAsyncId(): number;
}

const timers = new Set<NodeTimer>();
const handles = new Set<NodeHandle>();

createHook({
  init(_asyncId, type, _triggerAsyncId, resource) {
    if (type === 'Timeout') timers.add(resource as NodeTimer);
    if (type === 'TCPWRAP' || type === 'TCPSERVERWRAP') handles.add(resource as NodeHandle);
  },
}).enable();

const balancers = new Set<object>();

/** Notes every balancer that any policy makes for itself, until it is destroyed. */
function watchBalancers(): void {
  const { createLoadBalancer } = loadBalancers;
  const noting: typeof createLoadBalancer = (...args) => {
    const balancer = createLoadBalancer(...args);
    if (balancer === null) return balancer;
    balancers.add(balancer);
    const { destroy } = balancer;
    balancer.destroy = () => {
      balancers.delete(balancer);
      destroy.call(balancer);
    };
    return balancer;
  };
  // grpc-js reaches it as a property of its module's exports, at every call.
  Object.assign(loadBalancers, { createLoadBalancer: noting });
}

/** How many channels and subchannels channelz still knows: by id, for what has no owner is listed nowhere else. */
function channelz(): Pick<LeftBehind, 'channels' | 'subchannels'> {
  let channels = 0;
  let subchannels = 0;
  const { GetChannel, GetSubchannel } = getChannelzHandlers();
  for (let id = 1; id <= CHANNELZ_IDS; id++) {
    GetChannel({ request: { channel_id: String(id) } } as never, (error) => {
      if (error === null) channels += 1;
    });
    GetSubchannel({ request: { subchannel_id: String(id) } } as never, (error) => {
      if (error === null) subchannels += 1;
    });
  }
  return { channels, subchannels };
}

function look(since: ReadonlySet<NodeTimer>): LeftBehind {
  const armed = [...timers].filter((timer) => !timer._destroyed && !since.has(timer));
  return {
    timers: armed.map((timer) => ({
      delayMs: timer._idleTimeout,
      repeats: timer._repeat !== null,
      holdsTheProcess: timer.hasRef(),
    })),
    handles: [...handles].filter((handle) => handle.getAsyncId() !== -1).length,
    ...channelz(),
    balancers: balancers.size,
  };
}

const isNothing = ({ timers: armed, ...counts }: LeftBehind): boolean =>
  armed.length === 0 && Object.values(counts).every((count) => count === 0);

/** Plays one variant, lets go what goes by itself, and counts what is left. */
async function observe(path: string, variant: string): Promise<LeftBehind> {
  // Not `import()`: what transforms TypeScript here hooks `require` alone.
  const { story } = require(path) as { story(variant: string, tell: () => void): Promise<void> };
  watchBalancers();
  await story(variant, () => {});
  const deadline = Date.now() + GRACE_MS;
  let left: LeftBehind;
  do {
    const before = new Set(timers);
    await nap(NAP_MS);
    getSubchannelPool(true).unrefUnusedSubchannels();
    left = look(new Set([...timers].filter((timer) => !before.has(timer))));
  } while (!isNothing(left) && Date.now() < deadline);
  return left;
}

const [path = '', variant = ''] = process.argv.slice(2);
void observe(path, variant).then((left) => {
  process.stdout.write(JSON.stringify(left), () => process.exit());
});
