import type { PlugIns } from '../../harness/runners/plug-ins';

/** The gate as users set it up, but for the probes of gRPC: what they cost is the difference. */
const { plugIns } = require('../../dist/runners/jest') as { plugIns(): PlugIns };
const probes = plugIns().probes as PlugIns['probes'][number][];
const others = probes.filter(({ name }) => !/^(?:grpc|xds)-/.test(name));
if (others.length === probes.length) throw new Error('there are no probes of gRPC to leave out');
// Before the environment reads them, which it does when the first test file begins.
probes.splice(0, probes.length, ...others);

const Gated: unknown = require('../../dist/runners/jest-node');

export = Gated;
