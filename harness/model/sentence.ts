import type { FindingKind } from './finding';
import { type Frame, normalizePath } from './frame';
import type { Lexicon, Thing } from './resource';
import type { PathHop } from './retainer-path';
import type { ScopeRef } from './scope';

/** Kinds of finding that are about what was opened and not closed; what is `retained` has a sentence of its own. */
export type OpenKind = Exclude<FindingKind, 'retained'>;

/** What the sentence of a finding is composed from. */
export interface Saying {
  readonly kind: OpenKind;
  readonly scope: ScopeRef;
  readonly root: Thing;
  readonly words: Lexicon;
  /** Overrides the lexicon's remedy where the probe knows better. */
  readonly remedy?: string;
  /** How many alike, this one included. */
  readonly count: number;
  /** A library or a function that the test called opened it, and what holds it could not be found. */
  readonly holderUnknown?: boolean;
  /** What it was opened for, where the heap has told. */
  readonly keeper?: KeptFor;
  /** The test that closed it, for `foreign-close`. */
  readonly closedBy?: string;
}

/** What outlives a test and has opened something for itself in that test's time. */
export interface KeptFor {
  /** From a variable or a global to it. */
  readonly slots: readonly Pick<PathHop, 'how' | 'name'>[];
  /** Whose variable it is; `undefined` for a global. */
  readonly file: string | undefined;
  /** Its class. */
  readonly holds: string;
  /** The method that closes it, if it has one. */
  readonly closing?: string;
  /** The test in whose time it was opened. */
  readonly usedBy: string;
  readonly rootDir: string;
}

/** As the first word of a sentence. */
export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function place(scope: ScopeRef, root: Thing): string {
  const suite = scope.path.at(-1);
  const hook = scope.hook === undefined ? '' : `\`${scope.hook}\` of `;
  switch (scope.kind) {
    case 'test':
    case 'hook':
      return scope.hook === undefined ? 'in this test' : `in the \`${scope.hook}\` of this test`;
    case 'suite':
      return suite === undefined
        ? `in ${hook === '' ? '' : `the ${hook}`}this file`
        : `in ${hook === '' ? '' : `the ${hook}`}suite "${suite}"`;
    case 'file':
      // A line is what tells that it was the file's own code, and not some test's.
      return root.openedAt === undefined ? 'in this file' : 'while this file was loading';
    case 'block':
      return 'in this block';
    case 'run':
      return 'in this run';
  }
}

function whereToEnd(scope: ScopeRef): string {
  switch (scope.kind) {
    case 'test':
    case 'hook':
      return scope.hook === 'beforeEach' ? 'in an `afterEach`' : 'in the test or its `afterEach`';
    case 'suite':
      return "in the suite's `afterAll`";
    case 'file':
      return 'in an `afterAll` at the top of the file';
    case 'block':
      return 'before the block ends';
    case 'run':
      return 'in `globalTeardown`';
  }
}

/** `1,234,567`. By hand, for the first `toLocaleString` of a process loads tables for 15 ms, and looks ask for durations. */
export const grouped = (number: number): string => String(number).replace(/\B(?=(?:\d{3})+$)/g, ',');

/** `1 test`, `2,000 tests`. */
export const counted = (number: number, noun: string): string => `${grouped(number)} ${noun}${number === 1 ? '' : 's'}`;

/** `TCP server`: a noun as it stands in a list, or after another word. */
export const withoutArticle = (noun: string): string => noun.replace(/^an? /, '');

/** Every line of a text moved to the right; an empty one stays empty. */
export const indented = (text: string, by = '  '): string => text.replace(/^(?=.)/gm, by);

/** `60 s`, `1,500 ms`: a duration as people write it. */
export function duration(ms: number): string {
  const wholeMs = Math.round(ms);
  if (wholeMs >= 1000 && wholeMs % 1000 === 0) return `${grouped(wholeMs / 1000)} s`;
  return `${grouped(wholeMs)} ms`;
}

/** Noun and label: `a TCP server on 127.0.0.1:41873`. */
export function nameOf(thing: Pick<Thing, 'noun' | 'label'>): string {
  return thing.label === '' ? thing.noun : `${thing.noun} ${thing.label}`;
}

/** One of them tells the reader more only where it tells more than their number does. */
function several(count: number, plural: string, root: Pick<Thing, 'noun' | 'label'>): string {
  const all = `${grouped(count)} ${plural}`;
  return root.label === '' ? all : `${all}, one of them ${nameOf(root)},`;
}

/** What is no event emitter cannot be seen to hold it, so nobody can tell when that was made. */
const KEPT_ELSEWHERE = '\nIf what keeps it was made outside of this test, close that where it was made.';

