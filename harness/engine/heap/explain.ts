import type { RetainerPath } from '../../model/retainer-path';

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
  /** Bytes of used heap past which no snapshot is taken: it costs about four times as much. */
  readonly mostHeapBytes: number;
  /** Is told what goes on, for this may take seconds. */
  readonly progress?: (said: string) => void;
}

/** What is known of one object. */
export type TargetAnswer =
  /** It was garbage after all. */
  | { readonly kind: 'collected' }
  /** Only the test file's own variables, the test framework or the harness hold it. */
  | { readonly kind: 'excused'; readonly by: string }
  | { readonly kind: 'held'; readonly path: RetainerPath };

/** What the heap answers. */
export type HeapAnswer =
  /** In the order asked. */
  | { readonly kind: 'explained'; readonly targets: readonly TargetAnswer[] }
  | { readonly kind: 'too-large'; readonly usedBytes: number }
  | { readonly kind: 'failed'; readonly why: string };

/** Says, from a snapshot of the heap, by what path each of the objects is still reachable. Never throws; takes about a second. */
export async function explain(question: HeapQuestion): Promise<HeapAnswer> {
  const usedBytes = process.memoryUsage().heapUsed;
  if (usedBytes > question.mostHeapBytes) return { kind: 'too-large', usedBytes };
  return { kind: 'failed', why: 'not built yet' };
}
