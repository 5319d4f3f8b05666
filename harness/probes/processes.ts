import type { ChildProcess } from 'node:child_process';
import { asObject, field, nativeLives, slot } from '../engine/native';
import type { Probe, Watch } from '../engine/probe';

const child: Watch = {
  state(resource, asyncId) {
    return nativeLives(resource, asyncId) ? 'open' : 'released';
  },
  identify(resource) {
    const owner = asObject(slot(resource, 'owner_symbol')) as ChildProcess | undefined;
    if (owner === undefined || owner.pid === undefined) return undefined;
    const command = owner.spawnargs.join(' ');
    const channel = asObject(field(owner, '_channel'));
    return {
      kind: 'child-process',
      subject: owner,
      label: `(pid ${owner.pid}: ${command.length > 60 ? `${command.slice(0, 57)}...` : command})`,
      facts: { pid: owner.pid, command, ipc: channel !== undefined },
      children: [...owner.stdio.flatMap((stream) => stream ?? []), ...(channel === undefined ? [] : [channel])],
      release: () => {
        owner.kill('SIGKILL');
      },
    };
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
