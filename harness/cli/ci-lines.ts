import { existsSync } from 'node:fs';
import { join } from 'node:path';

const GITHUB = `In a job of .github/workflows:

      - run: npm ci
      - run: npx leakgate run -- jest --ci`;

const GITLAB = `In .gitlab-ci.yml:

  leakgate:
    script:
      - npm ci
      - npx leakgate run -- jest --ci`;

/** The lines to paste into the CI that a project has; GitHub's where there is none yet. */
export const ciLines = (cwd: string): string =>
  [
    '',
    existsSync(join(cwd, '.gitlab-ci.yml')) ? GITLAB : GITHUB,
    '',
    'From then on a new leak fails there, and so does a leak that is mended and still in the baseline.',
  ].join('\n');
