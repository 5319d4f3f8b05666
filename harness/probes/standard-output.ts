import { Readable } from 'node:stream';
import { asObject, field } from '../engine/native';
import type { Opening } from '../engine/opening';
import type { ActiveProbe, Probe, Recorder, Watch } from '../engine/probe';
import { Patches } from './patching/patch';

/** One call that has piped a stream into standard output. It holds neither of them. */
interface Piping {
  readonly source: WeakRef<Readable>;
  readonly output: WeakRef<NodeJS.WritableStream>;
}

/** Of Node's own modules, the one that pipes for the user. */
const PIPELINE = 'node:internal/streams/pipeline';

const NAMES: Readonly<Record<number, string>> = { 1: 'process.stdout', 2: 'process.stderr' };

/** What the user calls it, if it is one of the two. */
function nameOf(output: object): string | undefined {
  const fd = field(output, 'fd');
  return field(output, '_isStdio') === true && typeof fd === 'number' ? NAMES[fd] : undefined;
}

/** Where a stream still writes to. One that has ended writes nowhere; one that was destroyed before it had, still does. */
function outputsOf(source: object): readonly unknown[] {
  const state = asObject(field(source, '_readableState'));
  const outputs = state === undefined ? undefined : field(state, 'pipes');
  return Array.isArray(outputs) ? outputs : [];
}

/** Node pipes what its workers print; and what a module pipes there as it is loaded is a logger's, for as long as there is a process. */
const isNobodys = (opening: Opening | undefined): boolean =>
  opening !== undefined &&
  (opening.frames.length === 0 || opening.atImport || (opening.inner !== undefined && opening.inner !== PIPELINE));

const watch: Watch = {
  state(resource) {
    const { source, output } = resource as Piping;
    const from = source.deref();
    return from !== undefined && outputsOf(from).includes(output.deref()) ? 'open' : 'released';
  },
  identify(resource, opening) {
    const piping = resource as Piping;
    const source = piping.source.deref();
    const output = piping.output.deref();
    if (source === undefined || output === undefined || isNobodys(opening)) return undefined;
    const name = nameOf(output) ?? '';
    return {
      kind: 'output-pipe',
      subject: piping,
      label: `into ${name}`,
      heldAs: source,
      parents: [source],
      remedy: `End the stream, or take it off with \`stream.unpipe(${name})\`,`,
      release: () => {
        source.unpipe(output);
      },
    };
  },
};

/** Streams left piped into standard output or error: these outlive every test, and keep the listeners of each. */
const standardOutput: Probe = {
  name: 'standard-output',
  kinds: {
    'output-pipe': {
      noun: 'a pipe',
      plural: 'pipes',
      opened: 'laid',
      closed: 'taken off',
      remedy: 'End the stream, or take it off with `stream.unpipe()`,',
      pooled: true,
    },
  },
  start(recorder: Recorder): ActiveProbe {
    const patches = new Patches();
    patches.method(Readable.prototype, 'pipe', (self, args, call, wrapper) => {
      const result = call();
      const output = asObject(args[0]);
      if (output === undefined || nameOf(output) === undefined || !(self instanceof Readable)) return result;
      const resource = { source: new WeakRef(self), output: new WeakRef(output) } as Piping;
      recorder.opened({ watch, resource, keep: true, above: wrapper });
      return result;
    });
    return { stop: () => patches.restore() };
  },
};

export default standardOutput;
