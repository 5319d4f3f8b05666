import { asObject, field } from '../../../engine/native';
import type { Wiring } from './wiring';

interface SubchannelPool {
  unrefUnusedSubchannels(): void;
}

const contents = (pool: object): unknown[] => Object.values(asObject(field(pool, 'pool')) ?? {}).flat();

/** The pools of subchannels that all channels of a copy share: what nobody uses waits there for the next channel. */
export class Pools {
  readonly #pools = new Set<() => SubchannelPool>();

  constructor(wiring: Wiring) {
    wiring.whenLoaded('subchannel-pool', ({ getSubchannelPool }) => {
      if (typeof getSubchannelPool !== 'function') return false;
      this.#pools.add(() => getSubchannelPool(true) as SubchannelPool);
      return true;
    });
  }

  /** Whether one of them would hand `subchannel` out: it has a reference of its own then. */
  has(subchannel: object): boolean {
    return [...this.#pools].some((pool) =>
      contents(pool()).some((each) => field(asObject(each) ?? {}, 'subchannel') === subchannel),
    );
  }

  /** Has them drop at once what nobody else refers to, as they do every 10 s. */
  sweep(): void {
    for (const pool of this.#pools) pool().unrefUnusedSubchannels();
  }
}

const byWiring = new WeakMap<Wiring, Pools>();

/** The pools of a test file's copies. */
export function poolsOf(wiring: Wiring): Pools {
  let pools = byWiring.get(wiring);
  if (pools === undefined) {
    pools = new Pools(wiring);
    byWiring.set(wiring, pools);
  }
  return pools;
}
