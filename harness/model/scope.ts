/** The kinds of scope, outermost first. Every resource belongs to exactly one scope. A `block` is a call outside any test runner. */
export type ScopeKind = 'run' | 'file' | 'suite' | 'test' | 'hook' | 'block';

/**
 * How it is known whose a resource is: `lineage` by async context (sound even under `test.concurrent`),
 * `trigger` by the resource that gave birth to it (an accepted socket and its server), `window` because it
 * appeared while that scope ran and nothing else did, `overlap` when several ran at once, `none` for what was found by counting
 * what is there, and nobody saw being opened.
 */
export type OwnerKind = 'lineage' | 'trigger' | 'window' | 'overlap' | 'none';

/** A scope as reports name it. */
export interface ScopeRef {
  readonly kind: ScopeKind;
  /** Names from the outermost `describe` to the test; empty for the file itself. */
  readonly path: readonly string[];
  /** Absolute path of the test file. */
  readonly file: string;
  /** The hook the resource was opened in (`beforeEach`, `afterAll` …), where it was one. */
  readonly hook?: string;
}

/** `Suite › test`, as Jest prints it. */
export function scopeTitle(scope: ScopeRef): string {
  return scope.path.join(' › ');
}
