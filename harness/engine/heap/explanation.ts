import type { FrameOrigin } from '../../model/frame';
import type { PathRoot, RetainerPath } from '../../model/retainer-path';
import type { WrittenLink } from '../built-in-rules';
import { bystanders, withoutVariablesOf } from './bystanders';
import { cheapestPaths, type HeapPath } from './cheapest-paths';
import { Descriptions } from './descriptions';
import type { TargetAnswer } from './explain';
import type { HeapGraph } from './heap-graph';
import { findHeld } from './holder';
import { LinkCosts } from './link-costs';
import { Links } from './links';
import type { Listing } from './listing';
import { type Cuts, Liveness } from './liveness';
import { namedRoots } from './named-roots';
import { NumberKeys } from './number-keys';
import { pathFingerprint } from './path-fingerprint';
import { PathReader } from './path-reader';
import { realmsOf } from './realms';
import { Scripts } from './scripts';
import { markSuspects } from './suspects';

/** Groups are weighed as long as the searches, one a group, have not looked at so many nodes: about two seconds. */
const MOST_WEIGHED_NODES = 2e7;

/** Whose heap it is. */
export interface Setting {
  readonly rootDir: string;
  readonly testFile: string | undefined;
  readonly originOf: (file: string) => FrameOrigin;
}

interface Read {
  readonly target: number;
  /** All nodes on the way, the object included. */
  readonly through: readonly number[];
  readonly listing: Listing;
  readonly links: readonly WrittenLink[];
  readonly path: Omit<RetainerPath, 'alike' | 'bytes' | 'totalBytes'>;
}

/** A path, all nodes it leads through, and its links as they are written. */
export type PathToNode = Pick<Read, 'through' | 'links'> & { readonly path: RetainerPath };

/**
 * Everything that is found out about one snapshot. The graph and the searches together take 1.4 times the size of its file; writing
 * it takes V8 about eight times as much, before that.
 */
export class Explanation {
  readonly #graph: HeapGraph;
  readonly #setting: Setting;
  readonly #held: ReadonlyMap<string, number>;
  readonly #scripts: Scripts;
  readonly #liveness: Liveness;

  constructor(graph: HeapGraph, setting: Setting) {
    this.#graph = graph;
    this.#setting = setting;
    this.#held = findHeld(graph);
    this.#scripts = new Scripts(graph);
    this.#liveness = new Liveness(graph);
  }

