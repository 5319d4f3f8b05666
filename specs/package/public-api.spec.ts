import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { PUBLIC_API, publicApi } from './public-api';

it('has the public API that was reviewed: after a deliberate change, `npm run api` writes the listing anew', () => {
  expect(publicApi()).toBe(readFileSync(PUBLIC_API, 'utf8'));
}, 60_000);
