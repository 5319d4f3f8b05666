import { type Pair, twinOf } from '../../fixtures/upstream/pairs';
import type { Finding } from '../../harness/model/finding';
import type { Thing } from '../../harness/model/resource';

const BEGIN = '<!-- upstream: written by `npm run upstream` -->';
const END = '<!-- /upstream -->';

/** What was found in one variant of a pair. */
export type Found = (pair: Pair, variant: string) => readonly Finding[];

const reference = ({ upstream }: Pair): string =>
  upstream === undefined ? 'not reported' : `[#${upstream.split('/').at(-1)}](${upstream})`;

function versions(pair: Pair): string {
  if (pair.fixed === undefined) return 'none yet';
  if (pair.unfixed === true) return `none yet; ${pair.fixed} is older and clean`;
  return pair.fixedIn === undefined ? pair.fixed : `${pair.fixedIn} (${pair.fixed} is run)`;
}

function* liveIn(thing: Thing): Iterable<Thing> {
  if (thing.closed !== true) yield thing;
  else for (const owned of thing.owns) yield* liveIn(owned);
}

function told({ kind, root }: Finding): string {
  if (kind === 'retained') return `${root.noun}, still reachable`;
  if (root.closed !== true) return root.noun;
  const [live] = liveIn(root);
  return `${live?.noun}, left by ${root.noun.replace(/^an? /, 'a closed ')}`;
}

const words = (findings: readonly Finding[]): string =>
  findings.length === 0 ? 'nothing' : findings.map(told).join('; ');

function row(pair: Pair, found: Found): string {
  const cells = [
    `${pair.package} ${pair.leaky}`,
    pair.stays,
    reference(pair),
    words(found(pair, 'leaky')),
    versions(pair),
    words(found(pair, twinOf(pair))),
  ];
  return `| ${cells.join(' | ')} |`;
}

/** The README's table, made from what a run of the pairs found. */
export function tableOf(pairs: readonly Pair[], found: Found): string {
  return [
    '| published version | what stays | reported | leakgate finds | fixed in | and there |',
    '| --- | --- | --- | --- | --- | --- |',
    ...pairs.map((pair) => row(pair, found)),
  ].join('\n');
}

function cut(readme: string): readonly [before: string, block: string, after: string] {
  const from = readme.indexOf(BEGIN) + BEGIN.length;
  const to = readme.indexOf(END);
  if (from < BEGIN.length || to < from) throw new Error(`The README has no ${BEGIN} … ${END}`);
  return [readme.slice(0, from), readme.slice(from, to), readme.slice(to)];
}

/** What stands between the README's markers. */
export const blockIn = (readme: string): string => cut(readme)[1].trim();

/** `readme` with `table` between the markers. */
export function withBlock(readme: string, table: string): string {
  const [before, , after] = cut(readme);
  return `${before}\n\n${table}\n\n${after}`;
}
