import { EventEmitter } from 'node:events';
import { Server, Socket } from 'node:net';
import { Stream } from 'node:stream';
import { asObject, field } from '../engine/native';
import type { Opening } from '../engine/opening';
import type { Probe, Watch } from '../engine/probe';
import { wrap } from './patching/wrap';

/** What clients call their closing, the word that fits best first: many have several. */
const CLOSINGS = ['close', 'quit', 'end', 'disconnect', 'destroy', 'terminate', 'shutdown', 'stop'] as const;

const closings = new WeakMap<object, string | undefined>();

function findClosing(object: object): string | undefined {
  const methods = new Map<string, boolean>();
  for (let each: object | null = object; each !== null; each = Reflect.getPrototypeOf(each)) {
    for (const name of CLOSINGS) {
      const descriptor = Object.getOwnPropertyDescriptor(each, name);
      if (descriptor !== undefined && !methods.has(name)) methods.set(name, typeof descriptor.value === 'function');
    }
  }
  return CLOSINGS.find((name) => methods.get(name) === true);
}

/** The method that closes it, by its class: a class is asked once. */
function closingOf(object: object): string | undefined {
  const prototype = Reflect.getPrototypeOf(object) ?? object;
  if (!closings.has(prototype)) closings.set(prototype, findClosing(prototype));
  return closings.get(prototype);
}

function nameOfClass(object: object, opening: Opening | undefined): string {
  const prototype = Reflect.getPrototypeOf(object);
  const made = prototype === null ? undefined : asObject(field(prototype, 'constructor'));
  const name = made === undefined ? undefined : field(made, 'name');
  if (typeof name === 'string' && name !== '' && made !== EventEmitter) return name;
  // Mixed into a class, it has taken the place of that class's constructor, which is the first to be at work.
  const first = opening?.frames[0];
  return first?.origin === 'library' && /^[A-Z]/.test(first.fn) ? first.fn : 'EventEmitter';
}

const client: Watch = {
  state: () => 'open',
  identify(resource, opening) {
    const name = nameOfClass(resource, opening);
    const closing = closingOf(resource);
    return {
      kind: 'client',
      subject: resource,
      label: `(\`${name}\`)`,
      ...(closing === undefined
        ? {}
        : {
            remedy: `Close it with its \`${closing}()\``,
            remedyForHeld: `Close the \`${name}\` that holds it with its \`${closing}()\``,
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
 * Clients, pools and agents made outside of any test. The real ones are event emitters, nearly all: each announces itself by
 * `EventEmitter.init`, which all realms share. Streams are what is held, and a server answers for itself.
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
    const restore = wrap(EventEmitter, 'init', (original) => {
      const init = function (this: object, ...args: unknown[]): void {
        original.apply(this, args);
        if (!(this instanceof Stream) && !(this instanceof Server))
          recorder.made({ watch: client, resource: this, above: init });
      };
      return init;
    });
    return { stop: restore };
  },
};

export default clients;
