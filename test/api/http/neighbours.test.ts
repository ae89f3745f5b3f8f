// I1 by what a call names rather than by what it carries: real ids, numbers, codes and e-mailed links of one
// regroupement, or one person, in the hands of a neighbour whose own key, token and address are sound. Each call is then
// made by whoever it belongs to, and works: so none was refused for another reason. A new route must take its place here.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { invoiceVersion, readStanding } from '../../../server/credits/state.ts';
import { openException } from '../../../server/exceptions/exceptions.ts';
import { makePlan } from '../../../server/instalments/plans.ts';
import { regroupementBySlug } from '../../../server/regroupements/regroupements.ts';
import { createKey, SCOPES, type Scope } from '../../../server/staff/api-keys.ts';
import { editable, versionOf } from '../../../server/staff/files/holder-changes.ts';
import { addInvoice, PUBLIC_URL } from '../../support/app.ts';
import { pay } from '../../support/books.ts';
import { CARD, type Checkout, startCheckout, TOTAL } from '../../support/checkout.ts';
import { joinOffice } from '../../support/office.ts';
import { type Payer, signIn } from '../../support/payer.ts';
import { EMAIL, mailbox, newcomer, newestLink, PASSWORD } from '../../support/sign-up.ts';

const OURS = 'petits-bouleaux';
const THEIRS = 'la-farandole';
const CENTS = 10_000;
const PLANS = '{"kind":"free","minimumCents":1000,"planDays":366}';
const PLAN = [{ dueOn: '2026-12-15', amountCents: CENTS }];
const SPEC = `${PUBLIC_URL}/openapi.json`;

/** One route, asked with what is another's: its path's value, its body. */
interface Ask {
  value?: string;
  body?: unknown;
  query?: string;
  type?: string;
  /** Of what it changes, where that is no file. */
  version?: () => Promise<string>;
}
interface StaffAsk extends Ask {
  scope: Scope;
}

