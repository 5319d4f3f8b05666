import { pathToFileURL } from 'node:url';
import type { Environment } from './jest';
import { isGated, withLeakgate } from './jest';
import { projectConfigOf } from './needed-jest';
import { type Environments, readEnvironments } from './run-folder';

// biome-ignore lint/suspicious/noExplicitAny: TypeScript asks mixin constructors for exactly this signature.
type EnvironmentClass = new (...args: any[]) => Environment;

const gated = new Map<string, EnvironmentClass>();

let known: Environments | undefined;

/** Read once in a process: a test may empty the folder for temporary files. */
function table(): Environments {
  known ??= readEnvironments();
  return known;
}

function gate(path: string, exported: unknown): EnvironmentClass {
  const inner = (exported as { default?: unknown } | null)?.default ?? exported;
  const Base = (inner as { default?: unknown }).default ?? inner;
  if (typeof Base !== 'function') throw new TypeError(`The test environment ${path} does not export a class.`);
  const made = isGated(Base) ? (Base as EnvironmentClass) : withLeakgate(Base as EnvironmentClass);
  gated.set(path, made);
  return made;
}

const ES_MODULE = new Set(['ERR_REQUIRE_ESM', 'ERR_REQUIRE_ASYNC_MODULE']);

/**
 * Loads what Jest alone can load while it looks at this module: environments in TypeScript, for which its transform is in place
 * only now, and ES modules, for which it waits. An installed package is loaded when a test file first asks for it, and not before.
 */
async function loadOwn(): Promise<void> {
  for (const path of new Set(Object.values(table()))) {
    if (gated.has(path) || (path.includes('node_modules') && !path.endsWith('.mjs'))) continue;
    try {
      gate(path, require(path));
    } catch (error) {
      // Another project's environment may not load under this project's transform. Its own files ask again, and then see the error.
      if (!ES_MODULE.has((error as NodeJS.ErrnoException).code ?? '')) continue;
      gate(path, await import(pathToFileURL(path).href));
    }
  }
}

/** Makes the environment the project asked for, gated. A constructor may return another object, and Jest uses that. */
class AutoEnvironment {
  constructor(...args: ConstructorParameters<EnvironmentClass>) {
    const [config] = args as unknown as [{ readonly projectConfig: { readonly id: string; readonly rootDir: string } }];
    const projectConfig = projectConfigOf(config);
    const path = table()[projectConfig.id];
    if (path === undefined) {
      throw new Error(`leakgate does not know which environment the project in ${projectConfig.rootDir} runs in.`);
    }
    const Gated = gated.get(path) ?? gate(path, require(path));
    // biome-ignore lint/correctness/noConstructorReturn: which class it is depends on the project, known only here.
    return new Gated(...args);
  }
}

/** Jest reads `default` for every test file and, its loader being asynchronous, waits for a promise found there. */
const auto = {
  __esModule: true,
  get default(): Promise<typeof AutoEnvironment> {
    return loadOwn().then(() => AutoEnvironment);
  },
};

export = auto;
