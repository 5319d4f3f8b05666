import { describe, expect, it } from '@jest/globals';
import { matchesGlob } from '../../harness/engine/glob';
import type { Finding } from '../../harness/model/finding';
import { fingerprint } from '../../harness/model/fingerprint';
import type { Frame } from '../../harness/model/frame';
import type { Thing } from '../../harness/model/resource';
import { type Allowance, covers, isExpired } from '../../harness/model/rule';
import { aFinding } from '../reporters/a-report';

const thing = (kind: string, ...owns: Thing[]): Thing => ({ kind, noun: `a ${kind}`, label: '', facts: {}, owns });
const frame = (file: string, origin: Frame['origin'], fn = 'open'): Frame => ({ file, line: 1, column: 1, fn, origin });

const finding: Finding = aFinding({
  root: thing('channel', thing('subchannel', thing('session')), thing('timeout')),
  trace: [
    frame('/repo/node_modules/sdk/src/client.js', 'library'),
    frame('/repo/packages/shop/src/legacy/metrics.ts', 'user'),
    frame('/repo/packages/shop/test/a.test.ts', 'user'),
  ],
});

describe('a rule', () => {
  it.each<[boolean, Omit<Allowance, 'reason'>]>([
    [true, { fingerprint: 'aaaaaaaaaaaa' }],
    [false, { fingerprint: 'bbbbbbbbbbbb' }],
    [true, { package: 'sdk' }],
    [false, { package: 'other' }],
    [false, { package: 'sdk', kind: 'session' }],
    [true, { package: 'sdk', kind: 'channel' }],
    [true, { file: 'metrics.ts' }],
    [true, { file: 'src/**' }],
    [true, { file: 'packages/shop/src/legacy/*.ts' }],
    [true, { file: 'test/*.test.ts' }],
    [false, { file: 'legacy' }],
    [false, { file: 'src/*.ts' }],
    [false, { file: 'client.js' }],
    [true, { file: 'node_modules/sdk/**' }],
    [true, { path: 'channel/subchannel/session' }],
    [true, { path: 'channel/**/session' }],
    [true, { path: 'channel/timeout' }],
    [false, { path: 'channel/session' }],
    [false, { path: 'subchannel/session' }],
  ])('covers: %s, by %j', (expected, fields) => {
    expect(covers({ reason: 'x', ...fields }, finding, { base: '/repo', matches: matchesGlob })).toBe(expected);
  });

  it('means files of its own folder, and not of one above that is called the same', () => {
    const inSrc = { base: '/repo/packages/shop/src', matches: matchesGlob };
    expect(covers({ reason: 'x', file: 'src/**' }, finding, inSrc)).toBe(false);
    expect(covers({ reason: 'x', file: 'legacy/**' }, finding, inSrc)).toBe(true);
    expect(covers({ reason: 'x', file: 'test/**' }, finding, inSrc)).toBe(true);
  });

  it('holds to the end of its last day', () => {
    expect(isExpired({ expires: '2026-02-28' }, '2026-02-28')).toBe(false);
    expect(isExpired({ expires: '2026-02-28' }, '2026-03-01')).toBe(true);
    expect(isExpired({}, '2026-03-01')).toBe(false);
  });
});

describe('a fingerprint', () => {
  const suspect = { findingKind: 'leak', kind: 'timeout', rootDir: '/a/shop' } as const;
  const of = (over: Partial<Parameters<typeof fingerprint>[0]>): string =>
    fingerprint({ ...suspect, trace: [frame('/a/shop/src/x.ts', 'user')], ...over });

  it('is the same wherever the project is, in its folder and beside it', () => {
    expect(of({ rootDir: '/b/c/shop', trace: [frame('/b/c/shop/src/x.ts', 'user')] })).toBe(of({}));
    const beside = of({ trace: [frame('/a/lib/x.ts', 'user')] });
    expect(of({ rootDir: '/b/c/shop', trace: [frame('/b/c/lib/x.ts', 'user')] })).toBe(beside);
    expect(beside).not.toBe(of({}));
  });

  it('is the same however late the leak was seen, and whatever ran beside it', () => {
    expect(of({ findingKind: 'late' })).toBe(of({}));
    expect(of({ findingKind: 'unproven' })).toBe(of({}));
    expect(of({ findingKind: 'foreign-close' })).not.toBe(of({}));
  });

  it('is the same whatever V8 puts before the name of a function', () => {
    expect(of({ trace: [frame('/a/shop/src/x.ts', 'user', 'exports.open')] })).toBe(of({}));
    expect(of({ trace: [frame('/a/shop/src/x.ts', 'user', 'Client.open')] })).toBe(of({}));
    expect(of({ trace: [frame('/a/shop/src/x.ts', 'user', 'close')] })).not.toBe(of({}));
  });
});
