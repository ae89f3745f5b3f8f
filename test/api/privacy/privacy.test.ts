// Loi 25, done by herself: a copy of what is held on her, the end of her account, and what is kept no longer than it serves.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { Tokens } from '../../../server/accounts/sessions/sessions.ts';
import { migrate } from '../../../server/db/migrate.ts';
import { sendDueMail } from '../../../server/mail/worker.ts';
import { sweepPayments } from '../../../server/payments/sweep.ts';
import { ERASED_NAME } from '../../../server/privacy/erase.ts';
import type { AccountData } from '../../../server/privacy/export.ts';
import { INVENTORY, NOTHING_PERSONAL } from '../../../server/privacy/inventory.ts';
import { keepNoLonger, NOTICE_MS, RULES, UNUSED_MS } from '../../../server/privacy/retention.ts';
import { checkReversals } from '../../../server/refunds/check-reversals.ts';
import { createKey } from '../../../server/staff/api-keys.ts';
import { addInvoice, PAGE, PUBLIC_URL, startTestApp, type TestApp } from '../../support/app.ts';
import { regroupementId } from '../../support/books.ts';
import { type Checkout, startCheckout, TOTAL } from '../../support/checkout.ts';
import { justBefore } from '../../support/just-before.ts';
import { type Payer, search, signIn } from '../../support/payer.ts';
import {
  EMAIL,
  PASSWORD as HER_PASSWORD,
  join,
  mailbox,
  newestLink,
  outcome,
  signUp,
} from '../../support/sign-up.ts';
import { staffWith } from '../../support/staff.ts';

const PASSWORD = 'sept grenouilles bleues';
const OTHER = 'autre@example.org';
const DAY = 24 * 3_600_000;

