// What a regroupement's page loads from us, over a real socket: fast, cacheable, from any site; and the hosted page.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { get as httpGet, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { createAdaptorServer } from '@hono/node-server';
import { buildWidget } from '../../../demo/build-widget.ts';
import { logoFrom, saveLogo } from '../../../server/regroupements/logos.ts';
import { regroupementBySlug } from '../../../server/regroupements/regroupements.ts';
import { startTestApp, type TestApp } from '../../support/app.ts';

describe('what a page loads', () => {
  let t: TestApp;
  let server: ReturnType<typeof createAdaptorServer>;
  before(async () => {
    await buildWidget();
    t = await startTestApp();
    server = createAdaptorServer({ fetch: t.app.fetch });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  after(async () => {
    await new Promise((resolve) => server.close(resolve));
    await t.close();
  });

  interface Answer {
    status: number;
    headers: IncomingHttpHeaders;
    body: Buffer;
  }
  /** As sent: neither the path nor the body is touched on the way. */
  function get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    const { port } = server.address() as AddressInfo;
    return new Promise((resolve, reject) => {
      httpGet({ host: '127.0.0.1', port, path, headers, agent: false }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks),
          }),
        );
      }).once('error', reject);
    });
  }
  const ENTRY = '/v1/amisgest-pay.js';

  test('the entry: a module for any site, kept five minutes, asked again by its tag', async () => {
    const { status, headers, body } = await get(ENTRY, { Origin: 'https://any.test' });
    assert.equal(status, 200);
    assert.equal(headers['content-type'], 'text/javascript; charset=utf-8');
    assert.equal(headers['access-control-allow-origin'], '*');
    assert.equal(headers['cross-origin-resource-policy'], 'cross-origin');
    assert.match(headers['cache-control'] ?? '', /^public, max-age=300, stale-while-revalidate=\d+$/);
    assert.equal(headers.vary, 'Accept-Encoding');
    assert.match(body.toString(), /amisgest-pay/);
    const again = await get(ENTRY, { 'If-None-Match': String(headers.etag) });
    assert.deepEqual([again.status, again.body.length], [304, 0]);
    assert.equal(again.headers['cache-control'], headers['cache-control']);
    assert.equal((await get(ENTRY, { 'If-None-Match': '"an older one"' })).status, 200);
  });

  test('compressed as the browser can read it, the same file in each form', async () => {
    const plain = (await get(ENTRY)).body;
    const brotli = await get(ENTRY, { 'Accept-Encoding': 'gzip, deflate, br, zstd' });
    assert.equal(brotli.headers['content-encoding'], 'br');
    assert.ok(brotliDecompressSync(brotli.body).equals(plain));
    const gzip = await get(ENTRY, { 'Accept-Encoding': 'gzip' });
    assert.equal(gzip.headers['content-encoding'], 'gzip');
    assert.ok(gunzipSync(gzip.body).equals(plain));
    assert.ok(brotli.body.length < gzip.body.length && gzip.body.length < plain.length);
    assert.ok(brotli.body.length <= 13_000, `${brotli.body.length} bytes for the first view`);
    const refused = await get(ENTRY, { 'Accept-Encoding': 'br;q=0, identity' });
    assert.equal(refused.headers['content-encoding'], undefined);
  });

  test('each chunk that the entry names is there, for good', async () => {
    const names = (await get(ENTRY)).body.toString().match(/c\/[\w-]+\.js/g) ?? [];
    assert.ok(names.length > 1, 'what comes later, and the other language');
    for (const name of names) {
      const { status, headers } = await get(`/v1/${name}`);
      assert.equal(status, 200, name);
      assert.equal(headers['cache-control'], 'public, max-age=31536000, immutable');
      assert.equal(headers['access-control-allow-origin'], '*');
    }
  });

  test('nothing else of the disk is served', async () => {
    for (const path of [
      '/v1/c/nothing.js',
      '/v1/c/..%2f..%2f..%2fpackage.json',
      '/v1/c/../../package.json',
      '/v1/c/%2e%2e%2famisgest-pay.js',
      '/v1/c/constructor',
      '/dist/widget/amisgest-pay.js',
      '/package.json',
    ]) {
      const { status, headers, body } = await get(path);
      assert.equal(status, 404, path);
      assert.match(headers['content-type'] ?? '', /^application\/problem\+json/, path);
      assert.doesNotMatch(body.toString(), /dependencies/);
    }
  });

  test('the hosted page: her regroupement’s name and how to reach it, with or without scripts, never kept', async () => {
    const { headers, body } = await get('/p/petits-bouleaux');
    const html = body.toString();
    assert.equal(headers['cache-control'], 'no-store');
    assert.equal(headers['referrer-policy'], 'no-referrer');
    assert.match(html, /<html lang="fr-CA">/);
    assert.match(html, /<title>Paiement de vos assurances – Regroupement petits-bouleaux<\/title>/);
    assert.match(html, /<amisgest-pay regroupement="petits-bouleaux" lang="fr-CA" hosted>/);
    assert.match(html, /<noscript>[\s\S]*JavaScript[\s\S]*Regroupement petits-bouleaux[\s\S]*<\/noscript>/);
    assert.match(html, /href="tel:\+14185550123"/);
    assert.match(html, /href="mailto:prp@petits-bouleaux\.test"/);
    assert.match((await get('/p/petits-bouleaux?lang=en-CA')).body.toString(), /lang="en-CA" hosted/);
    assert.match((await get('/p/petits-bouleaux?lang="><script>')).body.toString(), /lang="fr-CA" hosted/);
  });

  test('its style is the one that its policy allows, in the regroupement’s colour, and what the widget writes under this answer’s nonce', async () => {
    await t.deps.db.execute("UPDATE regroupements SET theme = ? WHERE slug = 'petits-bouleaux'", [
      '{"accent":"#2c6e49"}',
    ]);
    const nonces = new Set<string | undefined>();
    for (const path of ['/p/petits-bouleaux', '/p/petits-bouleaux', '/p/la-farandole', '/p/nobody']) {
      const { headers, body } = await get(path);
      const style = /<style>([\s\S]*?)<\/style>/.exec(body.toString())?.[1] ?? '';
      assert.equal(style.includes('#2c6e49'), path === '/p/petits-bouleaux');
      const hash = createHash('sha256').update(style).digest('base64');
      const nonce = /<script[^>]* nonce="([\w-]{22})">/.exec(body.toString())?.[1];
      nonces.add(nonce);
      const written = nonce === undefined ? '' : ` 'nonce-${nonce}'`;
      const policy = headers['content-security-policy'] ?? '';
      assert.ok(policy.includes(`style-src 'sha256-${hash}'${written};`), path);
      assert.ok(policy.includes("script-src 'self';") || path === '/p/nobody', 'scripts by address alone');
    }
    assert.equal(nonces.size, 4, 'one for each answer, none where there is no widget');
  });

  test('the regroupement’s picture stands on its page, kept for good, and runs nothing', async () => {
    assert.doesNotMatch((await get('/p/petits-bouleaux')).body.toString(), /<img/);
    assert.equal((await get('/p/petits-bouleaux/logo')).status, 404);
    const drawing = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';
    const { id } = await regroupementBySlug(t.deps, 'petits-bouleaux');
    const logo = logoFrom(new Uint8Array(Buffer.from(drawing)));
    assert.ok(logo !== null);
    await t.deps.db.batch([saveLogo(id, logo)]);
    const page = (await get('/p/petits-bouleaux')).body.toString();
    const [, path = ''] = /<img src="([^"]+)" alt="">/.exec(page) ?? [];
    const { status, headers, body } = await get(path);
    assert.deepEqual([status, headers['content-type'], body.toString()], [200, 'image/svg+xml', drawing]);
    assert.match(String(headers['content-security-policy']), /default-src 'none';.*sandbox/);
    assert.match(headers['cache-control'] ?? '', /immutable/);
    assert.equal(logoFrom(new Uint8Array(Buffer.from('<html><svg></svg>'))), null, 'a page is no picture');
  });

  test('a picture is told from none at once, whatever stands before it', () => {
    const of = (text: string) => logoFrom(new Uint8Array(Buffer.from(text)))?.type ?? null;
    assert.equal(of('<?xml version="1.0"?>\n<!-- a --> <!-- -- > -->\n<svg>'), 'image/svg+xml');
    const started = performance.now();
    assert.equal(of(`${'<!---->'.repeat(26)}<html>`), null);
    assert.ok(performance.now() - started < 100, 'one more comment does not take twice as long');
  });

  test('developers find the element’s manifest, as a page and as it is', async () => {
    const page = (await get('/docs/element')).body.toString();
    for (const name of ['regroupement', 'amisgest-pay-paid', '--amisgest-accent', 'help']) {
      assert.ok(page.includes(name), name);
    }
    const manifest = JSON.parse((await get('/docs/custom-elements.json')).body.toString());
    assert.equal(manifest.modules[0].declarations[0].tagName, 'amisgest-pay');
  });

  test('names and addresses with markup in them stay text', async () => {
    await t.deps.db.execute("UPDATE regroupements SET name = ? WHERE slug = 'la-farandole'", [
      'Les <b>Amis</b> & "Co"',
    ]);
    const html = (await get('/p/la-farandole')).body.toString();
    assert.doesNotMatch(html, /<b>/);
    assert.match(html, /Les &lt;b&gt;Amis&lt;\/b&gt; &amp; &quot;Co&quot;/);
  });

  test('a slug that nobody has, however odd: a page in both languages', async () => {
    for (const path of [
      '/p/nobody',
      '/p/%00',
      '/p/%F0%9F%A6%AB',
      '/p/..%2f',
      '/p/Petits-Bouleaux',
      `/p/${'a'.repeat(500)}`,
    ]) {
      const { status, body } = await get(path);
      assert.equal(status, 404, path);
      assert.match(body.toString(), /Cette page n’existe pas[\s\S]*This page does not exist/, path);
    }
  });
});
