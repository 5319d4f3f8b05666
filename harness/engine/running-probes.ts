import type { ProbeFailure } from '../model/report';
import type { Rule } from '../model/rule';
import { asError } from './as-error';
import { byDesign } from './built-in-rules';
import type { Ledger } from './ledger';
import { nativeLives } from './native';
import type { Opening } from './opening';
import type { ActiveProbe, Identity, Probe, Realm, Sighting, Watch } from './probe';
import type { Knowledge } from './suspect';

/** So many modules are loaded between two looks at what is there: a library of some size is met before the file that imports it goes on. */
const MODULES_A_LOOK = 8;

/** The probes at work in one test file. What fails in one is written down, and never reaches the tests. */
export class RunningProbes {
  #modules = 0;
  readonly #running: { readonly probe: Probe; readonly active: ActiveProbe }[] = [];
  readonly #failures: ProbeFailure[] = [];
  readonly #bringers = new Map<Watch, string>();
  readonly #ledger: Ledger;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
    // What it borrows from a handle of its own is not to be fetched in the middle of the accounts.
    ledger.mute(() => nativeLives({}, -1));
  }

  /** Probes that could not do their job, and why. */
  get failures(): readonly ProbeFailure[] {
    return this.#failures;
  }

  /** Starts a probe. One that throws is named in `failures`, and the run is red. */
  start(probe: Probe, realm: Realm): void {
    for (const [type, watch] of Object.entries(probe.asyncTypes ?? {})) {
      this.#ledger.watch(type, watch);
      this.#bringers.set(watch, probe.name);
    }
    this.#try(probe, () => {
      const active = probe.start?.(this.#ledger, realm);
      if (active !== undefined) this.#running.push({ probe, active });
    });
  }

  /** Libraries may have been loaded that were not there before. */
  modulesLoaded(): void {
    this.#each((active) => active.modulesLoaded?.());
  }

  /** A module is about to run. */
  moduleLoading(): void {
    // Said of every module there is, so it must cost next to nothing.
    if (++this.#modules % MODULES_A_LOOK !== 0) return;
    for (const { probe, active } of this.#running) {
      if (active.moduleLoading !== undefined) this.#try(probe, () => active.moduleLoading?.());
    }
  }

  /** Asks libraries to let go of what they keep by design for a while. */
  drain(): void {
    this.#each((active) => active.drain?.());
  }

  /** `letGo`, with which the runner lets go of the file's code, and then what libraries were given of it. */
  lettingGo(letGo: () => void, isAsked: () => boolean): () => void {
    return () => {
      letGo();
      this.#each((active) => active.letGo?.(isAsked()));
    };
  }

  /** What every probe knows of a subject, put together; `undefined` if one knows it is nobody's business. */
  refine(seen: Identity, opening: Opening | undefined): Identity | undefined {
    let identity: Identity | undefined = seen;
    for (const { probe, active } of this.#running) {
      try {
        if (identity !== undefined && active.refine !== undefined) identity = active.refine(identity, opening);
      } catch (error) {
        this.#note(probe.name, error);
      }
    }
    return identity;
  }

  /** What is known of a subject, by the ledger, the probes and the built-in rules. */
  knowledge(rules: readonly Rule[]): Omit<Knowledge, 'reportedEnds'> {
    return {
      memoryOf: (subject) => this.#ledger.memories.get(subject),
      refine: (seen, opening) => this.refine(seen, opening),
      failed: (entry, error) => this.#note(this.#bringers.get(entry.watch) ?? 'ledger', error, entry.opening),
      ruledOut: byDesign(rules),
      isOwn: this.#ledger.holders.isOwn,
    };
  }

  /** What is there though nobody recorded it. */
  audit(known: readonly object[]): Sighting[] {
    const sightings: Sighting[] = [];
    this.#each((active) => sightings.push(...(active.audit?.(known) ?? [])));
    return sightings;
  }

  /** Restores all that was touched. */
  stop(): void {
    this.#each((active) => active.stop());
    this.#running.length = 0;
  }

  #each(ask: (active: ActiveProbe) => void): void {
    for (const { probe, active } of this.#running) this.#try(probe, () => ask(active));
  }

  #try(probe: Probe, work: () => void): void {
    try {
      this.#ledger.mute(work);
    } catch (error) {
      this.#note(probe.name, error);
    }
  }

  /** What judges alike has failed alike: once is enough. */
  #note(probe: string, error: unknown, opening?: Opening): void {
    const at = opening?.frames.find((frame) => frame.origin === 'user');
    const place = at === undefined ? '' : ` (about what was opened at ${at.file}:${at.line})`;
    const why = `${asError(error).message}${place}`;
    if (!this.#failures.some((known) => known.probe === probe && known.why === why))
      this.#failures.push({ probe, why });
  }
}
