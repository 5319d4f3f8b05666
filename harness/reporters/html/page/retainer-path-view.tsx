import type { PathHop, RetainerPath } from '../../../model/retainer-path';
import { amount, bytes } from './amounts';

/** How a holder holds: `.name`, `[0]`, `#secret`, in words where there is no syntax for it. */
function Link({ hop }: { readonly hop: PathHop }) {
  switch (hop.how) {
    case 'property':
    case 'private':
      return <code>.{hop.name}</code>;
    case 'element':
    case 'symbol':
      return <code>[{hop.name}]</code>;
    case 'variable':
      return <code>{hop.name}</code>;
    case 'key':
      return <em>a key</em>;
    case 'value':
      return <code>.get({hop.name})</code>;
    case 'member':
      return <em>a member</em>;
    case 'internal':
      return <em>{hop.name}</em>;
  }
}

function Hop({ hop, last, path }: { readonly hop: PathHop; readonly last: boolean; readonly path: RetainerPath }) {
  return (
    <li class={`${hop.suspect === true ? 'suspect' : ''} ${last ? 'goal' : ''}`}>
      <span class="link">
        <Link hop={hop} />
      </span>
      <span class="arrow" aria-hidden="true">
        →
      </span>
      <bdi class="holds">{hop.holds}</bdi>
      {hop.at !== undefined && (
        <bdi class="place">
          {hop.at.file}:{hop.at.line}
        </bdi>
      )}
      {hop.suspect === true && <span class="tag leak">cut here?</span>}
      {last && (
        <span class="verdict-note">
          should be gone, {bytes(path.bytes)}
          {path.alike > 1 && `; ${amount(path.alike)} like it, ${bytes(path.totalBytes)} in all`}
        </span>
      )}
    </li>
  );
}

/** The chain of references that keeps what was closed from being collected, from something known to be alive down to it. */
export function RetainerPathView({ path }: { readonly path: RetainerPath }) {
  const { root, hops, below } = path;
  return (
    <section aria-labelledby="path-title" class="card">
      <h3 id="path-title">What still holds it</h3>
      <ol class="path">
        <li class="root">
          <span class="tag calm">{root.kind}</span>
          <bdi class="holds">{root.label}</bdi>
          {root.at !== undefined && (
            <bdi class="place">
              {root.at.file}:{root.at.line}
            </bdi>
          )}
        </li>
        {hops.map((hop, index) => (
          <Hop key={index} hop={hop} last={index === hops.length - 1} path={path} />
        ))}
      </ol>
      {below.length > 0 && (
        <>
          <h4>It holds, among other things</h4>
          <ul class="path below">
            {below.map((hop, index) => (
              <li key={index}>
                <span class="link">
                  <Link hop={hop} />
                </span>
                <span class="arrow" aria-hidden="true">
                  →
                </span>
                <bdi class="holds">{hop.holds}</bdi>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}
