import { useState } from 'preact/hooks';
import type { PageData } from '../page-data';
import { VIEWS, type View } from './address';
import { amount, count, duration, percent } from './amounts';
import { applyTheme, rememberedTheme, THEMES, type Theme } from './theme';
import { VERDICTS } from './words';

const TITLES: Readonly<Record<View, string>> = { leaks: 'Leaks', files: 'Files and cost', run: 'The run' };

interface Totals {
  readonly failing: number;
  readonly accepted: number;
  readonly causes: number;
  readonly ownMs: number;
  readonly waitedMs: number;
  readonly allMs: number;
}

function totalsOf({ causes, files }: PageData): Totals {
  const failing = causes.filter(({ status }) => status === 'failing');
  const sum = (values: readonly number[]): number => values.reduce((all, each) => all + each, 0);
  const waitedMs = sum(files.map((file) => file.waitedMs));
  return {
    failing: sum(failing.map((cause) => cause.count)),
    accepted: sum(causes.map((cause) => cause.count)) - sum(failing.map((cause) => cause.count)),
    causes: failing.length,
    ownMs: sum(files.map((file) => file.setupMs + file.judgingMs)) - waitedMs,
    waitedMs,
    allMs: sum(files.map((file) => file.durationMs)),
  };
}

function Tile({ label, value, note, bad }: { label: string; value: string; note?: string; bad?: boolean }) {
  return (
    <div class={bad === true ? 'tile bad' : 'tile'}>
      <dt>{label}</dt>
      <dd>
        <strong>{value}</strong>
        {note !== undefined && note !== '' && <span>{note}</span>}
      </dd>
    </div>
  );
}

function ThemeSwitch() {
  const [theme, setTheme] = useState<Theme>(rememberedTheme);
  const choose = (chosen: Theme): void => {
    applyTheme(chosen);
    setTheme(chosen);
  };
  return (
    <fieldset class="theme">
      <legend class="unseen">Colours</legend>
      {THEMES.map((each) => (
        <label key={each}>
          <input type="radio" name="theme" checked={theme === each} onChange={() => choose(each)} />
          <span>{each}</span>
        </label>
      ))}
    </fieldset>
  );
}

function Tabs({ view, onView, badges }: { view: View; onView: (view: View) => void; badges: Record<View, string> }) {
  const move = (event: KeyboardEvent): void => {
    const steps: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowLeft: -1 };
    const step = steps[event.key];
    const at = VIEWS.indexOf(view);
    const next =
      event.key === 'Home'
        ? VIEWS[0]
        : event.key === 'End'
          ? VIEWS.at(-1)
          : step && VIEWS.at((at + step) % VIEWS.length);
    if (next === undefined || next === 0) return;
    event.preventDefault();
    onView(next);
    document.getElementById(`tab-${next}`)?.focus();
  };
  return (
    <div role="tablist" aria-label="Views" class="tabs" onKeyDown={move}>
      {VIEWS.map((each) => (
        <button
          type="button"
          role="tab"
          key={each}
          id={`tab-${each}`}
          aria-selected={view === each}
          aria-controls={view === each ? `panel-${each}` : undefined}
          tabIndex={view === each ? 0 : -1}
          onClick={() => onView(each)}
        >
          {TITLES[each]}{' '}
          {badges[each] !== '' && <span class={each === 'run' ? 'badge bad' : 'badge'}>{badges[each]}</span>}
        </button>
      ))}
    </div>
  );
}

/** Name, verdict, totals, the switch between views and that of colours. */
export function Header({ data, view, onView }: { data: PageData; view: View; onView: (view: View) => void }) {
  const totals = totalsOf(data);
  const troubles = data.notices.filter(({ bad }) => bad).reduce((sum, { lines }) => sum + lines.length, 0);
  return (
    <header class="top">
      <div class="brand">
        <h1>
          <span class="mark" aria-hidden="true" /> leakgate
        </h1>
        <p class={`verdict ${data.outcome}`}>{VERDICTS[data.outcome]}</p>
        <p class="when">
          <time dateTime={data.endedAt}>{data.endedAt.replace('T', ' ').replace(/(:\d\d)(\.\d+)?Z$/, '$1 UTC')}</time>
        </p>
        <ThemeSwitch />
      </div>
      <dl class="tiles">
        <Tile
          label="Leaks"
          value={amount(totals.failing)}
          note={totals.accepted > 0 ? `${amount(totals.accepted)} more accepted` : ''}
          bad={totals.failing > 0}
        />
        <Tile label="Root causes" value={amount(totals.causes)} bad={totals.causes > 0} />
        <Tile label="Tests checked" value={amount(data.tests)} note={`in ${count(data.files.length, 'file')}`} />
        <Tile
          label="Cost of the gate"
          value={percent(totals.ownMs, totals.allMs)}
          note={`${duration(totals.ownMs)} of ${duration(totals.allMs)}`}
        />
        <Tile label="Grace for suspects" value={duration(totals.waitedMs)} />
      </dl>
      <Tabs
        view={view}
        onView={onView}
        badges={{
          leaks: data.causes.length > 0 ? amount(data.causes.length) : '',
          files: amount(data.files.length),
          run: troubles > 0 ? amount(troubles) : '',
        }}
      />
    </header>
  );
}
