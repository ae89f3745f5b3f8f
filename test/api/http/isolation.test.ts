// I1: nothing of one regroupement, or one account, is reachable by anything else. Every route that the API describes is
// called with every kind of credential that does not fit; no cell of that table is left out, a new route is in it at once.
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { dpopNonce } from '../../../server/accounts/sessions/dpop.ts';
import { regroupementBySlug } from '../../../server/regroupements/regroupements.ts';
import { createKey, listKeys, revokeKey, SCOPES } from '../../../server/staff/api-keys.ts';
import { invite } from '../../../server/staff/people/invitations.ts';
import type { Permission } from '../../../server/staff/roles.ts';
import { PUBLIC_URL } from '../../support/app.ts';
import { BROWSER, BrowserKey } from '../../support/browser-key.ts';
import { type Checkout, startCheckout } from '../../support/checkout.ts';
import { callStaff, joinOffice, mailedToken, PASSWORD } from '../../support/office.ts';
import { type Payer, signIn } from '../../support/payer.ts';

interface Route {
  method: string;
  path: string;
  guard: 'session' | 'staffKey' | 'staffSession';
}
/** Everybody's: what they open is public, or hangs on what is in the call (a link, a signature, an e-mail's token). */
const OPEN = [
  ...[
    '/healthz',
    '/readyz',
    '/metrics',
    '/.well-known/jwks.json',
    '/openapi.json',
    '/docs',
    '/problems/{type}',
  ],
  ...['/v1/checkout/return', '/v1/checkout/cancel', '/v1/receipts/{file}', '/v1/exports/{file}'],
  ...['/v1/amisgest-pay.js', '/v1/c/{name}', '/v1/pinned/{release}/amisgest-pay.js', '/docs/element'],
  ...[
    '/docs/custom-elements.json',
    '/embed',
    '/embed/guide.js',
    '/embed/height.js',
    '/embed/{slug}',
    '/p/{slug}',
    '/p/{slug}/logo',
  ],
  ...['/embed', '/embed/{slug}'].flatMap((below) =>
    ['php', 'zip', 'json'].map((kind) => `${below}/amisgest-pay-wordpress.${kind}`),
  ),
  ...['/privacy', '/privacy/{slug}'],
  ...['/bureau', '/bureau/{slug}', '/v1/bureau/amisgest-bureau.js', '/v1/bureau/c/{name}'],
].map((path) => `GET ${path}`);
const OPEN_TENANT = [
  ...[
    '/accounts',
    '/accounts/resend',
    '/activations',
    '/activations/check',
    '/sessions',
    '/sessions/refresh',
  ],
  ...['/password-resets', '/password-resets/check', '/password-resets/complete', '/email-changes/check'],
  ...['/email-changes/confirm', '/email-changes/undo', '/email-changes/undo/check'],
  ...['/link-undo', '/link-undo/check'],
].map((path) => `POST /v1/regroupements/{regroupement}${path}`);
/** What a person of the office opens before she is signed in: by her password, a passkey, a link of hers. */
const OPEN_STAFF = [
  ...['/sessions', '/sessions/options', '/sessions/refresh', '/enrolments'],
  ...['/invitations/check', '/invitations/accept', '/invitations/request'],
  ...['/password-resets', '/password-resets/check', '/password-resets/complete'],
].map((path) => `POST /v1/staff${path}`);

interface Spec {
  paths: Record<string, Record<string, { security?: Record<string, unknown>[] }>>;
}
type Credential = (url: string, method: string) => Promise<Record<string, string>>;

const DAY = 24 * 3_600_000;
const PARAMETERS: Record<string, string> = { regroupement: 'petits-bouleaux', day: '2026-11-22' };