describe('her data', () => {
  let c: Checkout;
  beforeEach(async () => {
    c = await startCheckout();
  });
  afterEach(() => c.close());

  const data = async (payer = c.marie) =>
    (await (await payer.call('GET', '/me/export')).json()) as AccountData;
  const links = async (payer = c.marie) =>
    (await (await payer.call('POST', '/me/export-links')).json()) as { htmlUrl: string; jsonUrl: string };

  test('is all there: account, sessions, her file line by line, payments, receipts, messages, events', async () => {
    const paid = await c.paid();
    const found = await data();
    assert.equal(found.account.email, 'marie@example.org');
    assert.equal(found.regroupement.privacyEmail, 'prp@petits-bouleaux.test');
    assert.equal(found.sessions[0]?.browser, 'Chrome, Android');
    const [file] = found.files;
    assert.deepEqual(
      [file?.holder.firstName, file?.holder.email, file?.certificateNumber],
      ['Marie-Ève', 'marie@example.org', 'PB-000001'],
    );
    const [invoice] = file?.invoices ?? [];
    assert.deepEqual(invoice?.lines, [{ description: 'Prime', amountCents: TOTAL }]);
    assert.deepEqual(
      invoice?.entries.map(({ kind, amountCents }) => [kind, amountCents]),
      [
        ['charge', TOTAL],
        ['payment', -TOTAL],
      ],
    );
    const [payment] = found.payments;
    assert.deepEqual(
      [payment?.number, payment?.totalCents, payment?.receiptNumber, payment?.paypalTransaction],
      [paid.number, TOTAL, 1, paid.captureId],
    );
    assert.deepEqual(
      found.messages.map(({ kind }) => kind),
      ['receipt'],
    );
    assert.ok(found.events.some(({ event }) => event === 'signed-in'));
  });

  test('has the address that she had, what the receipts say of her, every way the money went, what staff wrote', async () => {
    const before = await join(c.t);
    const as = (accessToken: string) => ({ Authorization: `DPoP ${accessToken}` });
    const payer = (accessToken: string): Payer => ({
      ...c.marie,
      call: (method, path, body, headers = {}) =>
        c.t.call(method, path, body, { ...headers, ...as(accessToken) }),
    });
    await sendDueMail(c.t.deps);
    await c.t.call('POST', '/me/email', { email: OTHER, password: HER_PASSWORD }, as(before.accessToken));
    const token = await newestLink(c.t, 'email-change', OTHER);
    const moved = await c.t.call('POST', '/email-changes/confirm', { token, password: HER_PASSWORD });
    const { accessToken } = (await moved.json()) as Tokens;
    assert.equal((await search(payer(accessToken), 'Tremblay', 'Marie-Ève', 'PB-000001')).status, 201);
    const { body } = await c.start(payer(accessToken));
    await c.approve(body.approveUrl);
    const paid = (await c.confirm(body.payment.id, TOTAL, payer(accessToken))).body.payment;
    await c.t.call('PATCH', '/me', { name: 'Marie Corrigée' }, as(accessToken));
    const staff = await staffWith(c.t, ['refund', 'record', 'read']);
    const back = { amountCents: 1_000, reason: 'Payé deux fois, dit-elle' };
    assert.equal((await staff('POST', `/payments/${paid.number}/refunds`, back)).status, 201);
    const [capture] = c.captures();
    assert.ok(capture);
    c.standIn.books.dispute(capture);
    c.standIn.books.reverse(capture);
    await c.webhooks();
    c.t.clock.advance(60_000);
    await c.webhooks();
    for (const { id } of (await (await staff('GET', '/exceptions')).json()).exceptions)
      await staff('POST', `/exceptions/${id}/close`, { note: 'Appelée le 24' });

    const found = await data(payer(accessToken));
    assert.deepEqual(
      found.emailChanges.map(({ formerEmail, email }) => [formerEmail, email]),
      [[EMAIL, OTHER]],
    );
    assert.ok(
      found.messages.some(({ kind }) => kind === 'activate'),
      'a message to the address that she had',
    );
    const [payment] = found.payments;
    assert.deepEqual(payment?.paidBy, { name: 'Marie-Eve Lécuyer', email: OTHER });
    assert.ok(payment?.confirmedAt);
    assert.equal(payment?.page, PAGE);
    assert.deepEqual(
      payment?.refunds.map(({ origin, amountCents, reason, refundedTo }) => [
        origin,
        amountCents,
        reason,
        refundedTo?.name,
      ]),
      [
        ['staff', 1_000, back.reason, 'Marie Corrigée'],
        ['reversal', TOTAL - 1_000, '', undefined],
      ],
    );
    assert.ok(payment?.staffNotes.some(({ note }) => note === 'Appelée le 24'));
    const { htmlUrl } = (await (
      await c.t.call('POST', '/me/export-links', undefined, as(accessToken))
    ).json()) as { htmlUrl: string };
    const page = await (await c.t.app.request(htmlUrl)).text();
    for (const word of [EMAIL, 'Payé deux fois, dit-elle', 'repris par la banque ou PayPal', 'Appelée le 24'])
      assert.ok(page.includes(word), word);
  });

  test('has why staff let her invoice go; the security log and the audit, which name nobody, have not', async () => {
    const payment = await c.approved();
    c.fault('capture', { kind: '503' }, 3);
    c.fault('get', { kind: '503' }, 3);
    await c.confirm(payment.id);
    const staff = await staffWith(c.t, ['refund']);
    const reason = 'Marie Tremblay a appelé: rien sur sa carte';
    assert.equal((await staff('POST', `/payments/${payment.number}/release`, { reason })).status, 200);
    assert.deepEqual(
      (await data()).payments[0]?.staffNotes.map(({ note }) => note),
      [reason],
    );
    const audit = JSON.stringify(await c.rows('SELECT * FROM audit'));
    assert.ok(audit.includes('payment-released') && !audit.includes('Tremblay'));
    assert.ok(!JSON.stringify(await c.rows('SELECT * FROM security_log')).includes('Tremblay'));
  });

  test('has that of a payment released before the words stood beside the money, which the log lets go', async () => {
    const payment = await c.approved();
    const reason = 'Marie Tremblay a appelé';
    const { db } = c.t.deps;
    const of = await regroupementId(c.t, 'petits-bouleaux');
    await db.batch([
      {
        sql: "INSERT INTO payment_events(id, payment_id, at, event, to_state) VALUES ('x', ?, 1, 'released', 'cancelled')",
        args: [payment.id],
      },
      {
        sql: "INSERT INTO security_log(id, regroupement_id, at, event, detail) VALUES ('x', ?, 1, 'staff-released-payment', ?)",
        args: [of, JSON.stringify({ payment: payment.id, by: 'cli:x', reason })],
      },
      { sql: "DELETE FROM schema_migrations WHERE name LIKE '0013%'", args: [] },
    ]);
    assert.equal((await migrate(db, 1)).length, 1);
    assert.deepEqual(
      (await data()).payments[0]?.staffNotes.map(({ note }) => note),
      [reason],
    );
    const [kept] = await c.rows<{ detail: string }>("SELECT detail FROM security_log WHERE id = 'x'");
    assert.deepEqual(JSON.parse(kept?.detail ?? ''), { payment: payment.id, by: 'cli:x' });
    for (const table of ['security_log', 'payment_events'])
      await assert.rejects(db.execute(`UPDATE ${table} SET detail = '{}'`), /append-only/);
  });

  test('has the number of her cheque, and why it was taken back', async () => {
    const staff = await staffWith(c.t, ['record']);
    const cheque = {
      invoiceNumber: 'F-1',
      method: 'cheque',
      amountCents: 500,
      receivedOn: '2026-11-20',
      reference: 'no 0417',
    };
    const { recorded } = await (await staff('POST', '/recorded-payments', cheque)).json();
    await staff('POST', `/recorded-payments/${recorded.id}/reversal`, { reason: 'Chèque d’une autre' });
    const entries = (await data()).files[0]?.invoices[0]?.entries.map((one) => one.reference);
    assert.deepEqual(entries, ['no 0417', null, 'Chèque d’une autre']);
  });

  test('holds no message of whoever gave up the address that she took', async () => {
    const other = await join(c.t);
    await join(c.t, { email: OTHER });
    c.t.clock.advance(DAY);
    await c.t.call('POST', '/password-resets', { email: EMAIL, lang: 'fr-CA' });
    const as = (accessToken: string) => ({ Authorization: `DPoP ${accessToken}` });
    const again = await c.t.call('POST', '/sessions', { email: EMAIL, password: HER_PASSWORD });
    const { accessToken } = (await again.json()) as Tokens;
    assert.notEqual(accessToken, other.accessToken);
    await c.t.call('POST', '/me/erasure', { password: HER_PASSWORD }, as(accessToken));
    c.t.clock.advance(DAY);
    const hers = await c.t.call('POST', '/sessions', { email: OTHER, password: HER_PASSWORD });
    const session = (await hers.json()) as Tokens;
    await c.t.call('POST', '/me/email', { email: EMAIL, password: HER_PASSWORD }, as(session.accessToken));
    c.t.clock.advance(60_000);
    const token = await newestLink(c.t, 'email-change', EMAIL);
    const moved = await c.t.call('POST', '/email-changes/confirm', { token, password: HER_PASSWORD });
    const now = (await moved.json()) as Tokens;
    const answer = await c.t.call('GET', '/me/export', undefined, as(now.accessToken));
    const { messages } = (await answer.json()) as AccountData;
    assert.deepEqual(
      messages.map(({ kind }) => kind),
      ['email-changed', 'email-change', 'activate'],
    );
  });

  test('of a file that only a name and a number opened is what she paid, and no more', async () => {
    const paul = await signIn(c.t, 'paul@example.org');
    assert.equal((await search(paul, 'Tremblay', 'Marie-Ève', 'PB-000001')).status, 201);
    const text = JSON.stringify(await data(paul));
    assert.ok(text.includes('PB-000001'), 'the link itself is his');
    for (const hers of ['Tremblay', 'Marie', 'marie@example.org', 'F-1', 'Prime'])
      assert.ok(!text.includes(hers), `${hers} is not his to have`);
  });

  test('does not tell whether a search met a file, nor whether an e-mail has an account', async () => {
    const asWritten = async (policy: string, number: string, email: string) => {
      await c.t.deps.db.execute('UPDATE regroupements SET link_policy = ?', [policy]);
      const paul = await signIn(c.t, `paul-${policy}-${number}@example.org`);
      await search(paul, 'Tremblay', 'Marie-Ève', number);
      await paul.call('POST', '/me/email', { email, password: PASSWORD });
      const found = await data(paul);
      return JSON.stringify(found).replaceAll(number, 'N').replaceAll(email, 'E');
    };
    for (const policy of ['code', 'approval', 'secret'])
      assert.equal(
        await asWritten(policy, 'PB-000001', 'marie@example.org'),
        await asWritten(policy, 'PB-999999', 'libre@example.org'),
        policy,
      );
  });

  test('holds no message of whoever had her e-mail before her', async () => {
    const before = await join(c.t);
    const authorization = { Authorization: `DPoP ${before.accessToken}` };
    await c.t.call('POST', '/password-resets', { email: EMAIL, lang: 'fr-CA' });
    await c.t.call('POST', '/me/email', { email: OTHER, password: HER_PASSWORD }, authorization);
    const token = await newestLink(c.t, 'email-change', OTHER);
    await c.t.call('POST', '/email-changes/confirm', { token, password: HER_PASSWORD });
    c.t.clock.advance(30 * DAY);
    const now = await join(c.t, { name: 'Une Autre' });
    const answer = await c.t.call('GET', '/me/export', undefined, {
      Authorization: `DPoP ${now.accessToken}`,
    });
    const { messages } = (await answer.json()) as AccountData;
    assert.deepEqual(
      messages.map(({ kind }) => kind),
      ['activate'],
    );
  });

  test('of a neighbour, or in another regroupement, is not in it', async () => {
    await addInvoice(c.t.deps, 'petits-bouleaux', {
      firstName: 'Louise',
      lastName: 'Gagnon',
      email: 'louise@example.org',
      certificate: 'PB-000002',
      invoice: 'F-2',
      totalCents: 100,
    });
    await addInvoice(c.t.deps, 'la-farandole', {
      firstName: 'Marie-Ève',
      lastName: 'Tremblay',
      email: 'marie@example.org',
      certificate: 'LF-000001',
      invoice: 'LF-1',
      totalCents: 100,
    });
    const text = JSON.stringify(await data());
    for (const other of ['Louise', 'louise@', 'F-2', 'LF-000001']) assert.ok(!text.includes(other));
  });

  test('can be read as a page and saved as a file, by links that live five minutes', async () => {
    await c.t.deps.db.execute("UPDATE accounts SET name = '<b>Marie</b>'");
    const { htmlUrl, jsonUrl } = await links();
    const page = await c.t.app.request(htmlUrl);
    assert.equal(page.status, 200);
    const text = await page.text();
    assert.match(text, /<html lang="fr-CA">/);
    assert.ok(text.includes('296,13\u00a0$') && text.includes('&lt;b&gt;Marie') && !text.includes('<script'));
    const file = await c.t.app.request(jsonUrl);
    assert.match(file.headers.get('Content-Disposition') ?? '', /mes-renseignements\.json/);
    assert.equal(((await file.json()) as AccountData).account.email, 'marie@example.org');
    assert.equal(file.headers.get('Cache-Control'), 'private, no-store');
    c.t.clock.advance(5 * 60_000 + 1_000);
    assert.equal((await c.t.app.request(htmlUrl)).status, 410);
  });

  test('can be read whatever her name looks like: a date that does not exist, a word of the program', async () => {
    for (const name of ['2026-13-45', '2026-99-99T', 'constructor', 'pending']) {
      assert.equal((await c.marie.call('PATCH', '/me', { name })).status, 200);
      const page = await c.t.app.request((await links()).htmlUrl);
      assert.equal(page.status, 200, name);
      assert.ok((await page.text()).includes(`<dd>${name}</dd>`), name);
    }
  });

  test('says of her certificate what the file says, though a word of it is one of the program’s own', async () => {
    await c.t.deps.db.execute("UPDATE certificates SET status = 'expired', kind = 'payment'");
    await c.t.deps.db.execute("UPDATE holders SET status = 'pending'");
    const text = await (await c.t.app.request((await links()).htmlUrl)).text();
    for (const word of ['expired', 'payment', 'pending']) assert.ok(text.includes(`<dd>${word}</dd>`), word);
    assert.doesNotMatch(text, /rien n’a été payé/);
  });

  test('tells why a payment stopped, in words where they are ours', async () => {
    const { id } = await c.approved();
    assert.equal((await c.marie.call('POST', `/payments/${id}/cancel`)).status, 200);
    const [payment] = (await data()).payments;
    assert.equal(payment?.failure, 'by-payer');
    const text = await (await c.t.app.request((await links()).htmlUrl)).text();
    assert.ok(text.includes('<dt>Raison</dt><dd>annulé par vous</dd>'), 'said');
  });

  test('says in her language what the program keeps as a code', async () => {
    await c.approved();
    await c.t.call('POST', '/password-resets', { email: 'marie@example.org', lang: 'fr-CA' });
    await c.t.deps.db.execute("UPDATE regroupements SET link_policy = 'approval'");
    await search(c.marie, 'Roy', 'Jean', 'PB-999999');
    await sendDueMail(c.t.deps);
    for (const [lang, words, codes] of [
      ['fr-CA', ['attend votre confirmation', 'lien pour un nouveau mot de passe'], ['>fr-CA<']],
      ['en-CA', ['waits for your confirmation', 'link for a new password'], ['>en-CA<']],
    ] as const) {
      await c.marie.call('PATCH', '/me', { lang });
      const text = await (await c.t.app.request((await links()).htmlUrl)).text();
      for (const word of words) assert.ok(text.includes(`<dd>${word}</dd>`), word);
      for (const code of [...codes, '>approved<', '>reset<', '>link-undecided<', '>signed-in<'])
        assert.ok(!text.includes(code), code);
    }
  });

  test('is handed out thirty times an hour at most: each is on a record that only grows', async () => {
    for (let i = 0; i < 30; i++) assert.equal((await c.marie.call('GET', '/me/export')).status, 200);
    assert.deepEqual(await outcome(c.marie.call('GET', '/me/export')), [429, 'too-many-requests']);
    assert.equal((await c.t.app.request((await links()).htmlUrl)).status, 429);
    const events = await c.rows("SELECT 1 FROM security_log WHERE event = 'data-exported'");
    assert.equal(events.length, 30);
  });

  test('is shut with the session that asked for it; no other link opens it', async () => {
    const { htmlUrl } = await links();
    const paid = await c.paid();
    assert.equal((await c.t.app.request(htmlUrl)).status, 200);
    const receipt = new URL(paid.receipt?.htmlUrl ?? '').pathname.split('/').at(-1);
    assert.equal((await c.t.app.request(`${PUBLIC_URL}/v1/exports/${receipt}`)).status, 410);
    const token = new URL(htmlUrl).pathname.split('/').at(-1);
    assert.equal((await c.t.app.request(`${PUBLIC_URL}/v1/receipts/${token}`)).status, 410);
    await c.marie.call('DELETE', '/sessions/current');
    assert.equal((await c.t.app.request(htmlUrl)).status, 410);
  });
});

