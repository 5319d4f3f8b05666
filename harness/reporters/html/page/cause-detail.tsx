import { useState } from 'preact/hooks';
import { formatFrame } from '../../../model/frame';
import type { Cause, Occurrence } from '../page-data';
import { amount, count } from './amounts';
import { Copy } from './copy';
import { OwnershipTree } from './ownership-tree';
import { RetainerPathView } from './retainer-path-view';
import { Sentence } from './sentence';
import { Timeline } from './timeline';
import { Trace } from './trace';
import { kindWord, STATUS_WORDS } from './words';

/** How many of a cause's tests are listed before the reader asks for more. */
const LISTED = 6;
const MORE = 100;

const titleOf = ({ test, file }: Occurrence): string => (test === '' ? file : test);

/** What to paste into leakgate.config.ts to live with it; whoever does has to say why. */
const ruleFor = ({ fingerprint }: Cause): string =>
  `{ fingerprint: '${fingerprint}', reason: '…', owner: '…', issue: 'https://…', expires: '2099-12-31' },`;

interface TestsProps {
  readonly occurrences: readonly Occurrence[];
  /** They were opened by several lines: each says by which. */
  readonly lined: boolean;
  readonly at: number;
  readonly onChoose: (at: number) => void;
}

function Tests({ occurrences, lined, at, onChoose }: TestsProps) {
  const [listed, setListed] = useState(LISTED);
  const rest = occurrences.length - listed;
  return (
    <section aria-labelledby="tests-title" class="card">
      <h3 id="tests-title">{count(occurrences.length, 'place')} it leaks from</h3>
      <ul class="tests-list">
        {occurrences.slice(0, listed).map((occurrence, index) => (
          <li key={index}>
            <button type="button" aria-pressed={index === at} onClick={() => onChoose(index)}>
              <bdi class="name">{titleOf(occurrence)}</bdi>
              <bdi class="place">{occurrence.test === '' ? 'the file itself' : occurrence.file}</bdi>
              {lined && occurrence.openedAt !== undefined && (
                <bdi class="place">
                  opened at {occurrence.openedAt.file}:{occurrence.openedAt.line}
                </bdi>
              )}
              {occurrence.hook !== undefined && <span class="tag calm">{occurrence.hook}</span>}
              {occurrence.count > 1 && <span class="tag calm">{amount(occurrence.count)}×</span>}
              {occurrence.timeline !== undefined && <span class="tag calm">timeline</span>}
            </button>
          </li>
        ))}
      </ul>
      {rest > 0 && (
        <button type="button" class="more" onClick={() => setListed(listed + MORE)}>
          Show {amount(Math.min(MORE, rest))} more of {amount(rest)}
        </button>
      )}
    </section>
  );
}

/** Everything known of one root cause: what to do first, then the evidence from one of its tests. */
export function CauseDetail({ cause }: { readonly cause: Cause }) {
  const [at, setAt] = useState(0);
  const occurrence = cause.occurrences[at];
  if (occurrence === undefined) return null;
  const [said = '', ...remedy] = occurrence.message.split('\n');
  const { path, timeline } = occurrence;
  return (
    <article>
      <p class="badges">
        <span class={`tag ${cause.kind}`}>{kindWord(cause.kind)}</span>
        {cause.isLibrarys && <span class="tag">the library's defect</span>}
        {cause.status !== 'failing' && <span class="tag calm">{STATUS_WORDS[cause.status]}</span>}
        {cause.package !== undefined && <span class="tag calm">{cause.package}</span>}
        <span class="print">
          <code>{cause.fingerprint}</code>
          <Copy text={cause.fingerprint} what="fingerprint" />
          {cause.status === 'failing' && <Copy text={ruleFor(cause)} what="rule" />}
        </span>
      </p>
      <h2 id="cause-title" tabIndex={-1}>
        <Sentence text={said} />
      </h2>
      {remedy.length > 0 && (
        <p class="remedy">
          <Sentence text={remedy.join(' ')} />
        </p>
      )}
      {cause.reason !== undefined && (
        <p class="reason">
          Accepted: <bdi>{cause.reason}</bdi>
        </p>
      )}
      <Tests occurrences={cause.occurrences} lined={cause.places.length > 1} at={at} onChoose={setAt} />
      {cause.occurrences.length > 1 && (
        <p class="of">
          Evidence from <bdi>{titleOf(occurrence)}</bdi>
        </p>
      )}
      {path !== undefined && <RetainerPathView path={path} />}
      {(path === undefined || occurrence.root.owns.length > 0) && <OwnershipTree root={occurrence.root} />}
      {timeline !== undefined && timeline.length > 0 && <Timeline events={timeline} test={titleOf(occurrence)} />}
      <Trace occurrence={occurrence} />
      {occurrence.trace[0] !== undefined && (
        <p class="of">
          <Copy text={occurrence.trace.map(formatFrame).join('\n')} what="stack" />
        </p>
      )}
    </article>
  );
}
