import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Reporter } from '../model/reporter';
import { pageData } from './html/projection';

/** The page's script and style sheet, as `npm run build` made them. */
interface Assets {
  readonly script: string;
  readonly style: string;
}

let assets: Assets | undefined;

function builtAssets(): Assets {
  const read = (name: string): string => readFileSync(join(__dirname, 'html', name), 'utf8');
  return { script: read('page.js'), style: read('page.css') };
}

/**
 * JSON that no HTML parser takes for markup. `<` ends or changes a script element (`</script>`, `<!--`); the other two end a line
 * in older scripts. Within JSON all of them can only stand in strings, where an escape means the same.
 */
const inertJson = (value: unknown): string =>
  JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** The page may run its own script and use its own style, and reach nothing else, whatever a report holds. */
const policyFor = ({ script, style }: Assets): string =>
  [
    "default-src 'none'",
    `script-src ${hashOf(script)}`,
    `style-src ${hashOf(style)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');

/**
 * One file that opens offline: causes, trees, paths, timelines, costs. The report is in it as data, its look and behaviour are the built
 * page's.
 */
const html: Reporter = {
  name: 'html',
  description: 'one page that opens offline: causes, trees, timelines, costs',
  render(report) {
    assets ??= builtAssets();
    return `<!doctype html>
<html lang="en" data-theme="system">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policyFor(assets)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>leakgate: ${report.outcome}</title>
<style>${assets.style}</style>
</head>
<body>
<noscript>This report needs JavaScript; the same is told by \`leakgate report render --as markdown\`.</noscript>
<div id="page"></div>
<script type="application/json" id="report">${inertJson(pageData(report))}</script>
<script>${assets.script}</script>
</body>
</html>
`;
  },
};

export default html;
