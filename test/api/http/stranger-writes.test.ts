// What a stranger makes us write: on every route that she reaches, with sound proofs of keys of her own and with something
// new each time, nothing more is written after a while, whatever she goes on sending, and nobody else is held up.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { sha256 } from '../../../server/crypto.ts';
import { startTestApp, type TestApp } from '../../support/app.ts';
import { join, newcomer, outcome, PASSWORD } from '../../support/sign-up.ts';

/** One subscriber's half of an address: the other half is hers to choose. */
const HERS = '2001:db8:1:2';
const ROUND = 10;
/** A round more would be one of the limits that count by the hour. */
const MOST_ROUNDS = 16;

const token = () => randomBytes(32).toString('base64url');
const email = () => `${randomBytes(9).toString('hex')}@example.org`;
/** What each route takes, made up anew each time: by the end of its path, for what has a body. */
const BODIES: Readonly<Record<string, () => object>> = {
  'POST /accounts': () => ({ ...newcomer, email: email(), password: PASSWORD, attempt: token() }),
  'POST /accounts/resend': () => ({ email: email(), lang: 'fr-CA', attempt: token() }),
  'POST /activations/check': () => ({ token: token() }),
  'POST /activations': () => ({ token: token(), password: PASSWORD }),
  'POST /sessions': () => ({ email: email(), password: PASSWORD }),
  'POST /sessions/refresh': () => ({ refreshToken: token() }),
  'POST /password-resets': () => ({ email: email(), lang: 'fr-CA' }),
  'POST /password-resets/check': () => ({ token: token() }),
  'POST /password-resets/complete': () => ({ token: token(), password: PASSWORD }),
  'POST /email-changes/check': () => ({ token: token() }),
  'POST /email-changes/confirm': () => ({ token: token(), password: PASSWORD }),
  'POST /email-changes/undo/check': () => ({ token: token() }),
  'POST /email-changes/undo': () => ({ token: token(), password: PASSWORD }),
  'POST /link-undo/check': () => ({ token: token() }),
  'POST /link-undo': () => ({ token: token() }),
  'POST /v1/staff/sessions/options': () => ({}),
  'POST /v1/staff/sessions': () => ({ email: email(), password: PASSWORD, code: '123456' }),
  'POST /v1/staff/sessions/refresh': () => ({ refreshToken: token() }),
  'POST /v1/staff/invitations/check': () => ({ token: token() }),
  'POST /v1/staff/invitations/request': () => ({ token: token() }),
  'POST /v1/staff/invitations/accept': () => ({
    ...{ token: token(), name: 'x', password: PASSWORD, lang: 'fr-CA' },
  }),
  'POST /v1/staff/password-resets': () => ({ email: email(), lang: 'fr-CA' }),
  'POST /v1/staff/password-resets/check': () => ({ token: token() }),
  'POST /v1/staff/password-resets/complete': () => ({ token: token(), password: PASSWORD }),
  'POST /v1/staff/enrolments': () => ({ token: token(), password: PASSWORD }),
  'POST /v1/paypal/webhooks/:regroupement': () => ({ id: token(), event_type: 'X', resource: {} }),
};
const TENANT = '/v1/regroupements/:regroupement';

