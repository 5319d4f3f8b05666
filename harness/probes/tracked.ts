import type { ActiveProbe, Probe, Watch } from '../engine/probe';
import type { TrackWish, TrackWishes } from '../model/tracking';
import type { Instances } from './tracked/instances';
import { type Life, stateOfLife } from './tracked/life';

const KIND = 'tracked-object';
const WISHES = Symbol.for('leakgate.tracked');

type Release = (this: object) => unknown;

/** Calls the release for its owner. What it promises is nobody's any more. */
function release({ instance, releaseKey }: Life): void {
  const object = instance.deref();
  if (object === undefined) return;
  const answer = (Reflect.get(object, releaseKey) as Release).call(object);
  Promise.resolve(answer).catch(() => {});
}

const nounOf = ({ className }: Life): string => `${/^[aeiou]/i.test(className) ? 'an' : 'a'} \`${className}\``;

const instanceOf = (lives: WeakMap<object, Life>): Watch => ({
  lasting: {
    of: (resource) => (resource as Life).instance.deref(),
    isOver: (thing) => lives.get(thing)?.phase === 'released',
    describe: (thing) => {
      const life = lives.get(thing);
      return life === undefined
        ? { kind: KIND }
        : { kind: KIND, noun: nounOf(life), endedBy: life.release.replace(/\(\)$/, '') };
    },
    asked: true,
  },
  state: (resource) => stateOfLife(resource as Life),
  identify(resource) {
    const life = resource as Life;
    return {
      kind: KIND,
      subject: life.instance.deref() ?? life,
      noun: nounOf(life),
      ...(life.mayBeNobodys && { collectable: true }),
      remedy: `Call its \`${life.release}\``,
      release: () => release(life),
    };
  },
});

/** Instances of the classes that a set-up file has named by `leakgate.track`. */
const tracked: Probe = {
  name: 'tracked',
  kinds: {
    [KIND]: {
      noun: 'a tracked object',
      plural: 'tracked objects',
      opened: 'made',
      closed: 'released',
      remedy: 'Release it',
      pooled: true,
    },
  },
  start(recorder, realm): ActiveProbe {
    let instances: Instances | undefined;
    const list = (realm.global[WISHES] ?? { wishes: [], takers: new Set() }) as TrackWishes;
    // Not enumerable, as nothing of ours is that a test could come across.
    Object.defineProperty(realm.global, WISHES, { configurable: true, enumerable: false, writable: true, value: list });
    const take = (wish: TrackWish): void =>
      recorder.unrecorded(() => {
        // Only now: a debugger and what goes with it are nothing to load into every worker.
        const { Instances }: typeof import('./tracked/instances') = require('./tracked/instances');
        const { readWish }: typeof import('./tracked/tracking') = require('./tracked/tracking');
        const tracking = readWish(wish, realm.global);
        // Only now: to see constructors at work costs a debugger.
        instances ??= new Instances(recorder, instanceOf, [globalThis, realm.global]);
        instances.track(tracking);
      });
    list.takers.add(take);
    list.wishes.forEach(take);
    return {
      audit() {
        if (instances?.failure !== undefined) throw instances.failure;
        return [];
      },
      stop() {
        list.takers.delete(take);
        instances?.stop();
      },
    };
  },
};

export default tracked;
