import { type Frame, type FrameOrigin, normalizePath } from '../../model/frame';
import type { PathHop } from '../../model/retainer-path';
import { turn } from '../clock';
import { findHeld, hold } from './holder';
import type { Method } from './methods';
import { OuterSearch } from './outer-search';
import { takeSnapshot } from './snapshot-file';
import { nameIn } from './stack-functions';

/** A thing that a test left. */
export interface OuterTarget {
  readonly thing: WeakRef<object>;
  /** The stack of its opening. */
  readonly trace: readonly Frame[];
  /** By index, the functions of its own test: only what one of these sees can be its holder's variable. */
  readonly own: ReadonlySet<number>;
}

/** Who is asked for. */
export interface OuterQuestion {
  /** Asked when the snapshot is about to be taken: until then things come and go. */
  readonly targets: () => readonly OuterTarget[];
  /** Functions written in suites, a test's body or a hook: what is around them outlives each of their calls. */
  readonly code: readonly { readonly fn: WeakRef<object>; readonly text: string }[];
  readonly global: WeakRef<object>;
  readonly originOf: (file: string) => FrameOrigin;
  readonly progress: (said: string) => void;
}

/** One step from what outlives the test to the thing. */
export interface OuterStep extends Pick<PathHop, 'how' | 'name'> {
  /** Class of what is held. */
  readonly holds: string;
  /** A plain collection or record, or the thing itself: nobody that could have opened anything. */
  readonly kind: 'record' | 'function' | 'object';
  /** Whose class, or function, it is. */
  readonly origin: FrameOrigin | undefined;
  readonly methods: readonly Method[];
}

/** By what a thing is held that outlives the test. */
export interface OuterHold {
  /** The file whose variable, or export, it begins with; `undefined` for a global. */
  readonly file: string | undefined;
  /** Which of the functions asked about see that variable; none where it is another module's. */
  readonly seenBy: ReadonlySet<number>;
  /** Whether it is one of the module itself, and not of a function or a suite within. */
  readonly atTop: boolean;
  /** The last one leads to the thing. */
  readonly steps: readonly OuterStep[];
  /** Texts of the functions on the opening's stack that are written in that file. */
  readonly opened: readonly string[];
  /** Where functions begin that were at work on that stack without their names, each with its file. */
  readonly working: ReadonlySet<string>;
}

/** What the heap answers. */
export interface OuterAnswer {
  /**
   * On what variables each of the targets hangs, in the order asked: on one of the functions' surroundings, and on one of another module
   * of the user's or on a global; none, one or both. `undefined` for what is not to be found, or held by the harness alone.
   */
  readonly holds: readonly (readonly OuterHold[] | undefined)[];
  /** The texts of functions that the runner has wrapped, by the index of the wrapper: the body of a `test.each`. */
  readonly wrapped: ReadonlyMap<number, string>;
}

/**
 * Asks the heap what outlives a test and holds what it left. The process stands still for as long as it takes, about a second.
 * @throws if the heap cannot be read
 */
export async function outerHolders(question: OuterQuestion): Promise<OuterAnswer> {
  await turn();
  const { code, global, progress } = question;
  const targets = question.targets();
  const named = (name: string) => (ref: WeakRef<object>, index: number) => [`${name} ${index}`, ref] as const;
  const held = hold([
    ...targets.map(({ thing }) => thing).map(named('target')),
    ...code.map(({ fn }) => fn).map(named('code')),
    ['global', global],
  ]);
  const graph = takeSnapshot(progress);
  const nodes = held.length > 0 ? findHeld(graph) : new Map<string, number>();
  return new OuterSearch(graph, nodes, question.originOf).of(
    targets,
    code.map(({ text }) => text),
  );
}

/** Whether a function on the stack is one of those methods. */
export const isOnStack = (methods: readonly Method[], trace: readonly Frame[], { working }: OuterHold): boolean =>
  methods.some(
    ({ name, file, place }) =>
      working.has(`${file} ${place}`) ||
      (name !== '' && trace.some((frame) => nameIn(frame) === name && normalizePath(frame.file) === file)),
  );
