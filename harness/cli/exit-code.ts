import type { Outcome } from '../model/report';

/** The exit code of every outcome: what CI decides by. */
export const EXIT_CODES: Readonly<Record<Outcome, number>> = { clean: 0, failed: 1, misused: 2, leaks: 3, broken: 4 };
