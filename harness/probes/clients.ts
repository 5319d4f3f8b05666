import { EventEmitter } from 'node:events';
import { Agent } from 'node:http';
import { Server, Socket } from 'node:net';
import { Stream } from 'node:stream';
import { closingAmong, closingCalls } from '../engine/closing-calls';
import { asObject, field } from '../engine/native';
import type { Opening } from '../engine/opening';
import type { Probe, Watch } from '../engine/probe';
import { wrap } from './patching/wrap';

const closings = new WeakMap<object, string | undefined>();

function findClosing(object: object): string | undefined {
  const methods = new Map<string, boolean>();
  for (let each: object | null = object; each !== null; each = Reflect.getPrototypeOf(each)) {
    for (const name of closingCalls) {
      const descriptor = Object.getOwnPropertyDescriptor(each, name);
      if (descriptor !== undefined && !methods.has(name)) methods.set(name, typeof descriptor.value === 'function');
    }
  }
  return closingAmong([...methods].filter(([, isFunction]) => isFunction).map(([name]) => name));
}

/** The method that closes it, by its class: a class is asked once. */
function closingOf(object: object): string | undefined {
  const prototype = Reflect.getPrototypeOf(object) ?? object;
  if (!closings.has(prototype)) closings.set(prototype, findClosing(prototype));
  return closings.get(prototype);
}

/**
 * `undefined` where nothing tells: an `EventEmitter` by name is no client's name, and one that begins with an underscore is by custom a
 * library's own affair, of which its users know nothing.
 */
function nameOfClass(object: object, opening: Opening | undefined): string | undefined {
  const prototype = Reflect.getPrototypeOf(object);
  const made = prototype === null ? undefined : asObject(field(prototype, 'constructor'));
  const name = made === undefined ? undefined : field(made, 'name');
  if (typeof name === 'string' && name.startsWith('_')) return undefined;
  if (typeof name === 'string' && name !== '' && made !== EventEmitter) return name;
  // Mixed into a class, it has taken the place of that class's constructor, which is the first to be at work.
  const first = opening?.frames[0];
  return first?.origin === 'library' && /^[A-Z]/.test(first.fn) ? first.fn : undefined;
}

const client: Watch = {
  state: () => 'open',
  identify(resource, opening) {
    const name = nameOfClass(resource, opening);
    const closing = closingOf(resource);
    return {
      kind: 'client',
      subject: resource,
      label: name === undefined ? '' : `(\`${name}\`)`,
      ...(closing === undefined
        ? {}
        : {
            remedy: `Close it with its \`${closing}()\``,
            remedyForHeld: `Close the ${name === undefined ? 'client' : `\`${name}\``} that holds it with its \`${closing}()\``,
          }),
    };
  },
  isClosable: (resource) => closingOf(resource) !== undefined,
  // A socket knows its server and its parser, a timer all that are due with it, the process everything.
  isLeaf: (value) =>
    value instanceof Socket ||
    value instanceof Server ||
    Object.hasOwn(value, '_idleNext') ||
    value === process ||
    value === globalThis,
};

/**
 * Whether a class may be a client's: streams are what is held, and what Node makes itself (a server, a session, a watcher, a file
 * handle) has a probe of its own and answers for itself. Of Node's only agents open connections for others.
 * @param author the file whose constructor called that of `EventEmitter`
 */
const mayHold = (emitter: object, author: string | undefined): boolean =>
  !(emitter instanceof Stream) && (emitter instanceof Agent || author?.startsWith('node:') !== true);

/**
 * Clients, pools and agents. The real ones are event emitters, nearly all: each announces itself by `EventEmitter.init`, which all
 * realms share.
 */
const clients: Probe = {
  name: 'clients',
  kinds: {
    client: {
      noun: 'a client',
      plural: 'clients',
      opened: 'made',
      closed: 'closed',
      remedy: 'Close it',
      pooled: false,
    },
  },
  start(recorder) {
    const byClass = new WeakMap<object, boolean>();
    const isOfInterest = (emitter: object): boolean => {
      const prototype = Reflect.getPrototypeOf(emitter) ?? emitter;
      let interest = byClass.get(prototype);
      if (interest === undefined) {
        interest = mayHold(emitter, recorder.callerOf(EventEmitter as never));
        byClass.set(prototype, interest || prototype === EventEmitter.prototype);
      }
      return interest;
    };
    const restore = wrap(EventEmitter, 'init', (original) => {
      const init = function (this: object, ...args: unknown[]): void {
        original.apply(this, args);
        if (isOfInterest(this)) recorder.made({ watch: client, resource: this, above: init });
      };
      return init;
    });
    return { stop: restore };
  },
};

export default clients;
