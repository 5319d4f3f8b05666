import { writeSync } from 'node:fs';
import type { SessionOptions } from '../engine/session-options';

// A test may have put a stand-in in its place.
const write = writeSync;

const STDERR = 2;

/** Down to a line of its own, for Jest's status may stand in this one. */
const NEW_LINE = '\n';
const CLEAR_LINE = '\r\u001B[K';
/** Jest counts the lines of its status from where it has left the cursor. */
const LINE_UP = '\u001B[1A';

/** The terminal that progress is shown on. */
export interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/**
 * Shows what goes on in one line that is taken back when it is over, and leaves the screen as it was. The process stands still
 * meanwhile, so nothing else can show it: it is written at once, past Jest, which prints what it is given only in a later turn.
 *
 * @param put default: standard error
 * @returns what is to be told; nothing where nobody watches: a pipe, continuous integration, a terminal that cannot move its cursor
 */
export function terminalProgress(
  terminal: Terminal = process.stderr,
  env: Readonly<Record<string, string | undefined>> = process.env,
  put: (text: string) => void = (text) => write(STDERR, text),
): Pick<SessionOptions, 'progress'> {
  const isWatched = terminal.isTTY === true && env.TERM !== 'dumb' && (env.CI ?? '') === '';
  if (!isWatched) return {};
  let shown = false;
  const show = (said: string | undefined): void => {
    if (said === undefined) {
      if (shown) put(`${CLEAR_LINE}${LINE_UP}`);
      shown = false;
      return;
    }
    // A line that wraps would be two.
    const text = `leakgate: ${said} …`.slice(0, Math.max(0, (terminal.columns ?? 80) - 1));
    put(`${shown ? CLEAR_LINE : NEW_LINE}${text}`);
    shown = true;
  };
  return {
    progress: (said) => {
      try {
        show(said);
      } catch {
        // A terminal that takes no more just now (EAGAIN), or is gone (EIO): what it shows is no part of a verdict.
      }
    },
  };
}
