import type { FrameOrigin } from '../model/frame';
import type { FileClassifier } from './file-classifier';
import { OWN_FOLDER } from './own-folder';

/** What the classifier said of a file. */
export interface KnownFile {
  /** `text`: of code that is in no file. It has no line to show, and is somebody's who is further down the stack. */
  readonly origin: FrameOrigin | 'harness' | 'text';
  readonly isPluginCall: boolean;
  readonly isForItself: boolean;
  /** The runner's page, at work for whoever has called it. */
  readonly isPage: boolean;
  /** Tests may load the same file later on. */
  readonly mayBeOutsiders: boolean;
  /** By name of a function: whether it is the runner's module loader at work. */
  readonly imports: Map<string, boolean>;
}

/** The name of no file: `evalmachine.<anonymous>`, as `vm` calls code that was given none. Node's own begin with `node:`. */
const NO_PATH = /^[^/\\:]+$/;

/** The classifier's answers: it is asked once for each file, for stacks are captured often. */
export class KnownFiles {
  readonly #classifier: FileClassifier;
  readonly #files = new Map<string, KnownFile>();

  constructor(classifier: FileClassifier) {
    this.#classifier = classifier;
  }

  /** What is known of a file. */
  of(file: string): KnownFile {
    let known = this.#files.get(file);
    if (known === undefined) {
      const whose = file.startsWith(OWN_FOLDER) ? 'harness' : this.#classifier.origin(file);
      const origin = NO_PATH.test(file) ? 'text' : whose;
      const isHost = origin === 'host';
      known = {
        origin,
        isPluginCall: isHost && this.#classifier.isPluginCall(file),
        isForItself: isHost && this.#classifier.isForItself(file),
        isPage: isHost && this.#classifier.isPage?.(file) === true,
        mayBeOutsiders: origin === 'user' && this.isOutsiders(file),
        imports: new Map(),
      };
      this.#files.set(file, known);
    }
    return known;
  }

  /** Whether the runner has loaded it for itself, and by now the tests have not. */
  isOutsiders(file: string): boolean {
    return this.#classifier.isOutsiders?.(file) === true;
  }

  /** Whether that function of `file`, of which this is known, is the runner's module loader. */
  isImport(file: string, { imports }: KnownFile, fn: string): boolean {
    let isImport = imports.get(fn);
    if (isImport === undefined) {
      isImport = this.#classifier.isImport(file, fn);
      imports.set(fn, isImport);
    }
    return isImport;
  }
}
