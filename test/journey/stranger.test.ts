// Pages that a webmaster got wrong, or that the server knows nothing of: from another origin, against the real server, in a
// real browser. What is wrong is said before she types, with the way out; the console names the cure that is true.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Browser } from 'puppeteer-core';
import { type Demo, until } from '../support/demo.ts';
import { Person } from './person.ts';
import { withDemo } from './with-demo.ts';

const LAUNCHER = fileURLToPath(new URL('../../server/cli/amisgest-pay.js', import.meta.url));
const NOT_HERE = /Le paiement en ligne n’est pas disponible/;

/** A site of its own, of one page. */
async function startSite(): Promise<{
  url: string;
  show(html: string, policy?: string): void;
  stop(): void;
}> {
  let body = '';
  let policy = '';
  const server: Server = createServer((_request, response) => {
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    if (policy !== '') response.setHeader('Content-Security-Policy', policy);
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}/assurances`,
    show(html, given = '') {
      body = html;
      policy = given;
    },
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}

describe('on a page that the server does not know', () => {
  let demo: Demo;
  let browser: Browser;
  let site: Awaited<ReturnType<typeof startSite>>;
  let her: Person;
  withDemo((...given) => {
    [demo, browser] = given;
  });
  before(async () => {
    site = await startSite();
  });
  afterEach(async () => {
    if (her?.page.isClosed() === false) await her.page.close();
  });
  after(() => site?.stop());

  const widget = (regroupement = 'petits-bouleaux', api = demo.api) =>
    `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><title>Assurances</title>
     <script type="module" src="${demo.api}/v1/amisgest-pay.js"></script>
     <amisgest-pay regroupement="${regroupement}"${api === demo.api ? '' : ` api="${api}"`}><a href="${demo.api}/p/petits-bouleaux">Payer mes assurances</a></amisgest-pay>`;
  async function visits(html: string, policy?: string): Promise<void> {
    site.show(html, policy);
    her = await Person.arrive(browser);
    await her.goes(site.url);
  }
  const hasForm = () =>
    her.page.evaluate(
      () => document.querySelector('amisgest-pay')?.shadowRoot?.querySelector('form, input') !== null,
    );
  /** The one line that the widget wrote to the console. */
  const advice = () =>
    until('advice in the console', async () =>
      her.complaints.find((words) => words.startsWith('<amisgest-pay>')),
    );

  test('an unregistered page says so before she types, gives her the hosted page, and the webmaster the command', async () => {
    await visits(widget());
    await her.sees(NOT_HERE);
    assert.equal(await hasForm(), false, 'nothing to type a password into');
    assert.match(await advice(), new RegExp(`regroupement set petits-bouleaux --page ${site.url} `));
    assert.ok(
      !her.complaints.some((words) => /no answer|connect-src/.test(words)),
      her.complaints.join('\n'),
    );
    await her.clicks('Ouvrir la page de paiement sécurisée', 'link');
    await her.finds('textbox', 'Courriel');
    assert.equal(her.page.url(), `${demo.api}/p/petits-bouleaux`);
  });

  for (const name of [
    ...['petits-bouleau', 'Petits-Bouleaux', 'petits bouleaux', 'a/b', '../x', '.', '..', '...', '%2e%2e'],
    ...['petits-bouleaux/', 'petits-bouleaux?x=1', 'pétits', 'petits–bouleaux', 'x'.repeat(20_000)],
    'é'.repeat(3_000),
  ])
    test(`a mistyped name, « ${name.slice(0, 30)} », says so before she types; the site’s own link stays`, async () => {
      await visits(widget(name));
      await her.sees(NOT_HERE);
      assert.equal(await hasForm(), false);
      assert.ok(
        (await advice()).includes(`no regroupement "${name.slice(0, 100)}" on ${demo.api}`),
        her.complaints.join('\n'),
      );
      assert.ok(await her.finds('link', 'Payer mes assurances'));
    });

  test('a name of blanks alone is none, and the console says that it is missing', async () => {
    await visits(widget(' \u00a0 '));
    await her.sees(NOT_HERE);
    assert.equal(await hasForm(), false);
    assert.ok((await advice()).includes('the attribute regroupement is missing'), her.complaints.join('\n'));
  });

  test('the command that registers a page is safe to paste into a terminal, whatever the page’s address', async () => {
    site.show(widget('\u202epetits-bouleaux '));
    her = await Person.arrive(browser);
    const address = new URL(site.url);
    await her.goes(`${address.origin}/a'b;reboot&$(touch%20x)/c`);
    await her.sees(NOT_HERE);
    assert.ok(
      (await advice()).includes(`regroupement set petits-bouleaux --page ${address.origin}/ --page`),
      her.complaints.join('\n'),
    );
  });

  test('it takes one call, without a preflight', async () => {
    site.show(widget());
    her = await Person.arrive(browser);
    const asked: string[] = [];
    her.page.on('request', (request) => asked.push(`${request.method()} ${new URL(request.url()).pathname}`));
    await her.goes(site.url);
    await her.sees(NOT_HERE);
    assert.deepEqual(
      asked.filter((call) => call.includes('/v1/regroupements')),
      ['GET /v1/regroupements/petits-bouleaux'],
    );
  });

  test('on a bad line: she had typed and sent before the answer came, or the first answers were lost; she reads why all the same', async () => {
    for (const fate of ['late', 'lost'] as const) {
      site.show(widget());
      her = await Person.arrive(browser);
      let tries = 0;
      let release = () => {};
      const sent = new Promise<void>((resolve) => {
        release = resolve;
      });
      await her.page.setRequestInterception(true);
      her.page.on('request', (request) => {
        const profile =
          request.method() === 'GET' && request.url().endsWith('/regroupements/petits-bouleaux');
        if (profile) tries += 1;
        if (profile && fate === 'lost' && tries <= 2) void request.abort('connectionfailed');
        else if (profile && fate === 'late') void sent.then(() => request.continue());
        else void request.continue();
      });
      await her.goes(site.url);
      await until('the question', async () => tries >= (fate === 'lost' ? 2 : 1));
      await her.signsIn('marie@example.org', 'un mot de passe assez long');
      release();
      assert.doesNotMatch(await her.sees(NOT_HERE), /Pas de connexion|ne répond pas/, fate);
      assert.equal(await hasForm(), false);
      if (fate === 'late') await her.page.close();
    }
  });

  test('a Content-Security-Policy that blocks the server is named as the cause; she is told that the service is silent', async () => {
    await visits(
      widget(),
      `default-src 'self'; script-src ${demo.api}; style-src 'unsafe-inline'; img-src data:`,
    );
    assert.match(
      await advice(),
      new RegExp(`Content-Security-Policy blocks ${demo.api}: add it to connect-src`),
    );
    await her.signsIn('marie@example.org', 'un mot de passe assez long');
    const told = await her.sees(/Le service ne répond pas/);
    assert.doesNotMatch(told, /Pas de connexion/);
    assert.ok(await her.finds('link', 'Ouvrir la page de paiement sécurisée'));
  });

  test('an address that a webmaster pasted with a page, a question or spaces is that server’s', async () => {
    for (const more of ['/p/petits-bouleaux', '/v1', '/?x=1', '/#x', ' ']) {
      await visits(widget('petits-bouleaux', ` ${demo.api}${more}`));
      await her.sees(NOT_HERE);
      assert.match(await advice(), /regroupement set petits-bouleaux/, more);
      await her.page.close();
    }
  });

  test('an answer that is not ours says so before she types, and sends her to no page of that server', async () => {
    let answer = { status: 200, type: '', body: '' };
    const other = createServer((_request, response) => {
      response.writeHead(answer.status, { 'Content-Type': answer.type, 'Access-Control-Allow-Origin': '*' });
      response.end(answer.body);
    });
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const api = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
    try {
      for (const [status, type, body] of [
        [200, 'text/html', '<p>Bienvenue'],
        [200, 'text/plain', '{}'],
        ...['null', '{}', '[]', '"x"', '7', '{"name":5}'].map(
          (json) => [200, 'application/json', json] as const,
        ),
        [404, 'application/json', '{"message":"no route"}'],
        [403, 'text/html', '<p>Forbidden'],
      ] as const) {
        answer = { status, type, body };
        await visits(widget('petits-bouleaux', api));
        await her.sees(NOT_HERE);
        assert.equal(await hasForm(), false, body);
        assert.match(await advice(), /is not the address of a payment server/, body);
        assert.ok(!her.complaints.some((words) => /TypeError/.test(words)), her.complaints.join('\n'));
        assert.ok(await her.finds('link', 'Payer mes assurances'));
        assert.doesNotMatch(await her.reads(), /Ouvrir la page de paiement/);
        await her.page.close();
      }
      for (const status of [429, 500, 503]) {
        answer = { status, type: 'text/html', body: '<p>Un instant' };
        await visits(widget('petits-bouleaux', api));
        await her.finds('textbox', 'Courriel');
        await her.page.close();
      }
    } finally {
      other.closeAllConnections();
      other.close();
    }
  });

  test('a page opened as a file: she gets the hosted page, its author the cause', async () => {
    const file = join(demo.dataDir, 'page.html');
    writeFileSync(file, widget());
    her = await Person.arrive(browser);
    await her.goes(pathToFileURL(file).href);
    await her.sees(/le paiement se fait sur une autre page/);
    assert.match(await advice(), /opened as a file/);
  });

  test('an address that is no payment server is named as the cause', async () => {
    await visits(widget('petits-bouleaux', new URL(site.url).origin));
    assert.match(await advice(), /answers, but nothing that this page may read.*attribute api/);
  });

  test('a server that is down is not taken for the page’s fault, nor for her connection', async () => {
    await visits(widget('petits-bouleaux', 'http://127.0.0.1:9'));
    assert.match(
      await advice(),
      /no answer from http:\/\/127\.0\.0\.1:9: the server is down.*not this page's/,
    );
    await her.signsIn('marie@example.org', 'un mot de passe assez long');
    assert.doesNotMatch(await her.sees(/Le service ne répond pas/), /Pas de connexion/);
  });

  test('registered, it works at once: every refusal reads as what it is, and without a connection she reads that', async () => {
    const set = spawnSync(
      process.execPath,
      [LAUNCHER, 'regroupement', 'set', 'petits-bouleaux', '--page', site.url, '--page', `${demo.site}/`],
      { encoding: 'utf8', env: { PATH: process.env.PATH ?? '', DATA_DIR: demo.dataDir } },
    );
    assert.equal(set.status, 0, set.stderr);
    await visits(widget());
    await her.finds('textbox', 'Courriel');
    await her.signsIn('personne@example.org', 'un mot de passe assez long');
    await her.sees(/Courriel ou mot de passe incorrect/);
    await her.page.close();
    await visits(widget('petits-bouleaux\u200b\u00a0'));
    await her.signsIn('personne@example.org', 'un mot de passe assez long');
    await her.sees(/Courriel ou mot de passe incorrect/);
    await her.page.setOfflineMode(true);
    await her.signsIn('personne@example.org', 'un mot de passe assez long');
    await her.sees(/Pas de connexion Internet/);
    await her.page.setOfflineMode(false);
    await until('too many tries', async () => {
      await her.signsIn('personne@example.org', 'un mot de passe assez long');
      return /Trop d’essais/.test(await her.sees(/incorrect|Trop d’essais/));
    });
    // What was caught while she had no connection is there for the page's developer, and nothing else.
    assert.deepEqual(her.complaints, ['TypeError: Failed to fetch']);
  });
});
