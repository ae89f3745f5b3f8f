// Who did what: every act of the staff's API and of the command line leaves one row with the state before and after, and
// what changes nothing leaves none. A new route or command that is not in these tables fails.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { audited } from '../../../server/audit.ts';
import { openDb } from '../../../server/db/open.ts';
import { sealAudit } from '../../../server/operations/audit-seals.ts';
import type { Payment } from '../../../server/payments/schemas.ts';
import { createKey, SCOPES } from '../../../server/staff/api-keys.ts';
import { members, versionOf } from '../../../server/staff/people/memberships.ts';
import { addInvoice, PUBLIC_URL } from '../../support/app.ts';
import { pay, regroupementId } from '../../support/books.ts';
import { type Checkout, startCheckout } from '../../support/checkout.ts';
import { SQLD } from '../../support/database.ts';
import { type Answer, joinOffice } from '../../support/office.ts';
import { type Payer, search, signIn } from '../../support/payer.ts';
import { type Staff, staffWith } from '../../support/staff.ts';

const LAUNCHER = fileURLToPath(new URL('../../../server/cli/amisgest-pay.js', import.meta.url));
const SLUG = 'petits-bouleaux';
/** A server's backups are its provider's. */
const FILES_ONLY = SQLD !== undefined;
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
  doctor: 'reads, and sends its own operator a message',
  tax: 'reads',
  reconcile: 'compares, as the job does every night',
  backup: 'reads',
  move: 'copies all, the audit too; the business is as it was',
  'audit verify': 'reads',
  'audit export': 'reads',
  'incidents export': 'reads',
  'incidents log': 'reads',
  'key list': 'reads',
  'links pending': 'reads',
};

/** What a person of the office does for herself, and where it stands, if not in the audit of a regroupement. */
const HER_OWN: Readonly<Record<string, string>> = {
  'put /me/alerts': 'the audit (alerts.test.ts)',
  'post /factors/codes/verify': 'the audit, where an invitation ends so: staff-joined',
  'post /enrolments': 'the security log; the reset that leads to it, in the audit',
  'post /invitations/join': 'the audit: staff-joined',
  ...Object.fromEntries(
    [
      'post /factors/codes',
      'post /factors/passkeys',
      'post /factors/passkeys/options',
      'delete /factors/passkeys/{id}',
      'post /factors/totp',
      'delete /factors/totp',
      'post /factors/totp/verify',
      'post /invitations/accept',
      'post /invitations/check',
      'post /invitations/request',
      'delete /me/sessions/{id}',
      'post /password',
      'post /password-resets',
      'post /password-resets/check',
      'post /password-resets/complete',
      'post /sessions',
      'delete /sessions/current',
      'post /sessions/current/confirmation',
      'post /sessions/current/confirmation/options',
      'post /sessions/options',
      'post /sessions/refresh',
    ].map((route) => [route, 'her own account: the security log']),
  ),
};

/** What each command says of itself. */
async function helps(): Promise<string[]> {
  const folder = new URL('../../../server/cli/commands/', import.meta.url);
  const files = await Promise.all(readdirSync(folder).map((name) => import(new URL(name, folder).href)));
  return files
    .flatMap((file) => Object.values<{ help?: { fr: string } }>(file))
    .flatMap(({ help }) => (help === undefined ? [] : [help.fr]));
}

function writingOf({ paths }: { paths: Record<string, object> }, base: string): string[] {
  return Object.entries(paths)
    .filter(([path]) => path.startsWith(`${base}/`))
    .flatMap(([path, methods]) =>
      Object.keys(methods)
        .filter((method) => method !== 'get')
        .map((method) => `${method} ${path.slice(base.length)}`),
    )
    .sort();
}

interface Row {
  seq: number;
  actor: string;
  act: string;
  target: string;
  before: string | null;
  after: string | null;
  request_id: string | null;
  words: string | null;
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

