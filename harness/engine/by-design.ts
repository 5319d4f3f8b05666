import type { Knowledge, Suspect } from './suspect';

/** A process-wide pool's, or a survivor that some library keeps by design. */
export const isByDesign = ({ identity, trace }: Suspect, knowledge: Knowledge): boolean =>
  identity.pool === 'process' || knowledge.ruledOut(identity, trace);
