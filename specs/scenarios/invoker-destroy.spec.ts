import { describe, expect, it, jest } from '@jest/globals';
import { drawPath } from '../../harness/model/retainer-path';
import { openingLine, verdict } from './gated-story';
import { survivors } from './survivors';

jest.setTimeout(180_000);

const NO_HANDLES = { connectionEnds: 0, listeningServers: 0, references: [] };
const play = (variant: string) => survivors('invoker-destroy', variant);

describe('invoker-destroy', () => {
  it('keeps every URL and every invoker reachable, though no socket and no subchannel is left', async () => {
    expect(await play('leaky')).toEqual({ ...NO_HANDLES, reachable: { ProviderUrl: 100, Invoker: 100 } });
  });

  it('keeps the shells of all invokers if only the URLs are let go', async () => {
    expect(await play('url-fixed')).toEqual({ ...NO_HANDLES, reachable: { ProviderUrl: 0, Invoker: 100 } });
  });

  it('keeps neither if the protocol forgets what is destroyed', async () => {
    expect(await play('fixed')).toEqual({ ...NO_HANDLES, reachable: { ProviderUrl: 0, Invoker: 0 } });
  });
});

/** How often it is played in one file. */
const TIMES = 3;

/** Each finding of a variant: what, how many, whose, where it was expected to go, and how it is held. */
async function retained(variant: string): Promise<readonly unknown[]> {
  const { tests, findings } = await verdict('invoker-destroy', variant, TIMES);
  expect(tests).toBe(TIMES);
  expect(new Set(findings.map(({ fingerprint, root }) => `${root.noun} ${fingerprint}`)).size).toBe(
    findings.length / TIMES,
  );
  return findings
    .filter(({ scope }) => scope.path.join(' ').endsWith(`(1 of ${TIMES})`))
    .map((finding) => [
      finding.kind,
      finding.message.split('\n'),
      openingLine(finding),
      finding.path === undefined ? [] : heldBy(drawPath(finding.path)),
    ]);
}

/** A path without what differs from run to run and from Node to Node: the marks beneath its links, and sizes. */
const heldBy = (drawn: string): readonly string[] =>
  drawn
    .split('\n')
    .filter((line) => !/^ *~+$/.test(line))
    .map((line) => line.replace(/, [\d.]+ k?B each, [\d.]+ k?B in all$/, '').replace(/ {6}← /, ' ← '));

const sentence = (what: string): string => `100 \`${what}\` objects should be gone by now, yet are still reachable.`;
const REMEDY = 'Remove them from `Protocol.#invokers` when they are done with.';
const LIST = [
  'module invoker-destroy/protocol.ts',
  '└─ protocols : Map (1 entry)',
  '   └─ [ "dubbo" ] → Protocol',
  `      └─ #invokers : Array (${100 * TIMES} elements)`,
];
const GONE = '← should be gone; 100 like it';

describe('invoker-destroy under the gate', () => {
  it('has a hundred URLs and a hundred shells, with the list that holds them', async () => {
    expect(await retained('leaky')).toEqual([
      [
        'retained',
        [sentence('ProviderUrl'), REMEDY],
        'born(url);',
        [
          ...LIST,
          '         └─ [0] : Invoker',
          `            └─ #url : ProviderUrl ${GONE}`,
          '               └─ parameters : Map (5 entries)',
        ],
      ],
      [
        'retained',
        [sentence('Invoker'), REMEDY],
        'born(invoker);',
        [
          ...LIST,
          `         └─ [0] : Invoker ${GONE}`,
          '            ├─ #protocol : Protocol',
          '            └─ #url : ProviderUrl',
        ],
      ],
    ]);
  });

  it('has a hundred shells if only the URLs are let go', async () => {
    expect(await retained('url-fixed')).toEqual([
      [
        'retained',
        [sentence('Invoker'), REMEDY],
        'born(invoker);',
        [...LIST, `         └─ [0] : Invoker ${GONE}`, '            └─ #protocol : Protocol'],
      ],
    ]);
  });

  it('has nothing if the protocol forgets what is destroyed', async () => {
    expect(await retained('fixed')).toEqual([]);
  });
});
