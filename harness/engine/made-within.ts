import { nameIn } from './heap/stack-functions';
import { escaped, sourceOf, withoutAsides } from './slot-writes';
import type { Suspect } from './suspect';

/** How a test's own code has called what opened a thing. */
export type Call =
  /** By a `new` that stands in it, or as a method of what such a one has made: the thing is the test's. */
  | 'made-within'
  /** As a method of something else. */
  | 'on-another'
  | 'unknown';

/** Read from the text of the bodies that ran; where that does not say so, nothing is known. */
export function callOf({ trace }: Suspect, bodies: readonly object[]): Call {
  const called = trace.filter(({ origin }) => origin === 'user').at(-2);
  const name = called === undefined ? '' : escaped(nameIn(called));
  if (name === '') return 'unknown';
  const code = bodies.map((body) => withoutAsides(sourceOf(body))).join('\n');
  if (new RegExp(`\\bnew\\s+(?:[\\w$]+\\.)*${name}\\s*\\(`).test(code)) return 'made-within';
  const receivers = [...code.matchAll(new RegExp(`([\\w$]+)\\s*\\??\\.\\s*${name}\\s*\\(`, 'g'))];
  const isOwn = (receiver: string): boolean =>
    new RegExp(`\\b(?:const|let|var)\\s+${escaped(receiver)}\\s*=\\s*(?:await\\s+)?new\\b`).test(code);
  if (receivers.length === 0) return isCalledOnAnswer(code, name) ? 'on-another' : 'unknown';
  return receivers.every(([, receiver = '']) => isOwn(receiver)) ? 'made-within' : 'on-another';
}

/** Whether it is called on what some other function has answered: `getPool().query()`. Of what `new` makes it was said already. */
function isCalledOnAnswer(code: string, name: string): boolean {
  return [...code.matchAll(new RegExp(`\\)\\s*\\??\\.\\s*${name}\\s*\\(`, 'g'))].some(
    ({ index }) => !isNew(code.slice(0, index + 1)),
  );
}

/** Whether a text ends with a call of a constructor. */
function isNew(text: string): boolean {
  let depth = 0;
  for (let at = text.length - 1; at >= 0; at--) {
    if (text[at] === ')') depth++;
    if (text[at] === '(' && --depth === 0) return /\bnew\s+[\w$.]+\s*$/.test(text.slice(0, at));
  }
  return false;
}