describe('whoever does not belong', () => {
  let c: Checkout;
  let routes: Route[];
  /** Those without a guard. */
  let open: Pick<Route, 'method' | 'path'>[];
  /** Real ids of Marie's, of the kind that a route asks for. */
  let ids: { id: string; number: string; session: string };
  let bob: Payer;
  let stranger: Payer;
  before(async () => {
    c = await startCheckout();
    const spec = (await (await c.t.app.request(`${PUBLIC_URL}/openapi.json`)).json()) as Spec;
    routes = Object.entries(spec.paths).flatMap(([path, methods]) =>
      Object.entries(methods).flatMap(([method, { security = [] }]) => {
        const guard = Object.keys(security[0] ?? {})[0];
        return guard === 'session' || guard === 'staffKey' || guard === 'staffSession'
          ? [{ method: method.toUpperCase(), path, guard } as Route]
          : [];
      }),
    );
    open = Object.entries(spec.paths).flatMap(([path, methods]) =>
      Object.keys(methods)
        .map((method) => ({ method: method.toUpperCase(), path }))
        .filter((one) => !routes.some(({ method, path }) => method === one.method && path === one.path)),
    );
    const payment = await c.approved();
    const [session] = await c.rows<{ id: string }>(
      `SELECT id FROM sessions WHERE account_id = '${c.marie.accountId}'`,
    );
    ids = { id: payment.id, number: payment.number, session: session?.id ?? '' };
    bob = await signIn(c.t, 'bob@example.org');
    stranger = await signIn(c.t, 'marie@example.org', 'la-farandole');
  });
  after(() => c.close());

  const address = ({ path }: Pick<Route, 'path'>, slug = 'petits-bouleaux') =>
    PUBLIC_URL +
    path.replace(/\{(\w+)\}/g, (_all, name: string) =>
      name === 'regroupement'
        ? slug
        : (ids[path.includes('/sessions/') ? 'session' : (name as 'id')] ?? PARAMETERS[name] ?? 'x'),
    );
  async function status(
    route: Pick<Route, 'method' | 'path'>,
    headers: Record<string, string>,
  ): Promise<number> {
    const answer = await c.t.app.request(address(route), {
      method: route.method,
      headers: { 'Content-Type': 'application/json', ...headers },
      ...(route.method === 'GET' || route.method === 'DELETE' ? {} : { body: '{}' }),
    });
    return answer.status;
  }
  /** The books, whole: what a refused call must leave as it was. */
  async function everything(): Promise<string> {
    const tables = [
      'payments',
      'ledger_entries',
      'invoices',
      'endorsements',
      'refunds',
      'recorded_payments',
      'cancellations',
      'credit_notes',
      'credit_transfers',
      'instalment_plans',
      'deposits',
      'recorded_receipts',
      'links',
      'accounts',
      'email_changes',
      'exceptions',
      'staff_users',
      'memberships',
      'staff_totp',
      'staff_passkeys',
      'staff_recovery_codes',
      'audit',
    ];
    const rows = await Promise.all(
      tables.map(async (table) => (await c.t.deps.db.execute(`SELECT * FROM ${table} ORDER BY 1`)).rows),
    );
    return JSON.stringify(rows);
  }

  const proof = async (key: BrowserKey, accessToken: string, url: string, method: string) => ({
    Authorization: `DPoP ${accessToken}`,
    DPoP: await key.proof({ method, url, nonce: dpopNonce(c.t.deps), accessToken }),
  });

  /** Credentials for the RSG's routes that are nobody's here. */
  async function credentials(): Promise<Record<string, Credential>> {
    const mine = c.marie.accessToken;
    const [header = '', payload = '', signature = ''] = mine.split('.');
    const decode = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString());
    const { kid } = decode(header) as { kid: string };
    const claims = decode(payload) as Record<string, unknown>;
    const own = await generateKeyPair('ES256', { extractable: true });
    const jwk = await exportJWK(own.publicKey);
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const forge = (head: object, change: object = {}, key: Parameters<SignJWT['sign']>[0] = own.privateKey) =>
      new SignJWT({ ...claims, ...change })
        .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid, ...head })
        .sign(key);
    const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const thief = await BrowserKey.make();
    const staff = await createKey(c.t.deps, (await regroupementBySlug(c.t.deps, 'petits-bouleaux')).id, {
      name: 'all',
      scopes: ['read', 'record', 'refund'],
      lifeMs: DAY,
      by: 'cli:test',
    });
    const token =
      (value: string): Credential =>
      (url, method) =>
        proof(BROWSER, value, url, method);
    return {
      nothing: async () => ({}),
      'the token of another regroupement': token(stranger.accessToken),
      'her token in another browser': (url, method) => proof(thief, mine, url, method),
      'her token without a proof': async () => ({ Authorization: `DPoP ${mine}`, DPoP: 'none' }),
      'her token as a bearer’s': async () => ({ Authorization: `Bearer ${mine}` }),
      'her token as a bearer’s, with its proof': async (url, method) => ({
        ...(await proof(BROWSER, mine, url, method)),
        Authorization: `Bearer ${mine}`,
      }),
      'a proof for another address': async (_url, method) => ({
        Authorization: `DPoP ${mine}`,
        DPoP: await BROWSER.proof({ method, url: PUBLIC_URL, nonce: dpopNonce(c.t.deps), accessToken: mine }),
      }),
      'a key of the staff': async () => ({ Authorization: `Bearer ${staff.secret}` }),
      'a key of the staff as a token': token(staff.secret),
      'alg none': token(`${encoded({ alg: 'none', typ: 'at+jwt', kid })}.${payload}.`),
      'alg none, signed': token(`${encoded({ alg: 'none', typ: 'at+jwt', kid })}.${payload}.${signature}`),
      'alg HS256 with our public key': token(
        await forge({ alg: 'HS256' }, {}, new TextEncoder().encode(JSON.stringify(jwk))),
      ),
      'alg RS256': token(await forge({ alg: 'RS256' }, {}, rsa.privateKey)),
      'a key that it brings along': token(await forge({ jwk })),
      'a kid that nobody has': token(await forge({ kid: 'unknown' })),
      'a kid that is a path': token(await forge({ kid: '../../../../dev/null' })),
      'a kid that is SQL': token(await forge({ kid: "' OR 1=1 --" })),
      'a key elsewhere': token(await forge({ jku: 'https://evil.test/jwks.json' })),
      'another type': token(await forge({ typ: 'JWT' })),
      'another audience, signed by another': token(await forge({}, { aud: stranger.accountId })),
      'another subject': token(`${header}.${encoded({ ...claims, sub: bob.accountId })}.${signature}`),
      'another session': token(`${header}.${encoded({ ...claims, sid: 'x' })}.${signature}`),
      'a refresh token': token('x'.repeat(43)),
    };
  }

  test('meets a guard on every route but those that are everybody’s', () => {
    assert.deepEqual(
      open.map(({ method, path }) => `${method} ${path}`).sort(),
      [
        ...OPEN,
        ...OPEN_TENANT,
        ...OPEN_STAFF,
        'GET /v1/regroupements/{regroupement}',
        'POST /v1/paypal/webhooks/{regroupement}',
      ].sort(),
    );
  });

  test('opens no route of hers: every route, every credential', async () => {
    const hers = routes.filter(({ guard }) => guard === 'session');
    const kinds = Object.entries(await credentials());
    const before = await everything();
    let cells = 0;
    for (const route of hers) {
      for (const [kind, credential] of kinds) {
        const answered = await status(route, await credential(address(route), route.method));
        assert.equal(answered, 401, `${route.method} ${route.path} with ${kind}`);
        cells += 1;
      }
    }
    assert.equal(cells, hers.length * kinds.length);
    assert.ok(hers.length >= 12 && kinds.length >= 20, `${hers.length} routes × ${kinds.length} credentials`);
    assert.equal(await everything(), before, 'and nothing was changed');
  });

  test('from a site that is not registered: every route', async () => {
    const tenants = [...routes, ...open].filter(({ path }) => path.startsWith('/v1/regroupements/'));
    assert.ok(tenants.length >= 35, `${tenants.length}`);
    for (const route of tenants) {
      const headers = await proof(BROWSER, c.marie.accessToken, address(route), route.method);
      for (const Origin of [
        'https://evil.test',
        'null',
        'https://petits-bouleaux.test.evil.test',
        'https://la-farandole.test',
      ]) {
        assert.equal(
          await status(route, { ...headers, Origin }),
          403,
          `${route.method} ${route.path} from ${Origin}`,
        );
      }
    }
  });

  test('signed in as somebody else, finds nothing of hers behind any id', async () => {
    const before = await everything();
    for (const route of routes.filter(({ guard, path }) => guard === 'session' && path.includes('{id}'))) {
      const headers = await proof(BROWSER, bob.accessToken, address(route), route.method);
      const answered = await status(route, { ...headers, 'Idempotency-Key': 'bobs-key-0000000000' });
      assert.ok([400, 404].includes(answered), `${route.method} ${route.path}: ${answered}`);
    }
    for (const path of ['/payments', '/certificates']) {
      const text = await (await bob.call('GET', path)).text();
      assert.ok(!text.includes(ids.number) && !text.includes('PB-000001'), path);
    }
    const quote = await bob.call('POST', '/quotes', { invoiceIds: [c.invoiceId] });
    assert.equal(quote.status, 404, 'her invoice has no price for him');
    assert.equal((await c.marie.call('GET', '/me')).status, 200, 'her session lives on');
    assert.equal(await everything(), before);
  });

  test('with an expired token, or one that was signed out: every route', async () => {
    const out = await signIn(c.t, 'gone@example.org');
    assert.equal((await out.call('DELETE', '/sessions/current')).status, 204);
    const late = await signIn(c.t, 'late@example.org');
    const mine = routes.filter(({ guard }) => guard === 'session');
    for (const route of mine) {
      const headers = await proof(BROWSER, out.accessToken, address(route), route.method);
      assert.equal(await status(route, headers), 401, `${route.method} ${route.path}, signed out`);
    }
    c.t.clock.advance(601_000);
    for (const route of mine) {
      const headers = await proof(BROWSER, late.accessToken, address(route), route.method);
      assert.equal(await status(route, headers), 401, `${route.method} ${route.path}, expired`);
    }
  });

  test('opens no route of the staff: every route, every key', async () => {
    const theirs = routes.filter(({ path }) => path.startsWith('/v1/backoffice/'));
    const make = async (slug: string, lifeMs: number) =>
      createKey(c.t.deps, (await regroupementBySlug(c.t.deps, slug)).id, {
        name: 'x',
        scopes: ['read', 'record', 'refund'],
        lifeMs,
        by: 'cli:test',
      });
    const foreign = await make('la-farandole', DAY);
    const expired = await make('petits-bouleaux', -1);
    const revoked = await make('petits-bouleaux', DAY);
    await c.t.deps.db.execute('UPDATE api_keys SET revoked_at = 1 WHERE id = ?', [revoked.id]);
    const kinds: Record<string, Record<string, string>> = {
      nothing: {},
      'a key of another regroupement': { Authorization: `Bearer ${foreign.secret}` },
      'an expired key': { Authorization: `Bearer ${expired.secret}` },
      'a revoked key': { Authorization: `Bearer ${revoked.secret}` },
      'an invented key': { Authorization: `Bearer agp_${'A'.repeat(43)}` },
      'her token': { Authorization: `Bearer ${c.marie.accessToken}` },
      'a key in another scheme': { Authorization: `Basic ${foreign.secret}` },
      'an empty key': { Authorization: 'Bearer ' },
    };
    const before = await everything();
    for (const route of theirs) {
      for (const [kind, headers] of Object.entries(kinds)) {
        // Guessing keys is slowed by address; the clock goes on so that each cell is heard.
        c.t.clock.advance(60_000);
        assert.equal(await status(route, headers), 401, `${route.method} ${route.path} with ${kind}`);
      }
    }
    assert.ok(theirs.length >= 12);
    assert.equal(await everything(), before);
  });

  test('opens nothing of a person of the office: every route, every credential, and nothing of a payer opens to her', async () => {
    const theirs = routes.filter(({ path }) => path.startsWith('/v1/staff/'));
    const lise = await joinOffice(c.t, { email: 'lise@example.org', role: 'owner' });
    const { id } = await regroupementBySlug(c.t.deps, 'petits-bouleaux');
    const key = await createKey(c.t.deps, id, { name: 'x', scopes: SCOPES, lifeMs: DAY, by: 'cli:test' });
    const thief = await BrowserKey.make();
    const mine =
      (token: string): Credential =>
      (url, method) =>
        proof(BROWSER, token, url, method);
    const kinds: Record<string, Credential> = {
      nothing: async () => ({}),
      'a payer’s token': mine(c.marie.accessToken),
      'a key of the staff': async () => ({ Authorization: `Bearer ${key.secret}` }),
      'a key as a token': mine(key.secret),
      'her token in another browser': (url, method) => proof(thief, lise.accessToken, url, method),
      'her token as a bearer’s': async () => ({ Authorization: `Bearer ${lise.accessToken}` }),
      'her refresh token': mine(lise.refreshToken),
    };
    const before = await everything();
    for (const route of theirs)
      for (const [kind, credential] of Object.entries(kinds)) {
        const answered = await status(route, await credential(address(route), route.method));
        assert.equal(answered, 401, `${route.method} ${route.path} with ${kind}`);
      }
    assert.ok(theirs.length >= 15, `${theirs.length}`);
    for (const route of routes.filter(({ guard }) => guard === 'session')) {
      const headers = await proof(BROWSER, lise.accessToken, address(route), route.method);
      assert.equal(await status(route, headers), 401, `${route.method} ${route.path} with a staff token`);
    }
    assert.equal(await everything(), before);
  });

  test('a key of the staff: kept as a hash only, its last use shown, over at the very instant that was said', async () => {
    const { id } = await regroupementBySlug(c.t.deps, 'petits-bouleaux');
    const key = await createKey(c.t.deps, id, { name: 'x', scopes: ['read'], lifeMs: DAY, by: 'cli:test' });
    const use = async (slug = 'petits-bouleaux') => {
      const url = `${PUBLIC_URL}/v1/backoffice/${slug}/payments`;
      return (await c.t.app.request(url, { headers: { Authorization: `Bearer ${key.secret}` } })).status;
    };
    const shown = async () => (await listKeys(c.t.deps, id)).find((one) => one.id === key.id)?.lastUsedAt;
    const { rows } = await c.t.deps.db.execute('SELECT * FROM api_keys');
    assert.ok(!JSON.stringify(rows).includes(key.secret.slice(4)));
    const made = await c.t.deps.db.execute(
      "SELECT 1 FROM security_log WHERE event = 'staff-key-created' AND detail ->> 'key' = ?",
      [key.id],
    );
    assert.equal(made.rows.length, 1, 'who made it is on the record');
    assert.equal(await use('la-farandole'), 401);
    assert.equal(await shown(), null, 'a try elsewhere is no use');
    assert.equal(await use(), 200);
    assert.equal(await shown(), c.t.clock.now);
    c.t.clock.advance(3_600_000);
    assert.equal(await use(), 200);
    assert.equal(await shown(), c.t.clock.now);
    c.t.clock.now = key.expiresAt - 1;
    assert.equal(await use(), 200);
    c.t.clock.advance(1);
    assert.equal(await use(), 401);
  });

  test('a key of the staff is heard a hundred and twenty times a minute; an address with wrong ones twenty times', async () => {
    const { id } = await regroupementBySlug(c.t.deps, 'petits-bouleaux');
    const key = await createKey(c.t.deps, id, { name: 'x', scopes: ['read'], lifeMs: DAY, by: 'cli:test' });
    const use = (secret: string) =>
      status(
        { method: 'GET', path: '/v1/backoffice/{regroupement}/payments' },
        { Authorization: `Bearer ${secret}` },
      );
    c.t.clock.advance(60_000);
    for (let n = 0; n < 20; n++) assert.equal(await use(`agp_${'A'.repeat(43)}`), 401);
    assert.equal(await use(`agp_${'A'.repeat(43)}`), 429);
    for (let n = 0; n < 120; n++) assert.equal(await use(key.secret), 200);
    assert.equal(await use(key.secret), 429);
  });

  test('a key of the staff is revoked once and on the record once, though the database was asked twice', async () => {
    const { id } = await regroupementBySlug(c.t.deps, 'petits-bouleaux');
    const elsewhere = await regroupementBySlug(c.t.deps, 'la-farandole');
    const key = await createKey(c.t.deps, id, { name: 'x', scopes: ['read'], lifeMs: DAY, by: 'cli:test' });
    const { db } = c.t.deps;
    // As when a database server's answer is lost after the commit.
    const deps = {
      ...c.t.deps,
      db: {
        async execute<R>(...call: Parameters<typeof db.execute>) {
          await db.execute<R>(...call);
          return await db.execute<R>(...call);
        },
        batch: async (...call: Parameters<typeof db.batch>) => {
          await db.batch(...call);
          return await db.batch(...call);
        },
        close: () => undefined,
      },
    };
    assert.equal(
      await revokeKey(deps, elsewhere.id, key.id, 'cli:test'),
      false,
      'another regroupement has no such key',
    );
    assert.equal(await revokeKey(deps, id, key.id, 'cli:test'), true);
    const { rows } = await db.execute<{ detail: string }>(
      "SELECT detail FROM security_log WHERE event = 'staff-key-revoked' AND detail ->> 'key' = ?",
      [key.id],
    );
    assert.equal(rows.length, 1);
  });

  /** What each route of the staff's API is, by its address: the scope of a key, and the permission of a role. */
  const needed = (method: string, path: string): Permission => {
    if (/\/(memberships|invitations|keys)(\/|$)/.test(path)) return 'vault';
    if (path.includes('/settings/paypal')) return 'vault';
    if (/\/settings(\/|$)/.test(path)) return 'settings';
    if (method !== 'GET' && path.includes('/coordinating-offices')) return 'settings';
    if (path.endsWith('/audit')) return 'audit';
    if (/\/endorsements\//.test(path) || (method === 'PATCH' && path.includes('/holders/'))) return 'invoice';
    if (method === 'POST' && /\/(invoices|credit-transfers)\//.test(path)) return 'invoice';
    if (/\/links(\/|$)/.test(path)) return 'links';
    // Undoing opens by the same scope and to the same roles, with a fresh factor.
    if (
      /\/(imports|import-files|upserts)(\/|$)/.test(path) &&
      !(method === 'GET' && path.endsWith('/imports'))
    )
      return 'import';
    if (/\/(refunds|release)(\/preview)?$/.test(path)) return 'refund';
    return method === 'GET' || path.endsWith('/search') ? 'read' : 'record';
  };
  const backoffice = () => routes.filter(({ path }) => path.startsWith('/v1/backoffice/'));

  test('with a key of the staff for something else: each route opens to one scope, and only to that', async () => {
    const { id } = await regroupementBySlug(c.t.deps, 'petits-bouleaux');
    for (const scope of SCOPES) {
      const key = await createKey(c.t.deps, id, {
        name: scope,
        scopes: [scope],
        lifeMs: DAY,
        by: 'cli:test',
      });
      for (const route of backoffice()) {
        const refused = (await status(route, { Authorization: `Bearer ${key.secret}` })) === 403;
        const { method, path } = route;
        assert.equal(refused, scope !== needed(method, path), `${method} ${path} with the scope ${scope}`);
      }
    }
  });

  test('a person of the office: each route opens to the roles of the table, and only to them', async () => {
    const people = {
      reader: await joinOffice(c.t, { email: 'reader@example.org', role: 'reader' }),
      office: await joinOffice(c.t, { email: 'office@example.org', role: 'office' }),
      'office that may refund': await joinOffice(c.t, {
        ...{ email: 'refunds@example.org', role: 'office', mayRefund: true },
      }),
      owner: await joinOffice(c.t, { email: 'owner@example.org', role: 'owner' }),
      'owner elsewhere': await joinOffice(c.t, {
        ...{ email: 'elsewhere@example.org', role: 'owner', slug: 'la-farandole' },
      }),
      'somebody removed': await joinOffice(c.t, { email: 'removed@example.org', role: 'owner' }),
    };
    // With a session that lives on elsewhere.
    await c.t.deps.db.execute('UPDATE memberships SET removed_at = 1 WHERE staff_id = ?', [
      people['somebody removed'].id,
    ]);
    const work = ['record', 'invoice', 'links', 'import'];
    const opens: Record<keyof typeof people, readonly string[]> = {
      reader: ['read'],
      office: ['read', ...work],
      'office that may refund': ['read', ...work, 'refund'],
      owner: ['read', ...work, 'refund', 'settings', 'vault', 'audit'],
      'owner elsewhere': [],
      'somebody removed': [],
    };
    for (const [who, person] of Object.entries(people))
      for (const route of backoffice()) {
        const { method, path } = route;
        // By their own ids these would end what the table is about.
        const headers = await proof(BROWSER, person.accessToken, address(route), method);
        const answered = await status(route, headers);
        const may = opens[who as keyof typeof people].includes(needed(method, path));
        assert.notEqual(answered, 401, `${method} ${path} as ${who}`);
        assert.equal(answered === 403, !may, `${method} ${path} as ${who}: ${answered}`);
      }
    const { rows } = await c.t.deps.db.execute<{ n: number }>(
      "SELECT count(*) AS n FROM security_log WHERE event = 'staff-overstepped'",
    );
    assert.ok(Number(rows[0]?.n) > 50, 'each try beyond her role is on the record');
  });

  test('a person of the office: not by a token of another browser, a payer’s or one that still enrols, nor from another page', async () => {
    const lise = await joinOffice(c.t, { email: 'lise.again@example.org', role: 'owner' });
    const { id } = await regroupementBySlug(c.t.deps, 'petits-bouleaux');
    const invited = { name: 'Eve', email: 'eve@example.org', role: 'owner', lang: 'fr-CA' } as const;
    await invite(c.t.deps, id, invited, 'cli:test');
    const enrolling = await callStaff(c.t, 'POST', '/invitations/accept', {
      ...{
        token: await mailedToken(c.t, 'staff-invitation'),
        name: 'Eve',
        password: PASSWORD,
        lang: 'fr-CA',
      },
    });
    const marie = await signIn(c.t, 'marie@example.org');
    const thief = await BrowserKey.make();
    for (const route of backoffice()) {
      const { method, path } = route;
      const as = (key: BrowserKey, token: string) => proof(key, token, address(route), method);
      assert.equal(await status(route, await as(thief, lise.accessToken)), 401, `${method} ${path}, stolen`);
      assert.equal(
        await status(route, await as(BROWSER, marie.accessToken)),
        401,
        `${method} ${path}, a payer`,
      );
      assert.equal(
        await status(route, await as(BROWSER, enrolling.body.accessToken)),
        403,
        `${method} ${path}, enrolling`,
      );
      const elsewhere = { ...(await as(BROWSER, lise.accessToken)), Origin: 'https://petits-bouleaux.test' };
      assert.equal(await status(route, elsewhere), 403, `${method} ${path} from another page`);
    }
  });
});
