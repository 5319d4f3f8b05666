import type { Frame, FrameOrigin } from '../../model/frame';
import type { RetainerPath } from '../../model/retainer-path';
import { asError } from '../as-error';
import { turn } from '../clock';
import { outdateReads } from '../stale-reads';
import { Explanation } from './explanation';
import { hold } from './holder';
import type { Listing } from './listing';
import { takeSnapshot } from './snapshot-file';

/** What is asked of the heap. */
export interface HeapQuestion {
  /** What should be gone, and was seen to survive a forced collection. */
  readonly targets: readonly WeakRef<object>[];
  /** The sandbox's global; `undefined` outside of a runner. */
  readonly global: WeakRef<object> | undefined;
  /** Absolute path of the file under test: what only its own variables hold is excused. */
  readonly testFile: string | undefined;
  /** Paths of modules are given relative to it. Default: the working directory. */
  readonly rootDir?: string;
  /** Whose code a file is. Default: Node's, a library's or the user's, by its path. */
  readonly originOf?: (file: string) => FrameOrigin;
  /** Bytes of used heap past which no snapshot is taken: it costs about four times as much. */
  readonly mostHeapBytes: number;
  /** Is told what goes on, for this may take seconds, and `undefined` when it is over. */
  readonly progress?: (said: string | undefined) => void;
}

/** What is known of one object. */
export type TargetAnswer =
  /** It was garbage after all. */
  | { readonly kind: 'collected' }
  /** Only the test file's own variables, the test framework or the harness hold it. */
  | { readonly kind: 'excused'; readonly by: string }
  | { readonly kind: 'held'; readonly path: RetainerPath; readonly listing?: Listing | undefined };

/** What the heap answers. */
export type HeapAnswer =
  /** In the order asked. */
  | { readonly kind: 'explained'; readonly targets: readonly TargetAnswer[] }
  | { readonly kind: 'too-large'; readonly usedBytes: number }
  | { readonly kind: 'failed'; readonly why: string };

const memoryUsage = process.memoryUsage.bind(process);
const cwd = process.cwd.bind(process);

/**
 * Says, from a snapshot of the heap, by what path each of the objects is still reachable. The process stands still for as long as it
 * takes, about a second. Never throws; what has been looked up with `deref()` in the same turn would look alive, so a turn goes by
 * first.
 */
export async function explain(question: HeapQuestion): Promise<HeapAnswer> {
  const { targets, global, testFile, rootDir = cwd(), originOf = plainOrigin, progress = () => {} } = question;
  try {
    const usedBytes = memoryUsage().heapUsed;
    if (usedBytes > question.mostHeapBytes) return { kind: 'too-large', usedBytes };
    await outdateReads();
    await turn();
    const named = targets.map((ref, index): readonly [string, WeakRef<object>] => [`target ${index}`, ref]);
    const held = hold(global === undefined ? named : [...named, ['global', global]]);
    const graph = takeSnapshot(progress);
    progress('looking for what holds them');
    const explanation = new Explanation(graph, { rootDir, testFile, originOf });
    return { kind: 'explained', targets: explanation.of(held.length - (global === undefined ? 0 : 1)) };
  } catch (error) {
    return { kind: 'failed', why: asError(error).message };
  } finally {
    progress(undefined);
  }
}

function plainOrigin(file: Frame['file']): FrameOrigin {
  if (file.startsWith('node:')) return 'node';
  return file.includes('/node_modules/') ? 'library' : 'user';
}
