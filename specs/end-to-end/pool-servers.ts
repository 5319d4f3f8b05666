import { startEcho } from '../../fixtures/pools/servers/echo';
import { startGrpc } from '../../fixtures/pools/servers/grpc';
import { startHttp, startHttps } from '../../fixtures/pools/servers/http';
import { startMysql } from '../../fixtures/pools/servers/mysql';
import { startPostgres } from '../../fixtures/pools/servers/postgres';
import { startRedis } from '../../fixtures/pools/servers/redis';
import type { Running } from '../../fixtures/pools/servers/running';
import { startWebSocket } from '../../fixtures/pools/servers/web-socket';

const STARTS = {
  POOLS_ECHO: startEcho,
  POOLS_GRPC: startGrpc,
  POOLS_HTTP: startHttp,
  POOLS_HTTPS: startHttps,
  POOLS_MYSQL: startMysql,
  POOLS_POSTGRES: startPostgres,
  POOLS_REDIS: startRedis,
  POOLS_WS: startWebSocket,
} satisfies Readonly<Record<string, () => Promise<Running>>>;

const PREFIXES: Readonly<Record<string, string>> = {
  POOLS_HTTP: 'http://127.0.0.1:',
  POOLS_HTTPS: 'https://127.0.0.1:',
};

/** Servers that outlive every test file, as databases do, and the variables that tell where they are. */
export interface PoolServers {
  readonly env: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** Starts every server the fixtures talk to. */
export async function startPoolServers(): Promise<PoolServers> {
  const servers: Running[] = [];
  const env: Record<string, string> = {};
  for (const [name, start] of Object.entries(STARTS)) {
    const server = await start();
    servers.push(server);
    env[name] = `${PREFIXES[name] ?? ''}${server.port}`;
  }
  return {
    env,
    async stop() {
      for (const server of servers) await server.stop();
    },
  };
}