describe('an account that she deletes', () => {
  let c: Checkout;
  beforeEach(async () => {
    c = await startCheckout();
  });
  afterEach(() => c.close());

  const erase = (payer = c.marie, password = PASSWORD) => payer.call('POST', '/me/erasure', { password });
  /** Every value of every row, as text. */
  const everything = async (): Promise<string> => {
    const tables = await c.rows<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table'");
    const all = await Promise.all(
      tables
        .filter(({ name }) => !['receipts', 'holder_rows'].includes(name))
        .map(({ name }) => c.rows(`SELECT * FROM ${name}`)),
    );
    return JSON.stringify(all);
  };

  test('leaves nothing of hers but what the books and the regroupement keep', async () => {
    await c.t.deps.db.execute("UPDATE accounts SET name = 'Marie Du-Compte'");
    await c.paid();
    await sendDueMail(c.t.deps);
    await c.t.call('POST', '/password-resets', { email: 'marie@example.org', lang: 'fr-CA' });
    await c.marie.call('POST', '/me/email', { email: 'autre@example.org', password: PASSWORD });
    assert.equal((await erase()).status, 204);
    await sendDueMail(c.t.deps);
    assert.equal(c.t.outgoing.at(-1)?.to, 'marie@example.org');
    assert.match(c.t.outgoing.at(-1)?.subject ?? '', /supprimé/);
    const left = await everything();
    // The last message leaves, and is forgotten like the others in its time.
    c.t.clock.advance(91 * DAY);
    await keepNoLonger(c.t.deps);
    assert.ok(!(await everything()).includes('marie@example.org'));
    assert.ok(!left.includes('Du-Compte') && !left.includes('autre@example.org'));
    // What was issued does not change (M8), and still adds up.
    const [receipt] = await c.rows<{ document: string }>('SELECT document FROM receipts');
    assert.match(receipt?.document ?? '', /Du-Compte/);
    assert.equal(await c.owed(), 0);
  });

  test('leaves no row of her sessions, links, searches and changes of e-mail', async () => {
    for (const [n, policy] of ['name-and-number', 'code', 'approval'].entries()) {
      await addInvoice(c.t.deps, 'petits-bouleaux', {
        firstName: 'Louise',
        lastName: 'Gagnon',
        email: 'louise@example.org',
        certificate: `PB-20${n}`,
        invoice: `F-20${n}`,
        totalCents: 100,
      });
      await c.t.deps.db.execute('UPDATE regroupements SET link_policy = ?', [policy]);
      await search(c.marie, 'Gagnon', 'Louise', `PB-20${n}`);
    }
    await c.marie.call('POST', '/me/email', { email: OTHER, password: PASSWORD });
    const hers = ['sessions', 'links', 'link_challenges', 'link_requests', 'email_changes'];
    const left = () =>
      Promise.all(
        hers.map((table) => c.rows(`SELECT 1 FROM ${table} WHERE account_id = '${c.marie.accountId}'`)),
      );
    assert.ok((await left()).every(({ length }) => length > 0));
    assert.equal((await erase()).status, 204);
    assert.deepEqual(await left(), [[], [], [], [], []]);
    assert.deepEqual(await outcome(c.marie.call('GET', '/certificates')), [401, 'unauthenticated']);
  });

  test('leaves nothing at an e-mail that she had before: not the name, not the password’s hash', async () => {
    const first = await join(c.t);
    await sendDueMail(c.t.deps);
    const as = (tokens: typeof first) => ({ Authorization: `DPoP ${tokens.accessToken}` });
    await c.t.call('POST', '/me/email', { email: OTHER, password: HER_PASSWORD }, as(first));
    const token = await newestLink(c.t, 'email-change', OTHER);
    const moved = await c.t.call('POST', '/email-changes/confirm', { token, password: HER_PASSWORD });
    const again = (await moved.json()) as typeof first;
    c.t.clock.advance(30 * DAY);
    await keepNoLonger(c.t.deps);
    const { accessToken } = (await (
      await c.t.call('POST', '/sessions', { email: OTHER, password: HER_PASSWORD })
    ).json()) as typeof again;
    const ended = await c.t.call(
      'POST',
      '/me/erasure',
      { password: HER_PASSWORD },
      as({ ...again, accessToken }),
    );
    assert.equal(ended.status, 204);
    await sendDueMail(c.t.deps);
    const left = await everything();
    assert.ok(!left.includes(EMAIL) && !left.includes('Lécuyer'));
  });

  test('takes nothing from the office whose address it bears', async () => {
    const office = await signIn(c.t, 'info@petits-bouleaux.test');
    await c.t.deps.db.execute("UPDATE regroupements SET link_policy = 'approval'");
    await search(await signIn(c.t, 'paul@example.org'), 'Tremblay', 'Marie-Ève', 'PB-000001');
    const toDecide = () => c.rows("SELECT 1 FROM outbox WHERE kind = 'link-requests' AND state = 'waiting'");
    const before = await toDecide();
    assert.equal((await erase(office)).status, 204);
    assert.deepEqual([before.length, await toDecide()], [1, before]);
  });

  test('is closed at once, everywhere; the e-mail can begin again', async () => {
    assert.equal((await erase()).status, 204);
    assert.deepEqual(await outcome(c.marie.call('GET', '/me')), [401, 'unauthenticated']);
    assert.deepEqual(
      await outcome(c.t.call('POST', '/sessions', { email: 'marie@example.org', password: PASSWORD })),
      [401, 'sign-in-failed'],
    );
    const again = await join(c.t, { email: 'marie@example.org' });
    const list = await c.t.call('GET', '/certificates', undefined, {
      Authorization: `DPoP ${again.accessToken}`,
    });
    assert.equal((await list.json()).foundBy, 'email');
  });

  test('takes her password', async () => {
    assert.deepEqual(await outcome(erase(c.marie, 'autre chose de long')), [422, 'password-wrong']);
    assert.equal((await c.marie.call('GET', '/me')).status, 200);
  });

  test('waits while money is under way: approved, or in doubt', async () => {
    const payment = await c.approved();
    assert.deepEqual(await outcome(erase()), [409, 'account-in-use']);
    c.fault('capture', { kind: 'hang' });
    await c.t.deps.db.execute("UPDATE payments SET state = 'unknown' WHERE id = ?", [payment.id]);
    assert.deepEqual(await outcome(erase()), [409, 'account-in-use']);
    assert.equal((await c.marie.call('GET', '/me')).status, 200);
  });

  test('waits while a refund of hers is not known to have gone', async () => {
    const paid = await c.paid();
    c.fault('refund', { kind: '503' }, 9);
    const staff = await staffWith(c.t, ['refund']);
    const asked = await staff('POST', `/payments/${paid.number}/refunds`, { reason: 'annulé' });
    assert.equal((await asked.json()).refund.state, 'unknown');
    assert.deepEqual(await outcome(erase()), [409, 'account-in-use']);
  });

  test('with a payment that she only began lets it end by itself; nobody is written to', async () => {
    await c.start();
    assert.equal((await erase()).status, 204);
    c.t.clock.advance(2 * DAY);
    await sweepPayments(c.t.deps, c.paypal, checkReversals);
    const [payment] = await c.rows<{ state: string }>('SELECT state FROM payments');
    assert.equal(payment?.state, 'expired');
    assert.equal((await c.rows("SELECT 1 FROM outbox WHERE recipient = ''")).length, 0);
    await c.booksAgree(0);
  });

  test('still gets its money back: the refund is made, its receipt has no name left to bear', async () => {
    const paid = await c.paid();
    assert.equal((await erase()).status, 204);
    const { secret } = await createKey(c.t.deps, await regroupementId(c.t), {
      name: 'comptable',
      scopes: ['refund'],
      lifeMs: DAY,
      by: 'cli:test',
    });
    const answer = await c.t.app.request(
      `${PUBLIC_URL}/v1/backoffice/petits-bouleaux/payments/${paid.number}/refunds`,
      {
        method: 'POST',
        headers: {
          Authorization: `Bearer ${secret}`,
          'Content-Type': 'application/json',
          'Idempotency-Key': 'refund-after-erasure',
        },
        body: JSON.stringify({ reason: 'annulé' }),
      },
    );
    assert.equal(answer.status, 201, await answer.clone().text());
    assert.equal(await c.owed(), TOTAL);
    const [receipt] = await c.rows<{ document: string }>('SELECT document FROM refund_receipts');
    assert.ok(receipt?.document.includes(ERASED_NAME));
    assert.equal((await sendDueMail(c.t.deps)).failed, 0);
  });

  test('leaves the neighbour’s account, links and messages alone', async () => {
    const paul = await signIn(c.t, 'paul@example.org');
    await search(paul, 'Tremblay', 'Marie-Ève', 'PB-000001');
    assert.equal((await erase()).status, 204);
    assert.equal((await paul.call('GET', '/me')).status, 200);
    assert.equal((await (await paul.call('GET', '/certificates')).json()).certificates.length, 1);
    // Marie is the holder on file still: she is told that somebody linked her certificate.
    assert.ok((await mailbox(c.t, 'marie@example.org')).some(({ kind }) => kind === 'linked'));
  });
});

