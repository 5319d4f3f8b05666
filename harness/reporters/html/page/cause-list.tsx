import { useEffect, useRef } from 'preact/hooks';
import type { Cause } from '../page-data';
import { amount, count } from './amounts';
import { Sentence } from './sentence';
import { type Indexed, placeOf } from './shown-causes';
import { useVirtualRows } from './virtual-rows';
import { kindWord, STATUS_WORDS } from './words';

/** Height of a row in pixels, as the style sheet has it. */
const ROW = 74;

interface CauseListProps {
  readonly causes: readonly Indexed[];
  readonly at: number;
  readonly onChoose: (key: string) => void;
  /** The reader wants to read the one that is chosen. */
  readonly onOpen: () => void;
}

/** How far a key goes in the list. */
function target(key: string, at: number, last: number, page: number): number | undefined {
  switch (key) {
    case 'ArrowDown':
      return Math.min(last, at + 1);
    case 'ArrowUp':
      return Math.max(0, at - 1);
    case 'PageDown':
      return Math.min(last, at + page);
    case 'PageUp':
      return Math.max(0, at - page);
    case 'Home':
      return 0;
    case 'End':
      return last;
    default:
      return undefined;
  }
}

/** Only the rows in sight are in the page: thousands of them cost what a dozen does. */
export function CauseList({ causes, at, onChoose, onOpen }: CauseListProps) {
  const box = useRef<HTMLDivElement>(null);
  const { rows, totalHeight, show } = useVirtualRows(box, causes.length, ROW);
  const chosen = causes[at];
  const visible = useRef(show);
  visible.current = show;

  useEffect(() => {
    if (chosen !== undefined) visible.current(at);
  }, [at, chosen]);

  const move = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      onOpen();
      return;
    }
    const page = Math.max(1, Math.floor((box.current?.clientHeight ?? ROW) / ROW) - 1);
    const next = target(event.key, at, causes.length - 1, page);
    const cause = next === undefined ? undefined : causes[next];
    if (next === undefined || cause === undefined) return;
    event.preventDefault();
    onChoose(cause.key);
  };

  return (
    <div
      ref={box}
      id="causes"
      class="list"
      role="listbox"
      aria-label="Root causes"
      tabIndex={0}
      aria-activedescendant={chosen === undefined ? undefined : `row-${at}`}
      onKeyDown={move}
    >
      <div role="presentation" class="rows" style={{ height: `${totalHeight}px` }}>
        {rows.map(({ index, start }) => {
          const row = causes[index];
          if (row === undefined) return null;
          return (
            // biome-ignore lint/a11y/useKeyWithClickEvents: keys are the list's, which alone has the focus.
            // biome-ignore lint/a11y/useFocusableInteractive: the list names its active option and keeps the focus.
            <div
              key={row.key}
              id={`row-${index}`}
              role="option"
              class="row"
              aria-selected={index === at}
              aria-setsize={causes.length}
              aria-posinset={index + 1}
              style={{ transform: `translateY(${start}px)` }}
              onClick={() => onChoose(row.key)}
            >
              <Row cause={row.cause} />
            </div>
          );
        })}
      </div>
    </div>
  );
}

function Row({ cause }: { readonly cause: Cause }) {
  const tests = new Set(cause.occurrences.map(({ file, test }) => `${file}\n${test}`)).size;
  const [first] = cause.occurrences;
  const where = first === undefined ? '' : first.test === '' ? first.file : first.test;
  return (
    <>
      <span class={cause.status === 'failing' ? 'times' : 'times calm'}>{amount(cause.count)}×</span>
      <span class="what">
        <span class="noun">
          <Sentence text={cause.noun} />
          {cause.kind !== 'leak' && <span class={`tag ${cause.kind}`}>{kindWord(cause.kind)}</span>}
          {cause.isLibrarys && <span class="tag">library</span>}
          {cause.status !== 'failing' && <span class="tag calm">{STATUS_WORDS[cause.status]}</span>}
        </span>
        <span class="place">
          <bdi>{placeOf(cause)}</bdi>
        </span>
        <span class="tests">
          {tests > 1 ? count(tests, 'test') : <bdi>{where}</bdi>}
          {cause.places.length > 1 && ` · ${count(cause.places.length, 'line')}`}
        </span>
      </span>
    </>
  );
}
