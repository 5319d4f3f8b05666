import { Client, credentials } from '@grpc/grpc-js';
import { register } from '@grpc/grpc-js-xds';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type Backend, greetThrough, startBackend } from '../../fixtures/scenarios/xds-watch/backend';
import { ControlPlane } from '../../fixtures/scenarios/xds-watch/control-plane';
import { eventually } from '../../fixtures/scenarios/xds-watch/eventually';
import { subscribedAt, toldByCsds, watchedByClient, watchersByName } from '../../fixtures/scenarios/xds-watch/views';
import { type Names, namesOf, serveWayTo } from '../../fixtures/scenarios/xds-watch/way';

jest.setTimeout(60_000);

describe('the client, the control plane and CSDS', () => {
  let plane: ControlPlane;
  let backend: Backend;
  let names: Names;
  let client: Client;
  let play = 0;

  beforeAll(async () => {
    plane = await ControlPlane.start();
    process.env.GRPC_XDS_BOOTSTRAP_CONFIG = plane.bootstrap;
    register();
  });
  afterAll(() => {
    plane.stop();
  });

  beforeEach(async () => {
    backend = await startBackend();
    names = namesOf(++play);
    serveWayTo(plane, backend, names);
    client = new Client(`xds:///${names.service}`, credentials.createInsecure());
    expect(await greetThrough(client, 'spec')).toBe('hello, spec');
  });
  afterEach(async () => {
    client.close();
    await allSee([]);
    expect(plane.streams.flatMap(({ rejections }) => rejections)).toEqual([]);
    expect(plane.connections.size).toBe(1);
    await backend.stop();
  });

  /** The control plane hears of it a little later than the client knows it. */
  async function allSee(expected: readonly string[]): Promise<void> {
    await eventually('the client has it', () => watchedByClient().join() === expected.join());
    await eventually('the control plane has heard of it', () => subscribedAt(plane).join() === expected.join());
    expect(await toldByCsds(backend.address)).toEqual(expected);
    expect([...new Set(watchersByName().values())]).toEqual(expected.length === 0 ? [] : [1]);
  }

  const all = (): string[] => [
    `LDS ${names.service}`,
    `RDS ${names.routes}`,
    `CDS ${names.cluster}`,
    `EDS ${names.endpoints}`,
  ];

  it('agree on every watch of an open channel, and on none of a closed one', async () => {
    await allSee(all());
    expect(plane.openStreams).toHaveLength(1);
    client.close();
    await allSee([]);
    expect(plane.openStreams).toEqual([]);
  });

  it('keep the one connection of the process when its last channel is closed', async () => {
    const [connection] = plane.connections;
    client.close();
    await allSee([]);
    client = new Client(`xds:///${names.service}`, credentials.createInsecure());
    await greetThrough(client, 'once more');
    expect([...plane.connections]).toEqual([connection]);
  });

  it('keep the watch of endpoints that the control plane has no more, for a cluster still names them', async () => {
    const version = plane.drop('EDS', names.endpoints);
    await eventually('the client has heard', () => plane.openStreams[0]?.acknowledged('EDS') === version);
    await allSee(all());
    expect(await greetThrough(client, 'again')).toBe('hello, again');
  });

  it('keep cluster and endpoints after the listener is gone, for calls on their way, until the channel is closed', async () => {
    plane.drop('LDS', names.service);
    await allSee(all().filter((name) => !name.startsWith('RDS')));
  });
});
