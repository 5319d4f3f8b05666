import fs from 'node:fs';
import { descriptors } from '../engine/descriptor';
import { directoryOpened, forgetDirectories } from '../engine/directories';
import {
  directory,
  fileHandle,
  fileStream,
  namePath,
  type RawDescriptor,
  rawDescriptor,
  type StreamOpening,
  streamOpening,
} from '../engine/file-watches';
import { type FileStream, type FsObserver, hookFs } from '../engine/fs-hooks';
import { slot } from '../engine/native';
import type { Beginning, Probe, Recorder } from '../engine/probe';

/** Node's own modules about files open and close for themselves; what they hand out is seen where the user gets it. */
const isNodesOwn = (inner: string | undefined): boolean =>
  inner === 'node:fs' || inner?.startsWith('node:internal/fs/') === true;

/** Turns what is seen at `fs` into the recorder's openings. */
function observe(recorder: Recorder): FsObserver<Beginning> {
  const streams = new WeakMap<FileStream, StreamOpening>();
  return {
    calling(above) {
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
      namePath(handle, path);
      recorder.openedLater(beginning, { watch: fileHandle, resource: handle });
    },
    directory(beginning, dir) {
      directoryOpened(dir);
      recorder.openedLater(beginning, { watch: directory, resource: dir });
    },
    stream(stream, above) {
      // A stream over somebody's own `fs` has no descriptor of the kernel's.
      if (streams.has(stream) || slot(stream, 'kFs') !== fs) return;
      const opening = streamOpening(stream);
      streams.set(stream, opening);
      recorder.opened({ watch: fileStream, resource: opening, keep: true, above });
    },
    streamDescriptor(stream, fd) {
      const opening = streams.get(stream);
      if (opening === undefined) descriptors.reused(fd);
      else opening.descriptor = descriptors.opened(fd);
    },
    reused: (fd) => descriptors.reused(fd),
    closing(fd, above) {
      const descriptor = descriptors.at(fd);
      if (descriptor === undefined) return undefined;
      // A library that rotates a file of its own closes it wherever it happens to be at work: only the test's own call is its act.
      if (descriptor.onClose !== undefined && recorder.beginning(above).opening?.frames[0]?.origin === 'user') {
        descriptor.onClose();
      }
      descriptor.closing();
      return {
        closed: () => descriptors.closed(descriptor),
        failed: () => {},
      };
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
