import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import * as grpc from '@grpc/grpc-js';

/** What both sides of the call exchange. */
export interface Note {
  readonly text: string;
}

const toJson = (note: Note): Buffer => Buffer.from(JSON.stringify(note));
const fromJson = (bytes: Buffer): Note => JSON.parse(bytes.toString()) as Note;

const method = {
  path: '/notes.Notes/Shout',
  requestStream: false,
  responseStream: false,
  requestSerialize: toJson,
  requestDeserialize: fromJson,
  responseSerialize: toJson,
  responseDeserialize: fromJson,
} as const;

const NotesClient = grpc.makeGenericClientConstructor({ shout: method }, 'Notes');

/** A gRPC server on loopback and a client connected to it. */
export interface Notes {
  shout(text: string): Promise<string>;
  close(): Promise<void>;
}

/** Starts both sides. */
export async function startNotes(): Promise<Notes> {
  const server = new grpc.Server();
  server.addService(
    { shout: method },
    {
      shout: (call: grpc.ServerUnaryCall<Note, Note>, reply: grpc.sendUnaryData<Note>) =>
        reply(null, { text: call.request.text.toUpperCase() }),
    },
  );
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  const client = new NotesClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
  const shout = client.shout?.bind(client) as (
    note: Note,
    reply: (error: grpc.ServiceError | null, note?: Note) => void,
  ) => void;
  return {
    shout: (text) =>
      new Promise((resolve, reject) => {
        shout({ text }, (error, note) => (error === null ? resolve(note?.text ?? '') : reject(error)));
      }),
    close: async () => {
      client.close();
      await new Promise<void>((resolve) => {
        server.tryShutdown(() => resolve());
      });
    },
  };
}

/** An HTTP server on loopback. */
export interface Web {
  /** Sends one request on a connection of its own and reads the answer to its end. */
  get(path: string): Promise<string>;
  close(): Promise<void>;
}

/** Starts the server; it answers each request with its path, in JSON. */
export async function startWeb(): Promise<Web> {
  const server = http.createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ path: request.url }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    get: async (path) => {
      const request = http.get({ host: '127.0.0.1', port, path, agent: false });
      const [response] = (await once(request, 'response')) as [http.IncomingMessage];
      let body = '';
      for await (const chunk of response.setEncoding('utf8')) body += chunk;
      return body;
    },
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
