import type { Options } from '../config';
import type { SessionOptions } from '../engine/session-options';
import { isThorough } from '../model/level';

/** What a user's options mean to the accounts of one file. */
export const judgingOptions = ({
  level,
  graceMs,
  leftovers,
  mostHeapBytes,
  retention,
}: Options): Pick<
  SessionOptions,
  'graceMs' | 'everyStack' | 'collectEachTest' | 'cleanUp' | 'mostHeapBytes' | 'onlyAsked'
> => ({
  graceMs,
  everyStack: isThorough(level),
  collectEachTest: level === 'paranoid',
  cleanUp: leftovers === 'release',
  mostHeapBytes,
  onlyAsked: retention === 'asked',
});
