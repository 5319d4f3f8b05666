import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Versions } from '../model/report';
import { fromRunningJest } from './running-jest';

/** This package's own version. */
export const { version: ownVersion } = require('../../package.json') as { version: string };

const versionIn = (manifest: unknown): readonly string[] => {
  const { version } = (manifest ?? {}) as { version?: unknown };
  return typeof version === 'string' ? [version] : [];
};

/** Of ourselves, and of the Jest whose executable is `script`: that of the package it is in. */
export function versionsBeside(script: string): Pick<Versions, 'leakgate' | 'jest'> {
  for (let folder = dirname(script); dirname(folder) !== folder; folder = dirname(folder)) {
    try {
      return {
        leakgate: [ownVersion],
        jest: versionIn(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))),
      };
    } catch {
      // Not the package's top yet.
    }
  }
  return { leakgate: [ownVersion], jest: [] };
}

/** Of ourselves, and of the Jest we are in. */
export function versionsHere(): Pick<Versions, 'leakgate' | 'jest'> {
  try {
    return { leakgate: [ownVersion], jest: versionIn(fromRunningJest('jest-runner/package.json')) };
  } catch {
    return { leakgate: [ownVersion], jest: [] };
  }
}
