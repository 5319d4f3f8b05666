import { open } from 'node:fs/promises';
import { devNull } from 'node:os';
import { asObject, slot } from './native';

/** What is beneath a `FileHandle`, as a stream: it calls `onread` with what it has read, and at the end. */
interface ReadHandle {
  onread: () => void;
  readStart(): number;
  readStop(): number;
}

// As it is at load: a test may have put a stand-in in its place, and a probe watches it.
const openHandle = open;
const path = devNull;

/** So many requests does Node keep for the next read: `kWantedFreelistFill` in its `node_file.cc`. */
const MOST_KEPT = 100;

/** Node's own modules that read files so. */
const READERS: readonly string[] = ['NativeModule internal/http2/core', 'NativeModule internal/webstreams/adapters'];

/** What the requests point at now: nothing of a user's. */
const pointedAt: ReadHandle[] = [];

/** Whether a file may have been read so; without Node's list of what it has loaded it may. */
function mayHaveRead(): boolean {
  const { moduleLoadList } = process as { moduleLoadList?: readonly string[] };
  return moduleLoadList === undefined || READERS.some((name) => moduleLoadList.includes(name));
}

const readToEnd = (handle: ReadHandle): Promise<void> =>
  new Promise((done, failed) => {
    handle.onread = () => {
      // Closed while it reads, a handle ends the process.
      handle.readStop();
      done();
    };
    const code = handle.readStart();
    if (code !== 0) failed(new Error(`Node could not read ${path} (${code}).`));
  });

/**
 * Makes a heap snapshot safe to take. Node keeps the requests by which file handles were read as streams (HTTP/2's `respondWithFile`, in
 * Node 20 `readableWebStream`), and each of them points at the handle it read last, even if that was collected. A snapshot follows it, and
 * the process ends with a segmentation fault (`FileHandleReadWrap::MemoryInfo`; Node 20 to 26). Read at one and the same time, as many
 * handles of our own take all those requests, and stay. Some milliseconds; nothing where no file can have been read so.
 * @throws if no files can be opened: then no snapshot is to be taken
 */
export async function outdateReads(): Promise<void> {
  if (!mayHaveRead()) return;
  const opened = await Promise.allSettled(Array.from({ length: MOST_KEPT }, () => openHandle(path, 'r')));
  const handles = opened.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  try {
    const failed = opened.find((each) => each.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    const natives = handles.map((handle) => asObject(slot(handle, 'kHandle')) as ReadHandle);
    await Promise.all(natives.map(readToEnd));
    pointedAt.splice(0, MOST_KEPT, ...natives);
  } finally {
    await Promise.all(handles.map((handle) => handle.close()));
  }
}
