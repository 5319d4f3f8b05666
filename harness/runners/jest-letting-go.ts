import type { CircusDescribe, CircusFn, CircusState, CircusTest } from './jest-circus';

/** Takes the place of a body that has run for the last time. */
const done: CircusFn = () => {};

/**
 * Takes from jest-circus what it goes on holding of a file whose last hook has run: the bodies of tests and hooks, and with them
 * all variables of the file, and stacks nobody has read, which hold the functions on them. What is then still reachable is held by
 * somebody else. Jest makes its results only now: of what they are made nothing is touched.
 */
export function letGo(state: CircusState): void {
  letGoOfBlock(state.rootDescribeBlock, state.includeTestLocationInResult === true);
  for (const error of state.unhandledErrors) readStack(error);
}

function letGoOfBlock(block: CircusDescribe, locates: boolean): void {
  for (const hook of block.hooks) {
    hook.fn = done;
    hook.asyncError = undefined;
  }
  for (const child of block.children) {
    if (child.type === 'describeBlock') letGoOfBlock(child, locates);
    else letGoOfTest(child, locates);
  }
}

function letGoOfTest(test: CircusTest, locates: boolean): void {
  if (typeof test.fn === 'function') test.fn = done;
  for (const error of test.errors) readStack(error);
  // A test's place in its file is read from it, where that was asked for.
  if (locates) readStack(test.asyncError);
  else test.asyncError = undefined;
}

/** An error holds the functions on its stack until that is read for the first time. Errors come in pairs, with where the body was written. */
function readStack(error: unknown): void {
  if (Array.isArray(error)) for (const each of error) readStack(each);
  else {
    try {
      void (error as { readonly stack?: unknown } | undefined)?.stack;
    } catch {
      // An error of the user's own making.
    }
  }
}
