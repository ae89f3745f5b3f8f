// Every snippet of `/embed`, pasted in a page in a real browser against the running demo: under the policy that the
// guide gives, in a frame as high as what it shows, refused to other sites; and the guide itself, usable by anyone.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Browser, Frame, Page } from 'puppeteer-core';
import { DEMO_PASSWORD } from '../../../demo/data/accounts.ts';
import { openDb } from '../../../server/db/open.ts';
import { openBrowser } from '../../journey/person.ts';
import { type Demo, startDemo, until } from '../../support/demo.ts';

const AXE = readFileSync(new URL('../../../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

interface Opened {
  page: Page;
  /** What the page complained about. */
  complaints: string[];
}

describe('what a webmaster pastes', () => {
  let demo: Demo;
  let browser: Browser;
  /** A site of the regroupement's own, by the name that is registered; by the other loopback name, a stranger's. */
  let site: string;
  let strangers: string;
  let pasted: { body: string; policy?: string | undefined } = { body: '' };
  const server = createServer((request, response) => {
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    if (pasted.policy !== undefined) response.setHeader('Content-Security-Policy', pasted.policy);
    if (request.url === '/favicon.ico') response.writeHead(204).end();
    else response.end(`<!doctype html><title>Leur page</title><body>${pasted.body}`);
  });
  before(async () => {
    [demo, browser] = await Promise.all([startDemo(), openBrowser()]);
    await new Promise<void>((resolve) => server.listen(0, resolve));
    const { port } = server.address() as AddressInfo;
    site = `http://localhost:${port}`;
    strangers = `http://127.0.0.1:${port}`;
    const db = await openDb(`file:${join(demo.dataDir, 'amisgest-pay.db')}`);
    await db.execute("UPDATE regroupements SET pages = ? WHERE slug = 'petits-bouleaux'", [
      JSON.stringify([`${site}/leur-page`]),
    ]);
    db.close();
  });
  after(async () => {
    await new Promise((resolve) => server.close(resolve));
    await browser?.close();
    await demo?.stop();
  });

  const blank = async (): Promise<Opened> => {
    const page = await (await browser.createBrowserContext()).newPage();
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (['error', 'warn'].includes(message.type())) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    return { page, complaints };
  };
  /** The guide's texts to copy, in its order. */
  const snippets = async (): Promise<string[]> => {
    const { page } = await blank();
    await page.goto(`${demo.api}/embed/petits-bouleaux`);
    const texts = await page.$$eval('pre', (all) => all.map((pre) => pre.textContent ?? ''));
    await page.close();
    return texts;
  };
  const snippet = async (having: RegExp): Promise<string> =>
    (await snippets()).find((text) => having.test(text)) ?? assert.fail(`no snippet with ${having}`);
  /** A page of the regroupement's own site with `body` in it. */
  const host = async (body: string, policy?: string): Promise<Opened> => {
    const opened = await blank();
    pasted = { body, policy };
    await opened.page.goto(`${site}/leur-page`);
    return opened;
  };
  const frameOf = (page: Page): Promise<Frame> =>
    until('the hosted page in its frame', async () =>
      page.frames().find((frame) => frame !== page.mainFrame() && frame.url().includes('/p/')),
    );
  /** The frame's height as given, how much of its page does not fit, and whether its page knows its width already. */
  const heights = async (page: Page) => {
    const { given, width } = await page.$eval('iframe', (frame) => ({
      given: Number(frame.getAttribute('height')),
      width: frame.clientWidth,
    }));
    const inside = await (await frameOf(page)).evaluate(() => ({
      hidden: document.documentElement.scrollHeight - window.innerHeight,
      width: window.innerWidth,
    }));
    return { given, hidden: inside.hidden, settled: inside.width === width };
  };
  // Another site's frame is another process: it hears of a new width after its page.
  const fits = (page: Page, last = 0) =>
    until('a frame as high as what it shows', async () => {
      const { given, hidden, settled } = await heights(page);
      return settled && given !== 760 && given !== last && hidden <= 0 && given;
    });

  test('the hosted page looks as it should on a phone that adopts no style sheets, under its own policy', async () => {
    const { page, complaints } = await blank();
    await page.evaluateOnNewDocument(() => {
      for (const { prototype } of [Document, ShadowRoot])
        Reflect.deleteProperty(prototype, 'adoptedStyleSheets');
    });
    await page.goto(`${demo.api}/p/petits-bouleaux`);
    const button = await page.waitForSelector('::-p-aria([name="Création de compte"][role="button"])');
    const width = () => button?.evaluate((one) => getComputedStyle(one).borderRadius);
    assert.notEqual(await width(), '0px', 'the first view’s styles');
    await button?.click();
    const name = await page.waitForSelector('amisgest-pay >>> #name', { visible: true });
    // 16 px by the first view's.
    const margin = await name?.evaluate((box) => {
      const suggestion = box.closest('form')?.querySelector('.typo');
      return suggestion ? getComputedStyle(suggestion).marginBottom : '';
    });
    assert.equal(margin, '0px', 'and the rest');
    assert.deepEqual(complaints, []);
  });

  for (const [name, having] of [
    ['the usual form', /^<script[^>]*v1\/amisgest-pay\.js/],
    ['the pinned form', /integrity=/],
    ['the form with <div>', /data-amisgest-pay=/],
  ] as const) {
    test(`${name} works under the policy that the guide gives, and breaks no rule of it`, async () => {
      const policy = (await snippet(/^script-src/)).replaceAll('\n', ' ');
      const { page, complaints } = await host(
        await snippet(having),
        `default-src 'none'; ${policy} require-trusted-types-for 'script'`,
      );
      await page.waitForSelector('::-p-aria([name="Courriel"][role="textbox"])');
      // Another screen: what comes later came too, which the single file must not need.
      await (await page.$('::-p-aria([role="button"][name="Création de compte"])'))?.click();
      await page.waitForSelector('::-p-aria([role="button"][name="Créer votre compte"])');
      assert.deepEqual(complaints, []);
      await page.close();
    });
  }

  test('a pinned file that was tampered with does not run; the link stays', async () => {
    const text = (await snippet(/integrity=/)).replace(/sha384-.{4}/, 'sha384-AAAA');
    const { page, complaints } = await host(text);
    await until('the browser’s refusal', async () => complaints.some((line) => line.includes('integrity')));
    assert.equal(await page.$eval('amisgest-pay', (element) => element.shadowRoot), null);
    assert.ok(await page.$('a[href$="/p/petits-bouleaux"]'));
    await page.close();
  });

  test('the frame grows and shrinks with what it shows, from another site to ours', async () => {
    const { page, complaints } = await host(await snippet(/<iframe/));
    await (await frameOf(page)).waitForSelector('::-p-aria([name="Courriel"][role="textbox"])');
    await page.setViewport({ width: 400, height: 700 });
    const first = await fits(page);
    await page.setViewport({ width: 900, height: 700 });
    const wide = await fits(page, first);
    assert.ok(wide < first, `${wide} px wide, ${first} px on a phone`);
    assert.deepEqual(complaints, []);
    await page.close();
  });

  test('nobody else can tell the page how high its frame is', async () => {
    const { page } = await host(await snippet(/<iframe/));
    await fits(page);
    await page.evaluate(async () => {
      window.postMessage({ type: 'amisgest-pay-height', height: 9000 }, '*');
      await new Promise((resolve) => window.addEventListener('message', resolve, { once: true }));
    });
    assert.notEqual((await heights(page)).given, 9000);
    await page.close();
  });

  test('in a frame she signs in, and « Effectuer un paiement » leads out of it', async () => {
    const { page } = await host(await snippet(/<iframe/));
    await fits(page);
    const frame = await frameOf(page);
    const email = await frame.waitForSelector('::-p-aria([name="Courriel"][role="textbox"])');
    await email?.type('marie-eve.lecuyer@example.org');
    const password = await frame.waitForSelector('::-p-aria([name="Mot de passe"][role="textbox"])');
    await password?.type(DEMO_PASSWORD);
    await password?.press('Enter');
    const pay = await frame.waitForSelector('::-p-aria([name="Effectuer un paiement"][role="link"])');
    // By the keyboard: the frame may still be growing under a pointer.
    await pay?.focus();
    await page.keyboard.press('Enter');
    await until('the hosted page on its own', async () => page.url().startsWith(`${demo.api}/p/`));
    await page.close();
  });

  test('a site that is not the regroupement’s cannot show the hosted page', async () => {
    pasted = { body: await snippet(/<iframe/) };
    const { page, complaints } = await blank();
    await page.goto(`${strangers}/`);
    await until('the browser’s refusal', async () => complaints.some((line) => /frame-ancestors/.test(line)));
    assert.equal(await page.$eval('iframe', (frame) => frame.getAttribute('height')), '760');
    await page.close();
  });

  describe('the guide', () => {
    const guide = async (path = '/embed/petits-bouleaux'): Promise<Opened> => {
      const opened = await blank();
      await opened.page.goto(demo.api + path);
      return opened;
    };

    test('passes axe in both languages, light and dark, all opened, and fits 320 px', async () => {
      const { page, complaints } = await guide();
      await page.setViewport({ width: 320, height: 640 });
      for (const scheme of ['light', 'dark']) {
        await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
        for (const path of ['/embed/petits-bouleaux', '/embed/petits-bouleaux?lang=en-CA', '/embed']) {
          await page.goto(demo.api + path);
          await page.$$eval('details', (all) => {
            for (const one of all) one.open = true;
          });
          const seen = await page.evaluate(`(async () => { ${AXE};
            const { violations } = await axe.run(document, { runOnly: ${JSON.stringify(TAGS)}, iframes: false });
            return violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html).join(' | '));
          })()`);
          assert.deepEqual(seen, [], `${path} ${scheme}`);
          const tooWide = await page.evaluate(
            () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
          );
          assert.equal(tooWide, 0, `${path} is too wide`);
        }
      }
      assert.deepEqual(complaints, []);
      await page.close();
    });

    test('« Copier » copies exactly the snippet, and says so', async () => {
      const { page } = await guide();
      await page
        .browserContext()
        .overridePermissions(demo.api, ['clipboard-read', 'clipboard-write', 'clipboard-sanitized-write']);
      await page.bringToFront();
      const button = await page.waitForSelector('::-p-aria([name="Copier\u00a0: La forme habituelle"])');
      await button?.focus();
      await page.keyboard.press('Enter');
      await page.waitForSelector('::-p-text(Copié.)');
      assert.equal(
        await page.evaluate(() => navigator.clipboard.readText()),
        await page.$eval('pre', (pre) => pre.textContent),
      );
      await page.close();
    });

    test('where the clipboard is refused the snippet is selected instead', async () => {
      const { page } = await guide();
      await page.evaluate(() => {
        navigator.clipboard.writeText = () => Promise.reject(new DOMException('no', 'NotAllowedError'));
      });
      await (await page.waitForSelector('::-p-aria([name="Copier\u00a0: La forme habituelle"])'))?.click();
      await page.waitForSelector('::-p-text(Sélectionné\u00a0: faites Ctrl+C)');
      assert.equal(
        await page.evaluate(() => getSelection()?.toString().trim()),
        await page.$eval('pre', (pre) => pre.innerText.trim()),
      );
      await page.close();
    });

    test('without scripts there is no dead button, and every snippet can be selected', async () => {
      const { page } = await blank();
      await page.setJavaScriptEnabled(false);
      await page.goto(`${demo.api}/embed/petits-bouleaux`);
      const buttons = await page.$$('button');
      for (const button of buttons) assert.equal(await button.isVisible(), false);
      assert.equal(buttons.length, 8);
      await page.close();
    });

    test('the preview is the hosted page, as high as it is', async () => {
      const { page } = await guide();
      await page.$eval('iframe', (frame) => frame.scrollIntoView());
      await fits(page);
      await page.close();
    });
  });
});
