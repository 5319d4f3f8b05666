import type { Rule } from '../model/rule';
import type { Exceptions } from './allowances';
import type { FileClassifier } from './file-classifier';
import type { Probe, Realm } from './probe';
import type { Scope } from './scope';
import type { Surroundings } from './surroundings';

/** Everything a session of one test file needs to know. */
export interface SessionOptions {
  /** Absolute path of the test file. */
  readonly file: string;
  /** Project root: fingerprints name files relative to it. */
  readonly rootDir: string;
  readonly realm: Realm;
  readonly classifier: FileClassifier;
  readonly probes: readonly Probe[];
  /** What libraries keep by design. */
  readonly rules: readonly Rule[];
  /** How long a suspect may take to close, in milliseconds. */
  readonly graceMs: number;
  /** Capture every stack, whatever it costs. */
  readonly everyStack: boolean;
  /** Collect and judge everything after every test, deferred verdicts too. */
  readonly collectEachTest: boolean;
  /** Whether to release what was reported, so that later tests stand on clean ground. */
  readonly cleanUp: boolean;
  /** What the project puts up with. */
  readonly exceptions: Exceptions;
  /** Bytes of used heap past which no snapshot is taken to explain what is still reachable. */
  readonly mostHeapBytes: number;
  /** Expect nothing to be collected but what tests ask about: no collection is forced to learn of what they only closed. */
  readonly onlyAsked: boolean;
  /** The code around a test, for as long as its runner has it. Default: nobody knows. */
  readonly around?: (test: Scope) => Surroundings | undefined;
  /**
   * Lets go of what the runner's mocks hold, as it does itself when the file has ended. Asked for only where something is still
   * reachable that should not be, and nothing was reported whose end might yet run the file's code.
   */
  readonly letGoOfMocks?: (() => void) | undefined;
  /** Is told what goes on when that takes seconds, and `undefined` when it is over. */
  readonly progress?: (said: string | undefined) => void;
  /** Record only what descends from a scope that was run: for a process in which others are at work too. */
  readonly onlyLineage?: boolean;
}
