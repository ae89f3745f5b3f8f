// The whole surface, route by route as the running app has it, so that a new route is in here at once: described, closed
// to sniffing and frames, under a policy, and deaf to what a caller says about who and where we are.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { PUBLIC_URL, startTestApp, type TestApp } from '../../support/app.ts';
import { type Payer, signIn } from '../../support/payer.ts';

interface Route {
  method: string;
  path: string;
}
const EVIL = 'evil.test';
/** The one page that may stand in a frame, on the regroupement's own sites. */
const FRAMED = '/p/petits-bouleaux';

describe('every route', () => {
  let t: TestApp;
  let marie: Payer;
  let routes: Route[];
  before(async () => {
    t = await startTestApp();
    marie = await signIn(t, 'marie@example.org');
    const all = t.app.routes.filter(({ method }) => method !== 'ALL');
    routes = [...new Map(all.map(({ method, path }) => [`${method} ${path}`, { method, path }])).values()];
  });
  after(() => t.close());

  const addressOf = (path: string) =>
    PUBLIC_URL +
    path.replace(/:(regroupement|slug)(\{[^/]*\})?/g, 'petits-bouleaux').replace(/:(\w+)(\{[^/]*\})?/g, 'x');
  const call = (method: string, path: string, headers: Record<string, string> = {}) =>
    t.app.request(addressOf(path), {
      method,
      headers,
      ...(method === 'GET' || method === 'DELETE' ? {} : { body: '{}' }),
    });
  /** As nobody, as somebody signed in, and by a method that the address does not have. */
  async function* answers(): AsyncGenerator<[string, Response]> {
    const session = { Authorization: `DPoP ${marie.accessToken}` };
    // Whatever ends the session, or the account, comes last.
    const inOrder = routes.toSorted((a, b) => Number(a.method === 'DELETE') - Number(b.method === 'DELETE'));
    for (const { method, path } of inOrder) {
      yield [`${method} ${path}`, await call(method, path)];
      yield [`${method} ${path} signed in`, await call(method, path, session)];
      yield [`PUT ${path}`, await call('PUT', path)];
    }
    yield ['GET /nowhere', await call('GET', '/nowhere')];
  }

  test('is in the description of the API, and the description has no other', async () => {
    const spec = (await (await t.app.request(`${PUBLIC_URL}/openapi.json`)).json()) as {
      paths: Record<string, object>;
    };
    const described = Object.entries(spec.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const there = routes.map(
      ({ method, path }) => `${method} ${path.replace(/:(\w+)(\{[^/]*\})?/g, '{$1}')}`,
    );
    assert.deepEqual(described.sort(), there.sort());
  });

  test('answers under a policy, unsniffed, unframed, with a request id, and refuses as problem+json or a page', async () => {
    for await (const [name, answer] of answers()) {
      const { headers } = answer;
      const policy = headers.get('Content-Security-Policy') ?? '';
      assert.match(policy, /default-src 'none'/, name);
      if (!answer.url.endsWith(FRAMED) && !name.includes('/p/:slug'))
        assert.match(policy, /frame-ancestors 'none'|sandbox/, name);
      assert.equal(headers.get('X-Content-Type-Options'), 'nosniff', name);
      assert.equal(headers.get('Referrer-Policy'), 'no-referrer', name);
      assert.match(headers.get('X-Request-Id') ?? '', /^[\w-]{22}$/, name);
      assert.match(headers.get('Strict-Transport-Security') ?? '', /max-age=\d{8}/, name);
      assert.match(headers.get('Cross-Origin-Resource-Policy') ?? '', /^(same|cross)-origin$/, name);
      assert.equal(headers.get('Set-Cookie'), null, name);
      // What says nothing of caches may be kept by any for as long as it likes.
      assert.match(headers.get('Cache-Control') ?? '', /no-store|no-cache|max-age=\d/, name);
      if (answer.status >= 400) assert.match(headers.get('Cache-Control') ?? '', /no-store|no-cache/, name);
      if (answer.status === 401) assert.match(headers.get('WWW-Authenticate') ?? '', /^(DPoP|Bearer)/, name);
      assert.ok(answer.status < 500 || answer.status === 503, `${name} answered ${answer.status}`);
      const type = headers.get('Content-Type') ?? '';
      if (type.startsWith('text/')) assert.match(type, /; charset=utf-8$/i, name);
      if ((await answer.text()) !== '') assert.match(type, /^[a-z]+\/[a-z+]+/, name);
      if (answer.status >= 400) assert.match(type, /^(application\/problem\+json|text\/html)/, name);
    }
  });

  test('keeps nothing in caches of what only she, or the staff, may read', async () => {
    for (const { method, path } of routes) {
      if (!/^\/v1\/(regroupements|backoffice|exports|receipts)/.test(path)) continue;
      const answer = await call(method, path, { Authorization: `DPoP ${marie.accessToken}` });
      assert.match(answer.headers.get('Cache-Control') ?? '', /no-store/, `${method} ${path}`);
    }
  });

  test('a wrong password says too how one would be let in (RFC 9110, 15.5.2)', async () => {
    const answer = await t.app.request(`${PUBLIC_URL}/v1/regroupements/petits-bouleaux/sessions`, {
      method: 'POST',
      headers: { Origin: 'https://petits-bouleaux.test', 'Content-Type': 'application/json' },
      body: JSON.stringify({ email: 'marie@example.org', password: 'une autre grenouille' }),
    });
    assert.equal(answer.status, 401);
    assert.match(answer.headers.get('WWW-Authenticate') ?? '', /^DPoP /);
  });

  test('what is the same for everyone is asked about each time, and sent again only when it has changed', async () => {
    for (const path of [
      '/docs',
      '/docs/element',
      '/openapi.json',
      '/embed',
      '/embed/amisgest-pay-wordpress.zip',
    ]) {
      const first = await t.app.request(PUBLIC_URL + path);
      const tag = first.headers.get('ETag') ?? '';
      assert.deepEqual([first.status, first.headers.get('Cache-Control')], [200, 'no-cache'], path);
      const again = await t.app.request(PUBLIC_URL + path, { headers: { 'If-None-Match': tag } });
      assert.deepEqual([again.status, await again.text()], [304, ''], path);
      const other = await t.app.request(PUBLIC_URL + path, { headers: { 'If-None-Match': '"other"' } });
      assert.equal(other.status, 200, path);
    }
  });

  test('believes no caller about its own name, its address or its request id', async () => {
    const lies = {
      Host: EVIL,
      'X-Forwarded-Host': EVIL,
      'X-Forwarded-Proto': 'http',
      'X-Forwarded-Prefix': `//${EVIL}`,
      'X-Original-URL': `https://${EVIL}/`,
      Forwarded: `host=${EVIL};proto=http`,
      'X-Request-Id': EVIL,
    };
    for (const { method, path } of routes) {
      const answer = await call(method, path, lies);
      const headers = [...answer.headers].map((header) => header.join(': ')).join('\n');
      assert.ok(!headers.includes(EVIL), `${method} ${path}: ${headers}`);
      assert.ok(!(await answer.text()).includes(EVIL), `${method} ${path}`);
    }
  });
});
