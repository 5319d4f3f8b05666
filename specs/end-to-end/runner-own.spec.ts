import { expect, it } from '@jest/globals';
import { runJest } from './jest-project';

it('does not take the timer by which Jest delays output for the timer of the test that writes', async () => {
  const { code, reports, output } = await runJest({
    files: {
      'writes.test.js':
        "test('writes', () => { process.stdout.write('seen out'); process.stderr.write('seen err'); });",
      'other.test.js': "test('does nothing', () => {});",
    },
    args: ['--runInBand'],
  });
  expect(reports.flatMap(({ findings }) => findings.map(({ message }) => message))).toEqual([]);
  expect(output).toContain('seen out');
  expect(output).toContain('seen err');
  expect(code).toBe(0);
}, 60_000);

it('leaves the inspector session by which Jest measures coverage to Jest', async () => {
  const { code, reports, output } = await runJest({
    files: {
      'half.js': 'module.exports = (yes) => (yes ? 1 : 2);',
      'half.test.js': "test('covers half', () => { expect(require('./half')(true)).toBe(1); });",
    },
    args: ['--coverage', '--coverageProvider=v8'],
  });
  expect(reports.flatMap(({ findings }) => findings.map(({ message }) => message))).toEqual([]);
  expect(output).toMatch(/half\.js +\|/);
  expect(code).toBe(0);
}, 60_000);