/** The sentence and the remedy of a finding, as the reader meets them. The only place that composes them. */
export function say(saying: Saying): string {
  const { kind, root, scope, words, count } = saying;
  const many = count > 1;
  const subject = many ? several(count, words.plural, root) : capital(nameOf(root));
  const was = many ? 'were' : 'was';
  const remedy = `${saying.remedy ?? words.remedy} ${whereToEnd(scope)}.`;
  switch (kind) {
    case 'leak':
      if (saying.keeper !== undefined) return sayKept(saying, saying.keeper);
      return `${subject} ${was} ${words.opened} ${place(scope, root)}, but never ${words.closed}.\n${remedy}${saying.holderUnknown === true ? KEPT_ELSEWHERE : ''}`;
    case 'late':
      return `${subject} ${was} ${words.opened} by work ${scope.kind === 'test' ? 'of this test' : `begun ${place(scope, root)}`} that went on after its teardown, and ${many ? 'are' : 'is'} still there.\nWait for that work, or stop it; then ${remedy.charAt(0).toLowerCase()}${remedy.slice(1)}`;
    case 'foreign-close':
      return `${subject} ${was} closed in this test, but ${was} ${words.opened} ${place(scope, root)}, for others to use.\nLeave the closing to the scope that opened it, or open one in the test itself.`;
    case 'unproven':
      return `${subject} ${was} ${words.opened} while several tests ran at once, and never ${words.closed}; which of them did it cannot be proved.\n${words.remedy} where it was ${words.opened}. Run the file's tests one at a time to learn which.`;
    case 'unused-allow':
      return `An allowance matched nothing: ${nameOf(root)}.\nDelete it, or correct what it names.`;
  }
}

function sayKept({ scope, root, words, count, remedy }: Saying, keeper: KeptFor): string {
  const many = count > 1;
  const subject = many ? several(count, words.plural, root) : capital(nameOf(root));
  const name = `\`${slotsOf(keeper)}\``;
  const made = /^[A-Z]\w*$/.test(keeper.holds) && keeper.holds !== 'Object' ? ` (\`${keeper.holds}\`)` : '';
  const whose = keeper.file === undefined ? '' : ` of ${within(keeper.file, keeper.rootDir)}`;
  const end =
    keeper.closing === undefined ? (remedy ?? words.remedy) : `Close ${name} with its \`${keeper.closing}()\``;
  return `${subject} ${many ? 'were' : 'was'} ${words.opened} for ${name}${made}${whose}, but never ${words.closed}.\n${end} ${whereToEnd(scope)}. The test "${keeper.usedBy}" only was the first to use it.`;
}

function slotsOf({ slots, file }: KeptFor): string {
  const written = slots.map(({ how, name }, index) => {
    if (how === 'variable' || (index === 0 && file !== undefined)) return index === 0 ? name : `.${name}`;
    return how === 'property' || how === 'private' ? `.${name}` : `[${name === '' ? '…' : name}]`;
  });
  return `${file === undefined ? 'globalThis' : ''}${written.join('')}`;
}

/** A path relative to the project, for what is the user's own. */
function within(file: string, rootDir: string): string {
  const path = normalizePath(file);
  const root = `${normalizePath(rootDir).replace(/\/$/, '')}/`;
  return path.startsWith(root) ? path.slice(root.length) : path.slice(path.lastIndexOf('/') + 1);
}

/** What the sentence on something closed that left something is composed from. */
export interface LeftSaying extends Pick<Saying, 'scope' | 'root' | 'words' | 'count'> {
  /** Where the root was closed, in the user's own code. */
  readonly closedAt: Frame | undefined;
  /** The part of it that left something, if it was not the root itself. */
  readonly by: Thing | undefined;
  /** The outermost of what is still live. */
  readonly byWords: Lexicon;
  readonly left: Thing;
  readonly leftWords: Lexicon;
  readonly leftCount: number;
  /** Where that was made, innermost. */
  readonly leftAt: Frame | undefined;
  /** The user's own code made it after the close. */
  readonly revived: boolean;
  /** The package whose doing it is; `undefined` if it is not a library's. */
  readonly library: string | undefined;
  readonly rootDir: string;
}

/** A place as it stands in a sentence: `src/x.test.ts:31` in the project, `load-balancer-priority.ts:283` in a library. */
export function spot(frame: Frame, rootDir: string): string {
  const path = normalizePath(frame.file);
  const short = frame.origin === 'user' ? within(path, rootDir) : path.slice(path.lastIndexOf('/') + 1);
  return `${short}:${frame.line}`;
}

/** The sentence and the remedy of a finding whose root was closed, yet left something live. */
export function sayLeft(saying: LeftSaying): string {
  const { root, words, count, closedAt, by, left, leftAt, leftCount, rootDir, scope } = saying;
  const subject = count > 1 ? several(count, words.plural, root) : capital(nameOf(root));
  const was = count > 1 ? 'were' : 'was';
  const where = closedAt === undefined ? place(scope, root) : `in ${spot(closedAt, rootDir)}`;
  const owner = by === undefined ? 'it' : `its ${withoutArticle(nameOf(by))}`;
  const what = leftAt === undefined ? nameOf(left) : `${nameOf(left)} (${spot(leftAt, rootDir)})`;
  const more = leftCount > 1 ? `, and ${leftCount - 1} more` : '';
  return `${subject} ${was} ${words.closed} ${where}, yet ${owner} left ${what}${more}.\n${remedyLeft(saying)}`;
}

function remedyLeft({ library, revived, root, by, words, byWords, leftWords }: LeftSaying): string {
  if (library !== undefined) {
    return `No call of yours ends it: the defect is in ${library}. Report it there, and until then allow it with a reason.`;
  }
  if (revived) return `Stop what goes on using it before it is ${words.closed}.`;
  return `${leftWords.remedy} when the ${withoutArticle(nameOf(by ?? root))} is ${byWords.closed}.`;
}
