import type { Rule } from '../model/rule';

/** What execa keeps by design, up to version 8; later ones clear it. */
const rules: readonly Rule[] = [
  {
    kind: 'timeout',
    package: 'execa',
    file: 'lib/kill.js',
    fn: 'setKillTimeout',
    reason:
      'a child that was asked to end has 5 s before it is killed (`forceKillAfterTimeout`); the timer is unreferenced, no caller can reach it, and where the child has ended it runs out for nothing',
    reference: 'https://github.com/sindresorhus/execa/blob/v5.1.1/lib/kill.js',
  },
];

export default rules;
