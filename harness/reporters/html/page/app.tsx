import { useEffect, useLayoutEffect, useMemo, useState } from 'preact/hooks';
import type { PageData } from '../page-data';
import { type Place, readPlace, writePlace } from './address';
import { FilesView } from './files-view';
import { Header } from './header';
import { LeaksView } from './leaks-view';
import { RunView } from './run-view';
import { indexed } from './shown-causes';

/** The whole page. */
export function App({ data }: { readonly data: PageData }) {
  const [place, setPlace] = useState<Place>(() => readPlace(location.hash));
  const causes = useMemo(() => indexed(data.causes), [data]);
  const go = (change: Partial<Place>): void => setPlace((old) => ({ ...old, ...change }));

  useLayoutEffect(() => {
    try {
      // Replaced, not pushed: going back leaves the report, and does not undo a search letter by letter.
      history.replaceState(null, '', `${location.pathname}${location.search}${writePlace(place)}`);
    } catch {
      // Browsers allow so many in a time, and a held key is quicker: the address lags, the page goes on.
    }
  }, [place]);
  useEffect(() => {
    const follow = (): void => setPlace(readPlace(location.hash));
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);

  return (
    <>
      <button type="button" class="skip" onClick={() => document.getElementById('main')?.focus()}>
        Skip to the report
      </button>
      <Header data={data} view={place.view} onView={(view) => go({ view })} />
      <main id="main" tabIndex={-1}>
        <div
          role="tabpanel"
          id={`panel-${place.view}`}
          aria-labelledby={`tab-${place.view}`}
          class="panel"
          tabIndex={place.view === 'run' ? 0 : undefined}
        >
          {place.view === 'leaks' && <LeaksView causes={causes} outcome={data.outcome} place={place} onPlace={go} />}
          {place.view === 'files' && <FilesView files={data.files} />}
          {place.view === 'run' && <RunView data={data} />}
        </div>
      </main>
    </>
  );
}
