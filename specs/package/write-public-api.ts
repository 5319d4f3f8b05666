import { writeFileSync } from 'node:fs';
import { PUBLIC_API, publicApi } from './public-api';

writeFileSync(PUBLIC_API, publicApi());