describe('a stranger who floods us from one address', () => {
  let t: TestApp;
  let calls = 0;
  before(async () => {
    t = await startTestApp({ trustedProxies: 1 });
  });
  after(() => t.close());

  /** One call of the route as she would make it, from anywhere in her half of the address. */
  async function call(method: string, path: string, from = `${HERS}::${(++calls).toString(16)}`) {
    const body = BODIES[`${method} ${path.replace(TENANT, '')}`]?.();
    const url = path.replace(':regroupement', 'petits-bouleaux').replace(/:\w+(\{[^}]+\})?/g, token);
    const answer = await t.app.request(`https://pay.test${url}?n=${token()}&token=${token()}`, {
      method,
      headers: {
        'X-Forwarded-For': from,
        'Content-Type': 'application/json',
        'Idempotency-Key': token(),
        ...(url.includes('/backoffice/') ? { Authorization: `Bearer ${token()}` } : {}),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    await answer.arrayBuffer();
    return answer.status;
  }
  /** How much is written, and a fingerprint of each table. */
  async function written(): Promise<{ rows: number; tables: Record<string, string> }> {
    const { rows: names } = await t.deps.db.execute<{ name: string }>(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
    );
    const tables: Record<string, string> = {};
    let rows = 0;
    for (const { name } of names) {
      const held = (await t.deps.db.execute(`SELECT * FROM "${name}"`)).rows;
      rows += held.length;
      tables[name] = `${held.length} rows, ${sha256(JSON.stringify(held))}`;
    }
    return { rows, tables };
  }
  const routes = () =>
    new Map(
      t.app.routes
        .filter(({ method, path }) => method !== 'ALL' && !path.includes('*'))
        .map(({ method, path }) => [`${method} ${path}`, { method, path }]),
    );

  test('knows what each open route takes', async () => {
    const api = (await (await t.app.request('https://pay.test/openapi.json')).json()) as {
      paths: Record<string, Record<string, { security?: unknown; requestBody?: unknown }>>;
    };
    const open = Object.entries(api.paths).flatMap(([path, methods]) =>
      Object.entries(methods)
        .filter(
          ([method, { security }]) => method !== 'get' && Array.isArray(security) && security.length === 0,
        )
        .map(
          ([method]) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1').replace(TENANT, '')}`,
        ),
    );
    assert.deepEqual(open.sort(), Object.keys(BODIES).sort());
  });

  test('route by route: after a while a call changes nothing at all, one by one or many at once', async () => {
    const before = await written();
    let last = before;
    for (const [name, { method, path }] of routes()) {
      const first = last;
      for (let round = 1; ; round++) {
        for (let n = 0; n < ROUND; n++) assert.ok((await call(method, path)) < 500, name);
        await Promise.all(Array.from({ length: ROUND }, () => call(method, path)));
        const now = await written();
        if (isDeepStrictEqual(now, last)) break;
        last = now;
        const more = `${now.rows - first.rows} rows after ${2 * round * ROUND} calls`;
        assert.ok(round < MOST_ROUNDS, `${name} goes on writing: ${more}`);
      }
    }
    const { rows } = await written();
    assert.ok(rows - before.rows < 3_000, `${rows - before.rows} rows in all`);
  });

  test('all routes at once, hundreds of calls each: no more than one after the other', async () => {
    t.clock.advance(86_400_000 * 2);
    const before = (await written()).rows;
    const busiest = ['/accounts/resend', '/password-resets', '/sessions/refresh'].map(
      (path) => `${TENANT}${path}`,
    );
    await Promise.all(Array.from({ length: 300 }, (_, n) => call('POST', busiest[n % 3] ?? '')));
    const { rows } = await written();
    assert.ok(rows - before < 1_000, `${rows - before} rows`);
  });

  test('somebody elsewhere signs up, signs in and goes on; so does who has a session at that very address', async () => {
    const { refreshToken } = await join(t);
    const here = { 'X-Forwarded-For': `${HERS}::1` };
    for (let n = 0; n < 70; n++) await call('POST', `${TENANT}/sessions/refresh`);
    assert.deepEqual(await outcome(t.call('POST', '/sessions/refresh', { refreshToken: token() }, here)), [
      429,
      'too-many-requests',
    ]);
    assert.equal((await t.call('POST', '/sessions/refresh', { refreshToken }, here)).status, 200);
    const signUp = { ...newcomer, email: email(), password: PASSWORD };
    assert.equal(
      (await t.call('POST', '/accounts', signUp, { 'X-Forwarded-For': '198.51.100.7' })).status,
      202,
    );
  });
});
