// A backup taken while people pay, the database lost, the backup restored: nobody is charged twice, nothing that PayPal
// took stays unknown, and no session, link or message comes back to life.
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import Database from 'libsql';
import { openSession } from '../../../server/accounts/sessions/sessions.ts';
import { openDb } from '../../../server/db/open.ts';
import { sendDueMail } from '../../../server/mail/worker.ts';
import { backup } from '../../../server/operations/backup.ts';
import { type RestoreReport, restore } from '../../../server/operations/restore.ts';
import { resumePayments } from '../../../server/payments/stops.ts';
import { paymentsWhere } from '../../../server/payments/store.ts';
import { recover } from '../../../server/reconciliation/recover.ts';
import { refundPayment } from '../../../server/refunds/refunds.ts';
import { regroupementBySlug } from '../../../server/regroupements/regroupements.ts';
import { listKeys, revokeKey } from '../../../server/staff/api-keys.ts';
import { invite } from '../../../server/staff/people/invitations.ts';
import { removeMember } from '../../../server/staff/people/memberships.ts';
import { resetFactors } from '../../../server/staff/sign-in/enrolment.ts';
import { addInvoice } from '../../support/app.ts';
import { regroupementId } from '../../support/books.ts';
import { BROWSER } from '../../support/browser-key.ts';
import { type Checkout, startCheckout, TOTAL } from '../../support/checkout.ts';
import { startDemo } from '../../support/demo.ts';
import { waiting } from '../../support/links.ts';
import {
  callStaff,
  joinOffice,
  mailedToken,
  PASSWORD as OFFICE_PASSWORD,
  type OfficePerson,
} from '../../support/office.ts';
import { balance, search, signIn } from '../../support/payer.ts';
import { join as joinUp, newestLink, PASSWORD } from '../../support/sign-up.ts';
import { staffWith } from '../../support/staff.ts';

const LAUNCHER = fileURLToPath(new URL('../../../server/cli/amisgest-pay.js', import.meta.url));
const SECOND = 4_200;
const MINUTE = 60_000;

