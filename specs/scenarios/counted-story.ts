import { setImmediate } from 'node:timers/promises';
import { SubchannelPool } from '@grpc/grpc-js/build/src/subchannel-pool';
import type { Survivors } from './survivors';

/** What is still on its way after a story needs a few turns; this is far more. */
const TURNS = 100;
/** A collection leaves now and then what the next one takes. */
const COLLECTIONS = 4;

interface Referred {
  readonly refcount: number;
}
interface LoopHandle {
  readonly type: string;
  readonly is_active: boolean;
  readonly remoteEndpoint?: object | null;
}
type Story = (variant: string, tell: () => void, born: (thing: object) => void) => Promise<void>;

const subchannels = new Set<Referred>();
const births: { readonly name: string; readonly ref: WeakRef<object> }[] = [];

/** Notes every subchannel that the pool makes. */
function watchPool(): void {
  const stock = SubchannelPool.prototype.getOrCreateSubchannel;
  SubchannelPool.prototype.getOrCreateSubchannel = function (...args) {
    const subchannel = stock.apply(this, args);
    subchannels.add(subchannel as unknown as Referred);
    return subchannel;
  };
}

/** Node's own report of its event loop: the only list that has unref'd sockets. */
function loopHandles(): readonly LoopHandle[] {
  Object.assign(process.report, { excludeNetwork: true });
  return (process.report.getReport() as unknown as { readonly libuv: readonly LoopHandle[] }).libuv;
}

function count(): Survivors {
  const tcp = loopHandles().filter(({ type, is_active: active }) => type === 'tcp' && active);
  const connected = tcp.filter(({ remoteEndpoint }) => (remoteEndpoint ?? null) !== null);
  const reachable: Record<string, number> = {};
  for (const { name, ref } of births) {
    reachable[name] = (reachable[name] ?? 0) + (ref.deref() === undefined ? 0 : 1);
  }
  return {
    connectionEnds: connected.length,
    listeningServers: tcp.length - connected.length,
    references: [...subchannels].map(({ refcount }) => refcount).filter((references) => references > 0),
    reachable,
  };
}

async function play(path: string, variant: string, times: number): Promise<Survivors> {
  watchPool();
  // Not `import()`: what transforms TypeScript here hooks `require` alone.
  const { story } = require(path) as { readonly story: Story };
  for (let time = 0; time < times; time++) {
    await story(
      variant,
      () => {},
      (thing) => births.push({ name: thing.constructor.name, ref: new WeakRef(thing) }),
    );
  }
  for (let turn = 0; turn < TURNS; turn++) await setImmediate();
  for (let round = 0; round < COLLECTIONS; round++) {
    globalThis.gc?.();
    await setImmediate();
  }
  return count();
}

const [path = '', variant = '', times = '1'] = process.argv.slice(2);
void play(path, variant, Number(times)).then((left) => {
  process.stdout.write(JSON.stringify(left), () => process.exit());
});
