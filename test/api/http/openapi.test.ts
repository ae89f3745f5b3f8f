// The description of the API is true: a person's whole way through it, each answer held against /openapi.json. A
// field, a status or a problem that is not described fails.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { createPayPalStandIn, type StandIn } from '../../../demo/paypal/stand-in.ts';
import type { Tokens } from '../../../server/accounts/sessions/sessions.ts';
import { type Schema, type Spec, typeText } from '../../../server/docs/pages.ts';
import type { Payment } from '../../../server/payments/schemas.ts';
import { PROBLEMS } from '../../../server/problems/catalogue.ts';
import { SCOPES, type Scope } from '../../../server/staff/api-keys.ts';
import { addInvoice, merchantIdOf, PAGE, PUBLIC_URL, startTestApp, type TestApp } from '../../support/app.ts';
import { EMAIL, newcomer, newestLink, PASSWORD } from '../../support/sign-up.ts';
import { type Staff, staffWith } from '../../support/staff.ts';

const PAYPAL = 'https://paypal.test';

describe('the API answers what it describes', () => {
  let t: TestApp;
  let standIn: StandIn;
  let spec: Spec;
  let ajv: Ajv2020;
  let bearer = '';
  const asked = new Set<string>();

  before(async () => {
    t = await startTestApp({
      paypalBaseUrl: PAYPAL,
      fetch: async (url, init) => standIn.app.request(String(url), init),
    });
    standIn = createPayPalStandIn({
      ...t.deps,
      publicUrl: PAYPAL,
      merchants: [
        {
          name: 'Petits-Bouleaux',
          clientId: 'client-petits-bouleaux',
          clientSecret: 'secret-petits-bouleaux',
          merchantId: merchantIdOf('petits-bouleaux'),
        },
      ],
    });
    spec = (await (await t.app.request(`${PUBLIC_URL}/openapi.json`)).json()) as Spec;
    ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });
    addFormats.default(ajv, ['uri', 'date-time', 'date']);
    for (const [name, schema] of Object.entries(spec.components.schemas ?? {}))
      ajv.addSchema(name === 'Problem' ? schema : closed(schema), `#/components/schemas/${name}`);
  });
  after(() => t.close());

  /** Makes the call and holds the answer against the description of `route`, e.g. `POST /payments/{id}/confirm`. */
  async function call<T = unknown>(
    route: string,
    expected: number | string,
    given: { body?: unknown; id?: string; headers?: Record<string, string> } = {},
  ): Promise<T> {
    const [method = '', template = ''] = route.split(' ');
    asked.add(route);
    const path = template === '/' ? '' : template;
    const answer = await t.call(method, path.replace('{id}', given.id ?? ''), given.body, {
      ...(bearer === '' ? {} : { Authorization: `DPoP ${bearer}` }),
      ...given.headers,
    });
    const described =
      spec.paths[`/v1/regroupements/{regroupement}${path}`]?.[method.toLowerCase()]?.responses?.[
        answer.status
      ];
    const text = await answer.text();
    assert.ok(described, `${route} answered ${answer.status}, which is not described: ${text}`);
    const type = answer.headers.get('Content-Type')?.split(';')[0] ?? '';
    if (answer.status === 204) {
      assert.equal(text, '');
      assert.equal(expected, 204);
      return undefined as T;
    }
    const schema = described.content?.[type]?.schema;
    assert.ok(schema, `${route} answered ${answer.status} as ${type}, which is not described`);
    const body = JSON.parse(text) as T;
    const valid = ajv.compile(type === 'application/problem+json' ? schema : closed(schema));
    assert.ok(valid(body), `${route} ${answer.status}: ${ajv.errorsText(valid.errors)} in ${text}`);
    if (typeof expected === 'string') {
      assert.equal((JSON.parse(text) as { type: string }).type, `/problems/${expected}`);
      assert.match(
        described.description ?? '',
        new RegExp(`\`${expected}\``),
        `${route} describes ${expected}`,
      );
      assert.equal(answer.status, PROBLEMS[expected as keyof typeof PROBLEMS].status);
    } else assert.equal(answer.status, expected, text);
    return body;
  }

  test('each route says who may call it, by a scheme that is explained, and what its tag is for', () => {
    const { securitySchemes = {} } = spec.components as { securitySchemes?: Record<string, object> };
    const explained = spec.tags?.map(({ name }) => name) ?? [];
    for (const [path, methods] of Object.entries(spec.paths))
      for (const [method, { security, tags = [], description, responses = {} }] of Object.entries(methods)) {
        const route = `${method} ${path}`;
        const schemes = security?.flatMap((one) => Object.keys(one)) ?? assert.fail(route);
        for (const scheme of schemes)
          assert.ok(Object.hasOwn(securitySchemes, scheme), `${route}: ${scheme}`);
        const guarded = responses['401']?.description?.includes('`unauthenticated`') === true;
        assert.equal(schemes.length > 0, guarded, `${route} is public exactly where it asks for nobody`);
        assert.ok(tags.length > 0 && tags.every((tag) => explained.includes(tag)), route);
        assert.ok(description, route);
      }
  });

  test('before she has an account', async () => {
    await call('GET /', 200);
    await call('POST /accounts', 'validation', { body: { ...newcomer, password: 'court' } });
    await call('POST /accounts', 'bad-request', {
      body: undefined,
      headers: { 'Content-Type': 'application/json' },
    });
    await call('POST /accounts', 202, { body: { ...newcomer, page: PAGE } });
    await call('POST /accounts/resend', 202, { body: { email: EMAIL, lang: 'fr-CA' } });
    const token = await newestLink(t, 'activate');
    await call('POST /activations/check', 200, { body: { token } });
    await call('POST /activations/check', 'link-invalid', { body: { token: 'A'.repeat(43) } });
    await call('POST /activations', 'sign-in-failed', { body: { token, password: 'un autre mot de passe' } });
    await call('POST /activations', 201, { body: { token, password: PASSWORD } });
    await call('POST /activations', 'link-used', { body: { token, password: PASSWORD } });
    await call('POST /sessions', 'sign-in-failed', {
      body: { email: EMAIL, password: 'un autre mot de passe' },
    });
    await call('GET /me', 'unauthenticated');
  });

  test('forgotten password, sessions, language', async () => {
    await call('POST /password-resets', 202, { body: { email: EMAIL, lang: 'fr-CA' } });
    const token = await newestLink(t, 'reset');
    await call('POST /password-resets/check', 200, { body: { token } });
    await call('POST /password-resets/complete', 201, { body: { token, password: PASSWORD } });
    await call('POST /password-resets/complete', 'link-used', { body: { token, password: PASSWORD } });
    const opened = await call<Tokens>('POST /sessions', 201, { body: { email: EMAIL, password: PASSWORD } });
    const { refreshToken } = opened;
    const renewed = await call<Tokens>('POST /sessions/refresh', 200, { body: { refreshToken } });
    await call('POST /sessions/refresh', 'session-ended', { body: { refreshToken: 'A'.repeat(43) } });
    bearer = renewed.accessToken;
    await call('GET /me', 200);
    await call('PATCH /me', 200, { body: { lang: 'en-CA' } });
  });

  test('her own account: name, password, sessions, e-mail there and back, her data', async () => {
    const wrong = 'un autre mot de passe';
    await call('PATCH /me', 200, { body: { name: 'Marie-Ève L’Écuyer' } });
    await call('POST /me/password', 'password-wrong', {
      body: { currentPassword: wrong, password: PASSWORD },
    });
    await call('POST /me/password', 204, { body: { currentPassword: PASSWORD, password: PASSWORD } });
    await call('POST /sessions', 201, { body: { email: EMAIL, password: PASSWORD } });
    const { sessions } = await call<{ sessions: { id: string }[] }>('GET /me/sessions', 200);
    await call('DELETE /me/sessions/{id}', 204, { id: sessions[1]?.id ?? '' });
    await call('DELETE /me/sessions/{id}', 'not-found', { id: 'A'.repeat(22) });
    await call('DELETE /me/sessions', 204);
    const other = 'autre@example.org';
    await call('POST /me/email', 'password-wrong', { body: { email: other, password: wrong } });
    await call('POST /me/email', 202, { body: { email: other, password: PASSWORD } });
    const token = await newestLink(t, 'email-change', other);
    await call('POST /email-changes/check', 200, { body: { token } });
    await call('POST /email-changes/confirm', 'sign-in-failed', { body: { token, password: wrong } });
    await call('POST /email-changes/confirm', 201, { body: { token, password: PASSWORD } });
    await call('POST /email-changes/confirm', 'link-used', { body: { token, password: PASSWORD } });
    const undo = { token: await newestLink(t, 'email-changed'), password: PASSWORD };
    await call('POST /email-changes/undo/check', 200, { body: { token: undo.token } });
    bearer = (await call<Tokens>('POST /email-changes/undo', 201, { body: undo })).accessToken;
    await call('POST /email-changes/undo', 'link-used', { body: undo });
    await call('GET /me/export', 200);
    await call('POST /me/export-links', 201);
  });

  test('her invoices, and a certificate opened by name and number', async () => {
    const mine = { firstName: 'Marie-Ève', lastName: 'L’Écuyer', email: EMAIL, certificate: 'PB-004512' };
    await addInvoice(t.deps, 'petits-bouleaux', { ...mine, invoice: 'F-1', totalCents: 30_528 });
    const hers = {
      firstName: 'Anne',
      lastName: 'Daoût',
      email: 'anne@example.org',
      certificate: 'PB-004533',
    };
    await addInvoice(t.deps, 'petits-bouleaux', { ...hers, invoice: 'F-2', totalCents: 5_000 });
    const found = await call<{ certificates: { id: string; invoices: { id: string }[] }[] }>(
      'GET /certificates',
      200,
    );
    assert.equal(found.certificates.length, 1);
    const search = { lastName: 'Daout', firstName: 'Anne', certificateNumber: 'PB-004533' };
    await call('POST /certificates/links', 'lookup-not-found', { body: { ...search, firstName: 'Zoé' } });
    await call('POST /certificates/links', 201, { body: search });
    await t.deps.db.execute("UPDATE regroupements SET link_policy = 'approval'");
    const other = { ...search, firstName: 'Zoé' };
    await call('POST /certificates/links', 202, { body: other });
    await t.deps.db.execute("UPDATE regroupements SET link_policy = 'code'");
    const { challengeId } = await call<{ challengeId: string }>('POST /certificates/links', 202, {
      body: search,
    });
    await call('POST /certificates/links/confirm', 'code-expired', {
      body: { challengeId: 'A'.repeat(22), code: '12345678' },
    });
    const { rows: codes } = await t.deps.db.execute<{ payload: string }>(
      "SELECT payload FROM outbox WHERE kind = 'link-code'",
    );
    const { code } = JSON.parse(codes[0]?.payload ?? '{}') as { code: string };
    const wrong = code === '12345678' ? '87654321' : '12345678';
    await call('POST /certificates/links/confirm', 'code-wrong', { body: { challengeId, code: wrong } });
    await call('POST /certificates/links/confirm', 201, { body: { challengeId, code } });
    await t.deps.db.execute("UPDATE regroupements SET link_policy = 'name-and-number'");
    await call('POST /quotes', 200, { body: { invoiceIds: [found.certificates[0]?.invoices[0]?.id] } });
    await call('POST /quotes', 'not-found', { body: { invoiceIds: ['A'.repeat(22)] } });
    const id = found.certificates[0]?.invoices[0]?.id ?? '';
    const inParts = (policy: object) =>
      t.deps.db.execute('UPDATE regroupements SET instalments = ?', [JSON.stringify(policy)]);
    await inParts({ kind: 'free', minimumCents: 1, planDays: 366 });
    const { plans } = await call<{ plans: object[] }>('POST /quotes', 200, { body: { invoiceIds: [id] } });
    const plan = (n: number) => ({
      ...{ id, body: { instalments: plans[0] } },
      headers: { 'Idempotency-Key': `a-plan-of-hers-${n}` },
    });
    await call('POST /invoices/{id}/plan', 201, plan(1));
    await call('POST /invoices/{id}/plan', 'plan-exists', plan(2));
    await inParts({ kind: 'none' });
    await call('GET /certificates', 200);
    const { rows } = await t.deps.db.execute<{ payload: string }>(
      "SELECT payload FROM outbox WHERE recipient = 'anne@example.org' AND kind = 'linked'",
    );
    const { undoToken: token } = JSON.parse(rows[0]?.payload ?? '{}') as { undoToken: string };
    await call('POST /link-undo/check', 200, { body: { token } });
    await call('POST /link-undo', 200, { body: { token } });
    await call('POST /link-undo/check', 'link-invalid', { body: { token: 'A'.repeat(43) } });
  });

  test('paying: given up, refused by the bank, paid', async () => {
    const { certificates } = await call<{ certificates: { invoices: { id: string }[] }[] }>(
      'GET /certificates',
      200,
    );
    const order = {
      invoiceIds: [certificates[0]?.invoices[0]?.id],
      expectedTotalCents: 30_528,
      page: PAGE,
      lang: 'fr-CA',
    };
    const key = (n: number) => ({ 'Idempotency-Key': `a-key-of-her-own-${n}` });
    await call('POST /payments', 'validation', { body: order });
    await call('POST /payments', 'amount-changed', {
      body: { ...order, expectedTotalCents: 1 },
      headers: key(1),
    });
    await call('POST /payments', 'page-refused', {
      body: { ...order, page: 'https://evil.test/' },
      headers: key(2),
    });
    const given = await call<{ payment: Payment }>('POST /payments', 201, { body: order, headers: key(3) });
    await call('POST /payments', 'idempotency-mismatch', {
      body: { ...order, lang: 'en-CA' },
      headers: key(3),
    });
    await call('POST /payments/{id}/cancel', 200, { id: given.payment.id });
    const { payment, approveUrl } = await call<{ payment: Payment; approveUrl: string }>(
      'POST /payments',
      201,
      { body: order, headers: key(4) },
    );
    const { id } = payment;
    const confirm = { id, body: { expectedTotalCents: 30_528 } };
    await call('POST /payments/{id}/confirm', 'payment-state', confirm);
    await approve(approveUrl, '4000 0000 0000 0002');
    await call('POST /payments/{id}/confirm', 'amount-changed', { id, body: { expectedTotalCents: 1 } });
    assert.equal((await confirmed()).state, 'declined');
    const again = await call<{ approveUrl: string }>('POST /payments/{id}/retry', 200, { id });
    await approve(again.approveUrl, '4111 1111 1111 1111');
    assert.equal((await confirmed()).state, 'completed');
    await call('POST /payments/{id}/cancel', 'payment-state', { id });
    await call('POST /payments/{id}/retry', 'payment-state', { id });
    await call('GET /payments/{id}', 200, { id });
    await call('GET /payments/{id}', 'not-found', { id: 'A'.repeat(22) });
    await call('GET /payments', 200);
    await call('GET /receipts', 200);
    await call('POST /quotes', 'already-paid', { body: { invoiceIds: order.invoiceIds } });
    await call('GET /me/export', 200);
    await call('DELETE /sessions/current', 204);
    await call('GET /payments', 'unauthenticated');

    async function approve(url: string, number: string): Promise<void> {
      const order = new URL(url).searchParams.get('token');
      const card = {
        number,
        expiry: '12/30',
        cvv: '123',
        givenName: 'M',
        surname: 'L',
        postalCode: 'G5H 1A1',
        email: EMAIL,
      };
      const body = new URLSearchParams(card);
      const answer = await standIn.app.request(`${PAYPAL}/checkoutnow/card?token=${order}`, {
        method: 'POST',
        body,
      });
      assert.ok(answer.status < 400, await answer.text());
    }
    async function confirmed(): Promise<Payment> {
      t.clock.advance(3_000);
      await call('GET /payments/{id}', 200, { id });
      return (await call<{ payment: Payment }>('POST /payments/{id}/confirm', 200, confirm)).payment;
    }
  });

  test('the end of her account', async () => {
    bearer = '';
    bearer = (await call<Tokens>('POST /sessions', 201, { body: { email: EMAIL, password: PASSWORD } }))
      .accessToken;
    await call('POST /me/erasure', 'password-wrong', { body: { password: 'un autre mot de passe' } });
    await call('POST /me/erasure', 204, { body: { password: PASSWORD } });
    await call('GET /me', 'unauthenticated');
  });

  test('no route was left out', () => {
    const described = Object.entries(spec.paths)
      .filter(([path]) => path.startsWith('/v1/regroupements/'))
      .flatMap(([path, methods]) =>
        Object.keys(methods).map(
          (method) =>
            `${method.toUpperCase()} ${path.replace('/v1/regroupements/{regroupement}', '') || '/'}`,
        ),
      );
    assert.deepEqual(
      described.filter((route) => !asked.has(route)),
      [],
    );
  });
});

