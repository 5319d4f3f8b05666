import readline from 'node:readline';
import { asObject, field } from '../engine/native';
import type { ActiveProbe, Identity, Liveness, Probe, Realm, Recorder, Watch } from '../engine/probe';
import { Patches } from './patching/patch';

/** What an interface reads from, as far as streams have it. */
interface Input {
  readonly destroyed?: boolean;
  readonly readableEnded?: boolean;
  readonly readableFlowing?: boolean | null;
  readonly isTTY?: boolean;
  readonly path?: unknown;
  pause?(): unknown;
}

interface Interface {
  readonly closed?: boolean;
  readonly input?: Input & object;
  close(): void;
}

/** One turn of a stream to flow, by one call of `resume()`. Held weakly. */
interface Reading {
  readonly stream: WeakRef<Input & object>;
  superseded: boolean;
}

const flows = (input: Input): boolean => input.readableFlowing === true;

/** Whether a stream can still deliver. */
const delivers = (input: Input): boolean => input.destroyed !== true && input.readableEnded !== true;

const isStdin = (input: object): boolean => field(input, 'fd') === 0;

function nameOf(input: object): string {
  if (isStdin(input)) return 'process.stdin';
  const path = field(input, 'path');
  return typeof path === 'string' ? path : `a ${input.constructor.name}`;
}

/**
 * Only a collection can tell whether anything can still reach an open interface: its input does, if that is standard input, a
 * child's output, or something the test's file holds. One that is closed, or whose input has ended, is over.
 */
const interfaceWatch: Watch = {
  collectable: true,
  state(resource): Liveness {
    const { closed, input } = resource as Interface;
    // Recorded while it is being constructed, it has no input yet.
    return closed === true || (input !== undefined && !delivers(input)) ? 'released' : 'open';
  },
  identify(resource, opening): Identity | undefined {
    const open = resource as Interface;
    const { input } = open;
    if (input === undefined || opening?.frames.length === 0) return undefined;
    return {
      kind: 'readline-interface',
      subject: open,
      label: `over ${nameOf(input)}`,
      // A socket, a file or a child's output is opened and closed by itself; standard input reads because of the interface.
      ...(isStdin(input) ? { children: [input] } : { parents: [input] }),
      release: () => {
        open.close();
        input.pause?.();
      },
    };
  },
};

/** Flowing, standard input keeps the process up until its other end is closed. Paused, it does not. */
const readingWatch: Watch = {
  state(resource): Liveness {
    const { stream, superseded } = resource as Reading;
    const input = stream.deref();
    return input !== undefined && delivers(input) && flows(input) && !superseded ? 'open' : 'released';
  },
  identify(resource, opening): Identity | undefined {
    const input = (resource as Reading).stream.deref();
    if (input === undefined || opening?.frames.length === 0) return undefined;
    return {
      kind: 'stdin-reader',
      subject: input,
      release: () => {
        input.pause?.();
      },
    };
  },
};

/** Readline interfaces left open, and standard input left flowing. */
const readlineProbe: Probe = {
  name: 'readline',
  kinds: {
    'readline-interface': {
      noun: 'a readline interface',
      plural: 'readline interfaces',
      opened: 'opened',
      closed: 'closed',
      remedy: 'Close it with `rl.close()`',
      pooled: true,
    },
    'stdin-reader': {
      noun: 'a reader of process.stdin',
      plural: 'readers of process.stdin',
      opened: 'started',
      closed: 'stopped',
      remedy: 'Stop it with `process.stdin.pause()`',
      pooled: true,
    },
  },
  start(recorder: Recorder, realm: Realm): ActiveProbe {
    const patches = new Patches();
    const seen = new WeakSet<object>();
    // Every constructor of an interface, `readline/promises` included, sets its prompt by this method; there is no other way in.
    const base = Object.getPrototypeOf(readline.Interface.prototype) as object;
    patches.method(base, 'setPrompt', (self, _args, call, wrapper) => {
      const result = call();
      const made = asObject(self);
      if (made !== undefined && !seen.has(made)) {
        seen.add(made);
        recorder.opened({ watch: interfaceWatch, resource: made, above: wrapper });
      }
      return result;
    });
    watchStdin(patches, recorder, asObject(realm.global.process) ?? process);
    return { stop: () => patches.restore() };
  },
};

/** Standard input is made when it is first asked for: it is watched from then on. */
function watchStdin(patches: Patches, recorder: Recorder, owner: object): void {
  const watched = new WeakSet<object>();
  let last: Reading | undefined;
  patches.getter(owner, 'stdin', (stdin) => {
    if (watched.has(stdin)) return;
    watched.add(stdin);
    patches.method(stdin, 'resume', (self, _args, call, wrapper) => {
      if (self !== stdin) return call();
      const input = stdin as Input & object;
      const flowed = flows(input);
      const result = call();
      if (!flowed && flows(input)) {
        if (last !== undefined) last.superseded = true;
        last = { stream: new WeakRef(input), superseded: false };
        recorder.opened({ watch: readingWatch, resource: last, keep: true, above: wrapper });
      }
      return result;
    });
  });
}

export default readlineProbe;