  /** An answer for each of the first `count` targets. */
  of(count: number): readonly TargetAnswer[] {
    const nodes = Array.from({ length: count }, (_, index) => this.#held.get(`target ${index}`));
    if (nodes.every((node) => node === undefined)) return nodes.map(() => ({ kind: 'collected' }));
    const realms = this.#realms();
    const cuts = this.#cuts(realms);
    // What is asked for may be an instance of a class of theirs.
    for (const node of nodes) if (node !== undefined) cuts.cut[node] = 0;
    const live = this.#liveness.reachable(cuts);
    const { testFile } = this.#setting;
    const without = testFile === undefined ? cuts : withoutVariablesOf(this.#graph, this.#scripts, cuts, testFile);
    const stillLive = without === cuts ? live : this.#liveness.reachable(without);
    const survivors = new Set(nodes.filter((node) => node !== undefined && stillLive[node] === 1));
    const read = this.#read(survivors, stillLive, without, realms);
    const weighed = this.#weigh([...read.values()], cuts, live);
    return nodes.map((node): TargetAnswer => {
      if (node === undefined) return { kind: 'collected' };
      if (live[node] !== 1) return { kind: 'excused', by: 'the test framework or the harness' };
      const path = weighed.get(node);
      if (path === undefined) return { kind: 'excused', by: 'variables of the test file' };
      return { kind: 'held', path, listing: read.get(node)?.listing };
    });
  }

  /** What lives for reasons of the user's: 1 for each node that bystanders do not keep alone. */
  live(): Uint8Array {
    return this.#liveness.reachable(this.#cuts(this.#realms()));
  }

  /** Paths to nodes of one's own choice, with all the nodes they lead through; none for what only bystanders hold. */
  pathsTo(nodes: ReadonlySet<number>): ReadonlyMap<number, PathToNode> {
    const realms = this.#realms();
    const cuts = this.#cuts(realms);
    const read = this.#read(nodes, this.#liveness.reachable(cuts), cuts, realms);
    return new Map(
      [...read].map(([node, { path, through, links }]) => [
        node,
        { path: { ...path, alike: 1, bytes: 0, totalBytes: 0 }, through, links },
      ]),
    );
  }

  #cuts(realms: ReadonlySet<number>): Cuts {
    const others = bystanders(this.#graph, this.#scripts);
    const global = this.#held.get('global');
    // The environment that has the sandbox is one of theirs.
    return { ...others, seeds: [...others.seeds, ...realms, ...(global === undefined ? [] : [global])] };
  }

  #read(
    targets: ReadonlySet<number | undefined>,
    live: Uint8Array,
    cuts: Cuts,
    realms: ReadonlySet<number>,
  ): ReadonlyMap<number, Read> {
    const graph = this.#graph;
    const { originOf, rootDir } = this.#setting;
    const descriptions = new Descriptions(graph, this.#scripts, originOf);
    using numberKeys = new NumberKeys(graph);
    const reader = new PathReader(graph, descriptions, new Links(graph, descriptions, numberKeys), (closure) => {
      const realm = this.#scripts.realmOf(closure);
      return realm !== undefined && !realms.has(realm);
    });
    const paths = cheapestPaths(graph, {
      roots: namedRoots({ graph, scripts: this.#scripts, realms, rootDir }),
      targets: new Set([...targets].filter((node) => node !== undefined)),
      live,
      cuts,
      liveness: this.#liveness,
      costs: new LinkCosts(graph, (node) => /^(?:node|library)$/.test(descriptions.originOf(node) ?? '')),
    });
    const read = new Map<number, Read>();
    for (const [target, path] of paths) {
      const { hops, listing } = reader.read(path);
      const { kind, stableLabel } = path.root;
      read.set(target, {
        target,
        through: path.links.map(({ to }) => to),
        listing,
        links: reader.steps(path).map(({ name }, at, steps) => {
          const holder = steps[at - 1]?.node;
          return { name, file: holder === undefined ? path.root.file : this.#scripts.fileOf(holder) };
        }),
        path: {
          root: rootOf(path),
          hops: markSuspects(hops.map(({ node: _node, className: _class, ...hop }) => hop)),
          below: reader.below(target),
          fingerprint: pathFingerprint(kind, stableLabel, hops),
        },
      });
    }
    return read;
  }

  #realms(): ReadonlySet<number> {
    return realmsOf(this.#graph, this.#scripts, this.#held.get('global'));
  }

  /** Retained sizes: what lives less what would live without them. */
  #weigh(read: readonly Read[], { cut, seeds }: Cuts, live: Uint8Array): ReadonlyMap<number, RetainerPath> {
    const groups = new Map<string, Read[]>();
    for (const each of read) {
      const key = `${each.path.fingerprint} ${this.#graph.nameOf(each.target)}`;
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [each]);
      else group.push(each);
    }
    const all = this.#liveness.bytes(live);
    const without = (members: readonly Read[]): number => {
      const skipped = cut.slice();
      for (const { target } of members) skipped[target] = 1;
      return all - this.#liveness.bytes(this.#liveness.reachable({ cut: skipped, seeds }));
    };
    const weighed = new Map<number, RetainerPath>();
    let left = MOST_WEIGHED_NODES;
    for (const members of groups.values()) {
      const isWeighed = left > 0;
      left -= this.#graph.nodeCount;
      const totalBytes = isWeighed ? without(members) : this.#own(members);
      const bytes = Math.round(totalBytes / members.length);
      for (const { target, path } of members)
        weighed.set(target, { ...path, alike: members.length, bytes, totalBytes });
    }
    return weighed;
  }

  #own(members: readonly Read[]): number {
    return members.reduce((sum, { target }) => sum + (this.#graph.columns.sizes[target] ?? 0), 0);
  }
}

function rootOf({ root }: HeapPath): PathRoot {
  return { kind: root.kind, label: root.label };
}
