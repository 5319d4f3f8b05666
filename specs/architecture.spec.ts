import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { transformSync } from '@swc/core';

const ROOT = resolve(__dirname, '..');
const HARNESS = join(ROOT, 'harness');

/** What each layer may import besides itself. Arrows point down. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  model: [],
  engine: ['model'],
  probes: ['engine', 'model'],
  rules: ['engine', 'model'],
  reporters: ['model'],
  // A runner that ends a run itself prints its summary: Jest's reporter does.
  runners: ['engine', 'reporters', 'model', 'catalog', 'config'],
  cli: ['runners', 'probes', 'reporters', 'engine', 'model', 'catalog', 'config', 'report-schema'],
  catalog: ['engine'],
  config: ['model', 'config-schema'],
  'config-schema': ['config', 'model'],
  'report-schema': ['model'],
  index: ['runners', 'reporters', 'engine', 'model', 'catalog', 'config'],
};

/** Kinds whose name is a word of Node's own, too: `stdio: 'pipe'`. */
const NODE_WORDS = new Set(['pipe']);

const DRAWERS = new Set(['utils', 'helpers', 'common', 'types', 'constants', 'manager']);
const LONGEST = 300;

const portable = (path: string): string => path.split(sep).join('/');

const filesOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map(portable)
    .sort();

const modules = filesOf(HARNESS).map((path) => ({ path, text: readFileSync(join(HARNESS, path), 'utf8') }));

/** The folder at the top of the harness, or the name of a module that stands there by itself. */
const layerOf = (path: string): string => (path.split('/')[0] ?? '').replace(/\.tsx?$/, '');

/** Specifiers of every import, types too, and of every `require`. */
const specifiersOf = (text: string): string[] =>
  [...text.matchAll(/(?:\bfrom|\bimport|\brequire(?:\.resolve)?\(|\bimport\()\s*'([^']+)'/g)].map(
    (match) => match[1] ?? '',
  );

/** Every file git knows or would add, and that is there. */
const tree = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
  cwd: ROOT,
  encoding: 'utf8',
})
  .split('\0')
  .filter((path) => path !== '' && existsSync(join(ROOT, path)));

describe('architecture', () => {
  it('knows every layer', () => {
    expect(modules.length).toBeGreaterThan(30);
    expect([...new Set(modules.map(({ path }) => layerOf(path)))].filter((layer) => !(layer in MAY_IMPORT))).toEqual(
      [],
    );
  });

  it('points its arrows down', () => {
    const upward = modules.flatMap(({ path, text }) =>
      specifiersOf(text)
        .filter((specifier) => specifier.startsWith('.'))
        .map((specifier) => portable(relative(HARNESS, resolve(HARNESS, dirname(path), specifier))))
        .filter((target) => {
          const from = layerOf(path);
          const to = layerOf(target);
          return from !== to && target !== '../package.json' && !MAY_IMPORT[from]?.includes(to);
        })
        .map((target) => `${path} imports ${target}`),
    );
    expect(upward).toEqual([]);
  });

  it('keeps the model to plain data and pure functions', () => {
    const impure = modules
      .filter(({ path }) => layerOf(path) === 'model')
      .flatMap(({ path, text }) =>
        specifiersOf(text)
          .filter((specifier) => !specifier.startsWith('./') && specifier !== 'node:crypto')
          .map((specifier) => `${path} imports ${specifier}`),
      );
    expect(impure).toEqual([]);
  });

  it('leaves every probe to itself', () => {
    const entangled = modules
      .filter(({ path }) => /^probes\/[^/]+$/.test(path))
      .flatMap(({ path, text }) =>
        specifiersOf(text)
          .filter((specifier) => /^\.\/[^/]+$/.test(specifier))
          .map((specifier) => `${path} imports ${specifier}`),
      );
    expect(entangled).toEqual([]);
  });

  it('lets nobody but its probe, and rules about it, know a kind', () => {
    // Compiled, so that comments are gone: they may give a kind as an example.
    const { plugIns } = require('../dist/runners/plug-ins') as typeof import('../harness/runners/plug-ins');
    const { probes } = plugIns();
    const kinds = new Set(probes.flatMap((probe) => Object.keys(probe.kinds)));
    expect(kinds.size).toBeGreaterThan(10);
    const knowing = modules
      .filter(({ path }) => !['probes', 'rules'].includes(layerOf(path) ?? ''))
      .flatMap(({ path, text }) => {
        const { code } = transformSync(text, {
          jsc: { parser: { syntax: 'typescript', tsx: path.endsWith('x') }, target: 'es2022' },
          minify: true,
        });
        return [...code.matchAll(/(["'`])([a-z0-9-]+)\1/g)]
          .filter(([, , literal]) => kinds.has(literal ?? '') && !NODE_WORDS.has(literal ?? ''))
          .map(([literal]) => `${path} knows ${literal}`);
      });
    expect(knowing).toEqual([]);
  });

  it('names files in kebab-case, after one idea', () => {
    const named = [
      ...modules.map(({ path }) => `harness/${path}`),
      ...filesOf(join(ROOT, 'specs')).map((path) => `specs/${path}`),
    ];
    const wrong = named.filter((path) => {
      const name = basename(path).replace(/(\.spec|\.suite|\.d)?\.tsx?$/, '');
      return (
        DRAWERS.has(name) ||
        !path.split('/').every((part) => /^[a-z0-9]+(-[a-z0-9]+)*(\.spec|\.suite|\.d)?(\.tsx?)?$/.test(part))
      );
    });
    expect(wrong).toEqual([]);
  });

  it(`splits what grows past ${LONGEST} lines`, () => {
    const long = modules
      .map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }))
      .filter(({ lines }) => lines > LONGEST);
    expect(long).toEqual([]);
  });

  it('names no place that only one machine has', () => {
    // Written in two halves, or this file would name them itself.
    const places = ['/wo' + 'rk/', '/ho' + 'me/', '/Us' + 'ers/', '/ro' + 'ot/', '..' + '/shared'];
    const naming = tree
      .filter((path) => !path.endsWith('.snap'))
      .flatMap((path) => {
        const text = readFileSync(join(ROOT, path), 'utf8');
        return places.filter((place) => text.includes(place)).map((place) => `${path} names ${place}`);
      });
    expect(tree.length).toBeGreaterThan(50);
    expect(naming).toEqual([]);
  });
});