describe('after a restore', () => {
  let c: Checkout;
  let id: string;
  let folder: string;
  let second: string;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'amisgest-pay-backup-'));
    c = await startCheckout();
    id = await regroupementId(c.t);
    second = (await invoiced('F-2')).invoiceId;
  });
  afterEach(async () => {
    await c.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const invoiced = (invoice: string) =>
    addInvoice(c.t.deps, 'petits-bouleaux', {
      firstName: 'Marie-Ève',
      lastName: 'Tremblay',
      email: 'marie@example.org',
      certificate: 'PB-000001',
      invoice,
      totalCents: SECOND,
    });
  const file = () => join(folder, 'sauvegarde.db');
  const backUp = async () => {
    const [{ file: path } = { file: '' }] = await c.rows<{ file: string }>('PRAGMA database_list');
    const report = backup(path, file(), c.t.clock.now);
    c.t.clock.advance(MINUTE);
    return report;
  };
  /** The disk is gone; the backup is restored on another, and the server starts there. */
  const loseAndRestore = async (): Promise<RestoreReport> => {
    c.t.clock.advance(MINUTE);
    const path = join(folder, 'amisgest-pay.db');
    const report = await restore(path, file(), c.t.clock.now, 'cli:test');
    c.t.deps.db.close();
    c.t.deps.db = await openDb(`file:${path}`);
    return report;
  };
  /** Her session ended with the restore: she signs in again. */
  const again = async () => {
    const regroupement = await regroupementBySlug(c.t.deps, 'petits-bouleaux');
    const { accountId } = c.marie;
    const { accessToken } = await openSession(c.t.deps, regroupement, accountId, BROWSER);
    return {
      ...c.marie,
      call: (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
        c.marie.call(method, path, body, { ...headers, Authorization: `DPoP ${accessToken}` }),
    };
  };
  const ofSecond = { invoiceIds: [] as string[], expectedTotalCents: SECOND };
  const paySecond = async (payer = c.marie) => {
    const { body } = await c.start(payer, { ...ofSecond, invoiceIds: [second] });
    await c.approve(body.approveUrl);
    return (await c.confirm(body.payment.id, SECOND, payer)).body.payment;
  };
  const owed = async (invoiceId: string) =>
    (
      await c.rows<{ cents: number }>(
        `SELECT COALESCE(SUM(amount_cents), 0) AS cents FROM ledger_entries WHERE invoice_id = '${invoiceId}'`,
      )
    )[0]?.cents;

  test('what was paid since the backup is found at PayPal before anyone can pay it again', async () => {
    await c.paid();
    await sendDueMail(c.t.deps);
    await backUp();
    const lost = await paySecond();
    assert.equal(lost.state, 'completed');
    await sendDueMail(c.t.deps);
    const told = c.t.outgoing.length;

    const report = await loseAndRestore();
    assert.deepEqual(report.stopped, ['la-farandole', 'petits-bouleaux']);
    assert.equal(await owed(second), SECOND, 'the backup does not know');
    const marie = await again();
    const refused = await c.start(marie, { ...ofSecond, invoiceIds: [second] });
    assert.equal(refused.status, 503);
    assert.match(refused.body.type ?? '', /payments-stopped$/);

    await c.webhooks();
    assert.equal(await owed(second), SECOND, 'a webhook alone does not say which invoice it is for');
    const recovery = await recover(c.t.deps, c.paypal, id);
    assert.equal(recovery?.resumed, true);
    await c.webhooks();
    assert.equal((await c.rows('SELECT 1 FROM exceptions')).length, 0, 'nothing for a person');
    assert.equal(
      recovery?.reports.every((day) => day.agrees),
      true,
    );
    assert.equal(await owed(second), 0);
    const { certificates } = await balance(marie);
    assert.doesNotMatch(JSON.stringify(certificates), /"payable":true/);
    const twice = await c.start(marie, { ...ofSecond, invoiceIds: [second] });
    assert.equal(twice.status, 409);
    await c.booksAgree(2);
    const found = await marie.call('GET', `/payments/${lost.id}`);
    assert.equal(((await found.json()) as { payment: { state: string } }).payment.state, 'completed');
    await sendDueMail(c.t.deps);
    assert.equal(c.t.outgoing.length, told, 'nobody is told twice');
    assert.equal(await recover(c.t.deps, c.paypal, id), null, 'payments go on');

    await invoiced('F-3');
    const third = await c.rows<{ id: string }>("SELECT id FROM invoices WHERE number = 'F-3'");
    const next = await c.start(marie, { ...ofSecond, invoiceIds: [third[0]?.id ?? ''] });
    assert.equal(next.status, 201);
  });

  test('the same from the command line: reconcile takes it in and opens payments', async () => {
    c.t.clock.now = Date.now();
    const marie = await again();
    const [{ file: path } = { file: '' }] = await c.rows<{ file: string }>('PRAGMA database_list');
    backup(path, file(), c.t.clock.now);
    const lost = await paySecond(marie);
    const target = join(folder, 'amisgest-pay.db');
    await restore(target, file(), c.t.clock.now, 'cli:test');
    const env = {
      PATH: process.env.PATH ?? '',
      DATABASE_URL: `file:${target}`,
      PAYPAL_BASE_URL: c.url,
      SECRET_KEY: c.t.deps.config.secretKeys[0],
      PUBLIC_URL: c.t.deps.config.publicUrl,
    };
    const run = (...args: string[]) => promisify(execFile)(process.execPath, [LAUNCHER, ...args], { env });
    const { stdout, stderr } = await run('reconcile', 'petits-bouleaux', '--json');
    assert.match(stderr, /Les paiements sont rouverts/);
    const reports = JSON.parse(stdout) as { ours: { grossCents: number } }[];
    assert.equal(
      reports.reduce((sum, day) => sum + day.ours.grossCents, 0),
      SECOND,
    );
    const payments = JSON.parse((await run('payments', 'petits-bouleaux', '--json')).stdout) as object[];
    assert.deepEqual(
      payments.map((one) => ({ ...one, createdAt: null, completedAt: null })),
      [
        {
          number: lost.number,
          state: 'completed',
          amountCents: SECOND,
          refundedCents: 0,
          takenBackCents: 0,
          givenBackCents: 0,
          createdAt: null,
          completedAt: null,
          orderId: c.captures()[0]?.order.id,
          captureId: c.captures()[0]?.id,
          heldAt: null,
          failure: null,
        },
      ],
    );
    const messages = await run('messages', 'petits-bouleaux');
    assert.match(messages.stdout, /receipt .*restored/);
  });

  test('a payment that the backup saw waiting for « Confirmer », and that was confirmed since', async () => {
    const payment = await c.approved();
    await backUp();
    await c.confirm(payment.id);
    await loseAndRestore();
    const answer = await c.confirm(payment.id, TOTAL, await again());
    assert.match(answer.body.type ?? '', /payments-stopped$/);
    await recover(c.t.deps, c.paypal, id);
    assert.equal(await c.owed(), 0);
    await c.booksAgree(1);
  });

  test('a payment in doubt at the backup takes no money by itself: another may have paid since', async () => {
    const payment = await c.approved();
    c.fault('capture', { kind: '503' }, 3);
    c.fault('get', { kind: '503' }, 3);
    assert.equal((await c.confirm(payment.id)).body.payment.state, 'unknown');
    await backUp();
    await loseAndRestore();
    const marie = await again();
    c.t.clock.advance(3_000);
    await marie.call('GET', `/payments/${payment.id}`);
    assert.equal(c.captures().length, 0);
    await recover(c.t.deps, c.paypal, id);
    c.t.clock.advance(3_000);
    await marie.call('GET', `/payments/${payment.id}`);
    await c.booksAgree(1);
  });

  test('money that went back since the backup is not sent back again', async () => {
    const paid = await c.paid();
    await backUp();
    const refund = async (key: string) => {
      const [payment] = await paymentsWhere(c.t.deps, 'id = ?', [paid.id]);
      assert.ok(payment);
      return refundPayment(c.t.deps, c.paypal, payment, {
        cents: TOTAL,
        reason: '',
        askedBy: 'cli:test',
        idempotencyKey: key,
      });
    };
    await refund('before-the-loss');
    await loseAndRestore();
    await assert.rejects(refund('after-the-restore'), { kind: 'payments-stopped' });
    assert.equal((await recover(c.t.deps, c.paypal, id))?.resumed, true);
    await assert.rejects(refund('after-the-restore'), { kind: 'payment-state' });
    assert.equal(await c.owed(), TOTAL);
    assert.equal(c.standIn.books.refunds.size, 1);
  });

  test('whoever paid has no account in the backup: the invoice is paid all the same, and staff are told', async () => {
    await c.t.deps.db.execute(
      "UPDATE holders SET email = 'sophie@example.org', email_key = 'sophie@example.org'",
    );
    await backUp();
    const sophie = await signIn(c.t, 'sophie@example.org');
    assert.equal((await paySecond(sophie)).state, 'completed');
    await loseAndRestore();
    const recovery = await recover(c.t.deps, c.paypal, id);
    assert.equal(recovery?.resumed, true);
    assert.equal(await owed(second), 0);
    const kinds = await c.rows<{ kind: string }>('SELECT kind FROM exceptions');
    assert.deepEqual(
      kinds.map((one) => one.kind),
      ['unknown-capture'],
    );
  });

  test('an invoice that came after the backup: payments wait until it is there again, or staff say so', async () => {
    await backUp();
    second = (await invoiced('F-9')).invoiceId;
    assert.equal((await paySecond()).state, 'completed');
    await loseAndRestore();
    const first = await recover(c.t.deps, c.paypal, id);
    assert.equal(first?.unplaced.length, 1);
    assert.equal(first?.resumed, false);
    second = (await invoiced('F-9')).invoiceId;
    assert.equal((await recover(c.t.deps, c.paypal, id))?.resumed, true);
    assert.equal(await owed(second), 0);
    const alarms = await c.rows<{ closed_at: number | null }>('SELECT closed_at FROM exceptions');
    assert.deepEqual(
      alarms.map((one) => one.closed_at !== null),
      [true],
      'the alarm is over',
    );
    assert.equal(await resumePayments(c.t.deps, id, { name: 'cli:test', note: '' }), false);
  });

  test('PayPal’s list lags: payments wait until it reaches to the restore', async () => {
    await backUp();
    await loseAndRestore();
    const search = c.paypal.searchTransactions.bind(c.paypal);
    c.paypal.searchTransactions = async (account, query) => ({
      ...(await search(account, query)),
      last_refreshed_datetime: new Date(c.t.clock.now - 3 * 3_600_000).toISOString(),
    });
    assert.deepEqual(await recover(c.t.deps, c.paypal, id).then((r) => [r?.listed, r?.resumed]), [
      false,
      false,
    ]);
    c.t.clock.advance(3 * 3_600_000);
    assert.equal((await recover(c.t.deps, c.paypal, id))?.resumed, true);
  });

  test('sessions end, links die, and messages that may have left wait for the staff’s word', async () => {
    await c.marie.call('GET', '/certificates');
    await c.t.call('POST', '/password-resets', { email: 'marie@example.org', lang: 'fr-CA', page: null });
    await c.paid();
    await backUp();
    await sendDueMail(c.t.deps);
    const told = c.t.outgoing.length;
    const report = await loseAndRestore();
    assert.ok(report.sessionsEnded > 0);
    assert.equal((await c.marie.call('GET', '/payments')).status, 401);
    assert.ok(report.parked.some((one) => one.kind === 'receipt'));
    await sendDueMail(c.t.deps);
    assert.equal(c.t.outgoing.length, told);
    const alive = await c.rows('SELECT 1 FROM password_resets WHERE used_at IS NULL AND ended_at IS NULL');
    assert.equal(alive.length, 0);
  });

  test('who was forgotten since the backup is forgotten again, and not written to', async () => {
    await c.paid();
    await sendDueMail(c.t.deps);
    await backUp();
    const password = 'sept grenouilles bleues';
    assert.equal((await c.marie.call('POST', '/me/erasure', { password })).status, 204);
    await sendDueMail(c.t.deps);
    const told = c.t.outgoing.length;
    const [{ file: path } = { file: '' }] = await c.rows<{ file: string }>('PRAGMA database_list');
    // The database that is replaced.
    backup(path, join(folder, 'amisgest-pay.db'), c.t.clock.now);
    const report = await loseAndRestore();
    assert.equal(report.erasedAgain, 1);
    const [account] = await c.rows<{ email: string; name: string }>('SELECT email, name FROM accounts');
    assert.equal(account?.email, '');
    await sendDueMail(c.t.deps);
    assert.equal(c.t.outgoing.length, told);
    assert.equal((await recover(c.t.deps, c.paypal, id))?.resumed, true);
    await c.booksAgree(1);
  });

  test('whoever the holder shut out of her file since the backup stays out', async () => {
    const paul = await signIn(c.t, 'paul@example.org');
    assert.equal((await search(paul, 'Tremblay', 'Marie-Ève', 'PB-000001')).status, 201);
    const [told] = await waiting(c.t, 'linked');
    await backUp();
    const undo = await c.t.call('POST', '/link-undo', { token: told?.payload.undoToken });
    assert.equal(undo.status, 200);
    const [{ file: path } = { file: '' }] = await c.rows<{ file: string }>('PRAGMA database_list');
    backup(path, join(folder, 'amisgest-pay.db'), c.t.clock.now);
    const report = await loseAndRestore();
    assert.equal(report.undoneAgain, 1);
    assert.equal((await c.rows('SELECT 1 FROM links WHERE undone_at IS NULL')).length, 0);
  });

  test('people of the office: who was removed or lost her phone since the backup stays out, the others sign in again', async () => {
    const [lise, anne, zoe] = [
      await joinOffice(c.t, { email: 'lise@example.org', role: 'owner' }),
      await joinOffice(c.t, { email: 'anne@example.org', role: 'reader' }),
      await joinOffice(c.t, { email: 'zoe@example.org', role: 'reader' }),
    ];
    const invited = { name: 'Eve', email: 'eve@example.org', role: 'owner', lang: 'fr-CA' } as const;
    await invite(c.t.deps, id, invited, 'cli:test');
    const token = await mailedToken(c.t, 'staff-invitation');
    await backUp();
    await removeMember(c.t.deps, id, anne.id, 'cli:test');
    await resetFactors(c.t.deps, id, zoe.id, 'cli:test');
    const [{ file: path } = { file: '' }] = await c.rows<{ file: string }>('PRAGMA database_list');
    backup(path, join(folder, 'amisgest-pay.db'), c.t.clock.now);
    await loseAndRestore();
    assert.equal((await lise.call('GET', '/me')).status, 401, 'sessions ended');
    assert.equal((await callStaff(c.t, 'POST', '/invitations/check', { token })).status, 410);
    const signIn = ({ email, codes }: OfficePerson) =>
      callStaff(c.t, 'POST', '/sessions', { email, password: OFFICE_PASSWORD, code: codes[0] });
    assert.equal((await signIn(zoe)).status, 401);
    const [hers, annes] = [await signIn(lise), await signIn(anne)];
    const works = async ({ body }: { body: { accessToken: string } }) =>
      (await callStaff(c.t, 'GET', '/me', undefined, body.accessToken)).body.memberships.length;
    assert.deepEqual([await works(hers), await works(annes)], [1, 0]);
  });

  test('a staff key that was revoked since the backup stays so; the others go on, and are told', async () => {
    const programs = [await staffWith(c.t, ['read']), await staffWith(c.t, ['read'])];
    await backUp();
    const [key] = await listKeys(c.t.deps, id);
    assert.ok(await revokeKey(c.t.deps, id, key?.id ?? '', 'cli:test'));
    const [{ file: path } = { file: '' }] = await c.rows<{ file: string }>('PRAGMA database_list');
    backup(path, join(folder, 'amisgest-pay.db'), c.t.clock.now);
    const report = await loseAndRestore();
    const answers = await Promise.all(programs.map((program) => program('GET', '/payments')));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 401]);
    assert.equal(report.keys.length, 1);
  });

  test('an e-mail that she took back since the backup is hers again, not the thief’s who changed it', async () => {
    const [stolen, hers] = ['sept grenouilles bleues', 'onze castors sous la pluie'];
    for (const email of ['voleur@example.org', 'voleur2@example.org']) {
      const marie = await again();
      assert.equal((await marie.call('POST', '/me/email', { email, password: stolen })).status, 202);
      const token = await newestLink(c.t, 'email-change', email);
      const done = await c.t.call('POST', '/email-changes/confirm', { token, password: stolen });
      assert.equal(done.status, 201);
      c.t.clock.advance(MINUTE);
    }
    await backUp();
    const token = await newestLink(c.t, 'email-changed', 'marie@example.org');
    assert.equal((await c.t.call('POST', '/email-changes/undo', { token, password: hers })).status, 201);
    const [{ file: path } = { file: '' }] = await c.rows<{ file: string }>('PRAGMA database_list');
    backup(path, join(folder, 'amisgest-pay.db'), c.t.clock.now);
    const report = await loseAndRestore();
    assert.deepEqual([report.emailsTakenBack, report.passwordsEnded], [2, 1]);
    const accounts = await c.rows<{ email: string }>('SELECT email FROM accounts');
    assert.deepEqual(
      accounts.map(({ email }) => email),
      ['marie@example.org'],
    );
  });

  test('whoever linked her file after the backup, and was shut out, does not get in by a second search', async () => {
    await signIn(c.t, 'paul@example.org');
    await backUp();
    const searches = async () =>
      (await search(await signIn(c.t, 'paul@example.org'), 'Tremblay', 'Marie-Ève', 'PB-000001')).status;
    assert.equal(await searches(), 201);
    const [told] = await waiting(c.t, 'linked');
    assert.equal((await c.t.call('POST', '/link-undo', { token: told?.payload.undoToken })).status, 200);
    const [{ file: path } = { file: '' }] = await c.rows<{ file: string }>('PRAGMA database_list');
    backup(path, join(folder, 'amisgest-pay.db'), c.t.clock.now);
    assert.equal((await loseAndRestore()).undoneAgain, 1);
    assert.equal(await searches(), 404);
  });

  test('a password that was given up since the backup opens nothing; « mot de passe oublié » does', async () => {
    const old = 'sept grenouilles bleues';
    const kept = await joinUp(c.t, { email: 'voisine@example.org' });
    assert.ok(kept.accessToken);
    await backUp();
    const reset = async (password: string) => {
      await c.t.call('POST', '/password-resets', { email: 'marie@example.org', lang: 'fr-CA' });
      const token = await newestLink(c.t, 'reset', 'marie@example.org');
      return (await c.t.call('POST', '/password-resets/complete', { token, password })).status;
    };
    assert.equal(await reset('onze castors sous la pluie'), 201);
    const [{ file: path } = { file: '' }] = await c.rows<{ file: string }>('PRAGMA database_list');
    backup(path, join(folder, 'amisgest-pay.db'), c.t.clock.now);
    assert.equal((await loseAndRestore()).passwordsEnded, 1);
    const signsIn = async (email: string, password: string) =>
      (await c.t.call('POST', '/sessions', { email, password })).status;
    assert.equal(await signsIn('marie@example.org', old), 401);
    assert.equal(await reset('douze castors sous la pluie'), 201);
    assert.equal(await signsIn('marie@example.org', 'douze castors sous la pluie'), 201);
    assert.equal(await signsIn('voisine@example.org', PASSWORD), 201);
  });

  test('a backup is whole, for its owner’s eyes, dated, and never takes another file’s place', async () => {
    const paid = await c.paid();
    const report = await backUp();
    assert.equal(statSync(file()).mode & 0o777, 0o600);
    assert.equal(report.bytes, statSync(file()).size);
    assert.equal(report.rows.invoices, 2);
    assert.equal(report.newestPayment?.number, paid.number);
    assert.deepEqual(readdirSync(folder), ['sauvegarde.db'], 'nothing half is left');
    await assert.rejects(backUp, { trouble: 'exists' });
    assert.throws(() => backup(join(folder, 'absent.db'), join(folder, 'x.db'), 0), {
      trouble: 'no-database',
    });
  });

  test('what is no sound backup of ours is refused, and the database stays', async () => {
    await backUp();
    const target = join(folder, 'amisgest-pay.db');
    writeFileSync(target, '');
    const bad = join(folder, 'autre.db');
    const refused = async (trouble: string) => {
      await assert.rejects(restore(target, bad, c.t.clock.now, 'cli:test'), { trouble });
      assert.equal(statSync(target).size, 0);
      assert.deepEqual(
        readdirSync(folder).filter((name) => name.includes('restor')),
        [],
      );
    };
    await refused('unreadable');
    writeFileSync(bad, 'not a database, though it is long enough to look at'.repeat(100));
    await refused('damaged');
    rmSync(bad);
    const other = new Database(bad);
    other.exec('CREATE TABLE t (a)');
    other.close();
    await refused('not-ours');
    rmSync(bad);
    const newer = new Database(file());
    newer.exec("INSERT INTO schema_migrations(name, applied_at) VALUES ('9999_later.sql', 0)");
    newer.close();
    await assert.rejects(restore(target, file(), 0, 'cli:test'), { trouble: 'newer' });
    assert.ok(existsSync(target));
  });
});

