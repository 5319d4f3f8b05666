import type { Socket } from 'node:net';

/** Closes it without a word: an error or an end would reach handlers, or a promise nobody awaits, in the middle of a later test. */
export function cut(socket: Socket): void {
  socket.removeAllListeners();
  socket.on('error', () => {});
  socket.destroy();
}
