import type { Frame, FrameOrigin } from '../../model/frame';
import { bystanders } from './bystanders';
import { calleesOf } from './callees';
import { cheapestPaths, type HeapPath } from './cheapest-paths';
import { Descriptions } from './descriptions';
import type { HeapGraph } from './heap-graph';
import { LinkCosts } from './link-costs';
import { Links } from './links';
import { LiveObjects } from './live-objects';
import { Liveness } from './liveness';
import { methodsOf } from './methods';
import { exportsOf, registeredModules } from './module-objects';
import { globalsOf, type NamedRoot } from './named-roots';
import { NumberKeys } from './number-keys';
import type { OuterAnswer, OuterHold, OuterStep, OuterTarget } from './outer-holders';
import { PathReader, type ReadHop } from './path-reader';
import { realmsOf } from './realms';
import { isContext, isRealm, Scripts } from './scripts';
import { StackFunctions } from './stack-functions';
import { callbackOf, waitersOn } from './waiters';

/** A variable's scope, or a module, or a global: where a search begins. */
interface Beginning {
  readonly file: string | undefined;
  readonly seenBy: Set<number>;
  readonly atTop: boolean;
}

const RECORDS = /^(?:Object|Array|Map|Set)$/;

/** One look at what outlives tests. */
export class OuterSearch {
  readonly #graph: HeapGraph;
  readonly #nodes: ReadonlyMap<string, number>;
  readonly #originOf: (file: string) => FrameOrigin;
  readonly #scripts: Scripts;
  readonly #liveness: Liveness;
  readonly #beginnings = new Map<number, Beginning>();

  constructor(graph: HeapGraph, nodes: ReadonlyMap<string, number>, originOf: (file: string) => FrameOrigin) {
    this.#graph = graph;
    this.#nodes = nodes;
    this.#originOf = originOf;
    this.#scripts = new Scripts(graph);
    this.#liveness = new Liveness(graph);
  }

