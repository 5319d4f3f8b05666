import { spawn } from 'node:child_process';
import { constants } from 'node:os';

/**
 * How Jest ended. `exited`: by itself. `stopped`: by a signal that was sent to us, or to all in front of the terminal. `killed`: by
 * one that nobody announced.
 */
export interface JestEnd {
  readonly how: 'exited' | 'stopped' | 'killed';
  /** Its exit code; 128 and the signal's number otherwise. */
  readonly code: number;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

const isStop = (signal: NodeJS.Signals): boolean => (SIGNALS as readonly string[]).includes(signal);

/** Runs Jest on our own terminal, hands signals on to it, and waits for its end. */
export function runJest(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Promise<JestEnd> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, args, { cwd, env, stdio: 'inherit' });
    let received: NodeJS.Signals | undefined;
    const forward = (signal: NodeJS.Signals): void => {
      received = signal;
      child.kill(signal);
    };
    for (const signal of SIGNALS) process.on(signal, forward);
    child.on('error', fail);
    child.on('close', (code, signal) => {
      for (const each of SIGNALS) process.off(each, forward);
      const by = received ?? signal;
      if (by === null) done({ how: 'exited', code: code ?? 1 });
      else done({ how: isStop(by) ? 'stopped' : 'killed', code: 128 + constants.signals[by] });
    });
  });
}
