import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');

/**
 * What an ESM-only library makes of a text, in a process of its own: Jest's sandbox loads none without a flag.
 * @param script a module that has `input` and ends with `say(something)`
 */
export function readAs<T>(script: string, input: unknown): T {
  const program = `
    const chunks = [];
    for await (const chunk of process.stdin) chunks.push(chunk);
    const input = JSON.parse(Buffer.concat(chunks).toString());
    const said = [];
    const say = (value) => said.push(value);
    const write = process.stdout.write.bind(process.stdout);
    ${script}
    write('\\n' + JSON.stringify(said[0]));`;
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: ROOT,
    input: JSON.stringify(input),
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout.slice(stdout.lastIndexOf('\n') + 1)) as T;
}
