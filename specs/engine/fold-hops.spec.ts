import { describe, expect, it } from '@jest/globals';
import { foldHops } from '../../harness/engine/heap/fold-hops';
import type { ReadHop } from '../../harness/engine/heap/path-reader';

const hop = (name: string, className: string, more: Partial<ReadHop> = {}): ReadHop => ({
  how: 'property',
  name,
  holds: className,
  className,
  node: 0,
  origin: 'user',
  ...more,
});

const within = (name: string, className: string): ReadHop => hop(name, className, { origin: 'library' });

const read = (...hops: readonly ReadHop[]): readonly string[] =>
  foldHops(hops).map(({ name, holds }) => `${name} : ${holds}`);

describe('a path as a person reads it', () => {
  it('shows of a library the way in and the way out', () => {
    expect(
      read(
        hop('client', 'Client', { origin: 'library' }),
        within('channel', 'Channel'),
        within('balancer', 'Balancer'),
        within('children', 'Children'),
        within('picker', 'Picker'),
        hop('credentials', 'Credentials'),
      ),
    ).toEqual(['client : Client', '… 4 links within : Picker', 'credentials : Credentials']);
  });

  it('shows all of a library’s links, if they are few', () => {
    const few = [within('client', 'Client'), within('channel', 'Channel'), hop('credentials', 'Credentials')];
    expect(read(...few)).toEqual(few.map(({ name, holds }) => `${name} : ${holds}`));
  });

  it('always shows the object itself', () => {
    const links = ['a', 'b', 'c', 'd', 'e'].map((name) => within(name, name.toUpperCase()));
    expect(read(...links).at(-1)).toBe('e : E');
  });

  it('reads a list of any length alike', () => {
    const list = (length: number): readonly string[] =>
      read(hop('head', 'Link'), ...Array.from({ length }, () => hop('next', 'Link')), hop('value', 'Thing'));
    expect(list(100)).toEqual(list(1000));
    expect(list(100).length).toBeLessThan(7);
  });

  it('makes one link of an emitter’s listener, alone or one of several', () => {
    const alone = [hop('_events', 'Object'), hop('config', 'function onConfig')];
    const several = [
      hop('_events', 'Object'),
      hop('config', 'Array'),
      hop('1', 'function onConfig', { how: 'element' }),
    ];
    expect(read(...alone)).toEqual(["listener of 'config' : function onConfig"]);
    expect(read(...several)).toEqual(["listener of 'config' : function onConfig"]);
  });

  it('writes what a module exports as the module does', () => {
    expect(read(hop('exports', 'Object'), hop('pool', 'Pool'))).toEqual(['exports.pool : Pool']);
    expect(read(hop('exports', 'Pool'))).toEqual(['exports : Pool']);
    expect(read(hop('owner', 'Owner'), hop('exports', 'Object'), hop('pool', 'Pool'))).toHaveLength(3);
  });
});
