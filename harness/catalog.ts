import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Where probes are found. */
export const PROBE_FOLDERS = ['probes', 'probes/grpc'] as const;

/**
 * The default export of every module in a folder beside this file, by file name: how probes and reporters are found.
 * Adding one is adding a file.
 * @throws if a module there has no default export
 */
export function catalog<T>(folder: string): readonly T[] {
  const dir = join(__dirname, folder);
  return readdirSync(dir)
    .filter((name) => name.endsWith('.js'))
    .sort()
    .map((name) => {
      const exported = (require(join(dir, name)) as { default?: T }).default;
      if (exported === undefined) throw new Error(`${folder}/${name} has no default export`);
      return exported;
    });
}
