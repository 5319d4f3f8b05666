import { resolve } from 'node:path';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { expectClaims, findingsOf } from './claims';
import { type JestRun, runJest } from './jest-project';

jest.setTimeout(60_000);

/** A page as happy-dom makes it: its signals have lists of listeners, its controllers a field, its frames are immediates. */
const HAPPY = `
const listeners = Symbol('listeners');
class PageTarget {
  constructor() {
    this[listeners] = { capturing: new Map(), bubbling: new Map() };
  }
  addEventListener(type, listener, options = {}) {
    const lists = this[listeners][options.capture ? 'capturing' : 'bubbling'];
    if (!lists.has(type)) lists.set(type, []);
    if (lists.get(type).includes(listener)) return;
    lists.get(type).push(listener);
    options.signal?.addEventListener('abort', () => this.removeEventListener(type, listener));
  }
  removeEventListener(type, listener) {
    for (const lists of Object.values(this[listeners])) {
      const at = (lists.get(type) ?? []).indexOf(listener);
      if (at >= 0) lists.get(type).splice(at, 1);
    }
  }
}
class AbortSignal extends PageTarget {
  aborted = false;
  onabort = null;
}
class AbortController {
  signal = new AbortSignal();
}
exports.install = (global) => Object.assign(global, {
  AbortController,
  AbortSignal,
  button: new PageTarget(),
  document: {},
  requestAnimationFrame(callback) {
    return setImmediate(callback);
  },
});
`;

/** Nothing tells who listens to these. */
const PLAIN = `
exports.install = (global) => Object.assign(global, {
  AbortSignal: class {
    #listeners = [];
    addEventListener(type, listener) { this.#listeners.push(listener); }
    get count() { return this.#listeners.length; }
  },
});
`;

const ENVIRONMENT = `
const { TestEnvironment } = require('jest-environment-node');
const { withLeakgate } = require(${JSON.stringify(resolve(__dirname, '../../dist/runners/jest.js'))});
const pages = { happy: require('happy-dom'), plain: require('plain-page') };
module.exports = withLeakgate(class extends TestEnvironment {
  constructor(config, context) {
    super(config, context);
    pages[context.docblockPragmas.page].install(this.global);
  }
});
`;

const HAPPY_TEST = `/** @page happy */
const shutdown = new AbortController();
let own;
test('leaks a listener on a signal from outside', () => {
  shutdown.signal.addEventListener('abort', () => {}); // opens
});
test('takes it off', () => {
  const stop = () => {};
  shutdown.signal.addEventListener('abort', stop);
  shutdown.signal.removeEventListener('abort', stop);
});
test('has a signal of its own', () => {
  own = new AbortController();
  own.signal.addEventListener('abort', () => {});
  expect(own.signal.constructor).toBe(AbortSignal);
});
test('listens to its page for as long as a signal says', () => {
  button.addEventListener('click', () => {}, { signal: shutdown.signal });
});
test('leaks an animation', async () => {
  const draw = () => { requestAnimationFrame(draw); }; // opens
  draw();
});
`;

const PLAIN_TEST = `/** @page plain */
const shutdown = new AbortSignal();
test('listens to a signal of whatever making', () => {
  shutdown.addEventListener('abort', () => {});
  expect(shutdown.count).toBe(1);
});
`;

describe('in a page of another making', () => {
  let run: JestRun;
  const files = { 'happy.test.js': HAPPY_TEST, 'plain.test.js': PLAIN_TEST };

  beforeAll(async () => {
    run = await runJest({
      files: {
        'node_modules/happy-dom/index.js': HAPPY,
        'node_modules/plain-page/index.js': PLAIN,
        'environment.js': ENVIRONMENT.replace(
          "'jest-environment-node'",
          JSON.stringify(require.resolve('jest-environment-node')),
        ),
        ...files,
      },
      config: {
        testEnvironment: './environment.js',
        testEnvironmentOptions: { leakgate: { graceMs: 50 } },
      },
    });
  });

  it('fails the tests that leak and no other, and lets all go on as without the gate', () => {
    expectClaims(run, files);
    expect(run.output).not.toContain('leakgate could not do its job');
  });

  it('tells a loop of frames as one', () => {
    expect(findingsOf(run).map(({ root }) => root.kind)).toEqual(['abort-listener', 'animation-frame']);
    expect(run.output).toContain('`cancelAnimationFrame(id)`');
  });
});
