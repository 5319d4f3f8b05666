/** `connectivityState` of grpc-js, by number: the same in every version, for it is gRPC's own. */
const STATES = ['IDLE', 'CONNECTING', 'READY', 'TRANSIENT_FAILURE', 'SHUTDOWN'];

/** The name of a connectivity state. */
export const connectivity = (state: unknown): string =>
  typeof state === 'number' ? (STATES[state] ?? `state ${state}`) : 'in an unknown state';
