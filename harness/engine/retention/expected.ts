import type { Frame } from '../../model/frame';
import type { OwnerKind } from '../../model/scope';
import type { Opening } from '../opening';
import type { Scope } from '../scope';

/** Something that should be gone by the end of its scope. It is held weakly. */
export interface Expected {
  readonly thing: WeakRef<object>;
  /** Key of a lexicon, or `object` for what has none. */
  readonly kind: string;
  /** With its article: `` an `Invoker` ``. */
  readonly noun: string;
  readonly plural: string;
  readonly label: string;
  /** The scope that answers for it, and the hook it was opened in, or the same. */
  readonly scope: Scope;
  readonly openedIn: Scope;
  readonly owner: OwnerKind;
  /** User and library frames of its opening, innermost first. */
  readonly trace: readonly Frame[];
  /** The user's own code has opened it, by a call of its own. */
  readonly byUser?: boolean;
  readonly closing: Opening | undefined;
  /** Past participle of its end, where that was seen. */
  readonly ended: string | undefined;
  readonly endedBy?: string;
  readonly remedy?: string;
  /** Nobody asked for it: a variable may go on naming what is closed, and only what a collection lists for ever is told. */
  readonly unasked: boolean;
  /** What it is a part of. */
  readonly partOf?: ReadonlySet<WeakRef<object>>;
  /** It is code that waits, and goes on waiting as long as this says so: what closes over it keeps it as much as what names it. */
  readonly waits?: () => boolean;
  /** It is a listener, worth a word if it holds so much. Its line is where the heap says that it was written. */
  readonly leastBytes?: number;
}

const VOWEL = /^[aeiou]/i;

/** The name of its class; no getter is called for it. */
function classOf(object: object): string {
  let name: unknown;
  try {
    const prototype = Reflect.getPrototypeOf(object);
    const made: unknown = prototype && Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value;
    name = typeof made === 'function' ? Object.getOwnPropertyDescriptor(made, 'name')?.value : undefined;
  } catch {
    // A proxy that will not tell.
  }
  return typeof name === 'string' && name !== '' ? name : 'Object';
}

/** The words for an object of the user's own: its class is all that is known of it. */
export function wordsOf(object: object): { readonly noun: string; readonly plural: string } {
  const name = classOf(object);
  return { noun: `${VOWEL.test(name) ? 'an' : 'a'} \`${name}\``, plural: `\`${name}\` objects` };
}
