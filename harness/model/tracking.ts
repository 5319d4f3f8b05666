/** How the instances of a class are released. */
export interface TrackOptions<T extends object = object> {
  /**
   * The method that releases an instance, or several of them, any of which does. Default: `Symbol.dispose` and `Symbol.asyncDispose`,
   * which count besides in any case.
   */
  readonly release?: keyof T | readonly (keyof T)[];
}

/** A class to be accounted for, as it was handed in. */
export interface TrackWish {
  readonly Class: unknown;
  readonly options: unknown;
}

/** Where the classes wait that a set-up file has named, for whoever keeps the accounts: beneath `Symbol.for('leakgate.tracked')`. */
export interface TrackWishes {
  readonly wishes: TrackWish[];
  /** Whoever keeps accounts now: a test file's, and those of a block within it. */
  readonly takers: Set<(wish: TrackWish) => void>;
}
