import { useMemo, useState } from 'preact/hooks';
import type { TimelineEvent } from '../../../model/test-case';
import { amount, duration, marks } from './amounts';
import { type Life, timelineRows } from './timeline-rows';

/** Rows drawn before the reader asks for all; what stays is always among them. */
const LISTED = 40;

const ENDS: Readonly<Record<Life['end'], string>> = {
  closed: 'closed',
  left: 'still there',
  unknown: 'closed in between',
};

function told({ fromMs, isOpeningKnown, toMs, end, closedBy }: Life): string {
  const opened = isOpeningKnown ? `opened at ${duration(fromMs)}` : 'opened, it is not known when';
  if (end === 'left') return `${opened}, still there`;
  if (end === 'unknown') return `${opened}, gone by the end`;
  return `${opened}, closed by ${duration(toMs)}${closedBy === undefined ? '' : `, ${closedBy}`}`;
}

/** What a test opened, what closed it and what stayed, against its hooks. A table, so that it reads aloud as it looks. */
export function Timeline({ events, test }: { readonly events: readonly TimelineEvent[]; readonly test: string }) {
  const [all, setAll] = useState(false);
  const { endMs, bands, lives } = useMemo(() => timelineRows(events), [events]);
  const part = (ms: number): string => `${Math.min(100, (ms / endMs) * 100)}%`;
  const span = (fromMs: number, toMs: number) => ({ left: part(fromMs), width: part(Math.max(0, toMs - fromMs)) });
  const left = lives.filter(({ end }) => end === 'left');
  const drawn =
    all || lives.length <= LISTED
      ? lives
      : lives.filter((life, index) => (life.end === 'left' ? left.indexOf(life) < LISTED : index < LISTED));
  return (
    <section aria-labelledby="timeline-title" class="card">
      <h3 id="timeline-title">The test's timeline</h3>
      <ul class="legend">
        {(['closed', 'left'] as const).map((end) => (
          <li key={end}>
            <span class={`swatch ${end}`} aria-hidden="true" /> {ENDS[end]}
          </li>
        ))}
        {bands.map(({ name, fromMs, toMs }, index) => (
          <li key={index}>
            <span class={`swatch b${index % 2}`} aria-hidden="true" /> {name} {duration(toMs - fromMs)}
          </li>
        ))}
      </ul>
      <table class="timeline">
        <caption class="unseen">What {test} opened and when it was closed</caption>
        <thead>
          <tr>
            <th scope="col">Resource</th>
            <th scope="col">
              <span class="unseen">Life, from 0 to {duration(endMs)}</span>
              <div class="axis" aria-hidden="true">
                {marks(endMs).map((ms) => (
                  <span key={ms} style={{ left: part(ms) }}>
                    {duration(ms)}
                  </span>
                ))}
              </div>
            </th>
          </tr>
        </thead>
        <tbody>
          <tr class="hooks">
            <th scope="row">Hooks and body</th>
            <td>
              <div class="track">
                {bands.map(({ name, fromMs, toMs }, index) => (
                  <span
                    key={index}
                    class={`band b${index % 2}`}
                    style={span(fromMs, toMs)}
                    title={`${name}: ${duration(fromMs)} to ${duration(toMs)}`}
                  >
                    <bdi>{name}</bdi>
                    <span class="unseen">
                      {' '}
                      from {duration(fromMs)} to {duration(toMs)}.{' '}
                    </span>
                  </span>
                ))}
              </div>
            </td>
          </tr>
          {drawn.map((life, index) => (
            <tr key={index} class={life.end}>
              <th scope="row">
                <bdi class="name">{life.label === '' ? life.kind : life.label}</bdi>
                {!life.isOpeningKnown && <span class="dim place">its opening was not timed</span>}
                {life.openedLine !== undefined && <bdi class="place">{life.openedLine}</bdi>}
              </th>
              <td>
                <div class="track" title={told(life)}>
                  {bands.slice(1).map(({ fromMs }, edge) => (
                    <i key={edge} class="edge" style={{ left: part(fromMs) }} aria-hidden="true" />
                  ))}
                  <span class={`life ${life.end}`} style={span(life.fromMs, life.toMs)}>
                    <span class="unseen">{told(life)}</span>
                  </span>
                  {life.end === 'closed' && life.closedBy !== undefined && (
                    <bdi
                      class={life.toMs > endMs * 0.65 ? 'closer beneath' : 'closer'}
                      style={{ left: part(life.toMs) }}
                    >
                      {life.closedBy}
                    </bdi>
                  )}
                </div>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="dim note">A close is seen by the end of the hook or body it happened in, at the latest.</p>
      {drawn.length < lives.length && (
        <button type="button" class="more" onClick={() => setAll(true)}>
          Show all {amount(lives.length)} resources
        </button>
      )}
    </section>
  );
}
