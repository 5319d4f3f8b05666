import { clearLine, cursorTo } from 'node:readline';

/** Says what is being run. */
export interface Progress {
  say(what: string): void;
  done(): void;
}

/** One line that is written over on a terminal, a line for each step elsewhere. */
export function progressOn(stream: NodeJS.WriteStream, steps: number): Progress {
  let step = 0;
  const startMs = performance.now();
  const rewind = (): void => {
    cursorTo(stream, 0);
    clearLine(stream, 0);
  };
  return {
    say(what) {
      const minutes = ((performance.now() - startMs) / 60_000).toFixed(1);
      const line = `[${++step}/${steps}, ${minutes} min] ${what}`;
      if (!stream.isTTY) {
        stream.write(`${line}\n`);
        return;
      }
      rewind();
      stream.write(line.slice(0, Math.max(20, stream.columns - 1)));
    },
    done() {
      if (stream.isTTY) rewind();
    },
  };
}
