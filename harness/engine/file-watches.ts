import fs from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { isAbsolute, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Descriptor, descriptors } from './descriptor';
import { isDirectoryClosed } from './directories';
import type { FileStream } from './fs-hooks';
import type { Identity, Liveness, Watch } from './probe';

const { cwd } = process;
const { ReadStream } = fs;

/** A path as its reader would write it: relative to the working directory when it is inside. Empty if it is none. */
export function shownPath(path: unknown): string {
  const text = path instanceof URL ? fileURLToPath(path) : String(path ?? '');
  if (text === '') return '';
  try {
    const base = cwd.call(process);
    const inside = relative(base, resolve(base, text));
    return inside === '' || inside.startsWith('..') || isAbsolute(inside) ? text : inside;
  } catch {
    // The working directory is gone.
    return text;
  }
}

const on = (path: unknown): string => {
  const shown = shownPath(path);
  return shown === '' ? '' : `on ${shown}`;
};

/** A number that `fs.open` gave to the user. */
export interface RawDescriptor {
  readonly descriptor: Descriptor;
  readonly path: unknown;
}

/** Judges a raw descriptor by what the kernel has under its number. It is not closed for the user, who may still do so by number. */
export const rawDescriptor: Watch = {
  state: (resource) => (resource as RawDescriptor).descriptor.state,
  identify(resource) {
    const { descriptor, path } = resource as RawDescriptor;
    return {
      kind: 'file-descriptor',
      subject: resource,
      label: `${on(path)} (fd ${descriptor.fd})`.trim(),
      facts: { fd: descriptor.fd, path: shownPath(path) },
    };
  },
  guard(resource, closed) {
    (resource as RawDescriptor).descriptor.onClose = closed;
  },
};

/** The path a `FileHandle` was opened by: the handle itself does not know. */
const handlePaths = new WeakMap<object, unknown>();

/** Notes the path of a handle, for its label. */
export function namePath(handle: FileHandle, path: unknown): void {
  handlePaths.set(handle, path);
}

/** Judges a `FileHandle`: it has its descriptor until it is closed or handed over. */
export const fileHandle: Watch = {
  state: (resource) => ((resource as FileHandle).fd < 0 ? 'released' : 'open'),
  identify(resource) {
    const handle = resource as FileHandle;
    return {
      kind: 'file-handle',
      subject: handle,
      label: on(handlePaths.get(handle)),
      facts: { fd: handle.fd, path: shownPath(handlePaths.get(handle)) },
      release: () => {
        handle.close().catch(() => {});
      },
    };
  },
};

/** Judges a `Dir`. */
export const directory: Watch = {
  state: (resource) => (isDirectoryClosed(resource as fs.Dir) ? 'released' : 'open'),
  identify(resource) {
    const dir = resource as fs.Dir;
    return {
      kind: 'directory',
      subject: dir,
      label: on(dir.path),
      release: () => {
        dir.close().catch(() => {});
      },
    };
  },
};

/** A stream that opens its file itself. Its descriptor outlives it: once the object is collected, nobody closes it any more. */
export interface StreamOpening {
  readonly stream: WeakRef<FileStream>;
  readonly kind: 'read-stream' | 'write-stream';
  readonly path: unknown;
  descriptor: Descriptor | undefined;
}

/** What is to be known of a stream in the making. */
export function streamOpening(stream: FileStream): StreamOpening {
  return {
    stream: new WeakRef(stream),
    kind: stream instanceof ReadStream ? 'read-stream' : 'write-stream',
    path: stream.path,
    descriptor: undefined,
  };
}

function streamState(opening: StreamOpening): Liveness {
  const stream = opening.stream.deref();
  const fd = (stream as { fd?: number | null } | undefined)?.fd;
  // An `open` of the stream's own, out of sight.
  if (opening.descriptor === undefined && typeof fd === 'number') opening.descriptor = descriptors.opened(fd);
  if (opening.descriptor !== undefined) return opening.descriptor.state;
  if (stream === undefined || stream.closed || (stream.errored ?? null) !== null) return 'released';
  return stream.destroyed ? 'closing' : 'open';
}

/** Judges a file stream by its descriptor, or by itself as long as it has none. */
export const fileStream: Watch = {
  state: (resource) => streamState(resource as StreamOpening),
  identify(resource): Identity {
    const opening = resource as StreamOpening;
    const { kind, path, stream } = opening;
    return {
      kind,
      subject: stream.deref() ?? opening,
      label: on(path),
      facts: { path: shownPath(path) },
      release: () => {
        stream.deref()?.destroy();
      },
    };
  },
};
