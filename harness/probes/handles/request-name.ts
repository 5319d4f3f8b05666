import type { ClientRequest } from 'node:http';

/** What a request asks for, and of whom: `GET http://127.0.0.1:8080/orders`. */
export const requestName = (request: ClientRequest): string =>
  `${request.method} ${request.protocol}//${request.getHeader('host') ?? request.host}${request.path}`;
