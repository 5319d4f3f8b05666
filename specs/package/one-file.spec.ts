import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const DIST = resolve(__dirname, '../../dist');

/** What a process has of the package once it has the gate with all that looks, by path in the package, and the names of what looks. */
function afterLoading(): { readonly loaded: readonly string[]; readonly probes: readonly string[] } {
  const script = `
    const { plugIns } = require('./runners/jest.js');
    const probes = plugIns().probes.map(({ name }) => name);
    const own = Object.keys(require.cache).filter((path) => !path.includes('node_modules'));
    const loaded = own.map((path) => require('node:path').relative(process.cwd(), path).replaceAll('\\\\', '/'));
    process.stdout.write(JSON.stringify({ loaded, probes }));
  `;
  return JSON.parse(execFileSync(process.execPath, ['-e', script], { cwd: DIST, encoding: 'utf8' }));
}

const scriptsIn = (folder: string): string[] => readdirSync(join(DIST, folder)).filter((name) => name.endsWith('.js'));

describe('the gate in a worker', () => {
  const { loaded, probes } = afterLoading();

  it('is one file, and nothing beside it but what other parts share, or Jest knows by its path', () => {
    const beside = [
      '../package.json',
      'runners/jest/build/body.js',
      'runners/jest/build/loads.js',
      'runners/process-state.js',
    ];
    expect([...loaded].sort()).toEqual([...beside, 'runners/jest.js'].sort());
  });

  it('has every probe of the package', () => {
    expect(probes).toHaveLength(scriptsIn('probes').length + scriptsIn('probes/grpc').length);
    expect(probes).toEqual(expect.arrayContaining(['timers', 'sockets', 'grpc-channels', 'xds-watches']));
  });

  it("shares with Jest's reporter, in the same process, what both keep", () => {
    expect(loaded).toContain('runners/process-state.js');
  });
});