describe('what is kept', () => {
  let t: TestApp;
  beforeEach(async () => {
    t = await startTestApp();
  });
  afterEach(() => t.close());
  const rows = async (sql: string) => (await t.deps.db.execute(sql)).rows;

  test('is named in the assessment, table by table, and nothing else is', async () => {
    const tables = (
      await rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    )
      .map(({ name }) => String(name))
      .sort();
    assert.deepEqual([...INVENTORY.flatMap(({ tables }) => tables), ...NOTHING_PERSONAL].sort(), tables);
    for (const { table } of RULES) assert.ok(tables.includes(table), table);
  });

  test('goes when its time is over and not before, whatever the table', async () => {
    const now = Date.now(); // what guards the logs goes by the real time
    t.clock.now = now;
    const { accountId } = await signIn(t, EMAIL);
    await addInvoice(t.deps, 'petits-bouleaux', {
      firstName: 'Ève',
      lastName: 'Roy',
      certificate: 'PB-7',
      invoice: 'F-7',
      totalCents: 100,
    });
    const [holder] = await rows('SELECT id FROM holders');
    const of = { regroupement_id: await regroupementId(t) };
    const hers = { ...of, account_id: accountId };
    type Row = Record<string, string | number | Uint8Array>;
    const names = ['over', 'not yet'];
    const numberOf = (name: string) => 1 + names.indexOf(name);
    /** A row whose time counts from `at`, by its name. */
    const places: Record<string, (name: string, at: number) => Row> = {
      sign_ups: (id, at) => ({
        id,
        ...of,
        name: 'x',
        email: 'x',
        email_key: 'x',
        password_hash: 'x',
        token_hash: id,
        lang: 'fr-CA',
        created_at: 0,
        expires_at: at,
      }),
      password_resets: (id, at) => ({
        id,
        ...of,
        email_key: 'x',
        token_hash: id,
        created_at: 0,
        expires_at: at,
      }),
      email_changes: (id, at) => ({
        id,
        ...hers,
        email: 'x',
        email_key: 'x',
        token_hash: id,
        created_at: 0,
        expires_at: 0,
        used_at: at,
      }),
      sessions: (id, at) => ({ id, ...hers, created_at: 0, last_used_at: 0, expires_at: now, ended_at: at }),
      refresh_tokens: (token_hash) => ({ token_hash, session_id: token_hash, created_at: 0 }),
      staff_sessions: (id, at) => ({
        id,
        ...{ staff_id: 'lise', jkt: 'x', browser: 'x', idle_ms: 1, created_at: 0, last_used_at: 0 },
        expires_at: now,
        ended_at: at,
      }),
      staff_refresh_tokens: (token_hash) => ({ token_hash, session_id: token_hash, created_at: 0 }),
      staff_invitations: (id, at) => ({
        id,
        ...of,
        ...{ email: 'x', email_key: 'x', name: 'x', role: 'reader', may_refund: 0, refund_ceiling_cents: 0 },
        ...{ token_hash: id, invited_by: 'x', created_at: 0, expires_at: at },
      }),
      staff_links: (id, at) => ({
        id,
        ...{ staff_id: 'lise', kind: 'password', token_hash: id, created_at: 0, expires_at: at },
      }),
      staff_challenges: (challenge_hash, at) => ({ challenge_hash, expires_at: at }),
      signing_keys: (kid, at) => ({
        kid,
        algorithm: 'x',
        public_jwk: '{}',
        private_jwk: 'x',
        created_at: 0,
        retired_at: at,
      }),
      dpop_proofs: (key, at) => ({ key, call: 'x', expires_at: at }),
      rate_limits: (key, at) => ({ key, tat: at }),
      link_challenges: (id, at) => ({
        id,
        ...hers,
        asked_key: 'x',
        number_key: 'x',
        code_hash: 'x',
        created_at: 0,
        expires_at: at,
      }),
      link_requests: (id, at) => ({
        id,
        ...hers,
        holder_id: String(holder?.id),
        number_key: id,
        asked_at: 0,
        decision: 'refused',
        decided_at: at,
      }),
      outbox: (id, at) => ({
        id,
        ...of,
        dedupe_key: id,
        kind: 'exists',
        recipient: EMAIL,
        lang: 'fr-CA',
        payload: '{}',
        state: 'sent',
        next_at: 0,
        created_at: 0,
        sent_at: at,
      }),
      webhook_events: (id, at) => ({
        id,
        ...of,
        event_id: id,
        event_type: 'x',
        body: '{}',
        state: 'done',
        next_at: 0,
        received_at: 0,
        done_at: at,
      }),
      counters: (name, at) => ({ name, ...of, day: new Date(at).toISOString().slice(0, 10), count: 1 }),
      security_log: (id, at) => ({ id, ...of, at, event: 'x' }),
      import_files: (id, at) => ({
        id,
        ...of,
        ...{ name: 'x', file_key: 'x', many: 0, state: 'kept', created_by: 'x' },
        created_at: at,
      }),
      import_file_parts: (file_id) => ({ file_id, kind: 'file', no: 0, body: 'x' }),
      import_changes: (row_id) => ({
        row_id,
        ...{ seq: numberOf(row_id) * 2 ** 32, import_no: numberOf(row_id), target: 'invoices' },
      }),
      audit_words: (hash_key, at) => ({ seq: at, at, hash_key, words: '{}' }),
      incidents: (id, at) => ({
        id,
        ...of,
        occurred_on: 'x',
        known_on: 'x',
        what: 'x',
        persons: 1,
        serious: 0,
        recorded_by: 'x',
        recorded_at: at,
      }),
      api_keys: (id, at) => ({
        id,
        ...of,
        name: 'x',
        secret_hash: id,
        scopes: '[]',
        created_at: 0,
        expires_at: now * 2,
        revoked_at: at,
      }),
    };
    assert.deepEqual(RULES.map(({ table }) => table).sort(), Object.keys(places).sort());
    const add = (table: string, row: Row) =>
      t.deps.db.execute(
        `INSERT INTO ${table}(${Object.keys(row)}) VALUES (${Object.keys(row).map(() => '?')})`,
        Object.values(row),
      );
    await add('staff_users', {
      ...{ id: 'lise', name: 'x', email: 'x', email_key: 'x', password_hash: 'x', lang: 'fr-CA' },
      ...{ created_at: 0, updated_at: 0 },
    });
    const anAct = (seq: number) =>
      add('audit', { seq, fingerprint: `of ${seq}`, at: seq, actor: 'server', act: 'x', target: 'server' });
    const anImport = (id: string, at: number) =>
      add('imports', {
        id,
        no: numberOf(id),
        ...of,
        file_name: 'x',
        kind: 'x',
        started_at: at,
        merged_at: at,
      });
    for (const [table, row] of Object.entries(places)) {
      const days = RULES.find((rule) => rule.table === table)?.days ?? 0;
      for (const [i, at] of [now - (days + 1) * DAY, now - (days - 1) * DAY].entries()) {
        const name = names[i] ?? '';
        if (table === 'audit_words') await anAct(at);
        if (table === 'import_changes') await anImport(name, at);
        await add(table, row(name, at));
      }
    }
    await keepNoLonger(t.deps);
    const emptied: Record<string, string> = { outbox: 'recipient', webhook_events: 'body' };
    for (const [table, row] of Object.entries(places)) {
      const [column = ''] = table === 'audit_words' ? ['hash_key'] : Object.keys(row('', 0));
      const left = await rows(
        `SELECT ${column} AS name FROM ${table} WHERE ${column} IN ('over', 'not yet') AND ${emptied[table] ?? "'kept'"} <> ''`,
      );
      assert.deepEqual(left, [{ name: 'not yet' }], table);
    }
  });

  test('of an account nobody signs in to is told after three years, then erased; a sign-in keeps it', async () => {
    const email = 'partie@example.org';
    await join(t, { email });
    await join(t);
    t.clock.advance(UNUSED_MS + DAY);
    await keepNoLonger(t.deps);
    await keepNoLonger(t.deps);
    const endings = async (of: string) =>
      (await mailbox(t, of)).filter(({ kind }) => kind === 'account-ending').length;
    assert.deepEqual([await endings(email), await endings(EMAIL)], [1, 1]);
    await sendDueMail(t.deps);
    assert.match(
      t.outgoing.find(({ to, subject }) => to === email && subject.includes('ne sert plus'))?.text ?? '',
      /supprimé le \d/,
    );
    assert.equal(
      (await t.call('POST', '/sessions', { email: EMAIL, password: 'trois castors sous la pluie' })).status,
      201,
    );
    t.clock.advance(NOTICE_MS + DAY);
    await keepNoLonger(t.deps);
    assert.deepEqual(await rows('SELECT email FROM accounts WHERE erased_at IS NULL'), [{ email: EMAIL }]);
  });

  test('of an unused account stays when she signs in in the very round that would erase it', async () => {
    await join(t);
    t.clock.advance(UNUSED_MS + DAY);
    await keepNoLonger(t.deps);
    t.clock.advance(NOTICE_MS + DAY);
    const comeBack = async () =>
      assert.equal((await t.call('POST', '/sessions', { email: EMAIL, password: HER_PASSWORD })).status, 201);
    await justBefore(t, /UPDATE accounts SET name = \?, email = ''/, comeBack, () => keepNoLonger(t.deps));
    assert.deepEqual(await rows('SELECT email FROM accounts WHERE erased_at IS NULL'), [{ email: EMAIL }]);
    await keepNoLonger(t.deps);
    await comeBack();
  });

  test('of an unused account is told once, though two processes look at one moment', async () => {
    await join(t);
    t.clock.advance(UNUSED_MS + DAY);
    await justBefore(
      t,
      /SET ending_told_at = \?/,
      () => keepNoLonger(t.deps),
      () => keepNoLonger(t.deps),
    );
    assert.equal((await mailbox(t)).filter(({ kind }) => kind === 'account-ending').length, 1);
  });

  test('of whoever signs in while she is about to be told is neither told of its end, nor ended untold later', async () => {
    await join(t);
    t.clock.advance(UNUSED_MS + DAY);
    const comeBack = async () =>
      assert.equal((await t.call('POST', '/sessions', { email: EMAIL, password: HER_PASSWORD })).status, 201);
    await justBefore(t, /SET ending_told_at = \?/, comeBack, () => keepNoLonger(t.deps));
    assert.ok(!(await mailbox(t)).some(({ kind }) => kind === 'account-ending'));
    assert.deepEqual(await rows('SELECT ending_told_at AS told FROM accounts'), [{ told: null }]);
  });

  test('of messages is forgotten after 90 days, their keys apart: none is written twice', async () => {
    await signUp(t);
    await sendDueMail(t.deps);
    t.clock.advance(89 * DAY);
    await keepNoLonger(t.deps);
    assert.equal((await mailbox(t)).length, 1);
    t.clock.advance(2 * DAY);
    await keepNoLonger(t.deps);
    const [row] = await rows('SELECT recipient, payload, dedupe_key AS key FROM outbox');
    assert.deepEqual([row?.recipient, row?.payload], ['', '{}']);
    assert.match(String(row?.key), /^activate:/);
  });

  test('of security events stays five years, and cannot be thrown away before', async () => {
    await join(t);
    await assert.rejects(t.deps.db.execute('DELETE FROM security_log'), /append-only/);
    await assert.rejects(t.deps.db.execute("UPDATE security_log SET event = 'x'"), /append-only/);
    await t.deps.db.execute(
      "INSERT INTO security_log(id, regroupement_id, at, event) VALUES ('old', 'r', ?, 'signed-in')",
      [t.clock.now - 6 * 366 * DAY],
    );
    const before = (await rows('SELECT id FROM security_log')).length;
    await keepNoLonger(t.deps);
    assert.equal((await rows('SELECT id FROM security_log')).length, before - 1);
  });
});

