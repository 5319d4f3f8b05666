import { getEventListeners } from 'node:events';
import { asObject, field, slot } from '../../engine/native';

/** An `AbortSignal`, of Node's or of jsdom's making. */
export interface Signal {
  readonly aborted: boolean;
  onabort: unknown;
}

/** One listener as jsdom keeps it. */
interface JsdomListener {
  readonly callback?: { readonly objectReference?: unknown };
}

/** What is on a signal of jsdom's: an object behind its wrapper has the list. */
function jsdomListeners(signal: object): unknown[] | undefined {
  const impl = asObject(slot(signal, 'impl'));
  const lists = impl === undefined ? undefined : asObject(field(impl, '_eventListeners'));
  if (lists === undefined) return undefined;
  const list = field(lists, 'abort') as readonly JsdomListener[] | undefined;
  return (list ?? []).map((each) => each.callback?.objectReference);
}

/** The abort listeners now on `signal`, oldest first. */
export function abortListeners(signal: object): readonly unknown[] {
  return jsdomListeners(signal) ?? getEventListeners(signal as EventTarget, 'abort');
}