describe('what the staff’s programs find described', () => {
  let t: TestApp;
  let spec: Spec;
  let page: string;
  before(async () => {
    t = await startTestApp();
    spec = (await (await t.app.request(`${PUBLIC_URL}/openapi.json`)).json()) as Spec;
    page = await (await t.app.request(`${PUBLIC_URL}/docs`)).text();
  });
  after(() => t.close());

  test('the scope of the key that each route takes: that very one opens it', async () => {
    const routes = Object.entries(spec.paths)
      .filter(([path]) => path.startsWith('/v1/backoffice/'))
      .flatMap(([path, methods]) =>
        Object.entries(methods).map(([method, { security }]) => ({ path, method, security })),
      );
    assert.ok(routes.length > 15);
    const programs = new Map<Scope, Staff>();
    for (const scope of SCOPES) programs.set(scope, await staffWith(t, [scope]));
    for (const { path, method, security } of routes) {
      const opens: Scope[] = [];
      const rest = path.replace('/v1/backoffice/{regroupement}', '').replace(/{\w+}/g, 'x');
      for (const [scope, program] of programs)
        if ((await program(method.toUpperCase(), rest)).status !== 403) opens.push(scope);
      const byKey = opens.length === 0 ? [] : [{ staffKey: opens }];
      assert.deepEqual(security, [...byKey, { staffSession: [] }], `${method} ${path}`);
      const shown = page.slice(page.indexOf(`<h3>${method.toUpperCase()} ${path}</h3>`));
      const told = opens.length === 0 ? 'signed in, a person' : `staff’s key: ${opens}; or a person`;
      assert.match(shown.slice(0, 1_000), new RegExp(`\\(${told} of the office\\)`), `${method} ${path}`);
    }
  });

  test('the file that an import takes: its types, its size, its columns', async () => {
    const path = '/v1/backoffice/{regroupement}/imports';
    const { required, content = {} } = spec.paths[path]?.post?.requestBody ?? {};
    assert.equal(required, true);
    const types = Object.keys(content);
    const sent = async (type: string, body: string) => {
      const program = await staffWith(t, ['import'], 'petits-bouleaux', type);
      const answer = await program('POST', '/imports?dryRun=true', body);
      return { status: answer.status, body: await answer.json() };
    };
    assert.ok(types.includes('text/csv'), String(types));
    for (const type of [...types, ...types.map((type) => `${type.toUpperCase()}; charset=utf-8`)])
      assert.notEqual((await sent(type, 'x')).status, 415, type);
    for (const type of ['application/json', 'text/html', 'text/csvx', 'x-text/csv', ''])
      assert.equal((await sent(type, 'x')).status, 415, type);

    const { description = '', maxLength = 0 } = content['text/csv']?.schema ?? {};
    assert.equal((await sent('text/csv', ' '.repeat(maxLength + 1))).status, 413);
    assert.notEqual((await sent('text/csv', ' '.repeat(maxLength))).status, 413);
    // Each kind, made of the titles that are told: it is read as that kind.
    const kinds = [...description.matchAll(/^- (\w+): (.+)$/gm)];
    assert.equal(kinds.length, 7, description);
    for (const [, kind, told = ''] of kinds) {
      const titles = told.split(', ').map((title) => title.split(' or ')[0]);
      const { body } = await sent('text/csv', `${titles.join(';')}\n${titles.map(() => 'x').join(';')}\n`);
      assert.equal((body.report ?? body).kind, kind, `${kind}: ${told}: ${JSON.stringify(body)}`);
      for (const title of titles)
        assert.match(page, new RegExp(`<td>[^<]*\\b${title}\\b`), `${title} on the page`);
    }
    assert.match(page, /text\/csv/);
  });
});

describe('schemas as a person reads them', () => {
  const cases: [Schema, string][] = [
    [{ type: ['string', 'null'] }, 'string | null'],
    [
      { type: 'array', items: { anyOf: [{ $ref: '#/components/schemas/Payment' }, { type: 'null' }] } },
      '(Payment | null)[]',
    ],
    [
      {
        type: 'object',
        required: ['a'],
        properties: {
          a: { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER, description: 'in cents' },
          b: { enum: ['x', 'y'] },
        },
      },
      '{\n  a: integer // at least 1; in cents\n  b?: "x" | "y"\n}',
    ],
  ];
  for (const [schema, text] of cases) test(text, () => assert.equal(typeText(schema), text));
});

/** The schema without room for fields that it does not name. */
function closed(schema: Schema): Schema {
  const inside = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(inside);
    if (typeof value !== 'object' || value === null) return value;
    const copy = Object.fromEntries(Object.entries(value).map(([key, part]) => [key, inside(part)]));
    return 'properties' in copy ? { ...copy, additionalProperties: false } : copy;
  };
  return inside(schema) as Schema;
}
