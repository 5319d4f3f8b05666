/**
 * Whether Node begins there with a connection of a server's: with a new one, or with one that turns to another protocol.
 * @param outermost frame of a stack; `undefined` if there is none
 */
export function isServing(outermost: NodeJS.CallSite | undefined): boolean {
  const file = outermost?.getFileName();
  return file === 'node:_http_server' || (file === 'node:net' && outermost?.getFunctionName() === 'onconnection');
}
