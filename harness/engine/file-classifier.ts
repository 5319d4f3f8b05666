import type { FrameOrigin } from '../model/frame';

/** Tells whose code a file is. */
export interface FileClassifier {
  origin(file: string): FrameOrigin;
  /** Whether the frame is the runner's module loader at work. */
  isImport(file: string, fn: string): boolean;
  /** Whether the frame is the runner calling a plug-in of its own, a transformer for example. */
  isPluginCall(file: string): boolean;
  /** Whether what this file of the runner's opens is always the runner's own, whatever is further down the stack: a test's deadline. */
  isForItself(file: string): boolean;
  /** Whether it is a page's: the DOM that the runner puts around tests, which calls Node for them. */
  isPage?(file: string): boolean;
  /** Whether the runner has loaded this file for itself, and the tests have not: a global set-up in the same process, an environment. */
  isOutsiders?(file: string): boolean;
}
