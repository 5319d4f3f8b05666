import { describe, expect, it } from '@jest/globals';
import {
  DEFAULTS,
  environmentSources,
  mergeOptions,
  pragmaSource,
  readAllowance,
  readOptions,
  strangeVariables,
  UsageError,
} from '../harness/config';

/** What the usage error of `fn` says. */
function complaint(fn: () => unknown): string {
  try {
    fn();
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  throw new Error('no usage error was thrown');
}

const inConfig = (value: unknown) => () => readOptions({ place: 'testEnvironmentOptions.leakgate', value });

describe('options', () => {
  it('take the defaults where nothing is set', () => {
    expect(mergeOptions([])).toEqual(DEFAULTS);
    expect(mergeOptions([{ place: 'package.json', value: undefined }])).toEqual(DEFAULTS);
  });

  it('are not set by a source that names them and says nothing', () => {
    const nothing = { level: undefined, graceMs: undefined, leftovers: undefined, mostHeapBytes: undefined };
    expect(
      mergeOptions([
        { place: 'one', value: { level: 'trace', allow: undefined } },
        { place: 'two', value: nothing },
      ]),
    ).toStrictEqual({ ...DEFAULTS, level: 'trace' });
  });

  it('let a later source win, and allowances add up', () => {
    const first = { level: 'trace', allow: [{ reason: 'a', package: 'sdk' }] };
    const second = { level: 'off', allow: [{ reason: 'b', file: 'b.ts' }] };
    expect(
      mergeOptions([
        { place: 'one', value: first },
        { place: 'two', value: second },
      ]),
    ).toEqual({
      ...DEFAULTS,
      level: 'off',
      allow: [
        { reason: 'a', package: 'sdk' },
        { reason: 'b', file: 'b.ts' },
      ],
    });
  });

  it.each([
    [
      'trace',
      'testEnvironmentOptions.leakgate must be an object with level, graceMs, leftovers, allow, known, mostHeapBytes or retention; found "trace".',
    ],
    [
      null,
      'testEnvironmentOptions.leakgate must be an object with level, graceMs, leftovers, allow, known, mostHeapBytes or retention; found null.',
    ],
    [{ level: 'loud' }, 'testEnvironmentOptions.leakgate: level must be off, gate, trace or paranoid; found "loud".'],
    [
      { graceMs: '1s' },
      'testEnvironmentOptions.leakgate: graceMs must be a whole number of milliseconds from 0 to 60,000; found "1s".',
    ],
    [
      { graceMs: 1.5 },
      'testEnvironmentOptions.leakgate: graceMs must be a whole number of milliseconds from 0 to 60,000; found 1.5.',
    ],
    [
      { graceMs: -1 },
      'testEnvironmentOptions.leakgate: graceMs must be a whole number of milliseconds from 0 to 60,000; found -1.',
    ],
    [{ retention: 'all' }, 'testEnvironmentOptions.leakgate: retention must be closed or asked; found "all".'],
    [{ leftovers: true }, 'testEnvironmentOptions.leakgate: leftovers must be release or keep; found true.'],
    [
      { grace: 1 },
      'testEnvironmentOptions.leakgate: grace is unknown; the options are level, graceMs, leftovers, allow, known, mostHeapBytes, retention.',
    ],
    [{ allow: 'x' }, 'testEnvironmentOptions.leakgate: allow must be a list of rules; found "x".'],
    [
      { allow: ['x'] },
      'testEnvironmentOptions.leakgate: allow.0 must be an object with a reason and what it covers: kind, fingerprint, package, file or path; found "x".',
    ],
    [
      { allow: [{ kind: 'timeout' }] },
      'testEnvironmentOptions.leakgate: allow.0.reason is missing; a rule without a reason cannot be reviewed.',
    ],
    [
      { allow: [{ reason: '' }] },
      'testEnvironmentOptions.leakgate: allow.0.reason must be a text that is not empty; found "".',
    ],
    [
      [],
      'testEnvironmentOptions.leakgate must be an object with level, graceMs, leftovers, allow, known, mostHeapBytes or retention; found [].',
    ],
    [
      { allow: [{ reason: ' ', file: 'a.ts' }] },
      'testEnvironmentOptions.leakgate: allow.0.reason must be a text that is not empty; found " ".',
    ],
    [
      { known: [{ reason: 'x', fingerprint: '36cc20e3' }] },
      'testEnvironmentOptions.leakgate: known.0.fingerprint must be a fingerprint of 12 hex digits, as the summary prints it; found "36cc20e3".',
    ],
    [
      { allow: [{ reason: 'x', type: 'timeout' }] },
      'testEnvironmentOptions.leakgate: allow.0.type is unknown; a rule has reason, owner, expires, issue, kind, fingerprint, package, file, path.',
    ],
  ])('refuse %j in one sentence', (value, message) => {
    expect(complaint(inConfig(value))).toBe(message);
  });
});

describe('LEAKGATE_ variables', () => {
  it('set options, and count when they are empty for unset', () => {
    const env = { LEAKGATE_LEVEL: 'trace', LEAKGATE_GRACE_MS: '50', LEAKGATE_LEFTOVERS: '', PATH: '/bin' };
    expect(mergeOptions(environmentSources(env))).toEqual({ ...DEFAULTS, level: 'trace', graceMs: 50 });
  });

  it.each([
    [
      { LEAKGATE_LEVEL: 'loud' },
      'The environment variable LEAKGATE_LEVEL must be off, gate, trace or paranoid; found "loud".',
    ],
    [
      { LEAKGATE_GRACE_MS: 'soon' },
      'The environment variable LEAKGATE_GRACE_MS must be a whole number of milliseconds from 0 to 60,000; found "soon".',
    ],
    [
      { LEAKGATE_GRACE: '1' },
      "The environment variable LEAKGATE_GRACE is none of leakgate's; it knows LEAKGATE_LEVEL, LEAKGATE_GRACE_MS, LEAKGATE_LEFTOVERS, LEAKGATE_MOST_HEAP_BYTES, LEAKGATE_RETENTION.",
    ],
  ])('refuse %j in one sentence', (env: NodeJS.ProcessEnv, message) => {
    expect(complaint(() => mergeOptions(environmentSources(env)))).toBe(message);
  });
});

describe("variables of our prefix that are somebody else's", () => {
  const env = {
    LEAKGATE_LEVEL: 'trace',
    LEAKGATE_DASHBOARD_URL: 'http://127.0.0.1',
    LEAKGATE_RUN_DIR: '/run',
    PATH: '/bin',
  };

  it('are not read', () => {
    expect(mergeOptions(environmentSources(env))).toEqual({ ...DEFAULTS, level: 'trace' });
  });

  it('are known by name, for the note that says so', () => {
    expect(strangeVariables(env)).toEqual(['LEAKGATE_DASHBOARD_URL']);
  });
});

describe('the docblock pragma', () => {
  it('sets a level, or options by name', () => {
    expect(mergeOptions(pragmaSource('trace', '/a.test.ts'))).toEqual({ ...DEFAULTS, level: 'trace' });
    expect(mergeOptions(pragmaSource(['level=paranoid', 'graceMs=9'], '/a.test.ts'))).toEqual({
      ...DEFAULTS,
      level: 'paranoid',
      graceMs: 9,
    });
    expect(pragmaSource(undefined, '/a.test.ts')).toEqual([]);
  });

  it.each([
    ['loud', 'The docblock pragma @leakgate of /a.test.ts: level must be off, gate, trace or paranoid; found "loud".'],
    [
      'graceMs=',
      'The docblock pragma @leakgate of /a.test.ts: graceMs must be a whole number of milliseconds from 0 to 60,000; found "".',
    ],
    [
      'speed=9',
      'The docblock pragma @leakgate of /a.test.ts: speed is unknown; the options are level, graceMs, leftovers, allow, known, mostHeapBytes, retention.',
    ],
  ])('refuses %j in one sentence', (pragma, message) => {
    expect(complaint(() => mergeOptions(pragmaSource(pragma, '/a.test.ts')))).toBe(message);
  });
});

describe('leakgate.allow', () => {
  it.each([
    [
      undefined,
      'The argument of leakgate.allow must be an object with a reason and what it covers: kind, fingerprint, package, file or path; found nothing.',
    ],
    [
      { kind: 'timeout' },
      'The argument of leakgate.allow: reason is missing; a rule without a reason cannot be reviewed.',
    ],
    [
      { reason: 'x', kinds: [] },
      'The argument of leakgate.allow: kinds is unknown; a rule has reason, owner, expires, issue, kind, fingerprint, package, file, path.',
    ],
  ])('refuses %j in one sentence', (value, message) => {
    expect(complaint(() => readAllowance(value))).toBe(message);
  });
});
