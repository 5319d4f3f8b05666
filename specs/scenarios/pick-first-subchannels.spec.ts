import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { openingLine, PLAYS, type Verdict, verdict, withoutPorts } from './gated-story';
import { survivors } from './survivors';

jest.setTimeout(180_000);

const NOTHING = { connectionEnds: 0, listeningServers: 0, references: [], reachable: {} };
const play = (variant: string, times?: number) => survivors('pick-first-subchannels', variant, times);

describe('pick-first-subchannels', () => {
  it('leaves a connection for each client of stock grpc-js that is closed before the peer has answered', async () => {
    expect(await play('leaky', 10)).toEqual({ ...NOTHING, connectionEnds: 2 * 10 });
  });

  it('leaves none if a subchannel without references shuts its connector down', async () => {
    expect(await play('fixed', 10)).toEqual(NOTHING);
  });

  it("leaves a subchannel without a connection for a reference lost at a cut: the lost one is left, and the pool's", async () => {
    expect(await play('injected-leaky', 3)).toEqual({ ...NOTHING, references: [2, 2, 2] });
  });

  it('leaves none if every reference is given back', async () => {
    expect(await play('injected-fixed', 3)).toEqual(NOTHING);
  });
});

describe(`pick-first-subchannels under the gate, ${PLAYS} times in a row`, () => {
  const all = new Map<string, Verdict>();

  beforeAll(async () => {
    const variants = ['leaky', 'fixed', 'injected-leaky', 'injected-fixed'];
    const judged = variants.map((variant) => verdict('pick-first-subchannels', variant, PLAYS));
    for (const [index, each] of (await Promise.all(judged)).entries()) all.set(variants[index] ?? '', each);
  });

  it.each<[string, string, string | undefined, RegExp, string]>([
    [
      'leaky',
      'const client = new EchoClient(target, credentials.createInsecure()); // opens',
      'library',
      /^A gRPC client channel to 127.0.0.1:<port> was closed in .+, yet .+ left an HTTP\/2 session to http:\/\/127.0.0.1:<port> \(transport\.ts:\d+\)\.$/m,
      'No call of yours ends it: the defect is in @grpc/grpc-js.',
    ],
    [
      'injected-leaky',
      "new EchoClient(target, credentials.createInsecure(), { 'grpc.primary_user_agent': 'another' }), // opens",
      undefined,
      /^A gRPC client channel to 127.0.0.1:<port> was closed in .+, yet .+ left a gRPC subchannel to 127.0.0.1:<port> \(.*lost-reference\.ts:\d+\)\.$/m,
      'Release every reference to it with `unref()`',
    ],
  ])('fails %s with exactly one finding a test, always the same', (variant, opens, by, says, remedy) => {
    const { tests, failed, findings } = all.get(variant) as Verdict;
    expect(tests).toBe(PLAYS);
    expect(failed).toHaveLength(PLAYS);
    expect(findings).toHaveLength(PLAYS);
    expect(new Set(findings.map(({ scope }) => scope.path.join(' '))).size).toBe(PLAYS);
    expect(new Set(findings.map(({ fingerprint }) => fingerprint)).size).toBe(1);
    for (const finding of findings) {
      expect([finding.kind, finding.class, finding.root.kind, finding.count]).toEqual(['leak', by, 'grpc-channel', 1]);
      expect(openingLine(finding)).toBe(opens);
      const message = withoutPorts(finding.message);
      expect(message).toMatch(says);
      expect(message).toContain(remedy);
    }
  });

  it.each(['fixed', 'injected-fixed'])('passes %s', (variant) => {
    expect(all.get(variant)).toEqual({ tests: PLAYS, failed: [], findings: [] });
  });
});
