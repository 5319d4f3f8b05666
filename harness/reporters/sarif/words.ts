import { repositoryPath } from '../text/repository-path';
import { visible } from '../text/visible';

/** Plain text of a message: what looks like SARIF's embedded link must not become one (2.1.0, 3.11.6). */
export const plain = (text: string): string => visible(text).replaceAll(/\[(?=[^\]]*\]\()/g, '\\[');

/** A relative reference: every segment encoded, or `#` would end it. */
const uri = (file: string, base: string): string =>
  repositoryPath(visible(file), base).split('/').map(encodeURIComponent).join('/');

/** A place in the repository, with 1 for what is not known of it. */
export const physical = (
  { file, line = 1, column = 1 }: { readonly file: string; readonly line?: number; readonly column?: number },
  base: string,
): object => ({
  artifactLocation: { uri: uri(file, base), uriBaseId: '%SRCROOT%' },
  region: { startLine: Math.max(1, line), startColumn: Math.max(1, column) },
});
