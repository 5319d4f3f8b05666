import { spawn } from 'node:child_process';
import { constants } from 'node:os';

/** How Jest ended. */
export interface JestEnd {
  readonly pid: number;
  /** Its exit code; 128 and the signal's number if one ended it or us. */
  readonly code: number;
  readonly signalled: boolean;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

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
      const by = signal ?? received;
      done({
        pid: child.pid ?? 0,
        code: by === undefined ? (code ?? 1) : 128 + constants.signals[by],
        signalled: by !== undefined,
      });
    });
  });
}
