import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OptionSource } from '../config';

/** Options from the `leakgate` key of the project's package.json, if it has one. */
export function projectSource(rootDir: string): OptionSource[] {
  let text: string;
  try {
    text = readFileSync(join(rootDir, 'package.json'), 'utf8');
  } catch {
    return [];
  }
  let manifest: unknown;
  try {
    manifest = JSON.parse(text);
  } catch {
    // Jest and npm say it better, and both will.
    return [];
  }
  const value = (manifest as { leakgate?: unknown } | null)?.leakgate;
  return value === undefined ? [] : [{ place: `The "leakgate" key of ${join(rootDir, 'package.json')}`, value }];
}
