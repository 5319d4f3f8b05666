import { devNull } from 'node:os';
import { isMainThread } from 'node:worker_threads';
import type { Probe, Sighting, Watch } from '../engine/probe';
import { type Census, census, isStillOpen } from './descriptors/census';
import { descriptors as recorded, targetOf } from './descriptors/descriptor';
import { descriptorName, linkOf, socketName } from './descriptors/descriptor-name';
import { isDirectoryHandled } from './descriptors/directories';

/** A descriptor that is open at the end of a file, and was not at its start. */
interface Fresh {
  readonly fd: number;
  readonly target: string;
}

const watch: Watch = {
  state: (resource) => {
    const { fd, target } = resource as Fresh;
    return isStillOpen(fd, target) ? 'open' : 'released';
  },
  identify(resource) {
    const { fd } = resource as Fresh;
    const name = descriptorName(fd);
    return {
      kind: 'descriptor',
      subject: resource,
      label: `${name === '' ? '' : `of ${name} `}(fd ${fd}; nobody saw it being opened)`,
      facts: { fd, name },
    };
  },
};

/** The descriptors that belong to what the ledger has: handles and `FileHandle`s tell their number. */
function numbersOf(known: readonly object[]): Set<number> {
  const numbers = new Set<number>();
  for (const resource of known) {
    const { fd } = resource as { fd?: unknown };
    if (typeof fd === 'number' && fd >= 0) numbers.add(fd);
  }
  return numbers;
}

const isWorker = (resource: object): boolean => 'threadId' in resource && 'stopThread' in resource;
const isDnsQuery = (resource: object): boolean => resource.constructor?.name === 'QueryReqWrap';

/** Whether it is the descriptor of an open `Dir`, which does not tell its number. */
function isDirectory({ target }: Fresh): boolean {
  const [dev, ino] = target.split(':').map(Number);
  return dev !== undefined && ino !== undefined && isDirectoryHandled(dev, ino);
}

/** Reasons why a descriptor that no record explains is none of the tests' business. Asked in this order, only when one is found. */
const BY_DESIGN: readonly ((fresh: Fresh, all: Census, known: readonly object[]) => boolean)[] = [
  // libuv makes one of each a loop (epoll, inotify, eventfd, io_uring) when it first needs it, and keeps it as long as the loop.
  ({ fd }) => linkOf(fd).startsWith('anon_inode:'),
  // libuv keeps one in reserve a loop, from the first stream on, to accept and drop connections with when descriptors run out.
  ({ fd }) => linkOf(fd) === devNull,
  // Both ends of one pipe in one process: libuv's own way of telling a loop of a signal. Threads of Node's own have one.
  ({ fd, target }, all) =>
    linkOf(fd).startsWith('pipe:') && [...all.values()].filter((other) => other === target).length > 1,
  // The terminal, or wherever the process's own output goes: Node opens it anew when a standard stream is first used.
  ({ target }) => [0, 1, 2].some((standard) => targetOf(standard) === target),
  // Node's trace agent opens its log when something is first traced, and keeps it until the process ends. The trace is accounted for.
  ({ fd }) => /\/node_trace\.\d+\.log$/.test(linkOf(fd)),
  // A worker's loop and files are the process's descriptors as well. The worker itself is accounted for.
  (_fresh, _all, known) => known.some(isWorker),
  // c-ares asks name servers through sockets of its own, and closes them when the answers are there. The query is accounted for.
  ({ fd }, _all, known) => {
    const inode = /^socket:\[(\d+)\]$/.exec(linkOf(fd))?.[1];
    return inode !== undefined && socketName(inode).protocol === 'udp' && known.some(isDnsQuery);
  },
];

/** The kernel's own count as the last word: every descriptor opened in a file is one the ledger knows, or is a finding itself. */
const descriptors: Probe = {
  name: 'descriptors',
  kinds: {
    descriptor: {
      noun: 'a descriptor',
      plural: 'descriptors',
      opened: 'opened',
      closed: 'closed',
      remedy: 'Close it, or whatever it was opened for,',
      pooled: true,
    },
  },
  start() {
    // Threads share their process's descriptors: in one of several, nobody can tell whose a new one is.
    if (!isMainThread) return { stop() {} };
    const baseline = census();
    return {
      audit(known) {
        const now = census();
        const fresh: Fresh[] = [];
        for (const [fd, target] of now) if (baseline.get(fd) !== target) fresh.push({ fd, target });
        if (fresh.length === 0) return [];
        const explained = numbersOf(known);
        return fresh
          .filter((each) => !recorded.explains(each.fd) && !explained.has(each.fd) && !isDirectory(each))
          .filter((each) => !BY_DESIGN.some((belongs) => belongs(each, now, known)))
          .map((resource): Sighting => ({ watch, resource, keep: true }));
      },
      stop() {},
    };
  },
};

export default descriptors;
