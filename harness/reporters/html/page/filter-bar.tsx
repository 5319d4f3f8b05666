import { useEffect, useRef } from 'preact/hooks';
import { amount, count } from './amounts';
import { choices, type Filter, type Indexed, ORDERS, type Order } from './shown-causes';
import { kindWord, STATUS_WORDS } from './words';

interface FilterBarProps {
  readonly all: readonly Indexed[];
  readonly shown: number;
  readonly filter: Filter;
  readonly order: Order;
  readonly onFilter: (filter: Filter) => void;
  readonly onOrder: (order: Order) => void;
  /** The reader is done searching and wants the list. */
  readonly onDone: () => void;
}

const ORDER_WORDS: Readonly<Record<Order, string>> = { count: 'most first', place: 'by place', kind: 'by kind' };

const SHORTCUT = navigator.userAgent.includes('Mac') ? '⌘ K' : 'Ctrl K';

interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly of: readonly (readonly [string, number])[];
  readonly word: (value: string) => string;
  readonly onChange: (value: string) => void;
}

function Choice({ label, value, of, word, onChange }: ChoiceProps) {
  if (of.length < 2) return null;
  return (
    <select aria-label={label} value={value} onChange={(event) => onChange(event.currentTarget.value)}>
      <option value="">{label}: all</option>
      {of.map(([each, many]) => (
        <option key={each} value={each}>
          {word(each)} ({amount(many)})
        </option>
      ))}
    </select>
  );
}

/** Search, narrowing, order, and how many are left. */
export function FilterBar({ all, shown, filter, order, onFilter, onOrder, onDone }: FilterBarProps) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const find = (event: KeyboardEvent): void => {
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      input.current?.focus();
      input.current?.select();
    };
    addEventListener('keydown', find);
    return () => removeEventListener('keydown', find);
  }, []);
  const narrow = (change: Partial<Filter>): void => onFilter({ ...filter, ...change });
  return (
    <search class="filters">
      <label class="search">
        <span class="unseen">Search leaks by test, file, message, package or fingerprint</span>
        <input
          ref={input}
          type="search"
          placeholder="Search test, file, message, package …"
          value={filter.search}
          spellcheck={false}
          onInput={(event) => narrow({ search: event.currentTarget.value })}
          onKeyDown={(event) => {
            if (event.key !== 'ArrowDown' && event.key !== 'Enter') return;
            event.preventDefault();
            onDone();
          }}
        />
        <span class="keys" aria-hidden="true">
          {SHORTCUT}
        </span>
      </label>
      <div class="choices">
        <Choice
          label="Resource"
          value={filter.noun}
          of={choices(all, ({ noun }) => noun)}
          word={(noun) => noun.replaceAll('`', '')}
          onChange={(noun) => narrow({ noun })}
        />
        <Choice
          label="Finding"
          value={filter.kind}
          of={choices(all, ({ kind }) => kind)}
          word={kindWord}
          onChange={(kind) => narrow({ kind })}
        />
        <Choice
          label="Status"
          value={filter.status}
          of={choices(all, ({ status }) => status)}
          word={(status) => STATUS_WORDS[status as keyof typeof STATUS_WORDS]}
          onChange={(status) => narrow({ status })}
        />
        <select aria-label="Order" value={order} onChange={(event) => onOrder(event.currentTarget.value as Order)}>
          {ORDERS.map((each) => (
            <option key={each} value={each}>
              {ORDER_WORDS[each]}
            </option>
          ))}
        </select>
      </div>
      <p class="shown" role="status">
        {shown === all.length ? count(shown, 'root cause') : `${amount(shown)} of ${count(all.length, 'root cause')}`}
      </p>
    </search>
  );
}
