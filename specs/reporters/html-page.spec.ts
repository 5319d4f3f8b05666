import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Browser, Locator, Page } from 'playwright-core';
import type { RunReport } from '../../harness/model/report';
import type { Reporter } from '../../harness/model/reporter';
import { aChannelLeak, aLeakyRun, aRunOf } from './a-leaky-run';
import { aFile, aFinding, aRun } from './a-report';
import { chromiumPath, launchChromium } from './chromium';
import { HOSTILE_NAMES } from './hostile-names';

const html = (require('../../dist/reporters/html') as { default: Reporter }).default;
const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

if (chromiumPath === undefined) {
  process.stderr.write(
    '\n!! No Chromium on this machine: the HTML report is NOT tested in a browser. Install one (`apt-get install chromium`), or name it in CHROMIUM.\n\n',
  );
}
/** As it is seen: hidden text left out, lines where they break. */
// biome-ignore lint/performance/useDomNodeTextContent: what is seen is what is claimed.
const textOf = (of: Locator): Promise<string> => of.innerText();
const inChromium = chromiumPath === undefined ? describe.skip : describe;

jest.setTimeout(60_000);

inChromium('the HTML report in Chromium', () => {
  let browser: Browser;
  let folder: string;
  let page: Page;
  /** What the page asked for, and what went wrong in it. */
  let requests: string[] = [];
  let errors: string[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'leakgate-html-'));
    browser = await launchChromium();
  });

  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  });

  afterEach(async () => {
    await page.context().close();
    expect(errors).toEqual([]);
    expect(requests.filter((url) => !url.startsWith('file:'))).toEqual([]);
  });

  async function open(report: RunReport, { dark = false, fragment = '' } = {}): Promise<void> {
    const file = join(folder, 'report.html');
    writeFileSync(file, html.render(report, { colors: false, base: '' }));
    const context = await browser.newContext({
      colorScheme: dark ? 'dark' : 'light',
      viewport: { width: 1360, height: 900 },
    });
    page = await context.newPage();
    requests = [];
    errors = [];
    page.on('request', (request) => requests.push(request.url()));
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text());
    });
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('dialog', (dialog) => {
      errors.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    await page.goto(`${pathToFileURL(file).href}${fragment}`);
    await page.getByRole('heading', { level: 1 }).waitFor();
  }

  const rows = () => page.getByRole('listbox').getByRole('option');
  const choose = (text: string) => rows().filter({ hasText: text }).click();
  const title = () => textOf(page.locator('#cause-title'));
  const focused = () => page.evaluate(() => document.activeElement?.id ?? '');
  const search = () => page.getByRole('searchbox');

  it('lists root causes, most first, and shows the first of them', async () => {
    await open(aLeakyRun());
    expect(await rows().allInnerTexts()).toEqual([
      expect.stringMatching(/^100×\s+Invoker\s*retained/),
      expect.stringMatching(/^3×\s+gRPC channel\s+src\/client\.ts:21\s+3 tests$/),
      expect.stringMatching(/^1×\s+interval\s*late/),
      expect.stringMatching(/^1×\s+HTTP client\s*library\s*known/),
    ]);
    expect(await title()).toContain('yet are still reachable');
  });

  it('shows what a leak left beneath its owners, the remedy, and every test that answers for it', async () => {
    await open(aLeakyRun());
    await choose('gRPC channel');
    expect(await title()).toBe('A gRPC channel to dns:backend.test:50051 was opened in this test, but never closed.');
    const detail = page.locator('.detail');
    expect(await detail.getByText('Close it with client.close()').isVisible()).toBe(true);
    expect(await detail.locator('.tests-list li').count()).toBe(3);
    const socket = detail.locator('.tree > li > ul > li > ul > li > ul > li').first();
    expect(await textOf(socket)).toMatch(/^live\s+a socket to 127\.0\.0\.1:41873/);
    expect(await textOf(detail.locator('.thing.closed'))).toMatch(/^closed\s+a round_robin policy/);
  });

  it('draws the path by which an object is held, and marks the link to be cut', async () => {
    await open(aLeakyRun());
    await choose('Invoker');
    const links = page.locator('ol.path > li');
    expect(await links.allInnerTexts()).toEqual([
      expect.stringMatching(/module src\/protocol\.ts/),
      expect.stringMatching(/registry\s*→\s*Registry/),
      expect.stringMatching(/\.#invokers\s*→\s*Map \(100 entries\)/),
      expect.stringMatching(
        /\.get\('svc-A:v1'\)\s*→\s*Invoker\s*cut here\?\s*should be gone, 44 kB; 100 like it, 4\.4 MB in all/,
      ),
    ]);
    expect(await links.nth(3).getAttribute('class')).toContain('suspect');
  });

  it('draws a test against its hooks: what was opened, what closed it, what stayed', async () => {
    await open(aLeakyRun());
    await choose('gRPC channel');
    const table = page.getByRole('table');
    const told = async (row: string) => (await table.getByRole('row', { name: row }).textContent()) ?? '';
    expect(await told('a TCP server')).toContain('opened at 2 ms, closed by 71 ms, src/server.ts:44');
    expect(await told('a gRPC channel')).toContain('opened at 17 ms, still there');
    expect(await told('a timeout of 10 ms')).toContain('gone by the end');
    expect(await told('Hooks and body')).toMatch(
      /beforeEach from 0 ms to 14 ms.*test from 15 ms to 63 ms.*afterEach from 64 ms/,
    );
    // Drawn where it is said to be: the channel begins in the body, and ends after the last hook.
    const box = async (of: string) => (await table.locator(of).first().boundingBox()) ?? { x: 0, width: 0 };
    const [body, last, life] = [
      await box('.band:nth-child(2)'),
      await box('.band:nth-child(3)'),
      await box('.life.left'),
    ];
    expect(life.x).toBeGreaterThan(body.x);
    expect(life.x).toBeLessThan(body.x + body.width);
    expect(life.x + life.width).toBeGreaterThanOrEqual(last.x + last.width - 1);
  });

  it('charts which files cost the gate what, and sorts them by any column', async () => {
    await open(aLeakyRun());
    await page.getByRole('tab', { name: 'Files and cost' }).click();
    const files = () => page.getByRole('rowheader').allInnerTexts();
    expect((await files()).slice(0, 2)).toEqual(['src/balancer/weighted.test.ts', 'src/http/agent.test.ts']);
    const widths = await page
      .locator('.bar')
      .evaluateAll((bars) =>
        bars.map((bar) => [...bar.children].reduce((sum, part) => sum + part.getBoundingClientRect().width, 0)),
      );
    expect(widths).toEqual([...widths].sort((a, b) => b - a));
    await page.getByRole('button', { name: 'File', exact: true }).click();
    expect((await files())[0]).toBe('src/balancer/weighted.test.ts');
    expect(await page.getByRole('columnheader', { name: 'File' }).getAttribute('aria-sort')).toBe('ascending');
    await page.getByRole('button', { name: 'Leaks', exact: true }).click();
    expect((await files())[0]).toBe('src/protocol.test.ts');
  });

  it('finds by words of the test, the file, the message, the package and the fingerprint, and narrows by what a leak is', async () => {
    await open(aLeakyRun());
    const found = async (text: string): Promise<number> => {
      await search().fill(text);
      return rows().count();
    };
    expect(await found('drains removed')).toBe(1);
    expect(await found('SRC/PROTOCOL')).toBe(1);
    expect(await found('armed by work')).toBe(1);
    expect(await found('undici')).toBe(1);
    expect(await found('3f9a17')).toBe(1);
    expect(await found('of nobody')).toBe(0);
    expect(await title()).toBe('No leak matches.');
    expect(await found('')).toBe(4);
    await page.getByRole('combobox', { name: 'Status' }).selectOption('known');
    expect(await rows().count()).toBe(1);
    expect(await textOf(page.getByRole('status').first())).toBe('1 of 4 root causes');
  });

  it('is read by keyboard alone', async () => {
    await open(aLeakyRun());
    await page.keyboard.press('Tab');
    expect(await textOf(page.locator(':focus'))).toBe('Skip to the report');
    await page.keyboard.press('Control+k');
    await page.keyboard.type('src');
    await page.keyboard.press('ArrowDown');
    expect(await focused()).toBe('causes');
    await page.keyboard.press('End');
    expect(await title()).toContain('An HTTP client was closed');
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowDown');
    expect(await title()).toContain('A gRPC channel');
    const active = await page.getByRole('listbox').getAttribute('aria-activedescendant');
    expect(await page.locator(`#${active}`).getAttribute('aria-selected')).toBe('true');
    await page.keyboard.press('Enter');
    expect(await focused()).toBe('cause-title');
    await page.keyboard.press('Escape');
    expect(await focused()).toBe('causes');
    await page.locator('#tab-leaks').focus();
    await page.keyboard.press('ArrowRight');
    expect(await focused()).toBe('tab-files');
    expect(await page.getByRole('tabpanel').getAttribute('id')).toBe('panel-files');
    await page.keyboard.press('End');
    expect(await focused()).toBe('tab-run');
    await page.keyboard.press('ArrowRight');
    expect(await focused()).toBe('tab-leaks');
  });

  it('looks as the system does, until its reader chooses, and remembers that', async () => {
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    await open(aLeakyRun());
    const light = await ground();
    await page.emulateMedia({ colorScheme: 'dark' });
    const dark = await ground();
    expect(dark).not.toBe(light);
    await page.getByRole('radio', { name: 'light' }).check();
    expect(await ground()).toBe(light);
    await page.reload();
    expect(await ground()).toBe(light);
    await page.getByRole('radio', { name: 'system' }).check();
    expect(await ground()).toBe(dark);
  });

  it.each([
    ['light', false],
    ['dark', true],
  ])('has nothing that axe objects to, in %s', async (_, dark) => {
    await open(aLeakyRun(), { dark });
    await page.evaluate(AXE);
    const objections = async (): Promise<string[]> => {
      await page.evaluate(() => Promise.allSettled(document.getAnimations().map((each) => each.finished)));
      return page.evaluate(async () => {
        const { violations } = await (globalThis as unknown as { axe: typeof import('axe-core') }).axe.run(document, {
          resultTypes: ['violations'],
        });
        return violations.flatMap(({ id, nodes }) =>
          nodes.map((node) => `${id}: ${node.target.join(' ')} ${node.failureSummary}`),
        );
      });
    };
    for (const cause of ['gRPC channel', 'Invoker', 'interval', 'HTTP client']) {
      await choose(cause);
      expect(await objections()).toEqual([]);
    }
    for (const view of ['Files and cost', 'The run']) {
      await page.getByRole('tab', { name: view }).click();
      expect(await objections()).toEqual([]);
    }
  });

  it('shows hostile names as the text they are, and runs nothing of them', async () => {
    const findings = HOSTILE_NAMES.map((name, index) =>
      aFinding({
        test: name,
        fingerprint: `hostile${index}`,
        message: `${name}\n${name}`,
        root: { kind: 'interval', noun: name, label: name, facts: { [name]: name }, owns: [] },
      }),
    );
    await open(aRun({ outcome: 'leaks', files: [aFile({ findings })], problems: HOSTILE_NAMES }));
    const before = await page.locator('script, img, iframe, a').count();
    for (const [index, name] of HOSTILE_NAMES.entries()) {
      await search().fill(`hostile${index}`);
      await page.getByRole('listbox').getByRole('option').first().click();
      const shown = (await page.locator('.tests-list .name').first().textContent()) ?? '';
      // Half a pair of surrogates is no character, and does not survive the way out of the browser.
      const said = (text: string) => text.replaceAll(/\p{Surrogate}/gu, '\ufffd');
      expect(said(shown)).toBe(said(`Suite › ${name}`));
    }
    await page.getByRole('tab', { name: 'The run' }).click();
    expect(await page.locator('script, img, iframe, a').count()).toBe(before);
    expect(await page.evaluate(() => document.querySelectorAll('.notices li').length)).toBe(HOSTILE_NAMES.length);
  });

  it('draws only what is in sight of 5,000 causes, and finds any of them', async () => {
    await open(aRunOf(5000));
    expect(await textOf(page.getByRole('status').first())).toBe('5,000 root causes');
    expect(await rows().count()).toBeLessThan(40);
    await page.locator('#causes').focus();
    await page.keyboard.press('End');
    expect(await textOf(page.locator('[aria-selected="true"][role="option"]'))).toContain('case 4999');
    expect(await rows().count()).toBeLessThan(40);
    await search().fill('part-4321');
    expect(await rows().allInnerTexts()).toEqual([expect.stringContaining('case 4321')]);
    expect(await page.evaluate(() => document.querySelectorAll('*').length)).toBeLessThan(2_000);
  });

  it('lists the tests of a common cause a few at a time', async () => {
    const findings = Array.from({ length: 1200 }, (_, index) => aChannelLeak(`case ${index}`));
    await open(aRun({ outcome: 'leaks', files: [aFile({ findings })] }));
    const tests = page.locator('.tests-list li');
    const few = await tests.count();
    expect(few).toBeLessThan(50);
    await page.getByRole('button', { name: /Show 100 more of/ }).click();
    expect(await tests.count()).toBe(few + 100);
  });

  it('opens at the leak, the search and the view that its address names', async () => {
    await open(aLeakyRun(), { fragment: '#leak=failing-3f9a17c0d2be&q=client' });
    expect(await title()).toContain('A gRPC channel');
    expect(await search().inputValue()).toBe('client');
    await choose('HTTP client');
    expect(await page.evaluate(() => location.hash)).toBe('#leak=known-bd2200aa9141&q=client');
    await page.getByRole('tab', { name: 'The run' }).click();
    expect(await page.evaluate(() => location.hash)).toContain('view=run');
  });

  it('does not call a run clean whose checks were not complete', async () => {
    await open(aRun({ outcome: 'broken', problems: ['A report was lost.'] }));
    expect(await page.getByText('No leak was found, but not all was checked.').isVisible()).toBe(true);
    await page.getByRole('tab', { name: 'The run' }).click();
    expect(await page.getByText('A report was lost.').isVisible()).toBe(true);
  });
});
