import type { ReadHop } from './path-reader';

/** So many links of a library's own are shown before the rest is folded: the first and the last. */
const SHOWN_OF_LIBRARY = 2;
/** So many links alike are shown: those of a list of any length. */
const SHOWN_ALIKE = 2;

/** Fields of a record of an `EventTarget`'s that lead to the function. */
const HANDLER = /^(?:callback|listener)$/;
const STORE = /^Symbol\((?:kResourceStore|async_context_frame)\)$/;

/** Hops as a person thinks of them: a listener is one thing, not a property of a property, and so are a callback and a store. */
export function foldHops(hops: readonly ReadHop[]): readonly ReadHop[] {
  return foldLibraries(foldAlike(foldEventTargets(foldExports(hops).flatMap(foldNode))));
}

/** `exports.pool`, as it is written; only a module's own first link is meant. */
function foldExports(hops: readonly ReadHop[]): readonly ReadHop[] {
  const [first, second, ...rest] = hops;
  if (first?.name !== 'exports' || (first.how !== 'property' && first.how !== 'variable')) return hops;
  return second?.how === 'property' ? [{ ...second, name: `exports.${second.name}` }, ...rest] : hops;
}

/** What two or three links of Node's own say in one. */
function foldNode(hop: ReadHop, index: number, hops: readonly ReadHop[]): ReadHop[] {
  const previous = hops[index - 1];
  const next = hops[index + 1];
  const internal = (name: string): ReadHop[] => [{ ...hop, how: 'internal', name }];
  if (hop.how === 'property' && (hop.name === '_onTimeout' || hop.name === '_onImmediate')) return internal('callback');
  if (isEvents(hop) && next !== undefined) return [];
  if (isEvents(previous)) return hop.className === 'Array' && next !== undefined ? [] : internal(listenerOf(hop.name));
  if (hop.how === 'element' && previous?.className === 'Array' && isEvents(hops[index - 2]))
    return internal(listenerOf(previous.name));
  if (isStore(hop)) return isFrame(hop) && next !== undefined ? [] : internal('AsyncLocalStorage store');
  if (previous !== undefined && isStore(previous) && isFrame(previous)) return internal('AsyncLocalStorage store');
  return [hop];
}

const isEvents = (hop: ReadHop | undefined): boolean => hop?.how === 'property' && hop.name === '_events';
const isFrame = (hop: ReadHop): boolean => hop.className === 'AsyncContextFrame';
const isStore = (hop: ReadHop): boolean => STORE.test(hop.name) || isFrame(hop);
const listenerOf = (event: string): string => `listener of '${event}'`;

/** An `EventTarget` keeps its listeners in a list behind a map. */
function foldEventTargets(hops: readonly ReadHop[]): readonly ReadHop[] {
  const folded: ReadHop[] = [];
  let event: string | undefined;
  for (const hop of hops) {
    if (hop.how === 'symbol' && hop.name === 'Symbol(kEvents)') event = '';
    else if (event === '' && hop.how === 'value') event = hop.name.replace(/^"|"$/g, '');
    else if (event !== undefined && HANDLER.test(hop.name)) {
      folded.push({ ...hop, how: 'internal', name: listenerOf(event) });
      event = undefined;
    } else if (event === undefined || (hop.name !== 'next' && hop.name !== 'previous')) {
      event = undefined;
      folded.push(hop);
    }
  }
  return folded;
}

const isAlike = (a: ReadHop | undefined, b: ReadHop | undefined): boolean =>
  a !== undefined && b !== undefined && a.how === b.how && a.name === b.name && a.className === b.className;

/** A list of any length reads the same, and has the same fingerprint. */
function foldAlike(hops: readonly ReadHop[]): readonly ReadHop[] {
  return hops.filter((hop, index) => {
    let before = 0;
    while (isAlike(hops[index - before - 1], hop)) before++;
    return before < SHOWN_ALIKE || !isAlike(hop, hops[index + 1]);
  });
}

const isForeign = (hop: ReadHop | undefined): boolean => hop?.origin === 'node' || hop?.origin === 'library';

/** Of a run of links within libraries and Node its first and its last are shown. */
function foldLibraries(hops: readonly ReadHop[]): readonly ReadHop[] {
  const folded: ReadHop[] = [];
  for (let index = 0; index < hops.length; index++) {
    let end = index;
    // The object itself is always shown.
    while (end < hops.length - 1 && isForeign(hops[end])) end++;
    const [first, last] = [hops[index], hops[end - 1]];
    if (end - index > SHOWN_OF_LIBRARY + 1 && first !== undefined && last !== undefined) {
      folded.push(first, { ...last, how: 'internal', name: `… ${end - index - 1} links within` });
      index = end - 1;
    } else if (first !== undefined) {
      folded.push(first);
    }
  }
  return folded;
}
