import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type PackedProject, packedProject } from './package/packed-project';

const ROOT = resolve(__dirname, '..');
const readme = readFileSync(resolve(ROOT, 'README.md'), 'utf8');
const { devDependencies } = JSON.parse(readFileSync(resolve(ROOT, 'package.json'), 'utf8')) as {
  devDependencies: Record<string, string>;
};

/** A fenced block of the README: its language, what the words after it say, and its text. */
interface Block {
  readonly language: string;
  readonly words: string;
  readonly text: string;
}

const blocks: readonly Block[] = [...readme.matchAll(/^```(\S+)([^\n]*)\n([\s\S]*?)^```$/gm)].map(
  ([, language = '', words = '', text = '']) => ({ language, words: words.trim(), text }),
);

/** Without what differs from run to run: ports, and how wide Jest indents. */
const lasting = (text: string): string[] =>
  text
    .split('\n')
    .map((line) =>
      line
        .trim()
        .replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:<port>')
        .replace(/ {2,}/g, ' '),
    )
    .filter(Boolean);

describe('the README', () => {
  let project: PackedProject;
  let said = '';

  beforeAll(async () => {
    project = await packedProject([`jest@${devDependencies.jest}`]);
  }, 240_000);

  afterAll(() => {
    project.remove();
  });

  it('shows files, commands and what they print', () => {
    expect(blocks.filter(({ words }) => words.startsWith('file=')).length).toBeGreaterThan(5);
    expect(blocks.filter(({ words }) => words.startsWith('run')).length).toBeGreaterThan(4);
    expect(blocks.filter(({ words }) => words === 'output').length).toBeGreaterThan(1);
    // Only the installation is not run as it stands: the spec installs the packed tarball instead.
    expect(blocks.filter(({ words }) => words === '').map(({ text }) => text)).toEqual([
      'npm install --save-dev leakgate\n',
    ]);
  });

  /** Files shown since the last command: the reader has written them when typing the next. */
  let unwritten: Record<string, string> = {};

  for (const [index, { words, text }] of blocks.entries()) {
    const [, file] = /^file=(\S+)$/.exec(words) ?? [];
    const [, exitCode] = /^run exit=(\d)$/.exec(words) ?? [];
    if (file !== undefined) {
      unwritten[file] = text;
    } else if (exitCode !== undefined) {
      const files = unwritten;
      unwritten = {};
      const command = text.trim();
      it(`ends \`${command}\` with ${exitCode} (block ${index + 1}, after ${Object.keys(files).join(', ') || 'nothing new'})`, async () => {
        project.write(files);
        const { code, output } = await project.shell(command);
        said = output;
        expect({ code, output }).toEqual({ code: Number(exitCode), output });
      }, 60_000);
    } else if (words === 'output') {
      it(`prints what it shows (block ${index + 1})`, () => {
        const printed = lasting(said);
        const shown = lasting(text);
        const from = printed.findIndex((line) => line.startsWith(shown[0] ?? ''));
        expect(printed.slice(from, from + shown.length).map((line, at) => line.slice(0, shown[at]?.length))).toEqual(
          shown,
        );
      });
    }
  }

  it('shows no file that no command uses', () => {
    expect(unwritten).toEqual({});
  });
});
