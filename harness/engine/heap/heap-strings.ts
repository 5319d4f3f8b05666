/** The strings of a snapshot, as bytes: most of them nobody ever asks for. */
export class HeapStrings {
  readonly #bytes: Buffer;
  /** Where each begins; one more for the end of the last. */
  readonly #starts: Uint32Array;
  readonly count: number;
  readonly #known = new Map<string, number>();
  #byLength: ReadonlyMap<number, readonly number[]> | undefined;

  /** @param bytes the strings one after the other, escaped as in JSON, without their quotes */
  constructor(bytes: Buffer, starts: Uint32Array, count: number) {
    this.#bytes = bytes;
    this.#starts = starts;
    this.count = count;
  }

  /** The string of this index; empty if there is none. */
  at(index: number): string {
    if (index < 0 || index >= this.count) return '';
    const raw = this.#bytes.toString('utf8', this.#starts[index], this.#starts[index + 1]);
    return raw.includes('\\') ? unescaped(raw) : raw;
  }

  /** Index of a plain string, as names in a heap are; -1 if it does not occur. Each occurs once. */
  indexOf(text: string): number {
    let index = this.#known.get(text);
    if (index === undefined) {
      this.#byLength ??= this.#sorted();
      index = this.#byLength.get(text.length)?.find((each) => this.#is(each, text)) ?? -1;
      this.#known.set(text, index);
    }
    return index;
  }

  /** Indices of several, by name. */
  indicesOf<Name extends string>(wanted: readonly Name[]): Readonly<Record<Name, number>> {
    return Object.fromEntries(wanted.map((name) => [name, this.indexOf(name)])) as Record<Name, number>;
  }

  /** Which strings contain a plain text: 1 for each that does. */
  containing(text: string): Uint8Array {
    const flags = new Uint8Array(this.count);
    const end = this.#starts[this.count] ?? 0;
    let index = 0;
    for (let at = this.#bytes.indexOf(text); at >= 0 && at < end; at = this.#bytes.indexOf(text, at + 1)) {
      while ((this.#starts[index + 1] ?? end) <= at) index++;
      flags[index] = 1;
    }
    return flags;
  }

  #is(index: number, text: string): boolean {
    return this.#bytes.toString('latin1', this.#starts[index], this.#starts[index + 1]) === text;
  }

  #sorted(): ReadonlyMap<number, readonly number[]> {
    const byLength = new Map<number, number[]>();
    for (let index = 0; index < this.count; index++) {
      const length = (this.#starts[index + 1] ?? 0) - (this.#starts[index] ?? 0);
      if (length > LONGEST_NAME) continue;
      const alike = byLength.get(length);
      if (alike === undefined) byLength.set(length, [index]);
      else alike.push(index);
    }
    return byLength;
  }
}

/** Names of fields and classes that are asked for are no longer. */
const LONGEST_NAME = 40;

function unescaped(raw: string): string {
  try {
    return JSON.parse(`"${raw}"`) as string;
  } catch {
    return raw;
  }
}
