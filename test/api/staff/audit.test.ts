// Who did what: every act of the staff's API and of the command line leaves one row with the state before and after, and
// what changes nothing leaves none. A new route or command that is not in these tables fails.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { audited } from '../../../server/audit.ts';
import { openDb } from '../../../server/db/open.ts';
import type { Payment } from '../../../server/payments/schemas.ts';
import { SCOPES } from '../../../server/staff/api-keys.ts';
import { PUBLIC_URL } from '../../support/app.ts';
import { regroupementId } from '../../support/books.ts';
import { type Checkout, startCheckout } from '../../support/checkout.ts';
import { joinOffice } from '../../support/office.ts';
import { type Payer, search, signIn } from '../../support/payer.ts';
import { type Staff, staffWith } from '../../support/staff.ts';

const LAUNCHER = fileURLToPath(new URL('../../../server/cli/amisgest-pay.js', import.meta.url));
const SLUG = 'petits-bouleaux';
const LIST =
  'Facture;Certificat;Nom;Prénom;Courriel;Date;Échéance;Début;Fin;Prime;Taxe sur les primes;Total;Solde\n';
const rowOf = (n: number) =>
  `F-${n};PB-0000${n};Roy;Ève;eve@example.org;2026-03-01;2026-04-01;2026-04-01;2027-03-31;100,00;9,00;109,00;109,00\n`;
const CHEQUE = { method: 'cheque', amountCents: 100, receivedOn: '2026-11-20', reference: '' };

/** Commands that change nothing of the regroupement's, and why their name is no act. */
const NO_ACT: Readonly<Record<string, string>> = {
  serve: 'the server itself',
  migrate: 'the program’s own',
  export: 'reads',
  tax: 'reads',
  reconcile: 'compares, as the job does every night',
  backup: 'reads',
  move: 'copies all, the audit too; the business is as it was',
};

interface Row {
  seq: number;
  actor: string;
  act: string;
  target: string;
  before: string | null;
  after: string | null;
}