describe('the commands beside a running server', () => {
  let dataDir: string;
  before(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'amisgest-pay-backup-'));
  });
  after(() => rmSync(dataDir, { recursive: true, force: true }));
  const run = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [LAUNCHER, ...args], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH ?? '', DATA_DIR: dataDir },
    });
    return { status, stdout, stderr };
  };

  test('backup works; restore is refused until the server has ended, then keeps the replaced database', async () => {
    const demo = await startDemo({ DATA_DIR: dataDir });
    const file = join(dataDir, 'sauvegarde.db');
    try {
      assert.equal(run('backup').status, 2);
      assert.equal(run('restore', 'a', 'b').status, 2);
      const made = run('backup', file, '--json');
      assert.equal(made.status, 0, made.stderr);
      assert.ok((JSON.parse(made.stdout) as { rows: { invoices: number } }).rows.invoices > 20);
      const twice = run('backup', file);
      assert.equal(twice.status, 1);
      assert.match(twice.stderr, /existe déjà/);
      const held = run('restore', file);
      assert.equal(held.status, 1);
      assert.match(held.stderr, /Arrêtez-le/);
      assert.equal((await fetch(`${demo.api}/readyz`)).status, 200, 'the server was not disturbed');
    } finally {
      await demo.stop();
    }
    const done = run('restore', file, '--json');
    assert.equal(done.status, 0, done.stderr);
    const report = JSON.parse(done.stdout) as RestoreReport;
    assert.deepEqual(report.stopped, ['la-farandole', 'outaouais-gatineau', 'petits-bouleaux']);
    assert.ok(existsSync(report.replaced ?? ''));
    assert.equal(run('payments', 'resume', 'petits-bouleaux').status, 2, 'a reason is needed');
    const resume = ['payments', 'resume', 'petits-bouleaux', '--reason', 'vérifié chez PayPal'];
    assert.equal(run(...resume).status, 0);
    assert.equal(run(...resume).status, 1);
  });

  test('a database on a libSQL server: the backup is the provider’s', () => {
    const { status, stderr } = spawnSync(
      process.execPath,
      [LAUNCHER, 'backup', join(tmpdir(), 'x.db'), '--lang', 'en'],
      {
        encoding: 'utf8',
        env: { PATH: process.env.PATH ?? '', DATABASE_URL: 'http://127.0.0.1:1' },
      },
    );
    assert.equal(status, 1);
    assert.match(stderr, /provider/);
  });
});
