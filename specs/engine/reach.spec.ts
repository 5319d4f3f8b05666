import { describe, expect, it } from '@jest/globals';
import { type Bounds, reached } from '../../harness/engine/reach';

const BOUNDS: Bounds = { nodes: 100, depth: 5, elements: 10 };

const steps = (root: object, target: object, bounds: Partial<Bounds> = {}): number | undefined =>
  reached(root, new Set([target]), () => false, { ...BOUNDS, ...bounds }).held.get(target);

describe('the walk from a client to what it holds', () => {
  it('follows properties, symbols, elements, maps, sets and weak references', () => {
    const target = {};
    expect(steps({ a: { b: target } }, target)).toBe(2);
    expect(steps({ [Symbol('socket')]: target }, target)).toBe(1);
    expect(steps({ list: [1, target] }, target)).toBe(2);
    expect(steps({ byKey: new Map([['one', target]]) }, target)).toBe(2);
    expect(steps({ byObject: new Map([[target, 1]]) }, target)).toBe(2);
    expect(steps({ all: new Set([target]) }, target)).toBe(2);
    expect(steps({ weakly: new WeakRef(target) }, target)).toBe(2);
  });

  it('calls no getter, and none of a proxy’s traps', () => {
    const target = {};
    const touched: string[] = [];
    const traps = new Proxy({}, { get: (_target, name) => () => touched.push(String(name)) });
    const root = {
      get mine(): object {
        touched.push('getter');
        return target;
      },
      proxied: new Proxy({ target }, traps),
    };
    expect(steps(root, target)).toBeUndefined();
    expect(touched).toEqual([]);
  });

  it('looks into no leaf', () => {
    const target = {};
    const leaf = { target };
    const held = reached({ leaf }, new Set<object>([target, leaf]), (value) => value === leaf, BOUNDS).held;
    expect([...held]).toEqual([[leaf, 1]]);
  });

  it('ends, however much there is', () => {
    const target = {};
    const ring: { next?: object } = {};
    ring.next = { next: ring };
    expect(steps(ring, target)).toBeUndefined();
    const chain = { a: { b: { c: { d: target } } } };
    expect([steps(chain, target, { depth: 4 }), steps(chain, target, { depth: 3 })]).toEqual([4, undefined]);
    const late = { list: [...Array.from({ length: 50 }, () => ({})), target] };
    expect(steps(late, target, { elements: 100 })).toBe(2);
    expect(steps(late, target, { elements: 100, nodes: 20 })).toBeUndefined();
    expect(steps(late, target)).toBeUndefined();
    const bytes = { bytes: new Uint8Array(1_000_000), target };
    expect(reached(bytes, new Set([target]), () => false, BOUNDS).nodes).toBeLessThan(5);
  });
});