describe('the register of incidents', () => {
  let t: TestApp;
  beforeEach(async () => {
    t = await startTestApp({ now: Date.now() });
  });
  afterEach(() => t.close());

  test('is kept five years after the last word about each, whatever is tried, and no longer', async () => {
    const id = await regroupementId(t);
    const at = (years: number) => t.clock.now - years * 366 * DAY;
    const write = async (name: string, corrects: string | null, years: number) =>
      t.deps.db.execute(
        `INSERT INTO incidents(id, regroupement_id, occurred_on, known_on, what, persons, serious, corrects, recorded_by, recorded_at)
         VALUES (?, ?, '2020-01-01', '2020-01-01', 'x', 1, 0, ?, 'test', ?)`,
        [name, id, corrects, at(years)],
      );
    await write('old', null, 7);
    await write('old-corrected', 'old', 6);
    await write('told-again', null, 7);
    await write('told-again-lately', 'told-again', 1);
    await assert.rejects(
      t.deps.db.execute("DELETE FROM incidents WHERE id = 'told-again-lately'"),
      /is kept/,
    );
    await assert.rejects(t.deps.db.execute("UPDATE incidents SET what = 'y'"), /corrected by another/);
    await keepNoLonger(t.deps);
    await keepNoLonger(t.deps);
    const { rows } = await t.deps.db.execute<{ id: string }>('SELECT id FROM incidents ORDER BY id');
    assert.deepEqual(
      rows.map((row) => row.id),
      ['told-again', 'told-again-lately'],
    );
  });
});

