import type { FileClassifier } from '../engine/file-classifier';
import type { Realm } from '../engine/probe';
import type { FrameOrigin } from '../model/frame';
import { normalizePath, packageOf } from '../model/frame';

/**
 * Packages whose frames are the runner at work, wherever they are installed. The DOM of a browser-like environment is among them:
 * its `setTimeout` is called by the test, and the test's line is the opening line.
 */
const HOST_PACKAGE =
  /^(?:jest|jest-.+|collect-v8-coverage|@jest\/.+|expect|@swc\/jest|babel-jest|ts-jest|jsdom|happy-dom|@happy-dom\/jest-environment)$/;

/**
 * Packages that call what `transform` and `resolver` name in the configuration; and Jest's reporters, which take the place of
 * `process.stdout.write` in a run of several files and arm a timer to write later what a test has written now.
 */
const PLUGIN_CALLER = /^(?:@jest\/transform|@jest\/reporters|jest-resolve)$/;

/** The DOM itself, of these. */
const PAGE = /^(?:jsdom|happy-dom)$/;

/** Opens deadlines of tests and hooks, and listens for what they throw; a test's body is never called by what it calls. */
const FOR_ITSELF = /^jest-circus$/;

/** Functions of jest-runtime that execute a module's top-level code; where Node can, Jest 30.5 loads ES modules synchronously, by others. */
const LOADER =
  /^(?:Runtime\.|_?ModuleExecutor\.|.*\.)?(?:_execModule|requireModule|requireModuleOrMock|exec|execModule|_loadModule|loadModule|linkAndEvaluateModule|evaluateLinkedModule|walkGraphSync)$/;

/** Tells Jest's own files from Node's, the libraries' and the user's. */
export const jestFiles: FileClassifier = {
  origin(file): FrameOrigin {
    if (file.startsWith('node:') || (!file.includes('/') && !file.includes('\\'))) return 'node';
    // Code that comes from no file has no line to show, and an owner further down the stack: undici's parser calls back from here.
    if (file.startsWith('wasm:')) return 'node';
    const name = packageOf(normalizePath(file));
    if (name === undefined) return 'user';
    return HOST_PACKAGE.test(name) ? 'host' : 'library';
  },
  isPluginCall: (file) => PLUGIN_CALLER.test(packageOf(normalizePath(file)) ?? ''),
  isPage: (file) => PAGE.test(packageOf(normalizePath(file)) ?? ''),
  isForItself: (file) => FOR_ITSELF.test(packageOf(normalizePath(file)) ?? ''),
  isImport: (file, fn) => packageOf(file) === 'jest-runtime' && LOADER.test(fn),
};

/** The same, told what the tests of one file have loaded. */
export const filesAround = ({ exportsOf }: Realm): FileClassifier => ({
  ...jestFiles,
  // What Jest calls itself it loads as Node does.
  isOutsiders: (file) => require.cache[file] !== undefined && exportsOf(file) === undefined,
});
