import type { Frame, FrameOrigin } from '../model/frame';
import type { Counts, GrownThing, Growth } from '../model/growth';
import type { Rule } from '../model/rule';
import { keptShort } from './built-in-rules';
import { turn } from './clock';
import type { FileClassifier } from './file-classifier';
import { collectUntil } from './gc';
import { type Births, watchBirths } from './growth-births';
import {
  countsAt,
  type GrowthPoint,
  type GrowthPoints,
  grownClasses,
  grownDescriptors,
  growsThroughout,
  hasGrown,
  openDescriptors,
  slopeOf,
} from './growth-points';
import type { Descriptions } from './heap/descriptions';
import { Explanation } from './heap/explanation';
import { HeapCensus } from './heap/heap-census';
import { hold } from './heap/holder';
import { takeSnapshot } from './heap/snapshot-file';
import { outdateReads } from './stale-reads';

/** What a scenario is run in. */
export interface GrowthSetting {
  /** The sandbox's. */
  readonly global: object;
  readonly rootDir: string;
  readonly classifier: FileClassifier;
  /** How a place in the transformed source is said. */
  readonly placeOf: (frame: Frame) => string;
  /** What libraries keep by design. */
  readonly rules: readonly Rule[];
  /** Used heap past which no snapshot is taken, in bytes. */
  readonly mostHeapBytes: number;
}

/** Fewer cannot tell a slope from a straggler. */
export const FEWEST_RUNS = 10;

/** Of what came with the last runs, so many of a class are looked at: one of them may be held otherwise. */
const SAMPLES = 3;

const memoryUsage = process.memoryUsage.bind(process);

/** Runs a scenario again and again and says what grows with every run. */
export class GrowthWatch {
  readonly #setting: GrowthSetting;

  constructor(setting: GrowthSetting) {
    this.#setting = setting;
  }

  /**
   * @param runs how often; after a third of it (so that caches fill and modules load), in the middle and at the end all is counted
   * @returns what grew both times, by about one a run at least
   * @throws whatever `scenario` throws; Error if the heap is too large to be looked at
   */
  async over(runs: number, scenario: () => unknown): Promise<Growth> {
    const first = Math.max(2, Math.round(runs / 3));
    const middle = first + Math.floor((runs - first) / 2);
    const after: Counts = [first, middle, runs];
    await play(scenario, first);
    const begin = await this.#point(first, false);
    await play(scenario, middle - first);
    const half = await this.#point(middle, true);
    if (!hasGrown(begin, half)) {
      await play(scenario, runs - middle);
      return { after, grown: [] };
    }
    const births = watchBirths(grownClasses(begin, half), this.#setting);
    try {
      await play(scenario, runs - middle);
      await settle();
      await outdateReads();
      return { after, grown: this.#grown(begin, half, runs, births) };
    } finally {
      // Only now: with the end of any inspector's session V8 gives all objects new numbers, and nothing could be compared any more.
      births.stop();
    }
  }

  async #point(run: number, isNext: boolean): Promise<GrowthPoint> {
    await settle();
    await outdateReads();
    return { run, heap: this.#look(isNext).census.counts, descriptors: openDescriptors() };
  }

  #look(isNext: boolean): { readonly census: HeapCensus; readonly explanation: Explanation } {
    const { global, rootDir, classifier, mostHeapBytes } = this.#setting;
    const originOf = (file: string): FrameOrigin => classifier.origin(file);
    const used = memoryUsage().heapUsed;
    if (used > mostHeapBytes)
      throw new Error(`The heap is too large to be looked at: ${Math.round(used / 1e6)} MB are in use.`);
    // Found again in the snapshot, so it has to be there until that is taken.
    const held = hold([['global', new WeakRef(global)]]);
    const graph = takeSnapshot(() => {}, isNext);
    held.at(0);
    const explanation = new Explanation(graph, { rootDir, testFile: undefined, originOf });
    return { explanation, census: new HeapCensus(graph, explanation.live(), originOf) };
  }

  #grown(begin: GrowthPoint, half: GrowthPoint, run: number, births: Births): readonly GrownThing[] {
    const { rootDir, classifier, placeOf, rules } = this.#setting;
    const isKeptShort = keptShort(rules);
    const { census, explanation } = this.#look(true);
    const points: GrowthPoints = [begin, half, { run, heap: census.counts, descriptors: openDescriptors() }];
    const samples = samplesOf(census, points);
    const growing = new Set([...samples].filter(([, { contains }]) => !contains).map(([node]) => census.classOf(node)));
    const roots = new Roots();
    for (const [node, { path, through, links }] of explanation.pathsTo(new Set(samples.keys()))) {
      const { counts, contains } = samples.get(node) as Counted;
      if (isKeptShort(links)) continue;
      if (!contains && isNobodys(census, node, classifier)) continue;
      const frame = contains ? undefined : (births.of(census.classOf(node)) ?? writtenAt(census, node));
      const own = census.classOf(node);
      // By class, for of each only a few are looked at: those of the two need not be of one pair.
      const owner = through.map((each) => census.classOf(each)).find((each) => each !== own && growing.has(each));
      roots.add({
        node,
        class: own,
        key: `${path.fingerprint} ${own}`,
        owner: contains ? undefined : owner,
        through,
        contains,
        thing: {
          what: wordsFor(census.descriptions, node, contains),
          counts,
          perRun: slopeOf(counts, points),
          ...(frame === undefined || frame.origin === 'node' ? {} : { madeAt: placeOf(frame) }),
          along: [],
          path,
        },
      });
    }
    return [...roots.told(), ...grownDescriptors(points, rootDir)];
  }
}

