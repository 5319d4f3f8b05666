import { getEventListeners } from 'node:events';
import { asObject, field, slot } from '../../engine/native';

/** An `AbortSignal`, of Node's or of a page's making. */
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

/** What is on a signal of happy-dom's: lists by type, for each phase. */
function happyListeners(signal: object): unknown[] | undefined {
  const phases = asObject(slot(signal, 'listeners'));
  if (phases === undefined) return undefined;
  return ['capturing', 'bubbling'].flatMap((phase) => {
    const lists = field(phases, phase);
    const list: unknown = lists instanceof Map ? lists.get('abort') : undefined;
    return Array.isArray(list) ? list : [];
  });
}

function nodeListeners(signal: object): readonly unknown[] {
  try {
    return getEventListeners(signal as EventTarget, 'abort');
  } catch {
    // Of somebody else's making: nobody can tell.
    return [];
  }
}

/** The abort listeners now on `signal`, oldest first; none where it is of a making that nobody knows. */
export function abortListeners(signal: object): readonly unknown[] {
  return jsdomListeners(signal) ?? happyListeners(signal) ?? nodeListeners(signal);
}