describe('the audit', () => {
  let c: Checkout;
  let folder: string;
  let staff: Staff;
  let paid: Payment;
  let paul: Payer;
  const routes = new Set<string>();
  const commands = new Set<string>();

  before(async () => {
    c = await startCheckout();
    await c.t.deps.db.execute("UPDATE regroupements SET link_policy = 'approval'");
    folder = mkdtempSync(join(tmpdir(), 'amisgest-pay-audit-'));
    settings(c.t.deps.config.databaseUrl, c.t.deps.config.secretKeys[0] ?? '');
    staff = await staffWith(c.t, [...SCOPES]);
    paid = await c.paid();
    paul = await signIn(c.t, 'paul@example.com');
  });
  after(async () => {
    await c.close();
    rmSync(folder, { recursive: true, force: true });
  });
  function settings(databaseUrl: string, secretKey: string): void {
    const lines = [
      `DATABASE_URL=${databaseUrl}`,
      `PAYPAL_BASE_URL=${c.url}`,
      `PUBLIC_URL=${PUBLIC_URL}`,
      `SECRET_KEY=${secretKey}`,
    ];
    writeFileSync(join(folder, 'settings.env'), lines.join('\n'));
  }

  const rows = (after = 0) => c.rows<Row>(`SELECT * FROM audit WHERE seq > ${after} ORDER BY seq`);
  const last = async () => (await rows()).at(-1)?.seq ?? 0;

  /** The one row that `doing` leaves. */
  async function one(act: string, actor: RegExp, doing: () => Promise<unknown>) {
    const from = await last();
    await doing();
    const left = await rows(from);
    assert.deepEqual(
      left.map((row) => row.act),
      [act],
    );
    const [row] = left;
    assert.ok(row !== undefined);
    assert.match(row.actor, actor);
    assert.ok(row.before !== null || row.after !== null);
    const read = (state: string | null) =>
      state === null ? null : (JSON.parse(state) as Record<string, unknown>);
    return { target: row.target, before: read(row.before), after: read(row.after) };
  }
  async function none(doing: () => Promise<unknown>): Promise<void> {
    const from = await last();
    await doing();
    assert.deepEqual(await rows(from), []);
  }

  const KEY = /^key:[\w-]{22}$/;
  const CLI = /^cli:./;
  /** A call of the staff's API, by the path that the API's description gives it. */
  async function call(route: string, path: string, body: unknown, expected: number, by = staff) {
    routes.add(route);
    const answer = await by('POST', path, body);
    const text = await answer.text();
    assert.equal(answer.status, expected, `${route}: ${text}`);
    return JSON.parse(text);
  }
  // Not spawnSync: PayPal's stand-in answers from this very process.
  function run(args: readonly string[], { input = '', expected = 0 } = {}): Promise<string> {
    commands.add(args[0] ?? '');
    return new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [LAUNCHER, ...args], {
        env: { PATH: process.env.PATH ?? '', DATA_DIR: folder },
      });
      let out = '';
      let told = '';
      child.stdout.on('data', (text) => {
        out += text;
      });
      child.stderr.on('data', (text) => {
        told += text;
      });
      child.once('error', reject);
      child.once('close', (status) => {
        if (status === expected) resolve(out);
        else reject(new Error(`${args.join(' ')}: ${status} ${told}`));
      });
      child.stdin.end(input);
    });
  }
  const json = async (...args: string[]) => JSON.parse(await run([...args, '--json']));

  async function exception(id: string): Promise<string> {
    await c.t.deps.db.execute(
      `INSERT INTO exceptions(id, regroupement_id, dedupe_key, kind, detail, opened_at) VALUES (?, ?, ?, 'held', '{}', 1)`,
      [id, await regroupementId(c.t, SLUG), id],
    );
    return id;
  }
  async function parked(id: string): Promise<string> {
    await c.t.deps.db.execute(
      `INSERT INTO outbox(id, regroupement_id, dedupe_key, kind, recipient, lang, payload, state, next_at, created_at)
       VALUES (?, ?, ?, 'link-approved', 'x@example.org', 'fr-CA', '{}', 'parked', 1, 1)`,
      [id, await regroupementId(c.t, SLUG), id],
    );
    return id;
  }
  async function asked(): Promise<string> {
    await c.t.deps.db.execute('DELETE FROM link_requests');
    await c.t.deps.db.execute('DELETE FROM links');
    await search(paul, 'Tremblay', 'Marie-Ève', 'PB-000001');
    const [request] = await c.rows<{ id: string }>('SELECT id FROM link_requests');
    assert.ok(request !== undefined);
    return request.id;
  }
  async function inDoubt(invoice: string): Promise<string> {
    const [row] = await c.rows<{ number: string; id: string }>('SELECT id, number FROM payments');
    await c.t.deps.db.batch([
      { sql: "UPDATE payments SET state = 'unknown', failure = NULL WHERE id = ?", args: [row?.id ?? ''] },
      {
        sql: 'INSERT INTO invoice_holds(invoice_id, payment_id, created_at) SELECT id, ?, 1 FROM invoices WHERE number = ?',
        args: [row?.id ?? '', invoice],
      },
    ]);
    return row?.number ?? '';
  }

  test('a cheque by a key, taken back: one row each, with what was and what is', async () => {
    const cheque = { ...CHEQUE, invoiceNumber: 'F-1', evenSo: ['more-than-balance'] };
    let id = '';
    const written = await one('payment-recorded', KEY, async () => {
      id = (await call('/recorded-payments', '/recorded-payments', cheque, 201)).recorded.id;
    });
    assert.deepEqual(written, {
      target: `recorded_payments:${id}`,
      before: null,
      after: {
        invoice: c.invoiceId,
        method: 'cheque',
        cents: 100,
        receivedOn: '2026-11-20',
        evenSo: ['more-than-balance'],
      },
    });
    await none(() => call('/recorded-payments', '/recorded-payments', { ...cheque, evenSo: [] }, 409));
    const path = `/recorded-payments/${id}/reversal`;
    const back = await one('recorded-payment-reversed', KEY, () =>
      call('/recorded-payments/{id}/reversal', path, { reason: 'Marie Tremblay a appelé' }, 201),
    );
    assert.deepEqual([back.target, back.before?.reversed], [`recorded_payments:${id}`, null]);
    await none(() => call('/recorded-payments/{id}/reversal', path, { reason: 'x' }, 201));
  });

  test('a refund by a key; refused, it leaves nothing', async () => {
    const path = `/payments/${paid.number}/refunds`;
    const refund = await one('refund-asked', KEY, () =>
      call('/payments/{number}/refunds', path, { amountCents: 100, reason: 'Marie Tremblay' }, 201),
    );
    assert.deepEqual([refund.before?.leftCents, refund.after?.leftCents], [29_613, 29_513]);
    await none(() => call('/payments/{number}/refunds', path, { amountCents: 99_999, reason: 'x' }, 409));
  });

  test('a payment let go, an exception closed, a message tried again: each once', async () => {
    const number = await inDoubt('F-1');
    const let_go = { reason: 'Marie Tremblay' };
    const released = await one('payment-released', KEY, () =>
      call('/payments/{number}/release', `/payments/${number}/release`, let_go, 200),
    );
    assert.deepEqual([released.before?.state, released.after?.state], ['unknown', 'cancelled']);
    const close = `/exceptions/${await exception('exception-of-a-key')}/close`;
    const note = { note: 'Marie Tremblay' };
    await one('exception-closed', KEY, () => call('/exceptions/{id}/close', close, note, 200));
    await none(() => call('/exceptions/{id}/close', close, note, 404));
    const retry = `/messages/${await parked('message-of-a-key-000000')}/retry`;
    await one('message-retried', KEY, () => call('/messages/{id}/retry', retry, undefined, 200));
    await none(() => call('/messages/{id}/retry', retry, undefined, 404));
  });

  test('links approved, refused and undone: each once; looking for them leaves nothing', async () => {
    const approve = `/links/${await asked()}/approve`;
    await one('link-approved', KEY, () => call('/links/{id}/approve', approve, undefined, 200));
    await none(() => call('/links/{id}/approve', approve, undefined, 200));
    const of = { certificateNumber: 'PB-000001' };
    let links: { id: string }[] = [];
    await none(async () => {
      ({ links } = await call('/links/search', '/links/search', of, 200));
    });
    const undo = `/links/${links[0]?.id}/undo`;
    await one('link-undone', KEY, () => call('/links/{id}/undo', undo, undefined, 200));
    await none(() => call('/links/{id}/undo', undo, undefined, 200));
    const refuse = `/links/${await asked()}/refuse`;
    await one('link-refused', KEY, () => call('/links/{id}/refuse', refuse, undefined, 200));
  });

  test('a file: one row for what came in, none for a trial or a refusal', async () => {
    const by = await staffWith(c.t, ['import'], SLUG, 'text/csv');
    const list = LIST + rowOf(20);
    await none(() => call('/imports', '/imports?dryRun=true', list, 200, by));
    const came = await one('file-imported', KEY, () => call('/imports', '/imports', list, 200, by));
    assert.deepEqual(came.after, { rows: 1, accepted: 1, refused: 0, evenSo: [] });
    await none(() => call('/imports', '/imports', list, 200, by));
    const faulty = LIST + rowOf(21).replace('2026-03-01', 'hier');
    await none(() => call('/imports', '/imports', faulty, 422, by));
  });

  test('a manual amount by a key: one row for the invoice, none for looking or for a second one', async () => {
    const id = 'endorsement-of-a-key';
    await c.t.deps.db.execute(
      `INSERT INTO endorsement_rows(id, regroupement_id, certificate_id, effective_on, description, amount_cents, created_at, updated_at)
       SELECT ?, regroupement_id, id, '2026-10-15', 'Marie Tremblay', 5000, 1, 1 FROM certificates LIMIT 1`,
      [id],
    );
    const invoice = `/endorsements/${id}/invoice`;
    const preview = '/endorsements/{id}/invoice/preview';
    await none(() => call(preview, `${invoice}/preview`, {}, 200));
    const made = await one('manual-invoice-made', KEY, () =>
      call('/endorsements/{id}/invoice', invoice, { noAdminFee: true }, 201),
    );
    assert.deepEqual(
      [made.target, made.before, made.after?.number, made.after?.totalCents, made.after?.noAdminFee],
      [`endorsements:${id}`, { invoice: null }, 'AV-2026-0001', 5_000, true],
    );
    await none(() => call('/endorsements/{id}/invoice', invoice, {}, 409));
  });

  test('who sees to what, and what is settled by hand: one row each, none for the same again', async () => {
    const item = `exception.${await exception('exception-of-a-person-0')}`;
    const lise = await joinOffice(c.t, { email: 'lise@example.com', role: 'office' });
    const assign = `/worklist/${item}/assign`;
    const to = { to: lise.id };
    const given = await one('work-assigned', KEY, () => call('/worklist/{id}/assign', assign, to, 200));
    assert.deepEqual(
      [given.target, given.before, given.after],
      [`worklist:${item}`, { assignedTo: null }, { assignedTo: lise.id }],
    );
    await none(() => call('/worklist/{id}/assign', assign, to, 200));
    await none(() => call('/worklist/{id}/settle', `/worklist/${item}/settle`, {}, 409));
    const doubtful = { ...CHEQUE, invoiceNumber: 'F-1', amountCents: 7, reference: '0417' };
    const both = ['more-than-balance', 'possible-duplicate'];
    await call('/recorded-payments', '/recorded-payments', { ...doubtful, evenSo: both }, 201);
    const second = await call('/recorded-payments', '/recorded-payments', { ...doubtful, evenSo: both }, 201);
    const settle = `/worklist/possible-duplicate.${second.recorded.id}/settle`;
    await one('work-settled', KEY, () => call('/worklist/{id}/settle', settle, {}, 200));
    await none(() => call('/worklist/{id}/settle', settle, {}, 404));
  });

  test('a file changed on the page: one row with what changed, without her words; none when nothing did', async () => {
    const [holder] = await c.rows<{ id: string }>("SELECT id FROM holders WHERE first_name = 'Marie-Ève'");
    const owner = await joinOffice(c.t, { email: 'edits@example.org', role: 'office' });
    const request = async (method: string, headers = {}, body?: object) =>
      await c.t.app.request(`${PUBLIC_URL}/v1/backoffice/${SLUG}/holders/${holder?.id}`, {
        method,
        headers: {
          ...{ Authorization: `DPoP ${owner.accessToken}`, 'Content-Type': 'application/json', ...headers },
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    routes.add('/holders/{id}');
    const { version } = JSON.parse(await (await request('GET')).text()).holder;
    const change = { usualName: 'Marie Tremblay-Roy' };
    const row = await one('holder-changed', new RegExp(`^staff:${owner.id}$`), async () => {
      assert.equal((await request('PATCH', { 'If-Match': version }, change)).status, 200);
    });
    assert.deepEqual([row.target, row.after?.changed], [`holders:${holder?.id}`, ['usualName']]);
    await none(async () => {
      assert.equal((await request('PATCH', { 'If-Match': version }, { usualName: 'x' })).status, 412);
      const now = String(row.after?.version);
      assert.equal((await request('PATCH', { 'If-Match': now }, change)).status, 200);
    });
  });

  test('people: invited, reset and removed by an owner on the page, one row each under her name', async () => {
    const owner = await joinOffice(c.t, { email: 'owner@example.org', role: 'owner' });
    const zoe = await joinOffice(c.t, { email: 'zoe@example.org', role: 'reader' });
    const by = async (method: string, path: string, body?: unknown) => {
      const answer = await c.t.app.request(`${PUBLIC_URL}/v1/backoffice/${SLUG}${path}`, {
        method,
        headers: { Authorization: `DPoP ${owner.accessToken}`, 'Content-Type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      routes.add(path.replace(zoe.id, '{id}'));
      return answer.status;
    };
    const eve = { name: 'Eve', email: 'eve@example.org', role: 'reader', lang: 'fr-CA' };
    const hers = new RegExp(`^staff:${owner.id}$`);
    await one('staff-invited', hers, () => by('POST', '/invitations', eve));
    await one('staff-factor-reset', hers, () => by('POST', `/memberships/${zoe.id}/factor-reset`));
    const changed = await one('staff-changed', hers, () =>
      by('PATCH', `/memberships/${zoe.id}`, { role: 'office', mayRefund: true }),
    );
    assert.deepEqual([changed.before?.role, changed.after?.role], ['reader', 'office']);
    await none(() => by('PATCH', `/memberships/${zoe.id}`, { role: 'office' }));
    await none(() => by('PATCH', `/memberships/${owner.id}`, { role: 'reader' }));
    await one('staff-removed', hers, () => by('DELETE', `/memberships/${zoe.id}`));
    await none(() => by('DELETE', `/memberships/${zoe.id}`));
    await none(() => by('DELETE', `/memberships/${owner.id}`));
    routes.delete(`/memberships/${owner.id}`);
  });

  test('looking for somebody leaves nothing', async () => {
    await none(() => call('/search', '/search', { text: 'Tremblay' }, 200));
  });

  test('no route of the staff’s that writes is missing here', async () => {
    const spec = (await (await c.t.app.request(`${PUBLIC_URL}/openapi.json`)).json()) as {
      paths: Record<string, object>;
    };
    const base = '/v1/backoffice/{regroupement}';
    const writing = Object.entries(spec.paths).flatMap(([path, methods]) =>
      path.startsWith(base) && Object.keys(methods).some((method) => method !== 'get')
        ? [path.slice(base.length)]
        : [],
    );
    assert.deepEqual(writing.sort(), [...routes].sort());
  });

  test('settings: what was and what is, and of PayPal’s secret that there is one', async () => {
    const set = ['regroupement', 'set', SLUG];
    const named = await one('settings-changed', CLI, () => run([...set, '--name', 'Les Petits Bouleaux']));
    assert.deepEqual(named.before, { name: 'Regroupement petits-bouleaux' });
    assert.deepEqual(named.after, { name: 'Les Petits Bouleaux' });
    const secret = await one('settings-changed', CLI, () =>
      run([...set, '--paypal-secret-stdin', '--paypal-client-id', 'client-of-the-next'], {
        input: 'wrong-secret',
      }),
    );
    assert.deepEqual(secret.before, { paypal_client_id: 'client-petits-bouleaux', paypal_secret: '•••' });
    assert.deepEqual(secret.after, { paypal_client_id: 'client-of-the-next', paypal_secret: '•••' });
    await none(() => run([...set, '--paypal-secret-stdin'], { input: 'a secret', expected: 1 }));
    const logo = join(folder, 'logo.svg');
    writeFileSync(logo, '<svg xmlns="http://www.w3.org/2000/svg"/>');
    const picture = await one('settings-changed', CLI, () => run([...set, '--logo', logo]));
    assert.deepEqual([picture.before, Object.keys(picture.after ?? {})], [{ logo: null }, ['logo']]);
    const restored = ['--paypal-client-id', 'client-petits-bouleaux', '--paypal-secret-stdin'];
    await run([...set, ...restored], { input: 'secret-petits-bouleaux' });
    const options = ['name', 'email', 'phone', 'address', 'privacy-title', 'privacy-email'].flatMap(
      (name) => [`--${name}`, name.endsWith('email') ? 'x@example.org' : '418 555-0100'],
    );
    const added = await one('regroupement-added', CLI, () =>
      run(['regroupement', 'add', 'neuf', ...options]),
    );
    assert.deepEqual([added.before, added.after?.slug], [null, 'neuf']);
    await none(() => run(['regroupement', 'list']));
    const fee = await one('settings-changed', CLI, () => run([...set, '--admin-fee', '10,00']));
    assert.deepEqual([fee.before, fee.after], [{ admin_fee_cents: 0 }, { admin_fee_cents: 1_000 }]);
    const office = ['offices', 'set', SLUG, 'bc-1'];
    const first = await one('office-set', CLI, () => run([...office, '--admin-fee', '12,50']));
    assert.deepEqual([first.before, first.after?.adminFeeCents], [null, 1_250]);
    const then = await one('office-set', CLI, () => run([...office, '--admin-fee', '-']));
    assert.deepEqual([then.before?.adminFeeCents, then.after?.adminFeeCents], [1_250, null]);
    await none(() => run(['offices', 'list', SLUG]));
  });

  test('the same acts at the command line: one row each', async () => {
    const record = ['record', SLUG, 'F-20', '--method', 'cash', '--amount', '1,00', '--date', '2026-11-20'];
    let id = '';
    await one('payment-recorded', CLI, async () => {
      ({ id } = await json(...record));
    });
    const undo = ['record', SLUG, '--undo', id, '--reason', 'x'];
    await one('recorded-payment-reversed', CLI, () => run(undo));
    await none(() => run(undo));
    const number = await inDoubt('F-20');
    await one('payment-released', CLI, () => run(['release', SLUG, number, '--reason', 'x']));
    const close = ['exceptions', SLUG, '--close', await exception('exception-of-a-command'), '--note', 'x'];
    await one('exception-closed', CLI, () => run(close));
    await none(() => run(close, { expected: 1 }));
    const retry = ['messages', SLUG, '--retry', await parked('message-of-a-command-00')];
    await one('message-retried', CLI, () => run(retry));
    const request = await asked();
    await one('link-approved', CLI, () => run(['links', 'approve', SLUG, request]));
    const [link] = await json('links', 'list', SLUG, '--certificate', 'PB-000001');
    await one('link-undone', CLI, () => run(['links', 'undo', SLUG, link.id]));
    await one('link-refused', CLI, async () => run(['links', 'refuse', SLUG, await asked()]));
    const list = join(folder, 'liste.csv');
    writeFileSync(list, LIST + rowOf(30));
    await none(() => run(['import', SLUG, list, '--dry-run']));
    await one('file-imported', CLI, () => run(['import', SLUG, list]));
    await c.t.deps.db.execute("UPDATE payments SET state = 'completed', failure = NULL");
    await one('refund-asked', CLI, () =>
      run(['refund', SLUG, paid.number, '--reason', 'x', '--amount', '1,00']),
    );
  });

  test('what only the command line does: one row each', async () => {
    const lise = { email: 'lise@example.org', role: 'office' } as const;
    await joinOffice(c.t, lise);
    const joined = (await rows()).at(-1);
    assert.deepEqual(
      [joined?.act, joined?.actor],
      ['staff-joined', joined?.target.replace('staff_users', 'staff')],
    );
    const key = await one('key-created', CLI, () =>
      run(['key', 'create', SLUG, '--name', 'logiciel', '--scope', 'read', '--days', '1']),
    );
    assert.deepEqual([key.after?.name, key.after?.scopes], ['logiciel', ['read']]);
    const id = key.target.replace('api_keys:', '');
    await one('key-revoked', CLI, () => run(['key', 'revoke', SLUG, id]));
    await none(() => run(['key', 'revoke', SLUG, id]));
    const invited = await one('staff-invited', CLI, () =>
      run(['staff', 'invite', SLUG, '--email', 'anne@example.org', '--role', 'reader']),
    );
    assert.deepEqual([invited.before, invited.after?.role], [null, 'reader']);
    await none(() => run(['staff', 'list', SLUG]));
    const whom = ['--email', 'lise@example.org'];
    const reset = await one('staff-factor-reset', CLI, () => run(['staff', 'reset-factor', SLUG, ...whom]));
    assert.deepEqual([reset.before, reset.after], [{ enrolled: true }, { enrolled: false }]);
    await one('staff-removed', CLI, () => run(['staff', 'remove', SLUG, ...whom]));
    await none(() => run(['staff', 'remove', SLUG, ...whom], { expected: 1 }));
    const secrets = await one('invoice-secrets-made', CLI, () => run(['secrets', 'make', SLUG]));
    assert.deepEqual(secrets.after, { certificates: 3, replaces: false });
    const signedOut = await one('account-signed-out', CLI, () =>
      run(['accounts', 'sign-out', SLUG, '--email', 'marie@example.org']),
    );
    assert.deepEqual([signedOut.before, signedOut.after], [{ sessions: 1 }, { sessions: 0 }]);
    await one('everyone-signed-out', CLI, () => run(['accounts', 'sign-out', SLUG, '--all']));
    await none(() => run(['accounts', 'export', SLUG, '--email', 'marie@example.org']));
    const incident = ['--on', '2026-11-20', '--known', '2026-11-20', '--what', 'x', '--persons', '2'];
    await one('incident-recorded', CLI, () => run(['incidents', 'record', SLUG, ...incident]));
    await c.t.deps.db.execute(
      "INSERT INTO payment_stops(id, regroupement_id, backup_at, stopped_at) VALUES ('stop', ?, 1, 2)",
      [await regroupementId(c.t, SLUG)],
    );
    const resume = ['payments', 'resume', SLUG, '--reason', 'x'];
    await one('payments-resumed', CLI, () => run(resume));
    await none(() => run(resume, { expected: 1 }));
    await one('signing-key-rotated', CLI, () => run(['rotate', 'signing-key']));
    await one('account-erased', CLI, () => run(['accounts', 'erase', SLUG, '--email', 'marie@example.org']));
    const before = c.t.deps.config.secretKeys[0] ?? '';
    const { databaseUrl } = c.t.deps.config;
    settings(databaseUrl, `a-new-key-of-at-least-thirty-two-characters,${before}`);
    const again = await one('secrets-reencrypted', CLI, () => run(['rotate', 'secrets']));
    assert.ok(Number(again.before?.withOlderKey) > 0 && again.after?.withOlderKey === 0);
    await none(() => run(['rotate', 'secrets']));
  });

  test('a database put back: the row stands in what is put back', async () => {
    const file = join(folder, 'copy.db');
    await none(() => run(['backup', file]));
    const other = `file:${join(folder, 'other.db')}`;
    settings(other, c.t.deps.config.secretKeys[0] ?? '');
    await run(['restore', file]);
    const db = await openDb(other);
    const { rows: found } = await db.execute<Row>(
      "SELECT actor, target FROM audit WHERE act = 'database-restored'",
    );
    db.close();
    assert.equal(found.length, 1);
    assert.match(found[0]?.actor ?? '', CLI);
  });

  test('no command is missing here', async () => {
    const overview = await run(['help']);
    const names = [...overview.matchAll(/^ {2}(\w+)/gm)].map(([, name = '']) => name);
    commands.delete('help');
    assert.deepEqual([...new Set(names)].sort(), [...new Set([...commands, ...Object.keys(NO_ACT)])].sort());
  });

  test('an act that the database was asked to write twice stands once; two at one instant stand both', async () => {
    const resumed = (after: boolean) =>
      audited(
        { now: () => 1_000 },
        {
          regroupementId: null,
          actor: 'cli:test',
          act: 'payments-resumed',
          target: 'server',
          before: { paymentsStopped: true },
          after: { paymentsStopped: after },
        },
      );
    const from = await last();
    await c.t.deps.db.batch([resumed(false)]);
    await c.t.deps.db.batch([resumed(false)]);
    assert.equal((await rows(from)).length, 1);
    await c.t.deps.db.batch([resumed(true)]);
    assert.equal((await rows(from)).length, 2);
  });

  test('holds no name, no reason and no secret, and cannot be changed', async () => {
    const all = JSON.stringify(await rows());
    for (const never of ['Tremblay', 'Marie', 'secret-petits', 'wrong-secret', 'agp_', 'marie@'])
      assert.ok(!all.includes(never), never);
    for (const sql of ["UPDATE audit SET act = 'x'", 'DELETE FROM audit'])
      await assert.rejects(c.t.deps.db.execute(sql), /append-only/);
  });
});
