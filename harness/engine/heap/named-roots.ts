import { normalizePath } from '../../model/frame';
import type { RootKind } from '../../model/retainer-path';
import { duration } from '../../model/sentence';
import type { HeapGraph } from './heap-graph';
import { registeredModules } from './module-objects';
import { isRealm, type Scripts } from './scripts';

/** A node that a person knows to be alive, or knows why it is. */
export interface NamedRoot {
  readonly node: number;
  readonly kind: RootKind;
  readonly label: string;
  /** The same on every run: without a duration. */
  readonly stableLabel: string;
  /** Absolute path of a module. */
  readonly file?: string;
  /** How much worse than a module of the user's it is to begin with. */
  readonly cost: number;
}

/** Whose a root is: its realm is to be the one the tests run in, or the process's own. */
export interface RootSearch {
  readonly graph: HeapGraph;
  readonly scripts: Scripts;
  readonly realms: ReadonlySet<number>;
  readonly rootDir: string;
}

/** All of them, and the snapshot's own root, which is the worst to begin with. */
export function namedRoots(search: RootSearch): readonly NamedRoot[] {
  return [...modules(search), ...globals(search), ...pending(search), ...handles(search), RUNTIME];
}

const RUNTIME: NamedRoot = { node: 0, kind: 'runtime', label: "Node's own", stableLabel: '', cost: 300 };

const root = (node: number, kind: RootKind, label: string, cost: number, stableLabel = label): NamedRoot => ({
  node,
  kind,
  label,
  stableLabel,
  cost,
});

function modules({ graph, scripts, realms, rootDir }: RootSearch): NamedRoot[] {
  const moduleRoot = (node: number, file: string, more: number): NamedRoot => ({
    ...root(node, 'module', `module ${shortPath(file, rootDir)}`, moduleCost(file) + more),
    file,
  });
  return [
    ...[...scripts.modules]
      .filter(([, { realm }]) => realms.has(realm))
      .map(([context, { file }]) => moduleRoot(context, file, 0)),
    // A variable says more than an export of the same.
    ...[...registeredModules(graph)].map(([node, file]) => moduleRoot(node, file, 4)),
  ];
}

function moduleCost(file: string): number {
  if (file.startsWith('node:')) return file.startsWith('node:internal/') ? 60 : 25;
  return file.includes('/node_modules/') ? 30 : 0;
}

/** A path as it is said: relative to the project, or to where a package is installed. */
function shortPath(file: string, rootDir: string): string {
  const base = `${normalizePath(rootDir).replace(/\/$/, '')}/`;
  const library = file.lastIndexOf('/node_modules/');
  if (library >= 0) return file.slice(library + 1);
  return file.startsWith(base) ? file.slice(base.length) : file;
}

function globals({ graph, realms }: RootSearch): NamedRoot[] {
  return [
    ...globalsOf(graph, realms).map((node) => root(node, 'global', 'globalThis', 5)),
    ...instances(graph, 'process').map((node) => root(node, 'global', 'process', 5)),
  ];
}

/** Global objects, by either name that V8 has had for the link to them, and the objects that a sandbox was made of. */
export function globalsOf(graph: HeapGraph, realms: ReadonlySet<number>): readonly number[] {
  const found: number[] = [];
  for (const realm of realms) {
    if (!isRealm(graph, realm)) continue;
    for (const name of ['global_object', 'extension']) {
      const node = graph.follow(realm, 'internal', name);
      if (node !== undefined) found.push(node);
    }
    const data = graph.follow(realm, 'internal', 'embedder_data');
    for (const edge of data === undefined ? [] : graph.edges(data)) {
      const node = graph.target(edge);
      if (graph.typeOf(node) === 'object' && graph.edgeTo(node, 'property', '<symbol node:contextify:context>'))
        found.push(node);
    }
  }
  return found;
}

/** Objects of a class, by its name. */
function instances(graph: HeapGraph, name: string): number[] {
  const index = graph.strings.indicesOf([name])[name] ?? -1;
  const found: number[] = [];
  for (let node = 0; node < graph.nodeCount; node++) {
    if (graph.columns.names[node] === index && graph.typeOf(node) === 'object') found.push(node);
  }
  return found;
}

/** Armed timers and immediates. */
function pending({ graph, scripts }: RootSearch): NamedRoot[] {
  const found: NamedRoot[] = [];
  for (const node of instances(graph, 'Timeout')) {
    const previous = graph.follow(node, 'property', '_idlePrev');
    if (previous === undefined || graph.typeOf(previous) !== 'object') continue;
    const repeats = numberAt(graph, node, '_repeat');
    const delayMs = repeats ?? numberAt(graph, node, '_idleTimeout');
    const name = repeats === undefined ? 'setTimeout' : 'setInterval';
    const callback = graph.follow(node, 'property', '_onTimeout');
    // A timer of Node's own says less than whatever armed it.
    const bound = callback === undefined ? undefined : graph.follow(callback, 'internal', 'bound_function');
    const file = callback === undefined ? undefined : scripts.fileOf(bound ?? callback);
    const cost = file?.startsWith('node:') === true ? 40 : 0;
    found.push(root(node, 'timer', delayMs === undefined ? name : `${name} of ${duration(delayMs)}`, cost, name));
  }
  for (const node of instances(graph, 'Immediate')) {
    if (graph.follow(node, 'property', '_onImmediate') !== undefined)
      found.push(root(node, 'callback', 'setImmediate', 0));
  }
  return found;
}

/** A number that an object keeps under a name, if the snapshot was asked for numbers. */
function numberAt(graph: HeapGraph, node: number, name: string): number | undefined {
  const number = graph.follow(node, 'property', name);
  if (number === undefined || graph.typeOf(number) !== 'number') return undefined;
  const text = graph.follow(number, 'internal', 'value');
  const value = Number(text === undefined ? graph.nameOf(number) : graph.nameOf(text));
  return Number.isFinite(value) ? value : undefined;
}

const REQUEST = /Req(?:uest)?(?:Wrap)?$|Request/;

/** What Node's native side holds by itself: open handles, and requests under way. */
function handles({ graph }: RootSearch): NamedRoot[] {
  const found: NamedRoot[] = [];
  const held = (node: number): void => {
    const name = graph.nameOf(node);
    if (graph.typeOf(node) !== 'object' || !/^[A-Z]/.test(name) || name === 'Object') return;
    const isRequest = REQUEST.test(name);
    found.push(
      root(node, isRequest ? 'callback' : 'native', isRequest ? `pending ${name}` : `open handle (${name})`, 20),
    );
  };
  for (const edge of graph.edges(0)) {
    const top = graph.target(edge);
    if (graph.nameOf(top) === '(GC roots)') {
      for (const group of graph.edges(top)) {
        const list = graph.target(group);
        if (graph.nameOf(list) !== '(Global handles)') continue;
        for (const handle of graph.edges(list)) if (graph.edgeType(handle) !== 'weak') held(graph.target(handle));
      }
    } else if (graph.nameOf(top).startsWith('Node / ')) {
      for (const handle of graph.edges(top)) held(graph.target(handle));
    }
  }
  return found;
}
