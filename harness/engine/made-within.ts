import { nameIn } from './heap/stack-functions';
import { sourceOf, withoutAsides } from './slot-writes';
import type { Suspect } from './suspect';

const escaped = (name: string): string => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/**
 * Whether a test's own code made what opened a thing, by a `new` that stands in it: the constructor did, or a method of a variable of
 * its own did that it was put into. Then the thing is the test's, and nobody need be asked. Read from the text of the bodies that ran;
 * where that does not say so, nothing is known.
 */
export function isMadeWithin({ trace }: Suspect, bodies: readonly object[]): boolean {
  const called = trace.filter(({ origin }) => origin === 'user').at(-2);
  const name = called === undefined ? '' : escaped(nameIn(called));
  if (name === '') return false;
  const code = bodies.map((body) => withoutAsides(sourceOf(body))).join('\n');
  if (new RegExp(`\\bnew\\s+(?:[\\w$]+\\.)*${name}\\s*\\(`).test(code)) return true;
  const receivers = [...code.matchAll(new RegExp(`([\\w$]+)\\s*\\??\\.\\s*${name}\\s*\\(`, 'g'))];
  const isOwn = (receiver: string): boolean =>
    new RegExp(`\\b(?:const|let|var)\\s+${escaped(receiver)}\\s*=\\s*(?:await\\s+)?new\\b`).test(code);
  return receivers.length > 0 && receivers.every(([, receiver = '']) => isOwn(receiver));
}
