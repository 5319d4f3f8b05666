import { dirname } from 'node:path';
import { normalizePath } from '../model/frame';

/**
 * Where the harness's own code is, with a slash at its end: frames of files beneath it are ours. One folder above this module's, as well
 * in the file that the gate is bundled into.
 */
export const OWN_FOLDER = `${normalizePath(dirname(__dirname))}/`;
