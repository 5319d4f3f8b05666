import type { ScopeKind, ScopeRef } from '../model/scope';
import { Beginnings } from './beginnings';
import { Calls } from './calls';
import { nowMs } from './clock';
import type { Entry } from './entry';
import type { Opening } from './opening';
import { Requests } from './requests';
import { StackBudget } from './stack-budget';

let nextId = 1;

/**
 * What travels with asynchronous work: the scope it belongs to, and the act it descends from, where a probe saw the user's
 * code call into a library that does its work in later ticks.
 */
export interface Lineage {
  readonly scope: Scope;
  readonly act: Opening | undefined;
  /** The thing in whose creation context the code runs: what a library's object opens in later ticks is that object's. */
  readonly within?: Entry | undefined;
}

/** Scopes whose names make up a path. */
const NAMED: ReadonlySet<ScopeKind> = new Set<ScopeKind>(['suite', 'test', 'block']);

/** A scope at run time: what was opened in it, and whether its teardown is over. */
export class Scope {
  readonly id = nextId++;
  readonly kind: ScopeKind;
  readonly name: string;
  readonly parent: Scope | undefined;
  readonly file: string;
  /** The outermost scope around it. */
  readonly host: Scope;
  /** `beforeAll`, `afterEach` …, for hooks. */
  readonly hook: string | undefined;
  /** For what its own code opens. */
  readonly budget: StackBudget;
  /** For what libraries open in later ticks of an act whose line is known. */
  readonly actBudget: StackBudget;
  /** For what few but telling things open: a load balancing policy's timers. */
  readonly makerBudget: StackBudget;
  /** For immediates and streams: many, and seldom what is looked for. */
  readonly incidentalBudget: StackBudget;
  /** For callbacks put off to the end of the tick: a client connects in one of a test's first. */
  readonly putOffBudget: StackBudget;
  /** Into libraries. */
  readonly calls = new Calls();
  /** Of what comes and goes. */
  readonly beginnings = new Beginnings();
  /** What its own code runs under. */
  readonly lineage: Lineage = { scope: this, act: undefined };
  /** What was opened in this scope and not yet seen released, oldest first. */
  entries: Entry[] = [];
  /** What it has asked of the system last; once it is sealed, its file's. */
  requests = new Requests();
  /** After this the scope answers for whatever it left; what is still born in its context is late. */
  sealed = false;
  /** Leaving it is the end of all it did: verdicts that would wait for the end of the file fall then. */
  final = false;
  /** It has had so many at once that the transient ones are no longer held weakly, for a sweep is cheaper than that many WeakRefs. */
  flooded = false;
  /** How many entries may be recorded before the next sweep. */
  sweepAt = 256;
  /** How many entries the last tidying left. */
  tidied = 0;

  constructor(kind: ScopeKind, name: string, parent: Scope | undefined, file: string, hook?: string) {
    this.kind = kind;
    this.name = name;
    this.parent = parent;
    this.file = file;
    this.host = parent?.host ?? this;
    this.hook = hook;
    const shared = kind === 'hook' ? parent : undefined;
    const atMs = nowMs();
    this.budget = shared?.budget ?? new StackBudget(32, 1, atMs);
    this.incidentalBudget = shared?.incidentalBudget ?? new StackBudget(4, 0.1, atMs);
    this.putOffBudget = shared?.putOffBudget ?? new StackBudget(6, 0.1, atMs);
    this.makerBudget = shared?.makerBudget ?? new StackBudget(16, 0.25, atMs);
    this.actBudget = shared?.actBudget ?? new StackBudget(6, 0.25, atMs);
  }

  /** The scope that answers: a hook's is its test or suite. */
  get answerable(): Scope {
    return this.kind === 'hook' && this.parent !== undefined ? this.parent : this;
  }

  /** Modules that a test loads run in it: a hook of the file's own. What they open is the file's, but opened at that test's word. */
  get isOfLoads(): boolean {
    return this.kind === 'hook' && this.parent?.kind === 'file';
  }

  /** The scope it lasts as long as: a file's outermost block and the file are one. */
  get lifetime(): Scope {
    const { answerable } = this;
    return answerable.kind === 'suite' && answerable.parent?.kind === 'file' ? answerable.parent : answerable;
  }

  /** Remembers how something was opened. */
  opened({ opening, watch }: Entry): void {
    this.calls.opened(opening);
    if (watch.transient === true) this.beginnings.note(opening);
  }

  /** Ends it. What is late is rare, and always worth its line. */
  seal(): void {
    this.sealed = true;
    for (let up = this.parent; up !== undefined && up.kind !== 'run'; up = up.parent) this.requests = up.requests;
    this.budget.refill();
  }

  /** Allows as many stacks as at the beginning, whether of its own things or of immediates. */
  grantStacks(): void {
    this.budget.refill();
    this.incidentalBudget.refill();
  }

  /** This scope as reports name it. */
  ref(): ScopeRef {
    const target = this.answerable;
    const path: string[] = [];
    for (let scope: Scope | undefined = target; scope !== undefined; scope = scope.parent) {
      if (NAMED.has(scope.kind) && scope.name !== '') path.unshift(scope.name);
    }
    const ref = { kind: target.kind, path, file: this.file };
    return this.hook === undefined ? ref : { ...ref, hook: this.hook };
  }
}
