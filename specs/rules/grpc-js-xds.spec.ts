import { Client, connectivityState, credentials } from '@grpc/grpc-js';
import { register } from '@grpc/grpc-js-xds';
import { getSingletonXdsClient, XdsClient } from '@grpc/grpc-js-xds/build/src/xds-client';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type Backend, greetThrough, startBackend } from '../../fixtures/scenarios/xds-watch/backend';
import { ControlPlane } from '../../fixtures/scenarios/xds-watch/control-plane';
import { eventually } from '../../fixtures/scenarios/xds-watch/eventually';
import { namesOf, serveWayTo } from '../../fixtures/scenarios/xds-watch/way';
import grpcJsXds from '../../harness/rules/grpc-js-xds';

jest.setTimeout(60_000);

/** What is read of an xDS client's connection. */
interface Connected {
  readonly clients: readonly {
    readonly client: { readonly adsClient: { getChannel(): { getConnectivityState(connect: boolean): number } } };
  }[];
}

const statesOf = (client: unknown): number[] =>
  (client as Connected).clients.map(({ client: { adsClient } }) => adsClient.getChannel().getConnectivityState(false));

/** Methods that would close a client, by any name libraries give it. */
const CLOSING = /close|destroy|disconnect|shutdown|stop|dispose|release/i;

describe('what grpc-js-xds keeps by design', () => {
  let plane: ControlPlane;
  let backend: Backend;

  beforeAll(async () => {
    plane = await ControlPlane.start();
    backend = await startBackend();
    serveWayTo(plane, backend, namesOf(1));
    process.env.GRPC_XDS_BOOTSTRAP_CONFIG = plane.bootstrap;
    register();
  });
  afterAll(async () => {
    plane.stop();
    await backend.stop();
  });

  async function greeted(options: Record<string, string> = {}): Promise<Client> {
    const client = new Client('xds:///shop', credentials.createInsecure(), options);
    expect(await greetThrough(client, 'you')).toBe('hello, you');
    return client;
  }

  it('is its clients alone', () => {
    expect(grpcJsXds.map(({ kind, file }) => [kind, file])).toEqual([
      ['xds-process-client', 'build/src/xds-client.js'],
      ['xds-idle-client', 'build/src/xds-client.js'],
    ]);
  });

  it('is one client for all channels, and one connection, which is there when the last of them is closed', async () => {
    const channels = [await greeted(), await greeted()];
    for (const channel of channels) channel.close();
    await eventually('its stream has ended', () => plane.openStreams.length === 0);
    expect(statesOf(getSingletonXdsClient())).toEqual([connectivityState.READY]);
    expect(plane.connections.size).toBe(1);
  });

  it('is never closed, for a client has no method that would do it', () => {
    expect(Object.getOwnPropertyNames(XdsClient.prototype).filter((name) => CLOSING.test(name))).toEqual([]);
  });

  it("is idle once its control plane is gone, which nothing but the control plane's end brings about", async () => {
    const other = await ControlPlane.start();
    serveWayTo(other, backend, namesOf(1));
    const made = jest.spyOn(XdsClient.prototype, 'watchResource');
    const channel = await greeted({ 'grpc.TEST_ONLY_DO_NOT_USE_IN_PROD.xds_bootstrap_config': other.bootstrap });
    channel.close();
    const [own] = made.mock.contexts;
    made.mockRestore();
    expect(own).not.toBe(getSingletonXdsClient());
    expect(statesOf(own)).toEqual([connectivityState.READY]);
    other.stop();
    await eventually('the connection is gone', () => statesOf(own).join() === String(connectivityState.IDLE));
  });
});
