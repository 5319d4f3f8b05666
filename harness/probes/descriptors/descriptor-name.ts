import fs from 'node:fs';
import { shownPath } from './shown-path';

const { readFileSync, readlinkSync } = fs;

/** Where the kernel lists this process's sockets, by what they are. */
const TABLES = [
  ['tcp', 'a TCP socket'],
  ['tcp6', 'a TCP socket'],
  ['udp', 'a UDP socket'],
  ['udp6', 'a UDP socket'],
] as const;

/** What the kernel calls an open descriptor: a path, `socket:[4711]`, `pipe:[4712]`, `anon_inode:[eventpoll]`. Empty where it does not tell. */
export function linkOf(fd: number): string {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return '';
  }
}

/** Lines of a table of `/proc/self/net`, split at white space. */
function rows(table: string): string[][] {
  try {
    return readFileSync(`/proc/self/net/${table}`, 'utf8')
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/));
  } catch {
    return [];
  }
}

/** `0100007F:1F90` as `127.0.0.1:8080`: words of four bytes in the machine's order, which is little-endian wherever Node runs but on s390x. */
export function endpoint(hex: string): string {
  const [address = '', port = ''] = hex.split(':');
  const bytes = (address.match(/.{8}/g) ?? []).flatMap((word) => [...Buffer.from(word, 'hex').reverse()]);
  const number = Number.parseInt(port, 16);
  if (bytes.length === 4) return `${bytes.join('.')}:${number}`;
  const groups = Array.from({ length: 8 }, (_, at) =>
    (((bytes[at * 2] ?? 0) << 8) | (bytes[at * 2 + 1] ?? 0)).toString(16),
  );
  return `[${groups.join(':').replace(/(?:^|:)0(?::0)+(?::|$)/, '::')}]:${number}`;
}

/** A socket of the kernel's tables. */
export interface SocketName {
  readonly protocol: 'tcp' | 'udp' | 'unix' | 'other';
  readonly text: string;
}

/** What the kernel knows of the socket with this inode. */
export function socketName(inode: string): SocketName {
  for (const [table, noun] of TABLES) {
    const row = rows(table).find((columns) => columns[9] === inode);
    if (row === undefined) continue;
    const [, local = '', remote = ''] = row;
    const to = remote.endsWith(':0000') ? '' : ` -> ${endpoint(remote)}`;
    return { protocol: table.startsWith('tcp') ? 'tcp' : 'udp', text: `${noun} ${endpoint(local)}${to}` };
  }
  const unix = rows('unix').find((columns) => columns[6] === inode);
  if (unix === undefined) return { protocol: 'other', text: 'a socket' };
  return { protocol: 'unix', text: unix[7] === undefined ? 'a unix socket' : `a unix socket ${unix[7]}` };
}

/** What an open descriptor is, as far as the kernel tells: ready to follow `of`. Empty where it does not. */
export function descriptorName(fd: number): string {
  const link = linkOf(fd);
  const socket = /^socket:\[(\d+)\]$/.exec(link)?.[1];
  if (socket !== undefined) return socketName(socket).text;
  if (link.startsWith('pipe:')) return 'a pipe';
  return shownPath(link);
}
