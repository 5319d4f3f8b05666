/** What clients call their closing, the word that fits best first: many have several. */
const CLOSINGS = ['close', 'quit', 'end', 'disconnect', 'destroy', 'terminate', 'shutdown', 'stop'] as const;

/** Names of methods worth looking at. */
export const closingCalls: readonly string[] = CLOSINGS;

/** The one among these methods that closes what has them; `undefined` if none does. */
export const closingAmong = (methods: Iterable<string>): string | undefined => {
  const names = new Set(methods);
  return CLOSINGS.find((name) => names.has(name));
};