describe('what belongs to a neighbour', () => {
  let c: Checkout;
  /** Everything here that a list of the neighbour's may not show. */
  const marks = ['Tremblay', 'marie@example.org', 'PB-0000', 'F-1', 'F-2', 'Heather', 'MacDougall'];
  before(async () => {
    c = await startCheckout();
  });
  after(() => c.close());

  async function invoice(number: string): Promise<string> {
    const holder = { firstName: 'Marie-Ève', lastName: 'Tremblay', email: 'marie@example.org' };
    const made = { ...holder, certificate: `PB-0000${number.slice(2)}`, invoice: number, totalCents: CENTS };
    return (await addInvoice(c.t.deps, OURS, made)).invoiceId;
  }
  const bill = async (number: string) => ({
    invoiceIds: [await invoice(number)],
    expectedTotalCents: CENTS,
  });
  async function routes(guard: 'session' | 'staffKey'): Promise<string[]> {
    const { paths } = (await (await c.t.app.request(SPEC)).json()) as {
      paths: Record<string, Record<string, { security?: object[] }>>;
    };
    return Object.entries(paths)
      .flatMap(([path, methods]) =>
        Object.entries(methods)
          .filter(([, { security = [] }]) => Object.keys(security[0] ?? {})[0] === guard)
          .map(([method]) => `${method.toUpperCase()} ${path.replace(/^.*?\{regroupement\}/, '')}`),
      )
      .sort();
  }
  async function everything(): Promise<string> {
    const tables = [
      ...['payments', 'ledger_entries', 'refunds', 'recorded_payments', 'exceptions', 'sessions', 'accounts'],
      ...['links', 'link_requests', 'link_challenges', 'email_changes', 'password_resets', 'sign_ups'],
    ];
    const rows = await Promise.all(
      tables.map(async (table) => (await c.t.deps.db.execute(`SELECT * FROM ${table} ORDER BY 1`)).rows),
    );
    const messages = await c.rows("SELECT id, state, attempts FROM outbox WHERE state = 'parked'");
    return JSON.stringify([rows, messages]);
  }

  describe('of the staff', () => {
    let asks: Record<string, StaffAsk>;
    before(async () => {
      const { t } = c;
      const regroupement = await regroupementBySlug(t.deps, OURS);
      const paid = await c.approved(CARD, await bill('F-10'));
      await c.confirm(paid.id, CENTS);
      const doubtful = await c.approved(CARD, await bill('F-11'));
      c.fault('capture', { kind: '500' }, 3);
      await c.confirm(doubtful.id, CENTS);
      await invoice('F-12');
      await t.deps.db.batch(
        openException(t.deps, regroupement, { kind: 'unknown-capture', about: 'a sale' }),
      );
      const [exception] = await c.rows<{ id: string }>('SELECT id FROM exceptions');
      const [holder] = await c.rows<{ id: string }>('SELECT id FROM holders');
      const [message] = await c.rows<{ id: string }>("SELECT id FROM outbox WHERE kind = 'receipt'");
      await t.deps.db.execute("UPDATE outbox SET state = 'parked' WHERE id = ?", [message?.id ?? '']);
      await addInvoice(t.deps, OURS, {
        ...{ firstName: 'Heather', lastName: 'MacDougall', email: 'heather@example.org' },
        ...{ certificate: 'PB-777', invoice: 'F-13', totalCents: CENTS },
      });
      await t.deps.db.execute("UPDATE regroupements SET link_policy = 'approval' WHERE slug = ?", [OURS]);
      const search = { lastName: 'MacDougall', firstName: 'Heather', certificateNumber: 'PB-777' };
      for (const email of ['un@example.org', 'deux@example.org'])
        await (await signIn(t, email)).call('POST', '/certificates/links', search);
      await t.deps.db.execute("UPDATE regroupements SET link_policy = 'name-and-number'");
      const [first, second] = await c.rows<{ id: string }>('SELECT id FROM link_requests');
      await (await signIn(t, 'trois@example.org')).call('POST', '/certificates/links', search);
      const [link] = await c.rows<{ id: string }>('SELECT id FROM links');
      const why = { reason: 'une erreur' };
      const cheque = { method: 'cheque', amountCents: 100, receivedOn: '2026-11-20' };
      asks = {
        'GET /payments': { scope: 'read' },
        'GET /payments/{number}': { scope: 'read', value: paid.number },
        'GET /recorded-payments': { scope: 'read' },
        'GET /holders/{id}/payments': { scope: 'read', value: holder?.id ?? '' },
        'GET /exceptions': { scope: 'read', query: '?all=true' },
        'GET /reconciliations/{day}': { scope: 'read', value: '2026-11-22' },
        'GET /messages/parked': { scope: 'read' },
        'GET /holders/{id}': { scope: 'read', value: holder?.id ?? '' },
        'GET /holders/{id}/overview': { scope: 'read', value: holder?.id ?? '' },
        'GET /holders/{id}/balance-reasons': { scope: 'read', value: holder?.id ?? '' },
        'GET /holders/{id}/as-seen': { scope: 'read', value: holder?.id ?? '' },
        'GET /holders/{id}/history': { scope: 'read', value: holder?.id ?? '' },
        'GET /holders/{id}/copy': { scope: 'read', value: holder?.id ?? '' },
        'GET /holders/{id}/messages': { scope: 'read', value: holder?.id ?? '' },
        'GET /coordinating-offices': { scope: 'read' },
        'GET /worklist': { scope: 'read' },
        'GET /worklist.csv': { scope: 'read' },
        'GET /worklist.xlsx': { scope: 'read' },
        'GET /all-payments': { scope: 'read' },
        'GET /today': { scope: 'read' },
        'GET /events': { scope: 'read', query: '?after=0' },
        'GET /links': { scope: 'links' },
        'GET /export/{sheet}': { scope: 'read', value: 'invoices' },
        'POST /imports': { scope: 'import', type: 'text/csv', body: 'Facture;Certificat\n' },
        'POST /recorded-payments': {
          ...{ scope: 'record', body: { ...cheque, invoiceNumber: 'F-12', evenSo: ['possible-duplicate'] } },
        },
        'POST /recorded-payments/{id}/reversal': { scope: 'record', body: why },
        'POST /exceptions/{id}/close': {
          ...{ scope: 'record', value: exception?.id ?? '', body: { note: 'réglé' } },
        },
        'POST /messages/{id}/retry': { scope: 'record', value: message?.id ?? '' },
        'POST /links/{id}/approve': { scope: 'links', value: first?.id ?? '' },
        'POST /links/{id}/refuse': { scope: 'links', value: second?.id ?? '' },
        'POST /links/{id}/undo': { scope: 'links', value: link?.id ?? '' },
        'POST /search': { scope: 'read', body: { text: 'Tremblay' } },
        'GET /pages': { scope: 'read' },
        'POST /pages/try': { scope: 'record', body: { address: 'https://petits-bouleaux.test/payer' } },
        'POST /links/search': { scope: 'links', body: { certificateNumber: 'PB-777' } },
        'POST /payments/{number}/release': { scope: 'refund', value: doubtful.number, body: why },
        'POST /payments/{number}/refunds': { scope: 'refund', value: paid.number, body: why },
      };
      const recorded = await call(await key(OURS, SCOPES), 'POST /recorded-payments', OURS, {
        body: { ...cheque, invoiceNumber: 'F-12' },
      });
      const { id } = ((await recorded.json()) as { recorded: { id: string } }).recorded;
      asks['POST /recorded-payments/{id}/reversal'] = { scope: 'record', value: id, body: why };
      const again = await call(await key(OURS, SCOPES), 'POST /recorded-payments', OURS, {
        body: { ...cheque, invoiceNumber: 'F-12', evenSo: ['possible-duplicate'] },
      });
      const twice = ((await again.json()) as { recorded: { id: string } }).recorded;
      const lise = await joinOffice(t, { email: 'lise@example.org', role: 'office', slug: OURS });
      const [one, two] = ['endorsement-of-a-holder', 'endorsement-that-waits'];
      for (const endorsement of [one, two])
        await t.deps.db.execute(
          `INSERT INTO endorsement_rows(id, regroupement_id, certificate_id, effective_on, description, amount_cents, created_at, updated_at)
           SELECT ?, regroupement_id, id, '2026-10-15', 'Heather', 3500, 1, 1 FROM certificates WHERE number = 'PB-777'`,
          [endorsement],
        );
      const [cancelled, credited] = [await invoice('F-14'), await invoice('F-15')];
      const owing = await addInvoice(t.deps, OURS, {
        ...{ firstName: 'Marie-Ève', lastName: 'Tremblay', holderId: holder?.id ?? '' },
        ...{ certificate: 'PB-000016', invoice: 'F-16', totalCents: CENTS },
      });
      const [paidTwice] = await c.rows<{ id: string }>("SELECT id FROM invoices WHERE number = 'F-1'");
      await pay(t, paidTwice?.id ?? '', 2 * TOTAL);
      const planned = await addInvoice(t.deps, OURS, {
        ...{ firstName: 'Marie-Ève', lastName: 'Tremblay', holderId: holder?.id ?? '' },
        ...{ certificate: 'PB-000017', invoice: 'F-17', totalCents: CENTS },
      });
      await t.deps.db.execute(`UPDATE regroupements SET instalments = '${PLANS}'`);
      const staffs = await regroupementBySlug(t.deps, OURS);
      const { invoice: at } = await readStanding(t.deps, regroupement.id, planned.invoiceId);
      await makePlan(t.deps, staffs, planned.invoiceId, {
        ...{
          instalments: PLAN,
          version: invoiceVersion(at),
          by: 'cli:test',
          idempotencyKey: 'a-plan-of-ours',
        },
      });
      const [plan] = await c.rows<{ id: string }>('SELECT id FROM instalment_plans');
      const noted = { amountCents: 100, ...why };
      const acted = (id: string, body: object) => ({
        ...{ scope: 'invoice', value: id, body },
        version: async () => invoiceVersion((await readStanding(t.deps, regroupement.id, id)).invoice),
      });
      const slip = { day: '2026-11-20', slipCents: 100 };
      const opened = await call(await key(OURS, SCOPES), 'POST /deposits', OURS, { body: slip });
      const deposit = ((await opened.json()) as { deposit: { id: string } }).deposit.id;
      const inDeposit = { invoices: [{ invoiceNumber: 'F-16', amountCents: 100 }] };
      const titles = 'Nom;Prénom;# certificat;Facture;Date facture;Période;Total';
      const csv = (day: string) => ({
        ...({ scope: 'import', type: 'text/csv' } as const),
        body: `${titles}\nRoy;Ève;PB-900001;E-1;${day};2026-04-01/2027-03-31;1,00\n`,
      });
      const ours = await key(OURS, SCOPES);
      const kept = await call(ours, 'POST /import-files', OURS, csv('hier'));
      const fileId = ((await kept.json()) as { file: { id: string } }).file.id;
      assert.equal((await call(ours, 'POST /imports', OURS, csv('2026-03-01'))).status, 200);
      const [came] = await c.rows<{ id: string }>('SELECT id FROM imports WHERE merged_at IS NOT NULL');
      const ofFile = (body?: object) => ({ scope: 'import', value: fileId, body });
      const early = acted(paidTwice?.id ?? '', { toInvoiceId: owing.invoiceId, amountCents: 1 });
      const applied = await call(ours, 'POST /invoices/{id}/credit-transfer', OURS, early as Ask);
      const transfer = ((await applied.json()) as { transfers: { id: string }[] }).transfers[0]?.id ?? '';
      version = versionOf(await editable(t.deps, regroupement.id, holder?.id ?? ''));
      Object.assign(asks, {
        'GET /imports': { scope: 'read' },
        'POST /import-files': csv('2026-03-02'),
        'GET /import-files/{id}': ofFile(),
        'PUT /import-files/{id}/mapping': ofFile({ columns: [] }),
        'POST /import-files/{id}/preview': ofFile({}),
        'GET /import-files/{id}/rows': ofFile(),
        'GET /import-files/{id}/refused.csv': ofFile(),
        'POST /imports/{id}/undo/preview': { scope: 'import', value: came?.id, body: {} },
        'POST /imports/{id}/undo': { scope: 'import', value: came?.id, body: {} },
        'POST /upserts': {
          ...{ scope: 'import', type: 'application/x-ndjson' },
          body: '{"type":"holder","id":"H-900","firstName":"Ève","lastName":"Roy"}',
        },
        // Its one row is refused: nothing comes in, and the last of the imports.
        'POST /import-files/{id}/commit': ofFile({}),
        'POST /import-files/{id}/stop': ofFile({}),
        'PATCH /holders/{id}': { scope: 'invoice', value: holder?.id, body: { usualName: 'Roy' } },
        'POST /endorsements/{id}/invoice/preview': { scope: 'invoice', value: one, body: {} },
        'POST /endorsements/{id}/invoice': { scope: 'invoice', value: one, body: {} },
        'GET /deposits': { scope: 'read' },
        'GET /deposits/{id}': { scope: 'read', value: deposit },
        'GET /deposits/{id}/receipts': { scope: 'read', value: deposit },
        'GET /recorded-payments/{id}/receipts': { scope: 'read', value: id },
        'POST /deposits/{id}/cheques': { scope: 'record', value: deposit, body: inDeposit },
        'POST /deposits/{id}/close': { scope: 'record', value: deposit, body: {} },
        'POST /deposits': { scope: 'record', body: { day: '2026-11-20', slipCents: 100 } },
        'GET /invoices/{id}': { scope: 'read', value: credited },
        'POST /invoices/{id}/cancel': acted(cancelled, why),
        'POST /invoices/{id}/credit-notes/preview': acted(credited, noted),
        'POST /invoices/{id}/credit-notes': acted(credited, noted),
        'POST /invoices/{id}/credit-transfer': acted(paidTwice?.id ?? '', { toInvoiceId: owing.invoiceId }),
        'POST /invoices/{id}/plan/preview': acted(planned.invoiceId, { dates: 2 }),
        'POST /invoices/{id}/plan/cancel': acted(planned.invoiceId, { planId: plan?.id }),
        'POST /invoices/{id}/plan': acted(planned.invoiceId, { instalments: PLAN }),
        'POST /credit-transfers/{id}/undo/preview': { scope: 'invoice', value: transfer, body: {} },
        'POST /credit-transfers/{id}/undo': { scope: 'invoice', value: transfer, body: {} },
        'POST /worklist/{id}/assign': { scope: 'record', value: `endorsement.${two}`, body: { to: lise.id } },
        'POST /worklist/{id}/settle': { scope: 'record', value: `possible-duplicate.${twice.id}` },
      });
    });

    async function key(slug: string, scopes: readonly Scope[]): Promise<string> {
      const { id } = await regroupementBySlug(c.t.deps, slug);
      const made = { name: 'x', scopes, lifeMs: 86_400_000, by: 'cli:test' } as const;
      return (await createKey(c.t.deps, id, made)).secret;
    }
    let calls = 0;
    /** Of the file that is changed. */
    let version = '';
    async function call(secret: string, route: string, slug: string, ask: Ask): Promise<Response> {
      c.t.clock.advance(1_000);
      const [method = '', path = ''] = route.split(' ');
      const { value = '', body, query = '', type = 'application/json' } = ask;
      const match = (await ask.version?.()) ?? version;
      const at = `${PUBLIC_URL}/v1/backoffice/${slug}${path.replace(/\{\w+\}/, value)}${query}`;
      return c.t.app.request(at, {
        method,
        headers: {
          Authorization: `Bearer ${secret}`,
          'Content-Type': type,
          'If-Match': match,
          'Idempotency-Key': `a-key-of-the-staff-${calls++}`,
        },
        ...(method === 'GET' ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body ?? {}) }),
      });
    }

    test('every route is tried here', async () => {
      assert.deepEqual(Object.keys(asks).sort(), await routes('staffKey'));
    });

    test('a key opens what its scope says, and nothing else: every route', async () => {
      const before = await everything();
      for (const [route, ask] of Object.entries(asks)) {
        const others = SCOPES.filter((scope) => scope !== ask.scope);
        const answer = await call(await key(OURS, others), route, OURS, ask);
        assert.equal(answer.status, 403, `${route} with ${others}`);
      }
      assert.equal(await everything(), before);
    });

    test('the neighbour’s own key finds nothing of it: every route', async () => {
      const secret = await key(THEIRS, SCOPES);
      const before = await everything();
      // Ids and numbers, not the day or the sheet.
      const ids = Object.values(asks).flatMap(({ value = '' }) => (value.length > 10 ? value : []));
      for (const [route, ask] of Object.entries(asks)) {
        const answer = await call(secret, route, THEIRS, ask);
        const text = await answer.text();
        const lists = route.startsWith('GET') && !/\{(number|id)\}/.test(route);
        const reads = lists || /\/(search|try)$/.test(route);
        // Hers, of her own: it names nothing.
        if (['POST /deposits', 'POST /import-files'].includes(route))
          assert.equal(answer.status, 201, `${route}: ${text}`);
        else if (reads || route === 'POST /upserts') assert.equal(answer.status, 200, `${route}: ${text}`);
        else if (route !== 'POST /imports') assert.equal(answer.status, 404, `${route}: ${text}`);
        for (const mark of [...marks, ...ids]) assert.ok(!text.includes(mark), `${route}: ${text}`);
      }
      assert.equal(await everything(), before, 'and nothing was changed');
    });

    test('and their own does: every route, by the one scope it needs', async () => {
      for (const [route, ask] of Object.entries(asks)) {
        const answer = await call(await key(OURS, [ask.scope]), route, OURS, ask);
        const expected = route === 'POST /imports' ? [422] : [200, 201, 202];
        assert.ok(expected.includes(answer.status), `${route}: ${answer.status} ${await answer.text()}`);
      }
    });
  });

  describe('of a person', () => {
    /** Of herself alone: nothing in the path or the body names anything of anybody's. */
    const SELF = [
      ...[
        'DELETE /me/sessions',
        'DELETE /sessions/current',
        'GET /certificates',
        'GET /me',
        'GET /me/export',
      ],
      ...[
        'GET /me/sessions',
        'GET /payments',
        'GET /receipts',
        'PATCH /me',
        'POST /certificates/links',
        'POST /me/email',
      ],
      ...['POST /me/erasure', 'POST /me/export-links', 'POST /me/password'],
    ];
    let asks: Record<string, Ask>;
    before(async () => {
      const { t } = c;
      c.fault('capture', { kind: 'decline' });
      const declined = await c.approved(CARD, await bill('F-20'));
      await c.confirm(declined.id, CENTS);
      const approved = await c.approved(CARD, await bill('F-21'));
      const begun = (await c.start(c.marie, await bill('F-22'))).body.payment;
      const more = await bill('F-23');
      const planned = await bill('F-25');
      await signIn(t, 'marie.ailleurs@example.org');
      await t.deps.db.execute(
        `UPDATE sessions SET account_id = ? WHERE account_id = (SELECT id FROM accounts WHERE email = 'marie.ailleurs@example.org')`,
        [c.marie.accountId],
      );
      const [session] = await c.rows<{ id: string }>(
        `SELECT id FROM sessions WHERE account_id = '${c.marie.accountId}' ORDER BY created_at DESC LIMIT 1`,
      );
      await addInvoice(t.deps, OURS, {
        ...{ firstName: 'Heather', lastName: 'MacDougall', email: 'heather@example.org' },
        ...{ certificate: 'PB-888', invoice: 'F-24', totalCents: CENTS },
      });
      await t.deps.db.execute("UPDATE regroupements SET link_policy = 'code'");
      const search = { lastName: 'MacDougall', firstName: 'Heather', certificateNumber: 'PB-888' };
      const asked = await c.marie.call('POST', '/certificates/links', search);
      const { challengeId } = (await asked.json()) as { challengeId: string };
      const sent = (await mailbox(t, 'heather@example.org')).at(-1)?.payload as { code?: string };
      asks = {
        'GET /payments/{id}': { value: approved.id },
        'POST /payments/{id}/confirm': { value: approved.id, body: { expectedTotalCents: CENTS } },
        'POST /payments/{id}/retry': { value: declined.id },
        'POST /payments/{id}/cancel': { value: begun.id },
        'POST /quotes': { body: { invoiceIds: more.invoiceIds } },
        'POST /invoices/{id}/plan': { value: planned.invoiceIds[0] ?? '', body: { instalments: PLAN } },
        'POST /payments': { body: { ...more, page: `https://${OURS}.test/payer`, lang: 'fr-CA' } },
        'POST /certificates/links/confirm': { body: { challengeId, code: sent.code } },
        'DELETE /me/sessions/{id}': { value: session?.id ?? '' },
      };
    });
    const call = (payer: Payer, route: string, { value = '', body }: Ask) => {
      const [method = '', path = ''] = route.split(' ');
      const headers = { 'Idempotency-Key': 'a-key-of-her-own-000' };
      return payer.call(method, path.replace('{id}', value), body, headers);
    };

    test('every route is tried here, or is of herself alone', async () => {
      assert.deepEqual([...Object.keys(asks), ...SELF].sort(), await routes('session'));
    });

    for (const slug of [OURS, THEIRS])
      test(`opens to nobody else signed in at ${slug}: every route that names something`, async () => {
        const neighbour = await signIn(c.t, 'neighbour@example.org', slug);
        const before = await everything();
        for (const [route, ask] of Object.entries(asks)) {
          const body =
            route === 'POST /payments'
              ? { ...(ask.body as object), page: `https://${slug}.test/payer` }
              : ask.body;
          const answer = await call(neighbour, route, { ...ask, body });
          const expected = route.endsWith('/links/confirm') ? 410 : 404;
          assert.equal(answer.status, expected, `${route}: ${await answer.text()}`);
        }
        assert.equal(await everything(), before, 'and nothing was changed');
      });

    test('and to her it does', async () => {
      for (const [route, ask] of Object.entries(asks)) {
        const answer = await call(c.marie, route, ask);
        assert.ok([200, 201, 204].includes(answer.status), `${route}: ${await answer.text()}`);
      }
    });
  });

  test('links in e-mails open nothing at the neighbour’s, and still work at home', async () => {
    const { t } = c;
    await t.deps.db.execute("UPDATE regroupements SET link_policy = 'name-and-number'");
    const ask = (slug: string, path: string, body: object, token?: string) =>
      t.app.request(`${PUBLIC_URL}/v1/regroupements/${slug}${path}`, {
        method: 'POST',
        headers: {
          'Content-Type': 'application/json',
          ...(token === undefined ? {} : { Authorization: `DPoP ${token}` }),
        },
        body: JSON.stringify(body),
      });
    const opened = async (path: string, body: object): Promise<string> => {
      const tried = [path.replace(/\/(complete|confirm)$/, '/check'), path];
      if (path === '/activations' || path === '/email-changes/undo') tried[0] = `${path}/check`;
      const { token } = body as { token: string };
      for (const at of tried) {
        const answer = await ask(THEIRS, at, at === path ? body : { token });
        assert.equal(answer.status, 410, `${at}: ${await answer.text()}`);
      }
      const answer = await ask(OURS, path, body);
      assert.ok(answer.ok, `${path}: ${await answer.clone().text()}`);
      return ((await answer.json()) as { accessToken?: string }).accessToken ?? '';
    };
    // She has an account at both.
    await signIn(t, EMAIL, THEIRS);
    const before = await c.rows('SELECT * FROM accounts ORDER BY 1');
    assert.ok((await ask(OURS, '/accounts', newcomer)).ok);
    await opened('/activations', { token: await newestLink(t, 'activate'), password: PASSWORD });
    assert.ok((await ask(OURS, '/password-resets', { email: EMAIL, lang: 'fr-CA' })).ok);
    const hers = await opened('/password-resets/complete', {
      token: await newestLink(t, 'reset'),
      password: PASSWORD,
    });
    const other = 'autre-courriel@example.org';
    assert.ok((await ask(OURS, '/me/email', { email: other, password: PASSWORD }, hers)).ok);
    const change = { token: await newestLink(t, 'email-change', other), password: PASSWORD };
    await opened('/email-changes/confirm', change);
    const undo = { token: await newestLink(t, 'email-changed'), password: PASSWORD };
    const back = await opened('/email-changes/undo', undo);
    const search = { lastName: 'Tremblay', firstName: 'Marie-Ève', certificateNumber: 'PB-000001' };
    assert.equal((await ask(OURS, '/certificates/links', search, back)).status, 201);
    const linked = (await mailbox(t, 'marie@example.org')).findLast(({ kind }) => kind === 'linked');
    const { undoToken } = (linked?.payload ?? {}) as { undoToken?: string };
    for (const at of ['/link-undo/check', '/link-undo'])
      assert.equal((await ask(THEIRS, at, { token: undoToken })).status, 410, at);
    assert.ok((await ask(OURS, '/link-undo', { token: undoToken })).ok);
    const ids = before.map((row) => (row as { id: string }).id);
    const left = (await c.rows<{ id: string }>('SELECT * FROM accounts ORDER BY 1')).filter(({ id }) =>
      ids.includes(id),
    );
    assert.deepEqual(left, before, 'her other account is as it was');
  });
});
