import type { PageData } from '../page-data';

/** What ran, by what, and what else there is to say of the run. */
export function RunView({ data }: { readonly data: PageData }) {
  return (
    <section class="run" aria-labelledby="run-title">
      <h2 id="run-title">The run</h2>
      {data.notices
        .filter(({ lines }) => lines.length > 0)
        .map(({ title, lines, bad }) => (
          <section key={title} class={bad ? 'card bad' : 'card'} aria-label={title}>
            <h3>{title}</h3>
            <ul class="notices">
              {lines.map((line, index) => (
                <li key={index}>
                  <bdi>{line}</bdi>
                </li>
              ))}
            </ul>
          </section>
        ))}
      <section class="card" aria-label="Facts">
        <h3>What ran</h3>
        <dl class="facts">
          {data.facts.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>
                <bdi>{value}</bdi>
              </dd>
            </div>
          ))}
        </dl>
      </section>
    </section>
  );
}
