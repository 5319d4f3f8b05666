import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { openingLine, PLAYS, type Verdict, verdict, withoutPorts } from './gated-story';

jest.setTimeout(240_000);

const LINE = 'const client = new Client(`xds:///${service}`, credentials.createInsecure());';

describe(`xds-watch under the gate, ${PLAYS} times in a row`, () => {
  const all = new Map<string, Verdict>();

  beforeAll(async () => {
    const variants = ['leaky', 'fixed', 'injected-leaky', 'injected-fixed'];
    const judged = variants.map((variant) => verdict('xds-watch', variant, PLAYS));
    for (const [index, each] of (await Promise.all(judged)).entries()) all.set(variants[index] ?? '', each);
  });

  it.each<[string, RegExp]>([
    [
      'leaky',
      /^A gRPC client channel to xds:\/\/\/shop[-\d]* was closed in .+, yet .+ left an ADS stream to 127\.0\.0\.1:<port> \(xds-client\.ts:\d+\)\.$/m,
    ],
    [
      'injected-leaky',
      /^A gRPC client channel to xds:\/\/\/shop[-\d]* was closed in .+, yet its xDS watch of LDS "shop[-\d]*" left an xDS watch of RDS "shop[-\d]*-routes" \(route-config-resource-type\.ts:\d+\)\.$/m,
    ],
  ])('fails %s with exactly one finding a test, always the same', (variant, says) => {
    const { tests, failed, findings } = all.get(variant) as Verdict;
    expect(tests).toBe(PLAYS);
    expect(failed).toHaveLength(PLAYS);
    expect(findings).toHaveLength(PLAYS);
    expect(new Set(findings.map(({ scope }) => scope.path.join(' '))).size).toBe(PLAYS);
    expect(new Set(findings.map(({ fingerprint }) => fingerprint)).size).toBe(1);
    for (const finding of findings) {
      expect(finding).toMatchObject({ kind: 'leak', class: 'library', root: { kind: 'grpc-channel' }, count: 1 });
      expect(openingLine(finding)).toBe(LINE);
      expect(withoutPorts(finding.message)).toMatch(says);
      expect(finding.message).toContain('No call of yours ends it: the defect is in @grpc/grpc-js-xds.');
    }
  });

  it('says of each watch that is left which name no longer leads to it', () => {
    const [first] = all.get('injected-leaky')?.findings ?? [];
    const tree: string[] = [];
    const walk = ({ detail, label, owns }: NonNullable<typeof first>['root']): void => {
      tree.push(detail ?? label);
      for (const owned of owns) walk(owned);
    };
    if (first !== undefined) walk(first.root);
    expect(tree.slice(-4)).toEqual([
      expect.stringContaining('xds:shop'),
      'xDS watch  LDS shop  cancelled',
      'xDS watch  RDS shop-routes  its channel is gone: nothing names it any more',
      'xDS watch  EDS shop-endpoints  its channel is gone: nothing names it any more',
    ]);
  });

  it.each(['fixed', 'injected-fixed'])('passes %s', (variant) => {
    expect(all.get(variant)).toEqual({ tests: PLAYS, failed: [], findings: [] });
  });
});
