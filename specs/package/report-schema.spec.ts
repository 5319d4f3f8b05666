import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import Ajv from 'ajv';
import addFormats from 'ajv-formats';
import { FULL_REPORT } from '../reporters/a-full-report';
import { aRun } from '../reporters/a-report';
import { REPORT_SCHEMA, reportSchemaText } from './report-schema';

const published = readFileSync(REPORT_SCHEMA, 'utf8');
const ajv = new Ajv({ strict: true, strictTypes: false, allErrors: true });
addFormats(ajv);
const validate = ajv.compile(JSON.parse(published) as object);

describe('the published schema', () => {
  it('is what reports are read by; `npm run schema` writes it anew', () => {
    expect(published).toBe(reportSchemaText());
  });

  it.each([
    ['a clean one', aRun()],
    ['one with everything in it', FULL_REPORT],
  ])('accepts a report: %s', (_what, report) => {
    validate(JSON.parse(JSON.stringify(report)));
    expect(validate.errors ?? []).toEqual([]);
  });

  it.each([
    ['of another version', { ...FULL_REPORT, version: 3 }],
    ['without an outcome', { ...FULL_REPORT, outcome: undefined }],
    ['with a shard from nought', { ...FULL_REPORT, run: { ...FULL_REPORT.run, shard: { index: 0, count: 2 } } }],
    ['with a time that is none', { ...FULL_REPORT, run: { ...FULL_REPORT.run, startedAt: 'noon' } }],
  ])('refuses one %s', (_what, report) => {
    expect(validate(JSON.parse(JSON.stringify(report)))).toBe(false);
  });
});
