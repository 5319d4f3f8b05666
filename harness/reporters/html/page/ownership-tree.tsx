import type { Frame } from '../../../model/frame';
import type { Thing } from '../../../model/resource';
import { nameOf } from '../../../model/sentence';
import { Sentence } from './sentence';

const spotOf = ({ file, line, column }: Frame): string => `${file}:${line}:${column}`;

/** Past this many things beneath one owner the rest is only counted: a pool may hold thousands. */
const LISTED = 50;

function Node({ thing, above }: { readonly thing: Thing; readonly above: string }) {
  const spot = thing.openedAt === undefined ? '' : spotOf(thing.openedAt);
  const facts = Object.entries(thing.facts);
  const hidden = thing.owns.length - LISTED;
  return (
    <li>
      <div class={thing.closed === true ? 'thing closed' : 'thing'}>
        <span class="state">{thing.closed === true ? 'closed' : 'live'}</span>
        <bdi class="name">
          <Sentence text={thing.detail ?? nameOf(thing)} />
        </bdi>
        {facts.map(([name, value]) => (
          <span class="fact" key={name}>
            {name} <b>{String(value)}</b>
          </span>
        ))}
        {spot !== '' && spot !== above && <bdi class="place">{spot}</bdi>}
      </div>
      {thing.owns.length > 0 && (
        <ul>
          {thing.owns.slice(0, LISTED).map((owned, index) => (
            <Node key={index} thing={owned} above={spot} />
          ))}
          {hidden > 0 && <li class="hidden">… and {hidden} more</li>}
        </ul>
      )}
    </li>
  );
}

/** What was left, and what hangs beneath it. */
export function OwnershipTree({ root }: { readonly root: Thing }) {
  return (
    <section aria-labelledby="tree-title" class="card">
      <h3 id="tree-title">What is still there</h3>
      <ul class="tree">
        <Node thing={root} above="" />
      </ul>
    </section>
  );
}
