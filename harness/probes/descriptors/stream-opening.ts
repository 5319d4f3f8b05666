import type { Liveness } from '../../engine/probe';
import { type Descriptor, descriptors } from './descriptor';
import type { FileStream } from './fs-hooks';

/** A stream that opens its file itself. Its descriptor outlives it: once the object is collected, nobody closes it any more. */
export class StreamOpening {
  readonly path: unknown;
  readonly reads: boolean;
  readonly #stream: WeakRef<FileStream>;
  #descriptor: Descriptor | undefined;

  constructor(stream: FileStream) {
    this.#stream = new WeakRef(stream);
    this.path = stream.path;
    this.reads = 'bytesRead' in stream;
  }

  /** The stream, if it is still there. */
  get stream(): FileStream | undefined {
    return this.#stream.deref();
  }

  /** Its file was opened. */
  openedAs(fd: number): void {
    this.#descriptor = descriptors.opened(fd);
  }

  /** By its descriptor, or by the stream itself as long as it has none. */
  get state(): Liveness {
    const { stream } = this;
    const fd = (stream as { fd?: number | null } | undefined)?.fd;
    // An `open` of the stream's own, out of sight.
    if (this.#descriptor === undefined && typeof fd === 'number') this.openedAs(fd);
    if (this.#descriptor !== undefined) return this.#descriptor.state;
    if (stream === undefined || stream.closed || (stream.errored ?? null) !== null) return 'released';
    return stream.destroyed ? 'closing' : 'open';
  }
}
