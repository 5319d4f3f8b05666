import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, it, jest } from '@jest/globals';
import { overlookMarks } from '../../harness/runners/jest-promises';

/** Up to Node 22 a storage marks all promises from its first run on, as the gate's own does. */
new AsyncLocalStorage().run({}, () => {});
const isMarking = Object.getOwnPropertySymbols(Promise.resolve()).length > 0;

const bearing = (label: string): Promise<void> => Object.assign(Promise.resolve(), { label });

describe('promises that async_hooks marks', () => {
  it('are left to a Jest that marks them without the gate', () => {
    overlookMarks({ expect }, '30.5.2');
    expect(!isMarking).toBe(
      (() => {
        try {
          expect(Promise.resolve()).toEqual(Promise.resolve());
          return true;
        } catch {
          return false;
        }
      })(),
    );
  });

  it('are as equal to an older one as without the gate', () => {
    overlookMarks({ expect }, '30.4.2');
    expect({ answer: Promise.resolve(1) }).toEqual({ answer: Promise.resolve(2) });
    expect([Promise.resolve()]).toStrictEqual([Promise.resolve()]);
    expect({ answer: Promise.resolve(), code: 1 }).toMatchObject({ answer: Promise.resolve() });
    const called = jest.fn<(answer: Promise<void>) => void>();
    called(Promise.resolve());
    expect(called).toHaveBeenCalledWith(Promise.resolve());
    expect(bearing('paid')).toEqual(bearing('paid'));
    expect(bearing('paid')).not.toEqual(bearing('open'));
    expect(bearing('paid')).not.toEqual(Promise.resolve());
    expect(Promise.resolve()).not.toEqual({});
  });

  it('are in its snapshots what they bear besides', () => {
    const serializers: { test(value: unknown): boolean; serialize(value: unknown, ...rest: unknown[]): string }[] = [];
    overlookMarks(
      { expect: { addSnapshotSerializer: (each: (typeof serializers)[0]) => serializers.push(each) } },
      '29.7.0',
    );
    const paid = bearing('paid');
    const print = (value: object): string => Reflect.ownKeys(value).map(String).join();
    for (const each of [paid, Promise.resolve(), {}, 'paid']) {
      const isSerialized = serializers.some(({ test }) => test(each));
      expect(isSerialized).toBe(isMarking && each instanceof Promise);
    }
    expect(serializers.map(({ serialize }) => serialize(paid, {}, '', 0, [], print))).toEqual(
      isMarking ? ['label'] : [],
    );
  });

  it('need nothing where there is no `expect` of Jest’s', () => {
    expect(() => overlookMarks({}, '29.7.0')).not.toThrow();
    expect(() => overlookMarks({ expect: () => {} }, '29.0.0')).not.toThrow();
  });
});
