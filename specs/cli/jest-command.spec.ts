import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { jestCommand, withoutFlags } from '../../harness/cli/jest-command';
import { ROOT } from './cli-project';

const SCRIPT = join(ROOT, 'node_modules/jest/bin/jest.js');

describe('the command after `--`', () => {
  it.each([
    [['jest', '--ci'], [], ['--ci']],
    [['npx', 'jest', 'src'], [], ['src']],
    [['npx', '--yes', 'jest'], [], []],
    [['npm', 'exec', '--', 'jest', '--ci'], [], ['--ci']],
    [['yarn', 'jest'], [], []],
    [['pnpm', 'exec', 'jest', '-t', 'jest'], [], ['-t', 'jest']],
    [['node', '--experimental-vm-modules', SCRIPT, '--ci'], ['--experimental-vm-modules'], ['--ci']],
    [['/usr/bin/node', '-r', './jest-setup.js', 'node_modules/.bin/jest'], ['-r', './jest-setup.js'], []],
    [['node_modules/.bin/jest', 'a'], [], ['a']],
  ])('%j is Jest', (words, nodeArgs, args) => {
    expect(jestCommand(words, ROOT)).toEqual({ nodeArgs, script: SCRIPT, args });
  });

  it.each([[['npx', 'mocha', 'jest']], [['echo', 'jest']], [['npm', 'test']]])('%j is not', (words) => {
    expect(() => jestCommand(words, ROOT)).toThrow('cannot tell where it is');
  });

  it('says what to do where Jest is not installed', () => {
    expect(() => jestCommand(['jest'], '/')).toThrow(
      'Jest is not installed in / or above it; install it with `npm install --save-dev jest`, or give the path of jest.js after `--`.',
    );
  });
});

describe('flags the gate takes the place of', () => {
  it.each([
    [['--env', 'jsdom', 'a'], ['a']],
    [['--env=jsdom', 'a', '--env=node'], ['a']],
    [
      ['--envoy', 'x'],
      ['--envoy', 'x'],
    ],
    [
      ['a', '--', '--env'],
      ['a', '--', '--env'],
    ],
  ])('are taken out of %j', (args, kept) => {
    expect(withoutFlags(args, ['--env'])).toEqual(kept);
  });
});