/** Something that grew, and how it is held. */
interface Candidate {
  readonly node: number;
  /** What is held the same way is told of once. */
  readonly key: string;
  readonly class: string;
  /** The class of what grew as well and holds it: that is told of, and this with it. */
  readonly owner: string | undefined;
  readonly through: readonly number[];
  readonly contains: boolean;
  readonly thing: GrownThing;
}

/** Of all that grew, what is worth a line of its own. */
class Roots {
  readonly #candidates = new Map<string, Candidate>();

  add(candidate: Candidate): void {
    if (!this.#candidates.has(candidate.key)) this.#candidates.set(candidate.key, candidate);
  }

  told(): readonly GrownThing[] {
    const all = [...this.#candidates.values()];
    const isAlong = ({ owner, class: own }: Candidate): boolean =>
      all.some((other) => !other.contains && other.class === owner && other.owner !== own);
    const things = all.filter((each) => !each.contains && !isAlong(each));
    // A collection that grows by what is told of would say it once more.
    const collections = all.filter(
      ({ node, contains }) => contains && !all.some((each) => !each.contains && each.through.includes(node)),
    );
    const alongWith = (own: string): readonly string[] => [
      ...new Set(all.filter((each) => each.owner === own && isAlong(each)).map(({ thing }) => thing.what)),
    ];
    return [...things, ...collections].map((each) => ({
      ...each.thing,
      along: each.contains ? [] : alongWith(each.class),
    }));
  }
}

const PARTS: Readonly<Record<string, string>> = { Array: 'elements', Map: 'entries', Set: 'members' };

function wordsFor(descriptions: Descriptions, node: number, contains: boolean): string {
  const name = descriptions.className(node);
  const said = /^(?:class|function|bound|suspended)\b/.test(name) ? name.replace(/ (\S+)$/, ' `$1`') : `\`${name}\``;
  if (!contains) return said;
  const collection = descriptions.isMap(node) ? 'Map' : descriptions.isMapOrSet(node) ? 'Set' : name;
  return `${PARTS[collection] ?? 'properties'} of ${said}`;
}

/** A plain thing that may be anybody's, or a function of Node's: what it grows for is the process's own doings. What holds it may tell more. */
function isNobodys({ graph, scripts }: HeapCensus, node: number, classifier: FileClassifier): boolean {
  const file = scripts.fileOf(node) ?? '';
  const isPlain = graph.typeOf(node) === 'closure' || /^(?:Object|Array)$/.test(graph.nameOf(node));
  return isPlain && (file === '' || classifier.origin(file) === 'node');
}

/** Where a function, or the class of an object, is written. */
function writtenAt(census: HeapCensus, node: number): Frame | undefined {
  const written = census.functionOf(node);
  return written === undefined ? undefined : census.descriptions.at(written);
}

async function play(scenario: () => unknown, times: number): Promise<void> {
  for (let count = 0; count < times; count++) await scenario();
}

/** What closes in later turns has closed, and what nobody holds is gone. */
async function settle(): Promise<void> {
  await collectUntil(() => false);
  await turn();
}

interface Counted {
  readonly counts: Counts;
  /** It is a collection, and what is counted is what it holds. */
  readonly contains: boolean;
}

/** Nodes that stand for what grew: of a class those that came last, of collections each by itself. */
function samplesOf(census: HeapCensus, points: GrowthPoints): ReadonlyMap<number, Counted> {
  const [, half] = points;
  const { ids } = census.graph.columns;
  const samples = new Map<number, Counted>();
  const left = new Map<string, number>();
  for (const [name] of census.counts.byClass) {
    const counts = countsAt(points, ({ heap }) => heap.byClass.get(name));
    if (growsThroughout(counts, points)) left.set(name, SAMPLES);
  }
  for (const node of census.things()) {
    const id = ids[node] ?? 0;
    if (half.heap.sizes.has(id)) {
      const counts = countsAt(points, ({ heap }) => heap.sizes.get(id));
      // It was there from the beginning.
      if (points[0].heap.sizes.has(id) && growsThroughout(counts, points))
        samples.set(node, { counts, contains: true });
      continue;
    }
    const name = census.classOf(node);
    const more = left.get(name) ?? 0;
    if (more === 0) continue;
    left.set(name, more - 1);
    samples.set(node, { counts: countsAt(points, ({ heap }) => heap.byClass.get(name)), contains: false });
  }
  return samples;
}
