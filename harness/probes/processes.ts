import type { ChildProcess } from 'node:child_process';
import { asObject, field, nativeState, slot } from '../engine/native';
import type { Probe, Watch } from '../engine/probe';

/** How much of a command is shown. */
const LABEL = 80;

/** A child with a channel: a parent that hangs up is never told `close`, only `exit`. */
const LEAVE = 'End it with `child.disconnect()` or `child.kill()`, and await its `exit` event,';

/** The command as its author would type it. */
function commandOf({ spawnargs }: ChildProcess): string {
  const [program = '', ...args] = spawnargs;
  return [program === process.execPath ? 'node' : program, ...args].join(' ');
}

const labelOf = (owner: ChildProcess): string => {
  const command = commandOf(owner);
  return `(pid ${owner.pid}: ${command.length > LABEL ? `${command.slice(0, LABEL - 3)}...` : command})`;
};

const child: Watch = {
  state: nativeState,
  identify(resource) {
    const owner = asObject(slot(resource, 'owner_symbol')) as ChildProcess | undefined;
    if (owner === undefined || owner.pid === undefined) return undefined;
    const command = commandOf(owner);
    const channel = asObject(field(owner, 'channel'));
    return {
      kind: 'child-process',
      subject: owner,
      label: labelOf(owner),
      facts: { pid: owner.pid, command, ipc: channel !== undefined },
      ...(channel === undefined ? {} : { remedy: LEAVE }),
      children: [...owner.stdio.flatMap((stream) => stream ?? []), ...(channel === undefined ? [] : [channel])],
      release: () => {
        owner.kill('SIGKILL');
      },
      unref: () => {
        owner.unref();
      },
    };
  },
  lasting: {
    of: (resource) => asObject(slot(resource, 'owner_symbol')),
    isOver: (thing) => (thing as ChildProcess).exitCode !== null || (thing as ChildProcess).signalCode !== null,
    describe: (thing) => ({ kind: 'child-process', label: labelOf(thing as ChildProcess) }),
  },
};

/** Children of `child_process`, their pipes and channels beneath them; detached and unref'd ones too. */
const processes: Probe = {
  name: 'processes',
  kinds: {
    'child-process': {
      noun: 'a child process',
      plural: 'child processes',
      opened: 'started',
      closed: 'ended',
      remedy: 'End it with `child.kill()` and await its `close` event',
      pooled: true,
    },
  },
  asyncTypes: { PROCESSWRAP: child },
};

export default processes;
