// The edge of the whole server: what every answer carries, which sites may call, what nonsense is told, and that the
// documents that describe the API are true and complete.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { PROBLEMS } from '../../../server/problems/catalogue.ts';
import { PUBLIC_URL, startTestApp, type TestApp } from '../../support/app.ts';
import { signIn } from '../../support/payer.ts';

describe('the middleware', () => {
  let t: TestApp;
  before(async () => {
    t = await startTestApp();
  });
  after(() => t.close());
  const get = async (path: string, headers: Record<string, string> = {}) =>
    await t.app.request(PUBLIC_URL + path, { headers });

  test('every answer but the hosted page is closed to frames, sniffing and other sites, and bears a request id', async () => {
    for (const path of [
      '/healthz',
      '/openapi.json',
      '/docs',
      '/embed',
      '/p/nobody',
      '/nowhere',
      '/v1/checkout/return?n=x',
    ]) {
      const answer = await get(path);
      assert.match(
        answer.headers.get('Content-Security-Policy') ?? '',
        /default-src 'none'.*frame-ancestors 'none'/,
        path,
      );
      assert.equal(answer.headers.get('X-Content-Type-Options'), 'nosniff', path);
      assert.equal(answer.headers.get('Cross-Origin-Resource-Policy'), 'same-origin', path);
      assert.match(answer.headers.get('X-Request-Id') ?? '', /^[\w-]{22}$/, path);
      assert.match(answer.headers.get('Strict-Transport-Security') ?? '', /max-age/, path);
    }
  });

  test('a registered page’s site may call; another site, `null` and the neighbour regroupement’s may not', async () => {
    const path = '/v1/regroupements/petits-bouleaux';
    const allowed = await get(path, { Origin: 'https://petits-bouleaux.test' });
    assert.equal(allowed.status, 200);
    assert.equal(allowed.headers.get('Access-Control-Allow-Origin'), 'https://petits-bouleaux.test');
    assert.equal(allowed.headers.get('Access-Control-Allow-Credentials'), null);
    assert.match(allowed.headers.get('Vary') ?? '', /\bOrigin\b/, 'no cache gives it to another site');
    for (const header of ['DPoP-Nonce', 'Retry-After', 'X-Request-Id'])
      assert.ok(allowed.headers.get('Access-Control-Expose-Headers')?.includes(header), header);
    assert.equal((await get(path, { Origin: PUBLIC_URL })).status, 200, 'our own hosted page');
    for (const origin of [
      'https://evil.test',
      'null',
      'https://la-farandole.test',
      'https://petits-bouleaux.test.evil.test',
    ]) {
      const refused = await get(path, { Origin: origin });
      assert.equal(refused.status, 403, origin);
      assert.equal((await get(`${path}/certificates`, { Origin: origin })).status, 403, origin);
    }
  });

  test('any page may read why it may not have the public profile, and nothing else', async () => {
    const tenants = `${PUBLIC_URL}/v1/regroupements`;
    const ask = (path: string, origin: string, init: RequestInit = {}) =>
      t.app.request(tenants + path, { ...init, headers: { Origin: origin, ...init.headers } });
    for (const origin of ['https://evil.test', 'null', 'https://la-farandole.test', 'http://localhost:3000'])
      for (const [path, status, type] of [
        ['/petits-bouleaux', 403, 'origin-refused'],
        ['/petits-bouleau', 404, 'regroupement-unknown'],
        ['/Petits-Bouleaux', 404, 'regroupement-unknown'],
        ['/petits%20bouleaux', 404, 'regroupement-unknown'],
        ['/petits%2Fbouleaux', 404, 'regroupement-unknown'],
        ['/%00', 404, 'regroupement-unknown'],
      ] as const) {
        const answer = await ask(path, origin);
        assert.equal(answer.status, status, path);
        assert.equal((await answer.json()).type, `/problems/${type}`, path);
        assert.equal(answer.headers.get('Access-Control-Allow-Origin'), '*', path);
        assert.equal(answer.headers.get('Access-Control-Allow-Credentials'), null, path);
        assert.match(answer.headers.get('Vary') ?? '', /\bOrigin\b/, path);
        assert.equal(answer.headers.get('Cache-Control'), 'no-store', 'registered a minute later, it works');
        assert.equal(answer.headers.get('DPoP-Nonce'), null, path);
      }
    const closed: [string, string][] = [
      ['GET', '/petits-bouleaux/certificates'],
      ['GET', '/petits-bouleaux/'],
      ['GET', '/petits-bouleaux/nowhere'],
      ['GET', '/nobody/certificates'],
      ['HEAD', '/petits-bouleaux'],
      ['POST', '/petits-bouleaux'],
      ['OPTIONS', '/petits-bouleaux'],
      ['OPTIONS', '/petits-bouleaux/sessions'],
      ['POST', '/petits-bouleaux/sessions'],
      ['POST', '/petits-bouleaux/accounts'],
      ['DELETE', '/petits-bouleaux/sessions/current'],
    ];
    for (const [method, path] of closed) {
      const answer = await ask(path, 'https://evil.test', { method });
      assert.ok(answer.status === 403 || answer.status === 404, `${method} ${path}: ${answer.status}`);
      assert.equal(answer.headers.get('Access-Control-Allow-Origin'), null, `${method} ${path}`);
    }
    const plain = await t.app.request(`${tenants}/petits-bouleaux`);
    assert.equal(plain.headers.get('Access-Control-Allow-Origin'), null, 'no browser’s cross-site call');
    const own = await ask('/petits-bouleaux', 'https://petits-bouleaux.test');
    assert.equal(own.headers.get('Access-Control-Allow-Origin'), 'https://petits-bouleaux.test');
  });

  test('a registered page may read every refusal: nothing it is told looks like a lost connection', async () => {
    const told = async (method: string, path: string, body?: string, type = 'application/json') => {
      const answer = await t.app.request(`${PUBLIC_URL}/v1/regroupements/petits-bouleaux${path}`, {
        method,
        headers: { Origin: 'https://petits-bouleaux.test', ...(body ? { 'Content-Type': type } : {}) },
        ...(body === undefined ? {} : { body }),
      });
      const what = `${method} ${path} ${answer.status}`;
      assert.equal(answer.headers.get('Access-Control-Allow-Origin'), 'https://petits-bouleaux.test', what);
      assert.match((await answer.json()).type, /^\/problems\//, what);
      return answer.status;
    };
    const wrong = '{"email":"nobody@example.org","password":"not the one"}';
    assert.equal(await told('POST', '/sessions', wrong), 401);
    assert.equal(await told('POST', '/sessions', '{"email":"nobody"}'), 400);
    assert.equal(await told('POST', '/sessions', '{'), 400);
    assert.equal(await told('POST', '/sessions', wrong, 'text/plain'), 400);
    assert.equal(await told('POST', '/accounts', `"${'x'.repeat(70_000)}"`), 413);
    assert.equal(await told('GET', '/me'), 401);
    assert.equal(await told('GET', '/nowhere'), 404);
    assert.equal(await told('POST', '/password-resets/check', `{"token":"${'x'.repeat(43)}"}`), 410);
    let status = 0;
    for (let i = 0; i < 12 && status !== 429; i++) status = await told('POST', '/sessions', wrong);
    assert.equal(status, 429);
  });

  test('a page may read that the server is at fault, too', async () => {
    const { db } = t.deps;
    t.deps.db = { ...db, execute: () => Promise.reject(new Error('gone')) };
    try {
      const answer = await get('/v1/regroupements/petits-bouleaux', {
        Origin: 'https://petits-bouleaux.test',
      });
      assert.equal(answer.status, 500);
      assert.equal(answer.headers.get('Access-Control-Allow-Origin'), '*');
    } finally {
      t.deps.db = db;
    }
  });

  test('a preflight is answered for what the widget sends, from a registered page only', async () => {
    const answer = await t.app.request(`${PUBLIC_URL}/v1/regroupements/petits-bouleaux/payments`, {
      method: 'OPTIONS',
      headers: { Origin: 'https://petits-bouleaux.test', 'Access-Control-Request-Method': 'POST' },
    });
    assert.equal(answer.status, 204);
    // The last one: a page's own fetch may add what it likes, which is never read here.
    for (const header of ['Authorization', 'Content-Type', 'DPoP', 'Idempotency-Key', '*']) {
      assert.ok(answer.headers.get('Access-Control-Allow-Headers')?.includes(header), header);
    }
    const elsewhere = await t.app.request(`${PUBLIC_URL}/v1/regroupements/petits-bouleaux/payments`, {
      method: 'OPTIONS',
      headers: { Origin: 'https://evil.test', 'Access-Control-Request-Method': 'POST' },
    });
    assert.equal(elsewhere.status, 403);
    assert.equal(elsewhere.headers.get('Access-Control-Allow-Origin'), null);
  });

  test('nonsense is told as problem+json in both languages, never as a 5xx, never repeating what was sent', async () => {
    const bodies: [string, string][] = [
      ['application/json', '{"email": "a@b.ca", "password": '],
      ['application/json', '[]'],
      ['application/json', 'null'],
      ['application/json', '{"email":1,"password":true}'],
      ['application/json', '{"__proto__":{"x":1},"email":"a@b.ca","password":"hunter-two-secret"}'],
      ['application/json', `{"email":"${'a'.repeat(70_000)}","password":"x"}`],
      ['text/plain', '{"email":"a@b.ca","password":"hunter-two-secret"}'],
      ['application/x-www-form-urlencoded', 'email=a%40b.ca&password=hunter-two-secret'],
    ];
    for (const [type, body] of bodies) {
      const answer = await t.app.request(`${PUBLIC_URL}/v1/regroupements/petits-bouleaux/sessions`, {
        method: 'POST',
        headers: { 'Content-Type': type },
        body,
      });
      const text = await answer.text();
      assert.ok(answer.status >= 400 && answer.status < 500, `${answer.status} for ${body.slice(0, 40)}`);
      assert.match(answer.headers.get('Content-Type') ?? '', /^application\/problem\+json/);
      assert.ok(!text.includes('hunter-two-secret'));
      const problem = JSON.parse(text) as { type: string; title: string; titleEn: string; status: number };
      assert.equal(problem.status, answer.status);
      assert.ok(problem.title.length > 0 && problem.titleEn.length > 0);
    }
  });

  test('no route answers 5xx, whatever stands in its address, its query, its body or its headers', async () => {
    const odd = [
      '%00',
      '%',
      '%ff',
      '..%2f',
      '%F0%9F%A6%AB',
      'a'.repeat(3_000),
      "'--",
      '__proto__',
      'A'.repeat(22),
    ];
    const bodies = [
      '',
      '{',
      '[]',
      '"\\u0000"',
      '{"token":"\\u0000"}',
      '{"invoiceIds":[null],"email":{}}',
      '9e999',
    ];
    const { accessToken } = await signIn(t, 'someone@example.org');
    let n = 0;
    // Signing out comes last: everything before it is tried signed in, too.
    const routes = t.app.routes
      .filter((route) => route.method !== 'ALL' && !route.path.includes('*'))
      .sort((a, b) => Number(a.method === 'DELETE') - Number(b.method === 'DELETE'));
    for (const route of routes) {
      for (const [i, text] of odd.entries()) {
        const path = route.path
          .replace(/:regroupement/, i % 2 === 0 ? 'petits-bouleaux' : text)
          .replace(/:\w+(\{[^}]+\})?/g, text);
        const init: RequestInit = {
          method: route.method,
          headers: {
            'Content-Type': i % 3 === 2 ? 'text/csv' : 'application/json',
            Authorization: i % 2 === 0 ? `DPoP ${accessToken}` : text,
            'Idempotency-Key': text,
            'X-Forwarded-For': text,
          },
          ...(route.method === 'GET' ? {} : { body: bodies[i % bodies.length] ?? '' }),
        };
        const answer = await t.app.request(`${PUBLIC_URL}${path}?n=${text}&token=${text}&lang=${text}`, init);
        assert.ok(answer.status < 500, `${route.method} ${path} answered ${answer.status}`);
        n++;
      }
    }
    assert.ok(n > 200);
  });

  test('each problem type leads to a page that says what it means', async () => {
    for (const [type, { title }] of Object.entries(PROBLEMS)) {
      const answer = await get(`/problems/${type}`);
      assert.equal(answer.status, 200, type);
      assert.ok((await answer.text()).includes(title), type);
    }
    assert.equal((await get('/problems/constructor')).status, 404);
  });

  test('no route below /v1/regroupements is missing from OpenAPI, and each says its refusals', async () => {
    const spec = (await (await get('/openapi.json')).json()) as {
      openapi: string;
      paths: Record<string, Record<string, { summary?: string; responses: Record<string, unknown> }>>;
    };
    assert.equal(spec.openapi, '3.1.0');
    const served = new Set(
      t.app.routes
        .filter(
          (route) =>
            route.path.startsWith('/v1/regroupements') &&
            ['GET', 'POST', 'PATCH', 'DELETE'].includes(route.method),
        )
        .map((route) => `${route.method} ${route.path.replace(/\/$/, '').replace(/:(\w+)/g, '{$1}')}`),
    );
    const described = new Set(
      Object.entries(spec.paths).flatMap(([path, methods]) =>
        Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
      ),
    );
    assert.ok(served.size > 15);
    assert.deepEqual(
      [...served].filter((route) => !described.has(route)),
      [],
    );
    for (const [path, methods] of Object.entries(spec.paths)) {
      for (const [method, operation] of Object.entries(methods)) {
        if (!path.startsWith('/v1/regroupements')) continue;
        assert.ok(operation.summary, `${method} ${path}`);
        assert.ok(
          Object.keys(operation.responses).some((status) => status.startsWith('4')),
          `${method} ${path}`,
        );
      }
    }
    const page = await (await get('/docs')).text();
    assert.ok(page.includes('/v1/regroupements/{regroupement}/payments'));
    for (const table of ['payment-states', 'payment-decisions', 'confirmed-decisions', 'import-columns'])
      assert.ok(page.includes(`<h2 id="${table}">`), table);
  });

  test('without a proxy that we trust, an invented X-Forwarded-For makes nobody a new caller', async () => {
    const guess = (n: number) =>
      t.call(
        'POST',
        '/sessions',
        { email: 'devinee@example.org', password: `essai numéro ${n}` },
        { 'X-Forwarded-For': `192.0.2.${n}, 198.51.100.${n}` },
      );
    for (let n = 0; n < 10; n++) assert.equal((await guess(n)).status, 401);
    assert.equal((await guess(10)).status, 429);
  });

  test('the hosted page allows no script but ours, and an unknown regroupement gets a page that says so', async () => {
    const answer = await get('/p/petits-bouleaux');
    const policy = answer.headers.get('Content-Security-Policy') ?? '';
    assert.match(policy, /script-src 'self'/);
    assert.doesNotMatch(policy, /unsafe/);
    assert.match(policy, /require-trusted-types-for 'script'/);
    assert.ok((await answer.text()).includes('regroupement="petits-bouleaux"'));
    const unknown = await get('/p/nobody');
    assert.equal(unknown.status, 404);
    const text = await unknown.text();
    assert.match(text, /Cette page n’existe pas/);
    assert.match(text, /This page does not exist/);
  });

  test('the log has no e-mail, no token and no address of a page', () => {
    assert.ok(t.logged.length > 20);
    for (const line of t.logged) assert.doesNotMatch(line, /a@b\.ca|hunter|petits-bouleaux\.test/);
  });
});
