import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { OWN_FOLDER } from './engine/own-folder';

/**
 * The default export of every module in a folder of the harness, by file name: how probes and reporters are found.
 * Adding one is adding a file.
 * @param load requires the module of that name, its folder written out: that is what a bundler goes by
 * @throws if a module there has no default export
 */
export function catalog<T>(folder: string, load: (name: string) => unknown): readonly T[] {
  return readdirSync(join(OWN_FOLDER, folder))
    .filter((name) => name.endsWith('.js'))
    .sort()
    .map((name) => {
      const { default: exported } = load(name.slice(0, -'.js'.length)) as { default?: T };
      if (exported === undefined) throw new Error(`${folder}/${name} has no default export`);
      return exported;
    });
}
