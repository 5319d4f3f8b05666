import { normalizePath } from './frame';
import type { RunReport } from './report';

/** `path` relative to `folder`, with forward slashes; as it is where the two have nothing in common (`node:net`, another drive). */
export function relativePath(path: string, folder: string): string {
  const target = normalizePath(path).split('/');
  const from = normalizePath(folder).replace(/\/+$/, '').split('/');
  if (target.length < 2 || target[0] !== from[0]) return normalizePath(path);
  let same = 0;
  while (same < from.length && same < target.length - 1 && target[same] === from[same]) same++;
  return [...from.slice(same).map(() => '..'), ...target.slice(same)].join('/');
}

/** Every `file` in `value`, however deep, made relative: frames, scopes, and whatever has one later. */
function relocated<T>(value: T, relative: (path: string) => string): T {
  if (Array.isArray(value)) return value.map((each: unknown) => relocated(each, relative)) as T;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, each]: [string, unknown]) => [
    key,
    key === 'file' && typeof each === 'string' ? relative(each) : relocated(each, relative),
  ]);
  return Object.fromEntries(entries) as T;
}

/** `report` as any machine would have it: its paths relative to `folder`, in its sentences and stacks too. */
export function withRelativePaths<Report extends Omit<RunReport, 'outcome' | 'ratchet'>>(
  report: Report,
  folder: string,
): Report {
  const known = new Map<string, string>();
  const relative = (path: string): string => {
    let short = known.get(path);
    if (short === undefined) {
      short = relativePath(path, folder);
      known.set(path, short);
    }
    return short;
  };
  const top = folder.replace(/[\\/]+$/, '');
  const within = `${top}${folder.includes('\\') ? '\\' : '/'}`;
  const shortened = (text: string): string => (top === '' ? text : text.replaceAll(within, ''));
  const moved = relocated(report, relative);
  return {
    ...moved,
    files: moved.files.map((file) => ({
      ...file,
      cases: file.cases.map((each) =>
        each.failure === undefined ? each : { ...each, failure: shortened(each.failure) },
      ),
    })),
    off: report.off.map(relative),
    probes: {
      ...report.probes,
      failed: report.probes.failed.map((each) => ({ ...each, files: each.files.map(relative) })),
    },
    problems: report.problems.map(shortened),
  };
}
