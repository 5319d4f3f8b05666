import { readAllowance } from '../config';
import type { Session } from '../engine/session';
import { UsageError } from '../model/usage-error';

/** Where tests find it on their global; the package's index knows it by the same name, and loads none of this. */
const GATE = Symbol.for('leakgate.gate');

/** What tests say to the gate that watches them; see `leakgate` in the package's index. */
export interface Gate {
  allow(allowance: unknown): void;
  /** @param above frames above it are the package's own */
  expectCollected(object: unknown, label?: unknown, above?: (...args: never[]) => unknown): void;
}

/** The gate of one session, which tests reach through their global. */
export function gateOf(session: Session): Gate {
  const gate: Gate = {
    allow: (allowance) => session.allow(readAllowance(allowance)),
    expectCollected(object, label = '', above = gate.expectCollected) {
      if ((typeof object !== 'object' || object === null) && typeof object !== 'function') {
        throw new UsageError(
          'The first argument of leakgate.expectCollected must be an object; what is none is never collected.',
        );
      }
      session.retention.expectCollected(object, String(label), above);
    },
  };
  return gate;
}

/** Puts a gate where tests find it: not enumerable, as nothing of ours is that a test could come across. */
export function hangGate(global: object, value: Gate): void {
  Object.defineProperty(global, GATE, { configurable: true, enumerable: false, writable: false, value });
}

/**
 * Puts a block's gate in front of the one that is there, if any: what is said within the block is the block's, all else goes on to
 * the other.
 * @returns puts that back
 */
export function openGate(session: Session): () => void {
  const before = Object.getOwnPropertyDescriptor(globalThis, GATE);
  const outer = before?.value as Gate | undefined;
  const own = gateOf(session);
  const value: Gate = {
    ...outer,
    allow: (allowance) => outer?.allow(allowance),
    expectCollected(...args) {
      (session.runsNow ? own : outer)?.expectCollected(...args);
    },
  };
  hangGate(globalThis, value);
  return () => {
    if (before === undefined) Reflect.deleteProperty(globalThis, GATE);
    else Object.defineProperty(globalThis, GATE, before);
  };
}