describe('the assessment', () => {
  let t: TestApp;
  beforeEach(async () => {
    t = await startTestApp();
  });
  afterEach(() => t.close());

  test('is a page for each regroupement, in both languages, that names whom to write to', async () => {
    for (const [path, words] of [
      [
        '/privacy/petits-bouleaux',
        ['prp@petits-bouleaux.test', 'Direction', 'PayPal', 'argon2id', 'sign_ups'],
      ],
      ['/privacy/petits-bouleaux?lang=en-CA', ['prp@petits-bouleaux.test', 'the person in charge']],
      ['/privacy', ['Commission d’accès à l’information', 'six ans au moins']],
    ] as const) {
      const answer = await t.app.request(`${PUBLIC_URL}${path}`);
      assert.equal(answer.status, 200);
      assert.match(answer.headers.get('Content-Security-Policy') ?? '', /default-src 'none'/);
      const text = await answer.text();
      for (const word of words) assert.ok(text.includes(word), `${word} in ${path}`);
    }
    assert.equal((await t.app.request(`${PUBLIC_URL}/privacy/personne`)).status, 404);
  });

  test('names every place and recipient: backups, the log, her browser and what the staff write too', async () => {
    const text = async (path: string) => (await t.app.request(`${PUBLIC_URL}${path}`)).text();
    const fr = await text('/privacy/petits-bouleaux');
    for (const place of [
      ...['base de données', 'copies de sauvegarde', 'journal technique', 'Votre navigateur'],
      ...['service de courriel', 'PayPal', 'site de votre regroupement', 'note)'],
    ])
      assert.ok(fr.includes(place), place);
    const en = await text('/privacy?lang=en-CA');
    for (const place of ['database', 'Backups', 'technical log', 'Your browser', 'mail service', 'note)'])
      assert.ok(en.includes(place), place);
  });

  test('is linked from the hosted page, beside the officer to write to, and from the README', async () => {
    const page = await (await t.app.request(`${PUBLIC_URL}/p/petits-bouleaux`)).text();
    assert.ok(page.includes('href="/privacy/petits-bouleaux"'));
    assert.ok(page.includes('href="mailto:prp@petits-bouleaux.test"'));
    const readme = await readFile(new URL('../../../README.md', import.meta.url), 'utf8');
    const [, path] = /\]\(http:\/\/127\.0\.0\.1:8787(\/privacy\/[\w-]+)\)/.exec(readme) ?? [];
    assert.equal((await t.app.request(`${PUBLIC_URL}${path}`)).status, 200);
  });
});
