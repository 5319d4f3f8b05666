import { catalog, PROBE_FOLDERS } from '../catalog';
import type { Probe } from '../engine/probe';
import type { Rule } from '../model/rule';

/** What looks, and what is known of libraries. */
export interface PlugIns {
  readonly probes: readonly Probe[];
  readonly rules: readonly Rule[];
}

let found: PlugIns | undefined;

/** Every probe and every built-in rule, loaded once a process. */
export function plugIns(): PlugIns {
  found ??= {
    probes: PROBE_FOLDERS.flatMap((folder) => catalog<Probe>(folder)),
    rules: catalog<readonly Rule[]>('rules').flat(),
  };
  return found;
}
