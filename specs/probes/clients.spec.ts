import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';

/** What a script prints about the emitters of a plain process, as JSON. `findLeaks` is at hand. */
function told(script: string): unknown {
  const head = `
    const { EventEmitter } = require('node:events');
    const { findLeaks } = require(${JSON.stringify(resolve(__dirname, '../../dist/index.js'))});
    const say = (value) => process.stdout.write(JSON.stringify(value));
  `;
  const output = execFileSync(process.execPath, ['--no-warnings', '-e', `${head}(async () => {${script}})()`], {
    encoding: 'utf8',
  });
  return JSON.parse(output);
}

describe('the clients probe', () => {
  it('puts back what every emitter calls, which looks the same meanwhile', () => {
    const script = `
      const looks = () => [EventEmitter.init.name, EventEmitter.init.length, Object.keys(EventEmitter).join()];
      const before = [EventEmitter.init, ...looks()];
      let during;
      await findLeaks(() => { during = [EventEmitter.init, ...looks()]; });
      say([during[0] !== before[0], EventEmitter.init === before[0], String(during.slice(1)) === String(before.slice(1))]);
    `;
    expect(told(script)).toEqual([true, true, true]);
  });

  it('leaves construction as it is: options, exceptions, and classes of the old kind', () => {
    const script = `
      const seen = [];
      await findLeaks(() => {
        function Old() { EventEmitter.call(this, { captureRejections: true }); this.made = true; }
        require('node:util').inherits(Old, EventEmitter);
        class New extends EventEmitter { constructor() { super(); this.on('x', () => seen.push('heard')); } }
        const old = new Old();
        seen.push(old.made, old instanceof EventEmitter);
        new New().emit('x');
        try { new EventEmitter({ captureRejections: 'yes' }); } catch ({ code }) { seen.push(code); }
      });
      say(seen);
    `;
    expect(told(script)).toEqual([true, true, 'heard', 'ERR_INVALID_ARG_TYPE']);
  });

  it('goes on where domains have put themselves around it, and is at rest after that', () => {
    const script = `
      const before = EventEmitter.init;
      await findLeaks(() => { require('node:domain'); });
      const after = EventEmitter.init;
      const emitter = new EventEmitter();
      say([before !== after, emitter.listenerCount('x'), (await findLeaks(() => new EventEmitter())).length]);
    `;
    expect(told(script)).toEqual([true, 0, 0]);
  });

  it('keeps no emitter alive', () => {
    const script = `
      require('node:v8').setFlagsFromString('--expose-gc');
      const gc = require('node:vm').runInNewContext('gc');
      const left = [];
      await findLeaks(async () => {
        const made = Array.from({ length: 10 }, () => new WeakRef(new (class Client extends EventEmitter { close() {} })()));
        for (let round = 0; round < 4; round++) { await new Promise(setImmediate); gc(); }
        left.push(made.filter((each) => each.deref() !== undefined).length);
      });
      say(left);
    `;
    expect(told(script)).toEqual([0]);
  });
});
