import type { Finding } from '../../model/finding';
import { fingerprint } from '../../model/fingerprint';
import type { Frame } from '../../model/frame';
import { packageOfFrame } from '../../model/frame';
import type { Thing } from '../../model/resource';
import { sayRetained } from '../../model/retained-sentence';
import type { RetainerPath } from '../../model/retainer-path';
import type { Listing } from '../heap/listing';
import { withPackageNames } from '../package-name';
import type { Ruling } from '../verdicts';
import type { Expected } from './expected';

/** One that is still reachable, and how. */
export interface Held {
  readonly expected: Expected;
  /** `undefined` if the heap was not asked. */
  readonly path: RetainerPath | undefined;
  readonly listing?: Listing | undefined;
}

/** How findings are worded. */
export interface Wording {
  readonly rootDir: string;
  /** Why there are no paths. */
  readonly untraced: string | undefined;
}

const userFrame = (frames: readonly Frame[]): Frame | undefined => frames.find((frame) => frame.origin === 'user');

/** One finding for all of a scope that are held the same way. */
export function retainedRulings(held: readonly Held[], wording: Wording): Ruling[] {
  const groups = new Map<string, [Held, ...Held[]]>();
  for (const each of held) {
    const { scope, kind, noun, trace } = each.expected;
    const place = userFrame(trace);
    const way = each.path?.fingerprint ?? `${place?.file}:${place?.line}:${place?.column}`;
    const key = `${scope.id} ${kind} ${noun} ${way}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [each]);
    else group.push(each);
  }
  return [...groups.values()].map((group) => ({ scope: group[0].expected.scope, finding: findingOf(group, wording) }));
}

/** The path of the first, for as many as the finding is about. */
function pathOf(group: readonly Held[]): RetainerPath | undefined {
  const path = group[0]?.path;
  if (path === undefined || path.alike === group.length) return path;
  const totalBytes = group.reduce((sum, each) => sum + (each.path?.bytes ?? 0), 0);
  return { ...path, alike: group.length, totalBytes };
}

function findingOf(group: readonly [Held, ...Held[]], { rootDir, untraced }: Wording): Finding {
  const [{ expected }] = group;
  const { kind, noun, plural, label, scope, openedIn, ended, endedBy, remedy } = expected;
  const trace = withPackageNames(expected.trace);
  const openedAt = userFrame(trace);
  const closedAt = userFrame(expected.closing?.frames ?? []);
  const path = pathOf(group);
  const library = trace[0]?.origin === 'library' ? packageOfFrame(trace[0]) : undefined;
  const ref = openedIn.answerable === scope ? openedIn.ref() : scope.ref();
  const root: Thing = { kind, noun, label, facts: {}, owns: [], ...(openedAt === undefined ? {} : { openedAt }) };
  return {
    kind: 'retained',
    scope: ref,
    owner: expected.owner,
    root,
    count: group.length,
    ...(openedAt === undefined ? {} : { openedAt }),
    ...(closedAt === undefined ? {} : { closedAt }),
    ...(path === undefined ? {} : { path }),
    trace,
    ...(library === undefined ? {} : { openedBy: library }),
    fingerprint: fingerprint({
      findingKind: 'retained',
      kind: path === undefined ? `${kind} ${noun}` : `${kind} ${noun} ${path.fingerprint}`,
      trace: path === undefined ? trace : [],
      rootDir,
    }),
    message: sayRetained({
      scope: ref,
      root,
      plural,
      count: group.length,
      ended,
      path,
      waits: expected.waits !== undefined,
      ...(endedBy === undefined ? {} : { endedBy }),
      ...(remedy === undefined ? {} : { remedy }),
      ...(untraced === undefined ? {} : { untraced }),
    }),
  };
}
