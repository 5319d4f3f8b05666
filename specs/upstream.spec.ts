import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { type Expected, PAIRS, type Pair, twinOf } from '../fixtures/upstream/pairs';
import { markOf, type PairsRun, runPairs, sentenceOf, treeOf, UPSTREAM } from './upstream/run-pairs';
import { blockIn, tableOf } from './upstream/table';

const ROOT = resolve(__dirname, '..');
const { devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  devDependencies: Readonly<Record<string, string>>;
};

/** The exact version a variant imports, as package.json pins it: `name@version`. */
function importedBy(pair: Pair, variant: string): string | undefined {
  const text = readFileSync(join(UPSTREAM, pair.name, `${variant}.ts`), 'utf8');
  // What imports none itself has its scenario import the package under its own name.
  const [, name = pair.package] = /require\('([^']+)'\)/.exec(text) ?? [];
  const pin = devDependencies[name];
  return pin?.startsWith('npm:') ? pin.slice('npm:'.length) : `${name}@${pin}`;
}

describe('published versions that leaked', () => {
  let pairs: PairsRun;

  beforeAll(async () => {
    pairs = await runPairs();
  }, 300_000);

  const findings = (pair: Pair, variant: string) => pairs.report(pair.name, variant)?.findings;

  const told = (pair: Pair, variant: string): readonly Expected[] | undefined =>
    findings(pair, variant)?.map((finding) => ({
      kind: finding.kind,
      class: finding.class ?? 'test',
      tree: treeOf(finding.root),
      mark: markOf(finding) ?? 'none',
      ...(finding.openedBy === undefined ? {} : { by: finding.openedBy }),
      says: sentenceOf(finding),
      ...(pair.expected.advises === undefined ? {} : { advises: finding.message.split('\n')[1] ?? '' }),
    }));

  it('are all listed', () => {
    const folders = readdirSync(UPSTREAM).filter((name) => existsSync(join(UPSTREAM, name, 'leaky.ts')));
    expect(PAIRS.map(({ name }) => name).sort()).toEqual(folders.sort());
    expect(pairs.run.unfinished).toEqual([]);
  });

  for (const pair of PAIRS) {
    const twin = twinOf(pair);
    describe(pair.name, () => {
      it('compares the versions it says', () => {
        expect(importedBy(pair, 'leaky')).toBe(`${pair.package}@${pair.leaky}`);
        expect(importedBy(pair, twin)).toBe(`${pair.package}@${pair.fixed ?? pair.leaky}`);
      });

      it('runs its tests in both variants, and none fails but by a leak', () => {
        for (const variant of ['leaky', twin]) {
          expect(pairs.report(pair.name, variant)?.tests).toBeGreaterThan(0);
        }
        const sentences = pairs.run.reports.flatMap((report) => report.findings.map(({ message }) => message));
        for (const { messages } of pairs.run.tests.values()) {
          if (messages !== '') expect(sentences.some((sentence) => messages.startsWith(sentence))).toBe(true);
        }
      });

      const { expected } = pair;
      it('fails the leaky variant with the one finding', () => {
        expect(told(pair, 'leaky')).toEqual([expected]);
      });

      it(`passes ${twin === 'fixed' ? `version ${pair.fixed}` : 'the same version without the trigger'}`, () => {
        expect(findings(pair, twin)?.map(({ message }) => message)).toEqual([]);
      });
    });
  }

  it('are told in the README as they were found (`npm run upstream` writes it)', () => {
    expect(blockIn(readFileSync(join(ROOT, 'README.md'), 'utf8'))).toBe(
      tableOf(PAIRS, (pair, variant) => findings(pair, variant) ?? []),
    );
  });
});
