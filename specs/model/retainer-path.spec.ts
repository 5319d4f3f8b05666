import { describe, expect, it } from '@jest/globals';
import { drawPath, type RetainerPath } from '../../harness/model/retainer-path';

const PATH: RetainerPath = {
  root: { kind: 'module', label: 'module src/protocol.ts' },
  hops: [
    { how: 'variable', name: 'dubboProtocol', holds: 'DubboProtocol' },
    { how: 'property', name: 'invokers', holds: 'Map (100 entries)' },
    { how: 'value', name: '"user-service:20880"', holds: 'Invoker', suspect: true },
  ],
  below: [
    { how: 'property', name: 'url', holds: 'URL' },
    { how: 'private', name: '#client', holds: 'Client' },
  ],
  alike: 100,
  bytes: 44_000,
  totalBytes: 4_400_000,
  fingerprint: 'a72156a0dcb2',
};

const lastHop = (hop: Partial<RetainerPath['hops'][number]>): string | undefined =>
  drawPath({
    ...PATH,
    hops: [{ how: 'property', name: 'it', holds: 'Thing', ...hop }],
    below: [],
    alike: 1,
    bytes: 0,
  }).split('\n')[1];

describe('the drawing of a path', () => {
  it('goes from the root down to the object and a little further, with the suspect underlined', () => {
    expect(drawPath(PATH).split('\n')).toEqual([
      'module src/protocol.ts',
      '└─ dubboProtocol : DubboProtocol',
      '   └─ invokers : Map (100 entries)',
      '      └─ [ "user-service:20880" ] → Invoker      ← should be gone; 100 like it, 44 kB each, 4.4 MB in all',
      '         ~~~~~~~~~~~~~~~~~~~~~~~~',
      '         ├─ url : URL',
      '         └─ #client : Client',
    ]);
  });

  it('writes each link as it stands in the source', () => {
    const mark = '      ← should be gone; 0 B';
    expect(lastHop({})).toBe(`└─ it : Thing${mark}`);
    expect(lastHop({ how: 'element', name: '3' })).toBe(`└─ [3] : Thing${mark}`);
    expect(lastHop({ how: 'symbol', name: 'Symbol(it)' })).toBe(`└─ [Symbol(it)] : Thing${mark}`);
    expect(lastHop({ how: 'key', name: '' })).toBe(`└─ [ key ] → Thing${mark}`);
    expect(lastHop({ how: 'member', name: '' })).toBe(`└─ [ member ] → Thing${mark}`);
    expect(lastHop({ how: 'value', name: '20880' })).toBe(`└─ [ 20880 ] → Thing${mark}`);
  });

  it.each([
    [1, '1 B'],
    [999, '999 B'],
    [1000, '1 kB'],
    [9_940, '9.9 kB'],
    [9_960, '10 kB'],
    [999_600, '1 MB'],
    [1_234_567, '1.2 MB'],
    [5_000_000_000, '5 GB'],
  ])('writes %d bytes as %s', (bytes, text) => {
    expect(drawPath({ ...PATH, alike: 1, bytes }).split('\n')[3]).toContain(`← should be gone; ${text}`);
  });
});
