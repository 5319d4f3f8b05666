import type { PROBE_FOLDERS } from '../../harness/catalog';

/** The gate as users set it up, but for the probes of gRPC: what they cost is the difference. */
const folders = (require('../../dist/catalog') as { PROBE_FOLDERS: (typeof PROBE_FOLDERS)[number][] }).PROBE_FOLDERS;
const at = folders.indexOf('probes/grpc');
// Before the environment reads them, which it does when the first test file begins.
if (at >= 0) folders.splice(at, 1);

const Gated: unknown = require('../../dist/runners/jest-node');

export = Gated;
