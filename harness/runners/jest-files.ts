import type { FileClassifier } from '../engine/opening';
import type { FrameOrigin } from '../model/frame';
import { normalizePath, packageOf } from '../model/frame';

/** Packages whose frames are the runner at work, wherever they are installed. */
const HOST_PACKAGE = /^(?:jest|jest-.+|@jest\/.+|expect|@swc\/jest|babel-jest|ts-jest)$/;

/** Functions of jest-runtime that execute a module's top-level code. */
const LOADER =
  /^(?:Runtime\.|_?ModuleExecutor\.|.*\.)?(?:_execModule|requireModule|requireModuleOrMock|exec|execModule|_loadModule|loadModule)$/;

/** Tells Jest's own files from Node's, the libraries' and the user's. */
export const jestFiles: FileClassifier = {
  origin(file): FrameOrigin {
    if (file.startsWith('node:') || (!file.includes('/') && !file.includes('\\'))) return 'node';
    const name = packageOf(normalizePath(file));
    if (name === undefined) return 'user';
    return HOST_PACKAGE.test(name) ? 'host' : 'library';
  },
  isImport: (file, fn) => packageOf(file) === 'jest-runtime' && LOADER.test(fn),
};
