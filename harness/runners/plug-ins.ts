import { catalog } from '../catalog';
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
    probes: [
      ...catalog<Probe>('probes', (name) => require(`../probes/${name}.js`)),
      ...catalog<Probe>('probes/grpc', (name) => require(`../probes/grpc/${name}.js`)),
    ],
    rules: catalog<readonly Rule[]>('rules', (name) => require(`../rules/${name}.js`)).flat(),
  };
  return found;
}
