import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import http from 'node:http';
import { asObject, field } from '../engine/native';
import type { Probe, Watch } from '../engine/probe';
import { cut } from './handles/cut';
import { requestName } from './handles/request-name';
import { wrap } from './patching/wrap';

/** Over: its answer was read to the end, or it was given up. */
const isOver = (request: http.ClientRequest): boolean => {
  if (request.destroyed) return true;
  const response = asObject(field(request, 'res')) as http.IncomingMessage | undefined;
  return response !== undefined && (response.destroyed || (response.complete && response.readableEnded));
};

const OF_PAGE = 'Wait for its answer, or abort it with `request.abort()`,';

const request: Watch = {
  state: (resource) => (isOver(resource as http.ClientRequest) ? 'released' : 'open'),
  identify(resource, opening) {
    const each = resource as http.ClientRequest;
    const socket = each.socket ?? undefined;
    return {
      kind: 'http-request',
      momentary: true,
      subject: each,
      label: requestName(each),
      children: socket === undefined ? [] : [socket],
      ...(opening?.page !== undefined && opening.frames[0]?.origin === 'user' ? { remedy: OF_PAGE } : {}),
      release: () => {
        if (socket !== undefined) cut(socket);
      },
    };
  },
  lasting: {
    of: (resource) => resource,
    isOver: (thing) => isOver(thing as http.ClientRequest),
    describe: (thing) => ({ kind: 'http-request', label: requestName(thing as http.ClientRequest) }),
  },
};

/** Lets `sent` see each request that any agent is asked to serve. Returns what puts the method back. */
const wrapAddRequest = (sent: (request: unknown, above: (...args: never[]) => unknown) => void): (() => void) =>
  wrap(http.Agent.prototype, 'addRequest', (original) => {
    const addRequest = function (this: unknown, ...args: unknown[]): unknown {
      sent(args[0], addRequest);
      return original.apply(this, args);
    };
    return addRequest;
  });

/** Requests of `http` and `https` clients, as sent: over a connection an earlier test had opened, too. */
const httpRequests: Probe = {
  name: 'http-requests',
  kinds: {
    'http-request': {
      noun: 'an HTTP request',
      plural: 'HTTP requests',
      opened: 'sent',
      closed: 'finished',
      remedy: 'Read its response to the end, or abort it with `request.destroy()`,',
      remedyWithin: 'Wait for its answer, or have % abort it (by a signal, a timeout or its own close),',
      pooled: false,
    },
  },
  start(recorder) {
    const known = new WeakSet<object>();
    const sent = (each: unknown, above: (...args: never[]) => unknown): void => {
      if (!(each instanceof http.ClientRequest) || known.has(each)) return;
      known.add(each);
      recorder.opened({ watch: request, resource: each, above });
    };
    // Agents are asked while the request is being made, in the caller's own tick; what needs none is announced once it is sent.
    const restore = wrapAddRequest(sent);
    const started = (message: unknown): void => sent((message as { request?: unknown }).request, started);
    subscribe('http.client.request.start', started);
    return {
      // A busy connection is its request's to answer for, whoever opened it, and when the request has been told of, so has it. Once that
      // is over, its agent takes it back before long.
      refine(identity) {
        const busy = asObject(field(identity.subject, '_httpMessage'));
        if (busy === undefined || !known.has(busy) || isOver(busy as http.ClientRequest)) return identity;
        return { ...identity, kind: 'agent-socket', parents: [busy], pool: 'process' };
      },
      stop() {
        restore();
        unsubscribe('http.client.request.start', started);
      },
    };
  },
};

export default httpRequests;
