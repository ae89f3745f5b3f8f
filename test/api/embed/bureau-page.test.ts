// The staff's page as the server gives it out: at top level on our own origin, under the strictest policy, kept by nobody.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { buildWidget } from '../../../demo/build-widget.ts';
import { PUBLIC_URL, startTestApp, type TestApp } from '../../support/app.ts';

describe('the page of the office', () => {
  let t: TestApp;
  before(async () => {
    await buildWidget();
    t = await startTestApp();
  });
  after(() => t.close());
  const get = (path: string) => t.app.request(PUBLIC_URL + path);

  test('is in no frame, runs our own script only, and no cache keeps it', async () => {
    for (const path of ['/bureau', '/bureau/petits-bouleaux', '/bureau/nowhere']) {
      const { headers } = await get(path);
      const policy = headers.get('Content-Security-Policy') ?? '';
      for (const directive of [
        "default-src 'none'",
        "script-src 'self'",
        "connect-src 'self'",
        "frame-ancestors 'none'",
        "form-action 'none'",
        "require-trusted-types-for 'script'",
        'trusted-types amisgest-pay',
      ])
        assert.ok(policy.split('; ').includes(directive), `${path}: ${directive} in ${policy}`);
      assert.doesNotMatch(policy, /unsafe/);
      assert.equal(headers.get('Cache-Control'), 'no-store');
    }
  });

  test('names the regroupement, in French unless the link says otherwise; 404 for one that is not there', async () => {
    const french = await (await get('/bureau/petits-bouleaux')).text();
    assert.match(french, /<html lang="fr-CA">.*<title>Bureau – Regroupement petits-bouleaux</s);
    assert.match(
      french,
      /<amisgest-bureau lang="fr-CA" regroupement="petits-bouleaux" name="Regroupement petits-bouleaux">/,
    );
    assert.match(await (await get('/bureau/petits-bouleaux?lang=en-CA')).text(), /<title>Office – /);
    assert.equal((await get('/bureau/nowhere')).status, 404);
    assert.match(await (await get('/bureau')).text(), /regroupement="" name=""/);
  });

  test('loads its entry, and chunks that are kept for good', async () => {
    const entry = await get('/v1/bureau/amisgest-bureau.js');
    assert.equal(entry.headers.get('Cache-Control'), 'public, max-age=300, stale-while-revalidate=86400');
    const [, chunk] = /\.\/c\/([\w.-]+\.js)/.exec(await entry.text()) ?? [];
    const { status, headers } = await get(`/v1/bureau/c/${chunk}`);
    assert.equal(status, 200);
    assert.equal(headers.get('Cache-Control'), 'public, max-age=31536000, immutable');
    assert.equal((await get('/v1/bureau/c/nothing.js')).status, 404);
  });
});
