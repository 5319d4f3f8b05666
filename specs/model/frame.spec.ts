import { describe, expect, it } from '@jest/globals';
import { normalizePath, packageOf } from '../../harness/model/frame';

describe("a frame's file", () => {
  it.each([
    ['/repo/src/a.ts', '/repo/src/a.ts'],
    ['file:///repo/my%20src/a.mjs', '/repo/my src/a.mjs'],
    ['C:\\repo\\src\\a.ts', 'C:/repo/src/a.ts'],
    ['file:///C:/repo/src/a.mjs', 'C:/repo/src/a.mjs'],
    // A `sourceURL` is whatever its code says.
    ['file:///50%/a.js', '/50%/a.js'],
  ])('%s is %s', (file, path) => {
    expect(normalizePath(file)).toBe(path);
  });

  it.each([
    ['/repo/node_modules/a/node_modules/@scope/b/lib/c.js', '@scope/b'],
    ['C:\\repo\\node_modules\\sdk\\index.js', 'sdk'],
    ['/repo/src/a.ts', undefined],
  ])('%s is of the package %s', (file, name) => {
    expect(packageOf(file)).toBe(name);
  });
});
