import fs from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { isDirect } from '../engine/held-by';
import { asObject, nativeState, slot } from '../engine/native';
import type { Beginning, Probe, Recorder, Watch } from '../engine/probe';
import { type Descriptor, descriptors } from './descriptors/descriptor';
import { directoryOpened, forgetDirectories, isDirectoryClosed } from './descriptors/directories';
import { type FileStream, type FsObserver, hookFs } from './descriptors/fs-hooks';
import { shownPath } from './descriptors/shown-path';
import { StreamOpening } from './descriptors/stream-opening';

/** A number that `fs.open` gave to the user. */
interface RawDescriptor {
  readonly descriptor: Descriptor;
  readonly path: unknown;
}

/** What is beneath a `FileHandle`: it has the descriptor, until that is closed or handed over. */
interface NativeHandle {
  readonly fd: number;
  readStop?(): unknown;
  close(): Promise<void>;
}

/**
 * A `FileHandle`, which itself does not know its path. What is beneath it is held: collected, it would close itself, and nobody could
 * tell a handle that was forgotten early from one that was closed.
 */
class OpenHandle {
  readonly path: unknown;
  readonly #native: NativeHandle;
  readonly #handle: WeakRef<FileHandle>;

  constructor(handle: FileHandle, path: unknown) {
    this.path = path;
    this.#native = (asObject(slot(handle, 'kHandle')) ?? handle) as NativeHandle;
    this.#handle = new WeakRef(handle);
  }

  /** Negative once it is none. */
  get fd(): number {
    return this.#native.fd;
  }

  /** As its author knows it, if somebody still does. */
  get subject(): object {
    return this.#handle.deref() ?? this;
  }

