import { writeFileSync } from 'node:fs';
import { REPORT_SCHEMA, reportSchemaText } from './report-schema';

writeFileSync(REPORT_SCHEMA, reportSchemaText());