  const rows = (after = 0) => c.rows<Row>(`SELECT * FROM audit_acts WHERE seq > ${after} ORDER BY seq`);
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
    // What came over HTTP bears the id that its answer and the log bear.
    assert.equal(row.request_id !== null, !row.actor.startsWith('cli:'));
    const read = (state: string | null) =>
      state === null ? null : (JSON.parse(state) as Record<string, unknown>);
    return {
      ...{ target: row.target, before: read(row.before), after: read(row.after), words: read(row.words) },
      requestId: row.request_id,
    };
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
    routes.add(`post ${route}`);
    const answer = await by('POST', path, body);
    const text = await answer.text();
    assert.equal(answer.status, expected, `${route}: ${text}`);
    return JSON.parse(text);
  }
  // Not spawnSync: PayPal's stand-in answers from this very process.
  function run(args: readonly string[], { input = '', expected = 0 } = {}): Promise<string> {
    commands.add(args[0] ?? '').add(args.slice(0, 2).join(' '));
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
      words: { after: { reference: '' } },
      requestId: written.requestId,
    });
    await none(() => call('/recorded-payments', '/recorded-payments', { ...cheque, evenSo: [] }, 409));
    const path = `/recorded-payments/${id}/reversal`;
    const back = await one('recorded-payment-reversed', KEY, () =>
      call('/recorded-payments/{id}/reversal', path, { reason: 'Marie Tremblay a appelé' }, 201),
    );
    assert.deepEqual([back.target, back.before?.reversed], [`recorded_payments:${id}`, null]);
    assert.deepEqual(back.words, { reason: 'Marie Tremblay a appelé' });
    await none(() => call('/recorded-payments/{id}/reversal', path, { reason: 'x' }, 201));
  });

  test('a refund by a key; refused, it leaves nothing', async () => {
    const path = `/payments/${paid.number}/refunds`;
    const refund = await one('refund-asked', KEY, () =>
      call('/payments/{number}/refunds', path, { amountCents: 100, reason: 'Marie Tremblay' }, 201),
    );
    assert.deepEqual([refund.before?.leftCents, refund.after?.leftCents], [29_613, 29_513]);
    await none(() => call('/payments/{number}/refunds', path, { amountCents: 99_999, reason: 'x' }, 409));
    await none(() => call('/payments/{number}/refunds/preview', `${path}/preview`, {}, 200));
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

  test('a file by page, its undoing, upserts: one row for what came in or went, and for what columns are', async () => {
    const by = await staffWith(c.t, ['import'], SLUG, 'text/csv');
    const text = LIST.replace('Total', 'Ce qui est appelé') + rowOf(40);
    let id = '';
    await none(async () => {
      ({ id } = (await call('/import-files', '/import-files', text, 201, by)).file);
    });
    routes.add('put /import-files/{id}/mapping');
    const columns = [{ title: 'Ce qui est appelé', field: 'total' }];
    const map = async () =>
      assert.equal((await staff('PUT', `/import-files/${id}/mapping`, { columns })).status, 200);
    const mapped = await one('columns-mapped', KEY, map);
    assert.deepEqual(mapped.after, { columns: ['ce qui est appelé=total'] });
    await none(map);
    const act = (name: string, status: number, body: object = {}) =>
      call(`/import-files/{id}/${name}`, `/import-files/${id}/${name}`, body, status);
    await none(() => act('preview', 200));
    await none(() => act('stop', 202));
    await one('file-imported', KEY, async () => {
      await act('commit', 202);
      while ((await c.rows(`SELECT 1 FROM import_files WHERE id = '${id}' AND stage IS NOT NULL`)).length > 0)
        await nextTurn();
    });
    const [came] = await c.rows<{ id: string }>('SELECT id FROM imports ORDER BY rowid DESC LIMIT 1');
    const undo = `/imports/${came?.id}/undo`;
    await none(() => call('/imports/{id}/undo/preview', `${undo}/preview`, {}, 200));
    const undone = await one('import-undone', KEY, () => call('/imports/{id}/undo', undo, {}, 200));
    assert.deepEqual(undone.after, { reversed: 2, kept: 0, balanceCents: -10_900 });
    await none(() => call('/imports/{id}/undo', undo, {}, 409));
    const program = await staffWith(c.t, ['import'], SLUG, 'application/x-ndjson');
    const holder = JSON.stringify({ type: 'holder', id: 'D1', firstName: 'Ève', lastName: 'Roy' });
    await one('file-imported', KEY, () => call('/upserts', '/upserts', holder, 200, program));
    await none(() => call('/upserts', '/upserts', holder, 200, program));
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

  test('settings, a picture, an office, the account that is paid: one row each, none for looking or the same again', async () => {
    const owner = await joinOffice(c.t, { email: 'settings@example.org', role: 'owner' });
    const by: Staff = (method, path, body, headers = {}) =>
      c.t.app.request(`${PUBLIC_URL}/v1/backoffice/${SLUG}${path}`, {
        method,
        headers: {
          ...{ Authorization: `DPoP ${owner.accessToken}`, 'Content-Type': 'application/json' },
          ...headers,
        },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      }) as ReturnType<Staff>;
    const read = async () => (await (await by('GET', '/settings')).json()) as Answer;
    const done = async (
      method: string,
      route: string,
      path: string,
      body: unknown,
      version = '',
      type = 'json',
    ) => {
      routes.add(`${method.toLowerCase()} ${route}`);
      const headers = { 'If-Match': version, 'Content-Type': `application/${type}` };
      const answer = await by(method, path, body, headers);
      assert.ok(answer.ok, `${route}: ${await answer.clone().text()}`);
      return (await answer.json()) as Answer;
    };
    const PERSON = /^staff:/;
    const set = async () => done('PATCH', '/settings', '/settings', { phone: '1' }, (await read()).version);
    const changed = await one('settings-changed', PERSON, set);
    assert.deepEqual([changed.before, changed.after], [{ phone: '418 555-0123' }, { phone: '1' }]);
    await none(set);
    const svg = '<svg xmlns="http://www.w3.org/2000/svg"/>';
    const logo = async () =>
      done('POST', '/settings/logo', '/settings/logo', svg, (await read()).version, 'octet-stream');
    assert.deepEqual(Object.keys((await one('settings-changed', PERSON, logo)).after ?? {}), ['logo']);
    await none(logo);
    const bare = async () =>
      done('DELETE', '/settings/logo', '/settings/logo', undefined, (await read()).version);
    const taken = await one('settings-changed', PERSON, bare);
    assert.deepEqual([Object.keys(taken.before ?? {}), taken.after], [['logo'], { logo: null }]);
    await none(bare);
    const office = { code: 'BC-9', name: 'Neuf' };
    const add = () => done('POST', '/coordinating-offices', '/coordinating-offices', office);
    await one('office-set', PERSON, add);
    await none(add);
    const [made] = (await add()).offices;
    await one('office-set', PERSON, () =>
      done(
        'PATCH',
        '/coordinating-offices/{id}',
        `/coordinating-offices/${made.id}`,
        { name: 'X' },
        made.version,
      ),
    );
    const { version, ...account } = (await read()).paypal;
    const given = { ...account, secret: `secret-${SLUG}` };
    await none(() => done('POST', '/settings/paypal/verify', '/settings/paypal/verify', given));
    const saved = await one('settings-changed', PERSON, () =>
      done('PUT', '/settings/paypal', '/settings/paypal', given, version),
    );
    assert.deepEqual(saved.after, { paypal_secret: '•••' });
    await c.t.deps.db.execute('DELETE FROM logos');
    await c.t.deps.db.execute('UPDATE memberships SET removed_at = 1 WHERE staff_id = ?', [owner.id]);
  });

  test('an invoice cancelled, credited, its credit applied: one row each, none for looking, refused or done already', async () => {
    const made = async (number: string, cents: number) =>
      (
        await addInvoice(c.t.deps, SLUG, {
          ...{
            firstName: 'Marie-Ève',
            lastName: 'Tremblay',
            certificate: 'PB-000001',
            invoice: number,
            totalCents: cents,
          },
        })
      ).invoiceId;
    const [paid, next, wrong] = [
      await made('F-81', 1_000),
      await made('F-82', 5_000),
      await made('F-83', 700),
    ];
    await pay(c.t, paid, 1_000);
    const why = { reason: 'résiliée' };
    const act = async (what: string, id: string, body: object, status: number) => {
      const { invoice } = (await (await staff('GET', `/invoices/${id}`)).json()) as Answer;
      const by: Staff = (method, path, given) => staff(method, path, given, { 'If-Match': invoice.version });
      return call(`/invoices/{id}/${what}`, `/invoices/${id}/${what}`, body, status, by);
    };
    const note = { ...why, amountCents: 400 };
    await none(() => act('credit-notes/preview', paid, note, 200));
    const noted = await one('credit-note-made', KEY, () => act('credit-notes', paid, note, 201));
    assert.deepEqual(
      [noted.target, noted.before?.balanceCents, noted.after?.number, noted.after?.balanceCents],
      [`invoices:${paid}`, 0, 'CR-2026-0001', -400],
    );
    const applied = await one('credit-applied', KEY, () =>
      act('credit-transfer', paid, { toInvoiceId: next }, 201),
    );
    assert.deepEqual(
      [applied.after?.toNumber, applied.after?.cents, applied.after?.balanceCents],
      ['F-82', 400, 0],
    );
    await c.t.deps.db.execute('UPDATE regroupements SET instalments = ?', [
      '{"kind":"free","minimumCents":1}',
    ]);
    const plan = { instalments: [{ dueOn: '2026-12-15', amountCents: 4_600 }] };
    await none(() => act('plan/preview', next, plan, 200));
    const planned = await one('plan-made', KEY, () => act('plan', next, plan, 201));
    assert.deepEqual(
      [planned.target, planned.before?.plan, planned.after?.instalments],
      [`invoices:${next}`, null, ['2026-12-15 4600']],
    );
    const [{ id: planId = '' } = {}] = await c.rows<{ id: string }>('SELECT id FROM instalment_plans');
    const ended = await one('plan-ended', KEY, () => act('plan/cancel', next, { planId }, 200));
    assert.deepEqual([ended.before?.plan, ended.after?.plan], [planId, null]);
    await none(() => act('plan/cancel', next, { planId }, 200));
    const { transfers } = (await (await staff('GET', `/invoices/${paid}`)).json()) as Answer;
    const undo = (status = 200) =>
      call('/credit-transfers/{id}/undo', `/credit-transfers/${transfers[0].id}/undo`, {}, status);
    await none(() =>
      call(
        '/credit-transfers/{id}/undo/preview',
        `/credit-transfers/${transfers[0].id}/undo/preview`,
        {},
        200,
      ),
    );
    const undone = await one('credit-transfer-undone', KEY, () => undo());
    assert.deepEqual(
      [undone.target, undone.after?.toNumber, undone.after?.cents, undone.after?.toBalanceCents],
      [`invoices:${next}`, 'F-81', 400, -400],
    );
    await none(() => undo());
    const cancelled = await one('invoice-cancelled', KEY, () => act('cancel', wrong, why, 200));
    assert.deepEqual(
      [cancelled.before?.status, cancelled.after?.status, cancelled.words],
      ['open', 'cancelled', { reason: 'résiliée' }],
    );
    await none(() => act('cancel', wrong, why, 409));
  });

  test('a deposit opened, a cheque in it, closed: one row each, none for what stays as it is', async () => {
    await addInvoice(c.t.deps, SLUG, {
      ...{
        firstName: 'Marie-Ève',
        lastName: 'Tremblay',
        certificate: 'PB-000001',
        invoice: 'F-91',
        totalCents: 900,
      },
    });
    let id = '';
    const slip = { day: '2026-11-20', slipCents: 900 };
    const opened = await one('deposit-opened', KEY, async () => {
      id = (await call('/deposits', '/deposits', slip, 201)).deposit.id;
    });
    assert.deepEqual([opened.target, opened.before, opened.after], [`deposits:${id}`, null, slip]);
    const cheques = `/deposits/${id}/cheques`;
    const invoices = [{ invoiceNumber: 'F-91', amountCents: 900 }];
    const close = () => call('/deposits/{id}/close', `/deposits/${id}/close`, {}, 200);
    const written = await one('payment-recorded', KEY, () =>
      call('/deposits/{id}/cheques', cheques, { invoices, reference: '77' }, 201),
    );
    assert.equal(written.after?.deposit, id);
    const closed = await one('deposit-closed', KEY, close);
    assert.deepEqual(closed.after, { slipCents: 900, closed: true, cheques: 1 });
    await none(close);
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
    const request = async (method: string, headers = {}, body?: object, of = '') =>
      await c.t.app.request(`${PUBLIC_URL}/v1/backoffice/${SLUG}/holders/${holder?.id}${of}`, {
        method,
        headers: {
          ...{ Authorization: `DPoP ${owner.accessToken}`, 'Content-Type': 'application/json', ...headers },
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    routes.add('patch /holders/{id}');
    const { version } = JSON.parse(await (await request('GET')).text()).holder;
    const change = { usualName: 'Marie Tremblay-Roy' };
    const row = await one('holder-changed', new RegExp(`^staff:${owner.id}$`), async () => {
      assert.equal((await request('PATCH', { 'If-Match': version }, change)).status, 200);
    });
    assert.deepEqual([row.target, row.after?.changed], [`holders:${holder?.id}`, ['usualName']]);
    assert.deepEqual(row.words, {
      before: { usualName: '' },
      after: { usualName: 'Marie Tremblay-Roy' },
    });
    const { acts } = JSON.parse(await (await request('GET', {}, undefined, '/history')).text());
    assert.deepEqual(
      [acts[0].before.usualName, acts[0].after.usualName, acts[0].requestId],
      ['', 'Marie Tremblay-Roy', row.requestId],
    );
    await none(async () => {
      assert.equal((await request('PATCH', { 'If-Match': version }, { usualName: 'x' })).status, 412);
      const now = String(row.after?.version);
      assert.equal((await request('PATCH', { 'If-Match': now }, change)).status, 200);
    });
  });

  test('people: invited, reset and removed by an owner on the page, one row each under her name', async () => {
    const owner = await joinOffice(c.t, { email: 'owner@example.org', role: 'owner' });
    const zoe = await joinOffice(c.t, { email: 'zoe@example.org', role: 'reader' });
    const by = async (method: string, path: string, body?: unknown, version = '') => {
      const answer = await c.t.app.request(`${PUBLIC_URL}/v1/backoffice/${SLUG}${path}`, {
        method,
        headers: {
          Authorization: `DPoP ${owner.accessToken}`,
          'Content-Type': 'application/json',
          'If-Match': version,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      routes.add(`${method.toLowerCase()} ${path.replace(zoe.id, '{id}')}`);
      return answer.status;
    };
    const eve = { name: 'Eve', email: 'eve@example.org', role: 'reader', lang: 'fr-CA' };
    const hers = new RegExp(`^staff:${owner.id}$`);
    await one('staff-invited', hers, () => by('POST', '/invitations', eve));
    const { rows } = await c.t.deps.db.execute<{ id: string }>(
      'SELECT id FROM staff_invitations WHERE name = ?',
      ['Eve'],
    );
    const again = `/invitations/${rows[0]?.id}/resend`;
    await one('staff-invited', hers, () => by('POST', again));
    await none(() => by('POST', again));
    routes.delete(`post ${again}`);
    routes.add('post /invitations/{id}/resend');
    await one('staff-factor-reset', hers, () => by('POST', `/memberships/${zoe.id}/factor-reset`));
    const change = async ({ id }: { id: string }, body: object) => {
      const found = (await members(c.t.deps, await regroupementId(c.t))).find(
        ({ staffId }) => staffId === id,
      );
      return by('PATCH', `/memberships/${id}`, body, found && versionOf(found));
    };
    const changed = await one('staff-changed', hers, () => change(zoe, { role: 'office', mayRefund: true }));
    assert.deepEqual([changed.before?.role, changed.after?.role], ['reader', 'office']);
    await none(() => change(zoe, { role: 'office' }));
    await none(() => change(owner, { role: 'reader' }));
    await none(() => by('PATCH', `/memberships/${zoe.id}`, { role: 'reader' }, 'of another day'));
    await one('staff-removed', hers, () => by('DELETE', `/memberships/${zoe.id}`));
    const forProgram = { name: 'Comptabilité', scopes: ['import', 'read'], days: 30 };
    const wanted = await one('key-created', hers, () => by('POST', '/keys', forProgram));
    assert.deepEqual([wanted.after?.name, wanted.after?.scopes], ['Comptabilité', ['read', 'import']]);
    await none(() => by('POST', '/keys', { ...forProgram, scopes: [] }));
    await none(() => by('POST', '/keys', { ...forProgram, days: 731 }));
    const made = { name: 'x', scopes: ['read'], lifeMs: 1e9, by: `staff:${zoe.id}` } as const;
    const key = await createKey(c.t.deps, await regroupementId(c.t), made);
    await one('key-revoked', hers, () => by('DELETE', `/keys/${key.id}`));
    await none(() => by('DELETE', `/keys/${key.id}`));
    routes.delete(`delete /keys/${key.id}`);
    routes.add('delete /keys/{id}');
    await none(() => by('DELETE', `/memberships/${zoe.id}`));
    await none(() => by('DELETE', `/memberships/${owner.id}`));
    for (const method of ['patch', 'delete']) routes.delete(`${method} /memberships/${owner.id}`);
  });

  test('looking for somebody leaves nothing', async () => {
    await none(() => call('/search', '/search', { text: 'Tremblay' }, 200));
  });

  test('a page of the site that is tried leaves nothing', async () => {
    await none(() =>
      call('/pages/try', '/pages/try', { address: 'https://petits-bouleaux.test/payer' }, 200),
    );
  });

  test('no route of the staff’s that writes is missing here', async () => {
    const spec = (await (await c.t.app.request(`${PUBLIC_URL}/openapi.json`)).json()) as {
      paths: Record<string, object>;
    };
    const base = '/v1/backoffice/{regroupement}';
    assert.deepEqual(writingOf(spec, base), [...routes].sort());
    assert.deepEqual(writingOf(spec, '/v1/staff'), Object.keys(HER_OWN).sort());
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
    const bare = await one('settings-changed', CLI, () => run([...set, '--logo', 'aucun']));
    assert.deepEqual([Object.keys(bare.before ?? {}), bare.after], [['logo'], { logo: null }]);
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
    writeFileSync(list, LIST + rowOf(31));
    await one('file-imported', CLI, () => run(['import', SLUG, list]));
    const [came] = await c.rows<{ id: string }>('SELECT id FROM imports ORDER BY rowid DESC LIMIT 1');
    await none(() => run(['undo-import', SLUG, came?.id ?? '', '--dry-run']));
    await one('import-undone', CLI, () => run(['undo-import', SLUG, came?.id ?? '']));
    await none(() => run(['undo-import', SLUG, came?.id ?? ''], { expected: 1 }));
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

  test('the journal itself: what is sealed is checked, taken out as a file, and its words erased, which is an act too', async () => {
    await sealAudit(c.t.deps);
    const verdict = await json('audit', 'verify');
    assert.deepEqual([verdict.broken, verdict.unsealed, verdict.erased > 0], [null, 0, true]);
    const seal = `${verdict.last.seq}:${verdict.last.seal}`;
    assert.match(await run(['audit', 'verify', '--known', seal]), new RegExp(seal));
    const other = `${verdict.last.seq}:${'x'.repeat(43)}`;
    assert.equal(
      JSON.parse(await run(['audit', 'verify', '--known', other, '--json'], { expected: 1 })).broken.fault,
      'other-seal',
    );
    const today = new Date().toISOString().slice(0, 10);
    const file = await run(['audit', 'export', SLUG, '--lang', 'en', '--from', '2026-11-01', '--to', today]);
    assert.match(file, /holder-changed,holders:.*Marie Tremblay-Roy/);
    const changed = (await json('audit', 'export', SLUG)).find(
      ({ act }: { act: string }) => act === 'holder-changed',
    );
    const erased = await one('audit-words-erased', CLI, () => run(['audit', 'erase', SLUG, changed.target]));
    assert.deepEqual([erased.before, erased.after], [{ acts: 1 }, { acts: 0 }]);
    assert.ok(!(await run(['audit', 'export', SLUG])).includes('Tremblay-Roy'));
    await none(() => run(['audit', 'erase', SLUG, changed.target]));
    assert.equal((await json('audit', 'verify')).broken, null);
  });

  test('a database put back: the row stands in what is put back', { skip: FILES_ONLY }, async () => {
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

  test('no command is missing here', { skip: FILES_ONLY }, async () => {
    const overview = await run(['help']);
    const names = [...overview.matchAll(/^ {2}([\w-]+)/gm)].map(([, name = '']) => name);
    const actions = (await helps()).flatMap((help) =>
      [...help.matchAll(/^([a-z]+) ([a-z-]+(?:\|[a-z-]+)*) [<–]/gm)].flatMap(([, name = '', one = '']) =>
        one.split('|').map((action) => `${name} ${action}`),
      ),
    );
    assert.ok(actions.includes('regroupement set') && actions.includes('rotate secrets'));
    const known = new Set([...commands, ...Object.keys(NO_ACT)]);
    assert.deepEqual([...names, ...actions].filter((name) => !known.has(name)).sort(), []);
    const there = new Set([...names, ...actions]);
    assert.deepEqual(
      Object.keys(NO_ACT).filter((name) => !there.has(name)),
      [],
    );
  });

  test('an act that the database was asked to write twice stands once; two at one instant stand both', async () => {
    const resumed = (after: boolean) =>
      audited(
        { now: () => 1_000, randomBytes: c.t.deps.randomBytes },
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

  test('is read by an owner: what each act was about stands beside it, by its number, address or name', async () => {
    const owner = await joinOffice(c.t, { email: 'reads@example.org', role: 'owner' });
    const answer = await c.t.app.request(`${PUBLIC_URL}/v1/backoffice/${SLUG}/audit?limit=200`, {
      headers: { Authorization: `DPoP ${owner.accessToken}` },
    });
    const { acts } = (await answer.json()) as Answer;
    const about = (act: string) => acts.find((one: Answer) => one.act === act)?.about;
    assert.equal(about('staff-joined'), 'Lise Roy');
    assert.equal(about('payment-recorded'), 'F-20');
    assert.equal(about('refund-asked'), paid.number);
    assert.equal(about('invoice-cancelled'), 'F-83');
    assert.equal(about('key-created'), 'logiciel');
    assert.equal(about('settings-changed'), null);
  });

  test('holds no name, no reason and no secret, and cannot be changed', async () => {
    const all = JSON.stringify(await c.rows('SELECT * FROM audit'));
    for (const never of ['Tremblay', 'Marie', 'secret-petits', 'wrong-secret', 'agp_', 'marie@'])
      assert.ok(!all.includes(never), never);
    for (const sql of ["UPDATE audit SET act = 'x'", 'DELETE FROM audit', 'UPDATE audit_words SET at = 1'])
      await assert.rejects(c.t.deps.db.execute(sql), /append-only/);
  });
});
