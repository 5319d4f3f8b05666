import type { Frame } from '../model/frame';
import type { Facts, Lexicon } from '../model/resource';
import type { OwnerKind } from '../model/scope';
import type { Opening } from './opening';

/** `open`: live. `closing`: its release is under way, give it time. `released`: gone, or nothing left to release. */
export type Liveness = 'open' | 'closing' | 'released';

/** What a watch says of a live resource when a verdict is due. */
export interface Identity {
  /** Key of the probe's `kinds`. */
  readonly kind: string;
  /** The object its author knows (the `net.Socket`, not its handle). Two resources with one subject are one thing. */
  readonly subject: object;
  /** Takes the place of the lexicon's noun: `a round_robin policy`. */
  readonly noun?: string;
  /** Ready to follow the noun: `on 127.0.0.1:41873`. */
  readonly label?: string;
  readonly facts?: Facts;
  /** Subjects that own this one, nearest first: a socket's session, a session's server. */
  readonly parents?: readonly object[];
  /** Released on its own, so a parent of an outer scope does not answer for it: a stream on a session that others use too. */
  readonly separate?: boolean;
  /** Subjects that use it too: they own it once what made it is closed. */
  readonly sharedBy?: readonly object[];
  /** Where code of nobody's library has taken the hold on it that keeps it: what made it does not answer for that. */
  readonly heldAt?: Frame;
  /** Subjects this one owns. */
  readonly children?: readonly object[];
  /**
   * Held by a pool: `process` for one that lives as long as the process by design, `private` for one whose maker is unknown.
   * Absent: no pool's.
   */
  readonly pool?: 'process' | 'private';
  /** Takes the place of the lexicon's remedy. */
  readonly remedy?: string;
  /** For what was `made`: the remedy for what it holds, where that is the root. */
  readonly remedyForHeld?: string;
  /** Another entry of this opening is the root, if there is one: a signal's handle beneath its listener. */
  readonly adjunct?: boolean;
  /** One end of a connection: its own address, and the other end's. Where both ends are in this process, the accepted one is the connecting one's. */
  readonly ends?: { readonly own: string; readonly other: string; readonly accepted: boolean };
  /** The connecting end that it goes over, which may be another scope's: told of it, that end has been told of too. */
  readonly over?: { readonly own: string; readonly other: string };
  /** Accepts connections: what it accepted is its own as long as it is there. */
  readonly listening?: boolean;
  /** Its teardown has begun, though it is still open: a socket that has sent its FIN. */
  readonly ending?: boolean;
  /** Takes the place of noun and label in a tree: `subchannel #13  127.0.0.1:41873  READY, 2 references`. */
  readonly detail?: string;
  /** The file of the code that implements it, if it is not that of what opened it: a policy registered under a name. */
  readonly implementedIn?: string;
  /** It is its library that makes it for whoever calls: the frames of its own package do not make it a library's. */
  readonly made?: boolean;
  /** Takes the subject's place where the heap is asked who holds it: the function of a record of ours. */
  readonly heldAs?: object;
  /** It holds nothing that a collection does not free with it: judged after a forced one, and only if it has survived. */
  readonly collectable?: boolean;
  /** Over before long by itself: a request that is answered, a job that is done. What waits for it may go on then. */
  readonly momentary?: boolean;
  /** Goes on by itself for ever, though each instance of it is gone soon: an interval, a chain of immediates. */
  readonly repeats?: boolean;
  /** Nothing in this process knows it any more that could release it: the verdict waits for nothing, and falls where its root was opened. */
  readonly stranded?: boolean;
  /**
   * Whether it is there once for each copy of its library, by evidence: nobody's to release. May take milliseconds: asked of a root before
   * it falls.
   */
  readonly isLibrarys?: () => boolean;
  /** Dies with the test file's own globals, so it is never a leak of the file itself. */
  readonly diesWithFile?: boolean;
  /** Puts the process back in order after the finding, where that is safe. */
  readonly release?: () => void;
  /**
   * What it owns is not released with it: somebody may still wait for it, and would meet an error nobody handles. It only loses its
   * hold on the loop.
   */
  readonly sparesOwned?: boolean;
  /** Takes its hold on the loop, and does nothing else to it: for what is spared. */
  readonly unref?: () => void;
}

