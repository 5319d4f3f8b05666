import type { Frame } from './frame';

/** The words for one kind of resource. A probe brings them along; nothing else knows its kinds. */
export interface Lexicon {
  /** With its article: `a TCP server`. */
  readonly noun: string;
  /** Plural, for counts: `TCP servers`. */
  readonly plural: string;
  /** Past participle of the opening: `opened`, `armed`, `started`. */
  readonly opened: string;
  /** Past participle of the release: `closed`, `cleared`. */
  readonly closed: string;
  /** The imperative that would have released it: ``Close it with `server.close()` ``. */
  readonly remedy: string;
  /** The same for what a library opened and nobody else has in hand; `%` stands for that library's name. Default: `remedy`. */
  readonly remedyWithin?: string;
  /**
   * Whether code commonly makes such a thing lazily on behalf of a longer-lived object (a client's socket, a pool's worker).
   * If it was opened by a function the test called, and not by the test itself, its verdict waits for the end of the file.
   */
  readonly pooled: boolean;
}

/** A number, a flag or a word worth printing about a resource: `delayMs`, `unref`, `pid`. */
export type Facts = Readonly<Record<string, string | number | boolean>>;

/** One node of a finding's ownership tree. */
export interface Thing {
  /** Key of the probe's lexicon: `tcp-server`. */
  readonly kind: string;
  readonly noun: string;
  /** What tells it from its likes, ready to follow the noun: `on 127.0.0.1:41873`. Empty where nothing does. */
  readonly label: string;
  /** How it stands in a tree, where noun and label are not enough: `subchannel #13  127.0.0.1:41873  READY, 2 references`. */
  readonly detail?: string;
  readonly facts: Facts;
  /** Released on its own: its line is worth reading beneath an owner's. */
  readonly separate?: true;
  readonly openedAt?: Frame;
  /** It was closed, and is here because of what it left. */
  readonly closed?: true;
  readonly owns: readonly Thing[];
}
