import { resolve } from 'node:path';
import { toJsonSchema } from '@valibot/to-json-schema';
import { REPORT_VERSION } from '../../harness/model/report';
import { reportParts, reportSchema } from '../../harness/report-schema';

/** The schema that is published: reviewed like code, so that a change of it is seen. */
export const REPORT_SCHEMA = resolve(__dirname, '../../report.schema.json');

/** The schema of a report, made from what reads it. */
export function reportSchemaText(): string {
  const schema = toJsonSchema(reportSchema, { target: 'draft-07', errorMode: 'throw', definitions: reportParts });
  const { $schema, ...rest } = schema;
  const named = {
    $schema,
    title: `leakgate report, version ${REPORT_VERSION}`,
    description: 'What a run had to say, as written by `leakgate run --report` and `leakgate report merge --report`.',
    ...rest,
  };
  return `${JSON.stringify(named, null, 2)}\n`;
}