/** What of a resource is expected to be gone for good once it is released. */
export interface Lasting {
  /** The object its author knows, while the resource still leads to it. Called just after the opening, and at the release. */
  of(resource: object): object | undefined;
  /** Whose line is its own too: what accepted it, or what was made with it by the same call. */
  madeBy?(thing: object): object | undefined;
  /** Whether it was accepted: a server has a new one for everybody who connects. */
  isAccepted?(thing: object): boolean;
  /** Whether it is over: a server that was closed may listen again. */
  isOver(thing: object): boolean;
  /** Its kind, what tells it from its likes if that is known still, and the method that ended it, if it is one of the user's own. */
  describe(thing: object): {
    readonly kind: string;
    readonly noun?: string;
    readonly label?: string;
    readonly endedBy?: string;
    /** Where its code is written, in place of the line that opened it. */
    readonly at?: Omit<Frame, 'origin'>;
  };
  /** Its library makes it for whoever calls, so frames of that library do not make it a library's. */
  readonly made?: true;
  /** A part of what made it, as a policy is of its channel: that one's line and scope are its own. */
  readonly part?: true;
  /** The user has asked for it: any way of being held is one too many, and not only that of being listed for ever. */
  readonly asked?: true;
  /** It is code that waits, though nobody waits for it: whatever of the application's leads to it, listed or listening, keeps it waiting. */
  readonly waits?: true;
}

/** How to look at one kind of resource. It is asked only when a verdict is due, never on the hot path. */
export interface Watch {
  /**
   * Evidence on the object itself.
   * @param asyncId the id `init` gave it, -1 for what a probe recorded by itself
   */
  state(resource: object, asyncId: number): Liveness;
  /** `undefined` for Node's own plumbing, which is never a finding by itself. */
  identify(resource: object, opening: Opening | undefined): Identity | undefined;
  /** Only a collection can tell whether it is still held: judged after a forced one, and only if nothing else decided. */
  readonly collectable?: boolean;
  /** Gone without anyone's act: a one-shot timer fires. Such a verdict cannot wait for the end of the file. */
  readonly transient?: boolean;
  /** Common, and hardly ever the root of a finding: its stack is captured from a small purse of its own. */
  readonly incidental?: boolean;
  /** Whether it is armed for so long that it outlives any test. Where a library's object makes such a one, its stack is never spared. */
  lasts?(resource: object): boolean;
  /** A request that is over in a moment, and has no line of its own: while one is under way, what waits for its answer may go on. */
  readonly momentary?: true;
  /** What it opens is seldom, and its line tells much: it has a purse of stacks of its own. */
  readonly telling?: boolean;
  /** Whether code with this stack, in a later tick of such a thing's, still works for it: it may be a callback of the user's by then. */
  isOwnCode?(frames: readonly Frame[]): boolean;
  /** The function it will call: what Node or the runner arms for itself is known by it. */
  callback?(resource: object): unknown;
  /** Whether it shows by itself, as it is made, that Node armed it for its own use: it needs no stack. */
  isNodes?(resource: object): boolean;
  /** Whether its opening shows it to be Node's own plumbing. */
  isPlumbing?(opening: Opening): boolean;
  /** Called at the opening of what an outer scope owns; `closed` is to be called in the context of whoever closes it. */
  guard?(resource: object, closed: () => void): void;
  /** For what is a thing of its own, and ought to become unreachable once it is closed. Absent: nobody asks what became of it. */
  readonly lasting?: Lasting;
  /** For what was `made`: objects that are not looked into when it is asked what it holds, for they know things of others'. */
  isLeaf?(value: object): boolean;
  /** For what was `made`: whether it has something to close, which most of what a test makes has not. */
  isClosable?(resource: object): boolean;
}

/** How a resource was opened, where the probe knows better than the current stack. */
export interface Sighting {
  readonly watch: Watch;
  /** Held weakly unless `keep`. */
  readonly resource: object;
  /** Our own record of a resource that is no object (a descriptor, a subscription): held, for nobody else does. */
  readonly keep?: boolean;
  /** Frames above this function are the probe's own and are left out. */
  readonly above?: (...args: never[]) => unknown;
  /** Whose code now runs is its maker and tells enough: no stack, unless the maker is closed, or there is none. */
  readonly made?: boolean;
  /** Made by the very call of the user's that is being acted out: if its line was captured, it is this one's too. */
  readonly acted?: boolean;
}

/** The ledger's line for one thing a probe reported. Opaque to probes. */
export interface Holding {
  readonly watch: Watch;
  /** What it was made by, if that was reported too. */
  readonly within: Holding | undefined;
}

