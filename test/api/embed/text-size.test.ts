// The server's own pages in a browser set to text twice as large (WCAG 1.4.4), on narrow phones (1.4.10): the text follows,
// and nothing is wider than the page.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { createAdaptorServer } from '@hono/node-server';
import type { Browser, Page } from 'puppeteer-core';
import { openBrowser } from '../../journey/person.ts';
import { PUBLIC_URL } from '../../support/app.ts';
import { type Checkout, startCheckout } from '../../support/checkout.ts';

const LAYOUT = stripTypeScriptTypes(
  readFileSync(new URL('../../browser/support/layout.ts', import.meta.url), 'utf8'),
).replace(/^export /gm, '');
const WIDTHS = [280, 320, 360, 1280];
/** What browsers call « Très grand » is 24 px; this is 200 %. */
const TWICE_PX = 32;

describe('a page of the server, with text twice as large', () => {
  let c: Checkout;
  let browser: Browser;
  let page: Page;
  const server = createAdaptorServer({
    fetch: (request: Request) => {
      const { pathname, search } = new URL(request.url);
      return c.t.app.request(`${PUBLIC_URL}${pathname}${search}`);
    },
  });
  before(async () => {
    [c, browser] = await Promise.all([
      startCheckout(),
      openBrowser(`--blink-settings=defaultFontSize=${TWICE_PX}`),
    ]);
    await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
    page = await browser.newPage();
  });
  after(async () => {
    await browser?.close();
    await new Promise((resolve) => server.close(resolve));
    await c?.close();
  });

  /** Opens it, and tells what is wrong with it in each width. */
  const faults = async (url: string): Promise<string[]> => {
    const { pathname, search } = new URL(url, PUBLIC_URL);
    const { port } = server.address() as AddressInfo;
    await page.goto(`http://localhost:${port}${pathname}${search}`);
    await page.$$eval('details', (all) => {
      for (const one of all) one.open = true;
    });
    const found: string[] = [];
    const size = await page.evaluate(() => Number.parseFloat(getComputedStyle(document.body).fontSize));
    if (size < TWICE_PX) found.push(`text of ${size} px`);
    for (const width of WIDTHS) {
      await page.setViewport({ width, height: 740 });
      const wrong = await page.evaluate(`(() => { ${LAYOUT}; const root = document.documentElement;
        const over = root.scrollWidth - root.clientWidth;
        return [...(over > 0 ? ['page wider by ' + over + ' px'] : []), ...outside(document.body)];
      })()`);
      found.push(...(wrong as string[]).map((fault) => `${width} px: ${fault}`));
    }
    return found;
  };

  for (const path of [
    '/p/petits-bouleaux',
    '/p/petits-bouleaux?lang=en-CA',
    '/p/nobody',
    '/embed/petits-bouleaux',
    '/embed/petits-bouleaux?lang=en-CA',
    '/embed',
    '/privacy/petits-bouleaux',
    '/privacy/petits-bouleaux?lang=en-CA',
    '/docs',
    '/docs/element',
    '/problems/already-paid',
  ]) {
    test(`${path}: nothing is wider than a narrow phone`, async () => {
      assert.deepEqual(await faults(path), []);
    });
  }

  test('her receipt, the year’s summary and her data: nothing is wider than a narrow phone', async () => {
    await c.paid();
    const list = (await (await c.marie.call('GET', '/payments')).json()) as {
      payments: { receipt: { htmlUrl: string } | null }[];
      years: { htmlUrl: string }[];
    };
    const data = (await (await c.marie.call('POST', '/me/export-links')).json()) as { htmlUrl: string };
    for (const one of [list.payments[0]?.receipt, list.years[0], data]) {
      assert.deepEqual(await faults(one?.htmlUrl ?? assert.fail('no link')), []);
    }
  });

  test('the hosted page has its heading', async () => {
    for (const path of ['/p/petits-bouleaux', '/p/petits-bouleaux?lang=en-CA']) {
      await faults(path);
      const headings = await page.$$eval('h1', (all) => all.map((heading) => heading.textContent));
      assert.ok(headings.length === 1 && (await page.title()).endsWith(headings[0] ?? '-'), headings.join());
    }
  });
});