  of(targets: readonly OuterTarget[], code: readonly string[]): OuterAnswer {
    const realms = realmsOf(this.#graph, this.#scripts, this.#nodes.get('global'));
    this.#beginInModules(realms);
    const wrappers = code.map((_, index) => this.#nodes.get(`code ${index}`));
    const bodies = wrappers.map((node) => (node === undefined ? undefined : this.#wrappedBy(node)));
    bodies.forEach((node, index) => {
      this.#beginAround(node, index);
    });
    const others = bystanders(this.#graph, this.#scripts);
    const asked = targets.map((_, index) => this.#nodes.get(`target ${index}`) ?? -1);
    const waiting = asked.map((node) => (node < 0 ? [] : waitersOn(this.#graph, node)));
    const isShared = (context: number): boolean => this.#scripts.modules.has(context) || this.#beginnings.has(context);
    const called = asked.map((node) => (node < 0 ? [] : calleesOf(this.#graph, node, isShared)));
    const wanted = new Set([...asked, ...waiting.flat(), ...called.flat()]);
    for (const node of wanted) if (node >= 0) others.cut[node] = 0;
    const cuts = { ...others, seeds: [...others.seeds, ...realms, ...this.#beginnings.keys()] };
    const descriptions = new Descriptions(this.#graph, this.#scripts, this.#originOf);
    using numberKeys = new NumberKeys(this.#graph);
    using live = new LiveObjects(this.#graph);
    const texts = this.#textsOf(bodies, wrappers, code, live);
    const functions = new StackFunctions(this.#graph, this.#scripts, live, texts.byNode);
    const reader = new PathReader(
      this.#graph,
      descriptions,
      new Links(this.#graph, descriptions, numberKeys),
      () => false,
    );
    const search = {
      targets: wanted,
      cuts,
      liveness: withoutLists(this.#graph, this.#liveness),
      costs: new LinkCosts(this.#graph, (node) => /^(?:node|library)$/.test(descriptions.originOf(node) ?? '')),
    };
    const reachable = this.#liveness.reachable(cuts);
    const all = [...this.#beginnings.keys()];
    const exported = exportsOf(this.#graph);
    /** Through no other beginning, no realm and no module of anybody else's: what is held by those is theirs. */
    const pathsFrom = (roots: readonly number[], through: readonly number[]) => {
      const live = reachable.slice();
      for (const node of [...realms, ...all, ...this.#scripts.modules.keys(), ...exported.keys()]) live[node] = 0;
      for (const node of [...roots, ...through]) live[node] = reachable[node] ?? 0;
      return cheapestPaths(this.#graph, { ...search, live, roots: roots.map(asRoot) });
    };
    const isAround = (node: number): boolean => (this.#beginnings.get(node)?.seenBy.size ?? 0) > 0;
    const own = [...exported].filter(([, file]) => this.#originOf(file) === 'user').map(([node]) => node);
    const elsewhere = pathsFrom(
      all.filter((node) => !isAround(node)),
      own,
    );
    const around = new Map<string, ReturnType<typeof pathsFrom>>();
    const pathsAround = (target: OuterTarget): ReturnType<typeof pathsFrom> => {
      const seen = all.filter((node) => this.#isSeenBy(node, target));
      const paths = around.get(seen.join()) ?? pathsFrom(seen, []);
      around.set(seen.join(), paths);
      return paths;
    };
    const holds = targets.map((target, index) => {
      const node = asked[index] ?? -1;
      const holdsOf = (to: number): readonly OuterHold[] =>
        [pathsAround(target), elsewhere].flatMap((paths) => {
          const path = reachable[to] === 1 ? paths.get(to) : undefined;
          return path === undefined ? [] : this.#holdOf(node, path, reader, functions, target.trace);
        });
      const meant = (of: readonly (readonly number[])[]) =>
        (of[index] ?? []).flatMap((to) => holdsOf(to).map(asWaited));
      const held = holdsOf(node);
      if (held.length > 0) return [...held, ...meant(called)];
      // Nothing holds a job but the engine.
      const waited = meant(callbackOf(this.#graph, node) === undefined ? called : waiting);
      return waited.length > 0 || reachable[node] === 1 ? waited : undefined;
    });
    return { holds, wrapped: texts.wrapped };
  }

  #isSeenBy(node: number, { own }: OuterTarget): boolean {
    for (const index of this.#beginnings.get(node)?.seenBy ?? []) if (own.has(index)) return true;
    return false;
  }

  /** The user's own modules and what they export, and the globals of the tests' realm. */
  #beginInModules(realms: ReadonlySet<number>): void {
    const begin = (node: number, file: string): void => {
      if (this.#originOf(file) === 'user') this.#beginnings.set(node, { file, seenBy: new Set(), atTop: true });
    };
    for (const [context, { file, realm }] of this.#scripts.modules) if (realms.has(realm)) begin(context, file);
    for (const [node, file] of registeredModules(this.#graph)) begin(node, file);
    for (const node of globalsOf(this.#graph, realms))
      this.#beginnings.set(node, { file: undefined, seenBy: new Set(), atTop: true });
  }

  /** Those that are wrapped are asked for theirs. */
  #textsOf(
    bodies: readonly (number | undefined)[],
    wrappers: readonly (number | undefined)[],
    code: readonly string[],
    live: LiveObjects,
  ): { readonly byNode: ReadonlyMap<number, string>; readonly wrapped: ReadonlyMap<number, string> } {
    const byNode = new Map<number, string>();
    const wrapped = new Map<number, string>();
    bodies.forEach((node, index) => {
      if (node === undefined) return;
      const text = node === wrappers[index] ? code[index] : (byNode.get(node) ?? live.textOf(node));
      byNode.set(node, text ?? '');
      if (node !== wrappers[index]) wrapped.set(index, text ?? '');
    });
    return { byNode, wrapped };
  }

  /** The user's function that a function of the runner's calls: what it closes over. */
  #wrappedBy(wrapper: number): number {
    const file = this.#scripts.fileOf(wrapper);
    const context = this.#graph.follow(wrapper, 'internal', 'context');
    if (file === undefined || context === undefined || this.#originOf(file) === 'user') return wrapper;
    for (const edge of this.#graph.edges(context)) {
      const to = this.#graph.target(edge);
      if (this.#graph.edgeType(edge) !== 'context' || this.#graph.typeOf(to) !== 'closure') continue;
      if (this.#originOf(this.#scripts.fileOf(to) ?? '') === 'user') return to;
    }
    return wrapper;
  }

  /** All scopes around a function: its own calls' are none of them. */
  #beginAround(code: number | undefined, index: number): void {
    let context = code === undefined ? undefined : this.#graph.follow(code, 'internal', 'context');
    while (context !== undefined && isContext(this.#graph, context) && !isRealm(this.#graph, context)) {
      const known = this.#beginnings.get(context);
      const file = this.#scripts.fileOfContext(context);
      const beginning = known ?? { file, seenBy: new Set(), atTop: this.#scripts.modules.has(context) };
      beginning.seenBy.add(index);
      this.#beginnings.set(context, beginning);
      context = this.#graph.follow(context, 'internal', 'previous');
    }
  }

  #holdOf(
    target: number,
    path: HeapPath,
    reader: PathReader,
    functions: StackFunctions,
    trace: readonly Frame[],
  ): OuterHold[] {
    const beginning = this.#beginnings.get(path.root.node);
    if (beginning === undefined) return [];
    const read = reader.steps(path).map((hop) => this.#step(hop, target));
    // Globals may be the entries of a dictionary.
    const steps = beginning.file === undefined ? read.map(asProperty) : read;
    const opened = beginning.file === undefined ? [] : functions.textsIn(beginning.file, trace);
    return [{ ...beginning, steps, opened, working: functions.aroundNameless(trace) }];
  }

  #step({ how, name, className, origin, node }: ReadHop, target: number): OuterStep {
    const isFunction = this.#graph.typeOf(node) === 'closure';
    const isRecord = node === target || (RECORDS.test(className) && !isFunction);
    return {
      how,
      name,
      holds: className,
      kind: isRecord ? 'record' : isFunction ? 'function' : 'object',
      origin,
      methods: node === target ? [] : methodsOf(this.#graph, this.#scripts, node),
    };
  }
}

/** What is due at the same time is linked by that alone. */
const withoutLists = (graph: HeapGraph, liveness: Liveness): Pick<Liveness, 'holds' | 'valuesByKey'> => ({
  holds: (from, edge, cuts) =>
    liveness.holds(from, edge, cuts) && !(graph.edgeType(edge) === 'property' && LISTED.test(graph.edgeName(edge))),
  valuesByKey: (live) => liveness.valuesByKey(live),
});

const LISTED = /^_idle(?:Next|Prev)$/;

/** What is held is not the timer, but whose method waits for it, or is called by it. */
const asWaited = (hold: OuterHold): OuterHold => ({ ...hold, steps: [...hold.steps, WAITED] });

const WAITED: OuterStep = { how: 'internal', name: '', holds: '', kind: 'record', origin: undefined, methods: [] };

const asProperty = (step: OuterStep, index: number): OuterStep =>
  index === 0 && step.how === 'value' ? { ...step, how: 'property', name: step.name.replace(/^"|"$/g, '') } : step;

const asRoot = (node: number): NamedRoot => ({ node, kind: 'module', label: '', stableLabel: '', cost: 0 });