  close(): void {
    // Node 20 ends the process where a handle is closed that is being read as a web stream.
    this.#native.readStop?.();
    (this.#handle.deref() ?? this.#native).close().catch(() => {});
  }
}

function on(path: unknown): string {
  const shown = shownPath(path);
  return shown === '' ? '' : `on ${shown}`;
}

/** What the kernel has under the number decides. It is not closed for the user, who may still do so by number. */
const rawDescriptor: Watch = {
  state: (resource) => (resource as RawDescriptor).descriptor.state,
  identify(resource) {
    const { descriptor, path } = resource as RawDescriptor;
    return {
      kind: 'file-descriptor',
      subject: descriptor,
      label: `${on(path)} (fd ${descriptor.fd})`.trim(),
      facts: { fd: descriptor.fd, path: shownPath(path) },
    };
  },
  guard(resource, closed) {
    (resource as RawDescriptor).descriptor.onClose = closed;
  },
};

const fileHandle: Watch = {
  state: (resource) => ((resource as OpenHandle).fd < 0 ? 'released' : 'open'),
  identify(resource) {
    const handle = resource as OpenHandle;
    return {
      kind: 'file-handle',
      subject: handle.subject,
      label: on(handle.path),
      facts: { fd: handle.fd, path: shownPath(handle.path) },
      release: () => handle.close(),
    };
  },
};

const directory: Watch = {
  state: (resource) => (isDirectoryClosed(resource as fs.Dir) ? 'released' : 'open'),
  identify(resource) {
    const dir = resource as fs.Dir;
    return {
      kind: 'directory',
      subject: dir,
      label: on(dir.path),
      facts: { path: shownPath(dir.path) },
      release: () => {
        dir.close().catch(() => {});
      },
    };
  },
};

const fileStream: Watch = {
  state: (resource) => (resource as StreamOpening).state,
  identify(resource) {
    const opening = resource as StreamOpening;
    const { path, reads, stream } = opening;
    return {
      kind: reads ? 'read-stream' : 'write-stream',
      subject: stream ?? opening,
      label: on(path),
      facts: { path: shownPath(path) },
      release: () => {
        opening.stream?.destroy();
      },
    };
  },
};

/** Node's own modules about files open and close for themselves; what they hand out is seen where the user gets it. */
const isNodesOwn = (inner: string | undefined): boolean =>
  inner === 'node:fs' || inner?.startsWith('node:internal/fs/') === true;

/**
 * Whether the test's own code called, and not a function that may act for somebody else: a logger of the suite's rotates its file
 * wherever it happens to be at work.
 */
function isByTest({ opening }: Beginning): boolean {
  const frames = opening?.frames ?? [];
  return frames[0]?.origin === 'user' && isDirect(frames);
}

/** Under way, or answered: as long as it is there, its callback is to come. */
const request: Watch = {
  momentary: true,
  state: nativeState,
  identify: () => undefined,
};

/** Turns what is seen at `fs` into the recorder's openings. */
function observe(recorder: Recorder): FsObserver<Beginning> {
  const streams = new WeakMap<FileStream, StreamOpening>();
  return {
    calling(above) {
      // Jest reads every module through a copy of `fs` whose `readFileSync` opens by the public function: hundreds of times a file.
      if (isNodesOwn(recorder.callerOf(above))) return undefined;
      const beginning = recorder.beginning(above);
      return beginning.scope === undefined || isNodesOwn(beginning.opening?.inner) ? undefined : beginning;
    },
    descriptor(beginning, fd, path) {
      const resource: RawDescriptor = { descriptor: descriptors.opened(fd), path };
      recorder.openedLater(beginning, { watch: rawDescriptor, resource, keep: true });
    },
    handle(beginning, handle, path) {
      // The handle itself tells its number, for as long as it has it.
      descriptors.reused(handle.fd);
      recorder.openedLater(beginning, { watch: fileHandle, resource: new OpenHandle(handle, path), keep: true });
    },
    directory(beginning, dir) {
      directoryOpened(dir);
      recorder.openedLater(beginning, { watch: directory, resource: dir });
    },
    stream(stream, above) {
      // A stream over somebody's own `fs` has no descriptor of the kernel's.
      if (streams.has(stream) || slot(stream, 'kFs') !== fs) return;
      const opening = new StreamOpening(stream);
      streams.set(stream, opening);
      recorder.opened({ watch: fileStream, resource: opening, keep: true, above });
    },
    streamDescriptor(stream, fd) {
      const opening = streams.get(stream);
      if (opening === undefined) descriptors.reused(fd);
      else opening.openedAs(fd);
    },
    reused: (fd) => descriptors.reused(fd),
    closing(fd, above) {
      const descriptor = descriptors.at(fd);
      if (descriptor === undefined) return undefined;
      if (descriptor.onClose !== undefined && isByTest(recorder.beginning(above))) descriptor.onClose();
      descriptor.closing();
      return { closed: () => descriptors.closed(descriptor), failed: () => {} };
    },
  };
}

const words = (noun: string, plural: string, remedy: string) => ({
  noun,
  plural,
  opened: 'opened',
  closed: 'closed',
  remedy,
  pooled: true,
});

/** Descriptors, `FileHandle`s, file streams and `Dir`s, opened through any of the faces of `fs`. */
const files: Probe = {
  name: 'files',
  kinds: {
    'file-descriptor': words('a file descriptor', 'file descriptors', 'Close it with `fs.closeSync(fd)`'),
    'file-handle': words('a file handle', 'file handles', 'Close it with `await handle.close()`'),
    'read-stream': words('a read stream', 'read streams', 'Read it to its end, or close it with `stream.destroy()`,'),
    'write-stream': words('a write stream', 'write streams', 'End it with `stream.end()`, or call `stream.destroy()`,'),
    directory: words('a directory handle', 'directory handles', 'Close it with `await dir.close()`'),
  },
  asyncTypes: { FSREQCALLBACK: request, FSREQPROMISE: request, FILEHANDLECLOSEREQ: request },
  start(recorder) {
    const restore = hookFs(observe(recorder));
    return {
      stop() {
        restore();
        descriptors.clear();
        forgetDirectories();
      },
    };
  },
};

export default files;
