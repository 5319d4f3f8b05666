import { describeProbe } from './probe-fixtures';

const query = {
  kind: 'dns-query',
  says: /^A DNS query for slow\.example was sent in this test, but never answered\.\n.*`resolver\.cancel\(\)`/,
};
const job = (name: string) => ({
  kind: 'crypto-job',
  unstoppable: true,
  says: new RegExp(`^A crypto job \\(${name}\\) was started in this test, but never finished\\.\nAwait it`, 'i'),
});
const zlib = (name: string) => ({
  kind: 'zlib-stream',
  says: new RegExp(
    `^A zlib stream \\(${name}\\) was opened in this test, but never ended\\.\n.*\`stream\\.destroy\\(\\)\``,
  ),
});

describeProbe('pending', {
  'leaks-dns-query': query,
  'leaks-dns-query-promised': query,
  'leaks-dns-query-module': query,
  'leaks-pbkdf2': job('pbkdf2'),
  'leaks-scrypt': job('scrypt'),
  'leaks-webcrypto': job('pbkdf2'),
  'leaks-gzip': zlib('Gzip'),
  'leaks-written-gzip': zlib('Gzip'),
  'leaks-gunzip': zlib('Gunzip'),
  'leaks-brotli': zlib('BrotliCompress'),
  'leaks-inflate-raw': zlib('InflateRaw'),
  'leaks-gzip-job': {
    kind: 'zlib-job',
    says: /^A zlib job \(Gzip\) was started in this test, but never finished\.\nAwait it/,
  },
});
