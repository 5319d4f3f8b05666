import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { IN_ORDER } from '../end-to-end/in-order';
import { runJest } from '../end-to-end/jest-project';
import { describeProbe } from './probe-fixtures';

const SIGTERM =
  /^A listener for "SIGTERM" on process was added in this test, but never removed\.\nRemove it with `process\.off\('SIGTERM', listener\)` in the test or its `afterEach`\./;

describeProbe('listeners', {
  'leaks-process': { kind: 'listener', says: SIGTERM },
  'leaks-process-once': { kind: 'listener', says: /^A listener for "SIGUSR2" on process was added/ },
  'leaks-many': { kind: 'listener', says: /^5 listeners, one of them a listener for "free" on http\.globalAgent,/ },
  'leaks-same-listener': { kind: 'listener', says: /^A listener for "free" on https\.globalAgent was added/ },
  'leaks-cluster': { kind: 'listener', says: /^A listener for "online" on cluster was added/ },
  'leaks-stream': { kind: 'listener', says: /^A listener for "resize" on process\.stdout was added/ },
  'leaks-events-once': { kind: 'listener', says: /^A listener for "SIGUSR2" on process .*\nAwait it, or abort it/ },
  'leaks-real-process': { kind: 'listener', says: /^A listener for "SIGUSR2" on process was added in this test/ },
  'leaks-hook': { kind: 'listener', says: /^A listener for "message" on process was added in the `beforeEach`/ },
  'leaks-event-iterator': { kind: 'event-iterator', says: /^An event iterator over "change" of an EventEmitter was/ },
  'leaks-agent-iterator': { kind: 'event-iterator', says: /^An event iterator over "free" of an Agent was opened/ },
});

describe('the emitters that are watched', () => {
  it('are all there are among the exports of Node’s modules', () => {
    const script = `
      const { EventEmitter } = require('events');
      const found = require('module').builtinModules.filter((id) => !id.startsWith('_') && id !== 'process').flatMap((id) => {
        const exported = require(id);
        if (exported instanceof EventEmitter) return [id];
        return Object.entries(Object.getOwnPropertyDescriptors(exported))
          .filter(([name, { value }]) => name !== 'prototype' && value instanceof EventEmitter)
          .map(([name]) => id + '.' + name);
      });
      if (require('http').globalAgent instanceof EventEmitter) found.push('http.globalAgent');
      console.log(JSON.stringify(found.sort()));`;
    const output = execFileSync(process.execPath, ['--no-warnings', '-e', script], { encoding: 'utf8' });
    expect(JSON.parse(output)).toEqual(['cluster', 'http.globalAgent', 'https.globalAgent']);
  });

  it('have their own methods back after the file', async () => {
    const check = `
      const { globalAgent } = require('http');
      const own = (object) => Reflect.ownKeys(object).filter((key) => typeof key === 'string' && /^(on|once|addListener|prepend)/.test(key));
      const Environment = require(${JSON.stringify(join(__dirname, '../../dist/runners/jest-node.js'))});
      module.exports = class extends Environment {
        async teardown() {
          await super.teardown();
          const { addEventListener } = Object.getOwnPropertyDescriptors(AbortSignal.prototype);
          const left = [...own(globalAgent), ...own(process), ...own(require('cluster')), addEventListener?.value.name];
          require('fs').writeFileSync(__dirname + '/left.json', JSON.stringify(left.filter(Boolean)));
        }
      };`;
    const { code, output } = await runJest({
      files: {
        'environment.js': check,
        'first.test.js': `
          test('runs while they are patched', () => {
            expect(Object.hasOwn(require('http').globalAgent, 'on')).toBe(true);
          });`,
        'second.test.js': `
          test('finds what the first one left', () => {
            expect(JSON.parse(require('fs').readFileSync(__dirname + '/left.json', 'utf8'))).toEqual([]);
          });`,
        'in-order.js': IN_ORDER,
      },
      config: { testEnvironment: './environment.js', testSequencer: './in-order.js' },
      args: ['--runInBand'],
    });
    expect(output).toContain('Tests:       2 passed');
    expect(code).toBe(0);
  }, 60_000);
});

describe('a listener that came by a way around the emitter’s own methods', () => {
  it('is the file’s, if a test left it there, and not if it was taken off or came with a module', async () => {
    const { reports } = await runJest({
      files: {
        'strays.test.js': `
          const { EventEmitter } = require('events');
          const { on, once, off } = EventEmitter.prototype;
          const http = require('http');
          on.call(process, 'SIGWINCH', () => {});
          test('leaves one on the process', () => { on.call(process, 'SIGUSR2', () => {}); });
          test('leaves one on the agent', () => { once.call(http.globalAgent, 'free', () => {}); });
          test('takes it off', () => {
            const heard = () => {};
            on.call(process, 'SIGUSR1', heard);
            off.call(process, 'SIGUSR1', heard);
          });`,
        'clean.test.js': "test('listens to none', () => { console.log('output'); });",
      },
      args: ['--runInBand'],
    });
    const findings = reports.flatMap((report) => report.findings);
    expect(findings.map(({ owner, scope, count, message }) => [owner, scope.kind, count, message])).toEqual([
      [
        'none',
        'file',
        2,
        '2 listeners, one of them a listener for "SIGUSR2" on process, were added in this file, but never removed.\n' +
          "Remove it with `process.off('SIGUSR2', listener)` in an `afterAll` at the top of the file.",
      ],
    ]);
  }, 60_000);

  it('is nobody’s, if Node put it there in answer to another: an earlier test file loaded `domain`', async () => {
    const { code, reports } = await runJest({
      files: {
        'a-loads.test.js': "test('loads it', () => { require('domain'); });",
        'b-later.test.js': `
          test('listens, and stops', () => {
            const heard = () => {};
            process.on('uncaughtException', heard);
            process.off('uncaughtException', heard);
          });`,
        'in-order.js': IN_ORDER,
      },
      config: { testSequencer: './in-order.js' },
      args: ['--runInBand'],
    });
    expect(reports.flatMap(({ findings }) => findings.map(({ message }) => message))).toEqual([]);
    expect(code).toBe(0);
  }, 60_000);
});
