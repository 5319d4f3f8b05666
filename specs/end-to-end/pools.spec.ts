import { describePool } from './pool-fixtures';

describePool('http.Agent', 'http-agent', {});
describePool('https.Agent', 'https-agent', {});
describePool('a client of the user that connects lazily', 'own-client', {});
describePool('a memoised helper of the user', 'own-memo', {});
describePool("Node's fetch", 'fetch', {});
describePool('@grpc/grpc-js', 'grpc', {});
describePool('pg', 'pg', {});
describePool('ioredis', 'ioredis', {});
describePool('ws', 'ws', {});
describePool('mysql2', 'mysql', {});
describePool('undici 6', 'undici', {}, { moduleNameMapper: { '^undici$': 'undici-6' } });