/** Where a probe reports what it sees. It reports, it never judges. */
export interface Recorder {
  /** Something was opened just now, by the code now running. Gives a hold on its line in the ledger, unless nobody answers for it. */
  opened(sighting: Sighting): Holding | undefined;
  /**
   * Runs `fn`, the code of a thing that was reported: what it opens, now and in later ticks, hangs beneath that thing, by
   * construction. The user's own callbacks in later ticks are not its code, and are told by their frames.
   */
  within<T>(holding: Holding | undefined, fn: () => T): T;
  /**
   * A callback that the code now running hands to a thing that was reported. Whenever that calls it, in the same tick with its own code,
   * what it opens is its author's, and nothing that the thing has made.
   */
  calledBack<A extends unknown[], R>(callback: (...args: A) => R): (...args: A) => R;
  /**
   * A thing that was reported is closed by the code now running. What it still owns is then told to be its maker's doing.
   * @param above the probe's wrapper, if the line is worth a stack
   */
  closed(holding: Holding | undefined, above?: (...args: never[]) => unknown): void;
  /**
   * Who answers for what is done now, as `Beginning.answers` says it, but without a stack and therefore cheap: a module that is
   * only now being loaded is taken for its importer.
   */
  acting(): object | undefined;
  /**
   * The file of the code that called `above`: a cheap look at whether the call is of interest at all.
   * @param steps how far out: 1, the default, is its caller, 2 that one's caller
   */
  callerOf(above: (...args: never[]) => unknown, steps?: number): string | undefined;
  /** Captures who is acting now, for `openedLater`: an opening that completes asynchronously. */
  beginning(above?: (...args: never[]) => unknown): Beginning;
  /** Something was opened by the act `beginning` captured. */
  openedLater(beginning: Beginning, sighting: Sighting): void;
  /**
   * Runs `fn`, a library's public function the user's code is calling: what it opens in later ticks, where no frame of the user's
   * is left, is known by this call's line.
   * @param above the probe's wrapper: its frames are left out
   * @param known what the same call of the user's has opened: if its line is known, no stack is captured
   */
  act<T>(above: (...args: never[]) => unknown, fn: () => T, known?: Holding): T;
  /**
   * Something was made just now that may open others later on, in whoever's context: a client, a pool, an agent. It is no finding
   * by itself, but the root of what it holds, by its own data, where that would else be laid to a test within its scope.
   */
  made(sighting: Sighting): void;
  /** Runs `fn` without recording what it opens: the probe answers for that itself, or nobody could ever release it. */
  unrecorded<T>(fn: () => T): T;
  /** The code now running is what opens `subject`, though its native side will be made in a later tick. */
  remember(subject: object, above?: (...args: never[]) => unknown): void;
}

/** An act under way whose result will be a resource. Opaque to probes. */
export interface Beginning {
  readonly scope: unknown;
  /** Who answers for it: one and the same for all acts of a test, its hooks included. `undefined` if it is nobody's. */
  readonly answers: object | undefined;
  readonly opening: Opening | undefined;
  /** The callback that was running, by its async id. */
  readonly runs?: number;
  /** How it is known whose it is. Default: by lineage. */
  readonly owner?: OwnerKind;
}

/** The global object user code runs in, and what is loaded there. */
export interface Realm {
  readonly global: Record<PropertyKey, unknown>;
  /** Paths of every module already loaded, oldest first. Never loads one. */
  modules(): readonly string[];
  /** What the module of that path exports; `undefined` if it is not loaded. */
  exportsOf(path: string): unknown;
}

/** A probe at work in one test file. */
export interface ActiveProbe {
  /** Restores everything it touched. */
  stop(): void;
  /** Things live at the end of the file that nothing recorded. `known` are the native resources the ledger has: what they explain is no news. */
  audit?(known: readonly object[]): readonly Sighting[];
  /** The file's modules are loaded, or a suite begins: libraries may have come that were not there before. */
  modulesLoaded?(): void;
  /** Some modules have been loaded since it was last asked, and another is about to run. */
  moduleLoading?(): void;
  /** Adds what this probe knows of another probe's subject: whose pool a socket idles in, which request it serves. */
  refine?(identity: Identity, opening: Opening | undefined): Identity | undefined;
  /** Asks libraries to let go of what they keep by design for a while, before deferred verdicts fall. */
  drain?(): void;
  /**
   * The runner has let go of the file's code: none of it runs any more, and what a library was given of it may be taken from there until the end.
   * @param isAsked a test has said of something of its own that it is to be gone: what a library keeps of its own doing is to be told, then
   */
  letGo?(isAsked: boolean): void;
}

/** Looks at one family of resources. One probe, one file; adding one is adding a file. */
export interface Probe {
  readonly name: string;
  /** The words for every kind it can report. */
  readonly kinds: Readonly<Record<string, Lexicon>>;
  /** Async resource types (`async_hooks`) it can judge. */
  readonly asyncTypes?: Readonly<Record<string, Watch>>;
  /** @throws if this process cannot support it; the run then says so and is red. */
  start?(recorder: Recorder, realm: Realm): ActiveProbe;
}
