import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Finding } from '../model/finding';
import { relativePath } from '../model/report-paths';

/** Sources as every checkout has them, whatever the ends of its lines. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8').replaceAll('\r\n', '\n');
  } catch {
    return '';
  }
}

/**
 * A digest of the places a leak is left in: where they are, and the sources on the way there. It is taken once, when some of them are
 * mended, and need not outlive a line that moves: it tells what one branch has left from what another has. The same for both, it is the
 * same places of the same sources.
 * @param cwd what the findings' paths are relative to
 * @param home the folder of the baseline
 */
export function whatIsLeft(findings: readonly Finding[], cwd: string, home: string): string {
  const nameOf = (file: string): string => relativePath(resolve(cwd, file), home);
  const files = new Set<string>();
  const places = findings.map(({ scope, trace, ways = 1, waysAt = '' }) => {
    const own = trace.filter(({ origin }) => origin === 'user');
    for (const { file } of [scope, ...own]) files.add(file);
    return JSON.stringify([
      scope.path,
      ways,
      waysAt,
      own.map(({ file, line, column }) => [nameOf(file), line, column]),
    ]);
  });
  const hash = createHash('sha256').update(JSON.stringify([...new Set(places)].sort()));
  for (const [name, file] of [...files].map((each) => [nameOf(each), each] as const).sort()) {
    hash.update(JSON.stringify([name, textOf(resolve(cwd, file))]));
  }
  return hash.digest('hex').slice(0, 8);
}
