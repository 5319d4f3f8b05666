import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Outcome } from '../../../model/report';
import type { Place } from './address';
import { CauseDetail } from './cause-detail';
import { CauseList } from './cause-list';
import { FilterBar } from './filter-bar';
import { type Filter, type Indexed, type Order, shownCauses } from './shown-causes';

interface LeaksViewProps {
  readonly outcome: Outcome;
  readonly causes: readonly Indexed[];
  readonly place: Place;
  readonly onPlace: (change: Partial<Place>) => void;
}

/** The list of root causes, what narrows it, and the one that is read. */
export function LeaksView({ causes, outcome, place, onPlace }: LeaksViewProps) {
  const [narrowing, setNarrowing] = useState<Omit<Filter, 'search'>>({ kind: '', noun: '', status: '' });
  const [order, setOrder] = useState<Order>('count');
  const { search } = place;
  const shown = useMemo(() => shownCauses(causes, { ...narrowing, search }, order), [causes, narrowing, search, order]);
  const at = Math.max(
    0,
    shown.findIndex(({ key }) => key === place.cause),
  );
  const chosen = shown[at];
  const detail = useRef<HTMLElement>(null);

  useEffect(() => {
    detail.current?.scrollTo(0, 0);
  }, [chosen?.key]);

  const focusList = (): void => document.getElementById('causes')?.focus();
  if (causes.length === 0) {
    return <Nothing outcome={outcome} />;
  }
  return (
    <div class="two-panes">
      <section class="finder" aria-label="Root causes">
        <FilterBar
          all={causes}
          shown={shown.length}
          filter={{ ...narrowing, search }}
          order={order}
          onFilter={({ search: text, ...rest }) => {
            setNarrowing(rest);
            if (text !== search) onPlace({ search: text });
          }}
          onOrder={setOrder}
          onDone={focusList}
        />
        <CauseList
          causes={shown}
          at={at}
          onChoose={(key) => onPlace({ cause: key })}
          onOpen={() => document.getElementById('cause-title')?.focus()}
        />
      </section>
      {/* Scrollable, so it must take the focus for those who scroll by keyboard. */}
      <section
        class="detail"
        ref={detail}
        aria-labelledby="cause-title"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard.
        tabIndex={0}
        onKeyDown={backOnEscape(focusList)}
      >
        {chosen === undefined ? (
          <h2 id="cause-title" class="nothing">
            No leak matches.
          </h2>
        ) : (
          <CauseDetail key={chosen.key} cause={chosen.cause} />
        )}
      </section>
    </div>
  );
}

/** No finding is good news only where everything was looked at. */
function Nothing({ outcome }: { readonly outcome: Outcome }) {
  const checked = outcome !== 'broken' && outcome !== 'misused';
  return (
    <p class="nothing">
      {checked ? (
        <strong>Nothing leaks.</strong>
      ) : (
        <strong class="bad">No leak was found, but not all was checked.</strong>
      )}
      {checked ? 'Every test that was checked took back what it opened.' : 'What is missing is told under “The run”.'}
    </p>
  );
}

const backOnEscape =
  (back: () => void) =>
  (event: KeyboardEvent): void => {
    if (event.key === 'Escape') back();
  };
