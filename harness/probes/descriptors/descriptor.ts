import fs from 'node:fs';
import type { Liveness } from '../../engine/probe';

const { fstatSync } = fs;

/**
 * What a descriptor stands for at this moment, `undefined` if it is not open. Its number alone says nothing: the kernel hands it
 * out again at once.
 */
export function targetOf(fd: number): string | undefined {
  try {
    const { dev, ino, mode } = fstatSync(fd);
    return `${dev}:${ino}:${mode}`;
  } catch {
    return undefined;
  }
}

/** A descriptor and what it stood for when it was opened. */
export class Descriptor {
  readonly fd: number;
  readonly #target: string | undefined;
  #state: Liveness = 'open';
  /** Called when somebody closes it through `fs`, in that somebody's own context. */
  onClose: (() => void) | undefined;

  constructor(fd: number) {
    this.fd = fd;
    this.#target = targetOf(fd);
    if (this.#target === undefined) this.#state = 'released';
  }

  /** Evidence from the kernel: the number still stands for what was opened. */
  get state(): Liveness {
    if (this.#state !== 'released' && targetOf(this.fd) !== this.#target) this.#state = 'released';
    return this.#state;
  }

  /** `fs.close` was called, and has not called back. */
  closing(): void {
    if (this.#state === 'open') this.#state = 'closing';
  }

  /** It was closed, or its number was handed out anew. */
  over(): void {
    this.#state = 'released';
  }
}

/** The descriptors opened by JavaScript that nobody was seen to close, one a number. */
class DescriptorTable {
  readonly #open = new Map<number, Descriptor>();

  /** `fd` was opened just now: whatever had the number before is gone. */
  opened(fd: number): Descriptor {
    this.reused(fd);
    const descriptor = new Descriptor(fd);
    this.#open.set(fd, descriptor);
    return descriptor;
  }

  /** `fd` was handed out for something that need not be recorded. */
  reused(fd: number): void {
    this.#open.get(fd)?.over();
    this.#open.delete(fd);
  }

  /** The record of an open number. */
  at(fd: number): Descriptor | undefined {
    return this.#open.get(fd);
  }

  /** `descriptor` was closed; its number may already be somebody else's. */
  closed(descriptor: Descriptor): void {
    descriptor.over();
    if (this.#open.get(descriptor.fd) === descriptor) this.#open.delete(descriptor.fd);
  }

  /** Whether an open descriptor is one of these: its opening was seen. */
  explains(fd: number): boolean {
    const descriptor = this.#open.get(fd);
    return descriptor !== undefined && descriptor.state !== 'released';
  }

  clear(): void {
    this.#open.clear();
  }
}

/** The table of this process: descriptors are the process's, whichever probe looks. */
export const descriptors = new DescriptorTable();
