import { isBuiltin } from 'node:module';
import { describe, expect, it } from '@jest/globals';
import { runJest } from '../end-to-end/jest-project';
import { describeProbe } from './probe-fixtures';

const database = {
  kind: 'sqlite-database',
  says: /^A SQLite database on \S*orders\.db was opened in this test, but never closed\.\nClose it with `db\.close\(\)`/,
};

// It came with Node 22.
if (isBuiltin('node:sqlite')) describeProbe('sqlite', { 'leaks-database': database, 'leaks-reopened': database });

describe('a project that has no database', () => {
  it('does not load the module', async () => {
    const { code, output } = await runJest({
      files: {
        'loads.test.js':
          "test('loads nothing', () => expect(process.moduleLoadList.filter((name) => name.endsWith(' sqlite'))).toEqual([]));",
      },
    });
    expect(output).not.toContain('ExperimentalWarning');
    expect(code).toBe(0);
  }, 60_000);
});
