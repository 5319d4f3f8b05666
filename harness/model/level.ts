/** How much accounting a run pays for, least first; after Netty's ResourceLeakDetector. */
export const LEVELS = ['off', 'gate', 'trace', 'paranoid'] as const;

/** One of {@link LEVELS}. */
export type Level = (typeof LEVELS)[number];

/** Whether a level pays for every stack, whatever it costs. */
export const isThorough = (level: Level): boolean => level === 'trace' || level === 'paranoid';
