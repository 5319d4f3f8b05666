/** How much accounting a run pays for, least first; after Netty's ResourceLeakDetector. */
export const LEVELS = ['off', 'gate', 'trace', 'paranoid'] as const;

/** One of {@link LEVELS}. */
export type Level = (typeof LEVELS)[number];
