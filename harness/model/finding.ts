import type { Frame } from './frame';
import type { Thing } from './resource';
import type { RetainerPath } from './retainer-path';
import type { OwnerKind, ScopeRef } from './scope';

/**
 * `leak`: still live after its scope's teardown. `late`: born in a scope's context after that scope was sealed.
 * `foreign-close`: closed by a test, though an outer scope had opened it. `unproven`: live, but the evidence cannot tell
 * whose it is. `retained`: closed, or done with, and yet still reachable. `unused-allow`: an allowance that matched nothing.
 */
export type FindingKind = 'leak' | 'late' | 'foreign-close' | 'unproven' | 'retained' | 'unused-allow';

/** One thing a test, suite or file must answer for. */
export interface Finding {
  readonly kind: FindingKind;
  /**
   * Whose defect it is, as far as evidence goes. `library`: what the user opened they closed, and the library behind it left something.
   * Absent: the code under test, or the test.
   */
  readonly class?: 'library';
  readonly scope: ScopeRef;
  readonly owner: OwnerKind;
  readonly root: Thing;
  /** How many alike this finding stands for, itself included. */
  readonly count: number;
  /** By how many ways through the user's code the opening line was reached, where more than one: a loop is one, two calls are two. */
  readonly ways?: number;
  /** Where they go, as a digest of their lines: of as many ways it tells whether they are the same. Present with {@link Finding.ways}. */
  readonly waysAt?: string;
  /** The opening line in the user's own code, where it is known. */
  readonly openedAt?: Frame;
  /** Where the user closed the root, which left something all the same. */
  readonly closedAt?: Frame;
  /** Where that was made, innermost. */
  readonly leftAt?: Frame;
  /** By what chain of references a `retained` object is held; absent where the heap was too large to be asked. */
  readonly path?: RetainerPath;
  /** User and library frames of the opening, innermost first. */
  readonly trace: readonly Frame[];
  /** The npm package whose code opened it, by its own name, where it was not the user's own. */
  readonly openedBy?: string;
  /** Stable across runs, machines, Node versions and moved lines. */
  readonly fingerprint: string;
  /** Sentence and remedy, ready to print. */
  readonly message: string;
}
