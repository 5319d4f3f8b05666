/** The part of jest-circus's state the gate reads and writes. Jest has no public types for all of it. */
export interface CircusTest {
  readonly type: 'test';
  readonly name: string;
  readonly parent: CircusDescribe;
  readonly concurrent?: boolean;
  /** `done` once it has run. */
  readonly status?: 'skip' | 'done' | 'todo' | 'running' | null;
  readonly mode?: 'only' | 'skip' | 'todo' | 'failing' | null;
  /** Body and hooks, in milliseconds. */
  readonly duration?: number | null;
  fn: CircusFn | undefined | null;
  readonly errors: unknown[];
  /** Where it was written. */
  asyncError?: unknown;
}

/** A `describe` block; the outermost one stands for the file. */
export interface CircusDescribe {
  readonly type: 'describeBlock';
  readonly name: string;
  readonly parent?: CircusDescribe;
  readonly hooks: readonly CircusHook[];
  readonly children: readonly (CircusDescribe | CircusTest)[];
}

/** A hook, of a suite or around each test. */
export interface CircusHook {
  fn: CircusFn;
  asyncError?: unknown;
  readonly type: 'beforeAll' | 'afterAll' | 'beforeEach' | 'afterEach';
  readonly parent: CircusDescribe;
}

/** A body: its `length` says whether it takes `done`. */
export type CircusFn = (this: unknown, ...args: unknown[]) => unknown;

/** The events of jest-circus that matter here. */
export type CircusEvent =
  | { readonly name: 'run_start' | 'run_finish' | 'setup' | 'teardown' }
  | { readonly name: 'run_describe_start' | 'run_describe_finish'; readonly describeBlock: CircusDescribe }
  | {
      readonly name:
        | 'test_started'
        | 'test_done'
        | 'test_skip'
        | 'test_todo'
        | 'test_fn_start'
        | 'test_fn_success'
        | 'test_fn_failure';
      readonly test: CircusTest;
    }
  | { readonly name: 'hook_start'; readonly hook: CircusHook }
  | { readonly name: 'hook_success' | 'hook_failure'; readonly hook: CircusHook };

/** jest-circus's state, as far as the gate needs it. */
export interface CircusState {
  readonly rootDescribeBlock: CircusDescribe;
  /** `only` is in use. */
  readonly hasFocusedTests: boolean;
  readonly unhandledErrors: unknown[];
  readonly includeTestLocationInResult?: boolean;
}
