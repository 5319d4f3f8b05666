import { type Frame, packageOf } from '../../../model/frame';
import type { Occurrence } from '../page-data';

/** Files of a report are relative to its folder: `node_modules/…` may be their beginning. */
const packageIn = (file: string): string | undefined => packageOf(`/${file}`);

function Spot({ frame }: { readonly frame: Frame }) {
  return (
    <bdi class="place">
      {frame.file}:{frame.line}:{frame.column}
    </bdi>
  );
}

function Special({ title, frame }: { readonly title: string; readonly frame: Frame | undefined }) {
  if (frame === undefined) return null;
  return (
    <p class="special">
      {title} <code>{frame.fn}</code> <Spot frame={frame} />
    </p>
  );
}

/** The stack of the opening; the user's own lines stand out. */
export function Trace({ occurrence }: { readonly occurrence: Occurrence }) {
  const { trace, closedAt, leftAt } = occurrence;
  return (
    <section aria-labelledby="trace-title" class="card">
      <h3 id="trace-title">Where it was opened</h3>
      {trace.length === 0 && <p class="dim">No line is known: more was opened here than stacks are captured for.</p>}
      <ol class="trace">
        {trace.map((frame, index) => {
          const from = frame.origin === 'user' ? undefined : (frame.package ?? packageIn(frame.file) ?? frame.origin);
          return (
            <li key={index} class={frame.origin}>
              <code>{frame.fn === '' ? '(anonymous)' : frame.fn}</code> <Spot frame={frame} />
              {from !== undefined && <span class="tag calm">{from}</span>}
            </li>
          );
        })}
      </ol>
      <Special title="Closed at" frame={closedAt} />
      <Special title="What it left was made at" frame={leftAt} />
    </section>
  );
}
