// Where her words stand in the database, column by column, after years of everything: what the copy of her data must
// hold, and what the end of her account and the retention job must leave. Each word is planted by the routes that people use.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Tokens } from '../../../server/accounts/sessions/sessions.ts';
import { sendDueMail } from '../../../server/mail/worker.ts';
import { keepNoLonger } from '../../../server/privacy/retention.ts';
import { PAGE } from '../../support/app.ts';
import { type Checkout, startCheckout } from '../../support/checkout.ts';
import { newestLink, PASSWORD } from '../../support/sign-up.ts';
import { type Staff, staffWith } from '../../support/staff.ts';

const DAY = 24 * 3_600_000;
const LIST = `Facture;Certificat;Nom;Prénom;Courriel;Date;Échéance;Début;Fin;Prime;Taxe sur les primes;Total;Solde
ZZ-facture1;ZZ-certificat;ZZnom;ZZprénom;zz.dossier@example.org;2026-03-01;2026-04-01;2026-04-01;2027-03-31;100,00;9,00;109,00;109,00
ZZ-facture2;ZZ-certificat;ZZnom;ZZprénom;zz.dossier@example.org;2026-03-01;2026-04-01;2026-04-01;2027-03-31;100,00;9,00;109,00;109,00
ZZ-facture3;ZZ-voisine;Roy;Anne;anne@example.org;2026-03-01;2026-04-01;2026-04-01;2027-03-31;100,00;9,00;109,00;109,00
`;
const CENTS = 10_900;
/** What is about her account, by what it is. */
const ACCOUNT = {
  'name at sign-up': 'Zoé Zzinscrite',
  'name as corrected': 'Zoé Zzcorrigée',
  'first e-mail': 'zz.premier@example.org',
  'wished-for e-mail': 'zz.voulu@example.org',
  'e-mail now': 'zz.actuel@example.org',
};
/** What staff wrote of her money. */
const STAFF = {
  'reason of a refund': 'ZZmotif',
  'number of a cheque': 'ZZchèque',
  'why it was taken back': 'ZZerreur',
  'note on a dispute': 'ZZnote',
};
/** What she typed elsewhere, or what PayPal told: nowhere. */
const NOWHERE = ['zz.paypal@example.org', 'ZZpaypal', 'ZZcherché', PASSWORD];

describe('her words', () => {
  let c: Checkout;
  let staff: Staff;
  let accessToken: string;
  const call = async (method: string, path: string, body?: unknown, headers = {}) => {
    const as = accessToken === undefined ? {} : { Authorization: `DPoP ${accessToken}` };
    const answer = await c.t.call(method, path, body, { ...as, ...headers });
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? null : JSON.parse(text) };
  };
  const pay = async (invoiceId: string) => {
    const order = { invoiceIds: [invoiceId], expectedTotalCents: CENTS, page: PAGE, lang: 'fr-CA' };
    const { body } = await call('POST', '/payments', order, { 'Idempotency-Key': `key-of-${invoiceId}` });
    const token = new URL(body.approveUrl).searchParams.get('token');
    const form = await fetch(`${c.url}/checkoutnow/card?token=${token}`, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({
        number: '4111 1111 1111 1111',
        expiry: '12/30',
        cvv: '123',
        givenName: 'ZZpaypal',
        surname: 'ZZpaypal',
        postalCode: 'G5L 3A1',
        email: 'zz.paypal@example.org',
      }),
    });
    await c.t.app.request(form.headers.get('Location') ?? '');
    await c.webhooks();
    const paid = await call('POST', `/payments/${body.payment.id}/confirm`, { expectedTotalCents: CENTS });
    assert.equal(paid.body.payment.state, 'completed');
    await c.webhooks();
    return paid.body.payment as { number: string };
  };
  /** The columns in which the text stands, however it is spelled. */
  const standsIn = async (text: string): Promise<string[]> => {
    const tables = await c.rows<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table'");
    const found = new Set<string>();
    for (const { name } of tables)
      for (const row of await c.rows<Record<string, unknown>>(`SELECT * FROM ${name}`))
        for (const [column, value] of Object.entries(row))
          if (String(value).toLowerCase().includes(text.toLowerCase())) found.add(`${name}.${column}`);
    return [...found].sort();
  };
  const allIn = async (texts: readonly string[]) =>
    [...new Set((await Promise.all(texts.map(standsIn))).flat())].sort();

  before(async () => {
    c = await startCheckout();
    const { t } = c;
    staff = await staffWith(t, ['read', 'refund', 'record', 'links']);
    const bring = await staffWith(t, ['import'], 'petits-bouleaux', 'text/csv; charset=utf-8');
    assert.equal((await bring('POST', '/imports', LIST)).status, 200);
    const hello = { password: PASSWORD, lang: 'fr-CA', page: PAGE };
    const first = ACCOUNT['first e-mail'];
    await t.call('POST', '/accounts', { ...hello, name: ACCOUNT['name at sign-up'], email: first });
    const activation = { token: await newestLink(t, 'activate', first), password: PASSWORD };
    ({ accessToken } = (await (await t.call('POST', '/activations', activation)).json()) as Tokens);
    await call('PATCH', '/me', { name: ACCOUNT['name as corrected'] });
    await t.call('POST', '/password-resets', { email: first, lang: 'fr-CA' });
    await call('POST', '/me/email', { email: ACCOUNT['wished-for e-mail'], password: PASSWORD });
    await call('POST', '/me/email', { email: ACCOUNT['e-mail now'], password: PASSWORD });
    const moving = { token: await newestLink(t, 'email-change', ACCOUNT['e-mail now']), password: PASSWORD };
    ({ accessToken } = (await (await t.call('POST', '/email-changes/confirm', moving)).json()) as Tokens);
    await sendDueMail(t.deps);

    const sought = { lastName: 'ZZnom', firstName: 'ZZprénom', certificateNumber: 'ZZ-certificat' };
    await call('POST', '/certificates/links', { ...sought, certificateNumber: 'ZZcherché' });
    for (const policy of ['name-and-number', 'code', 'approval']) {
      await t.deps.db.execute('UPDATE regroupements SET link_policy = ?', [policy]);
      await call('POST', '/certificates/links', sought);
    }
    const { requests } = await (await staff('GET', '/links')).json();
    assert.equal((await staff('POST', `/links/${requests[0].id}/approve`)).status, 200);

    const { certificates } = (await call('GET', '/certificates')).body;
    const [one, two] = certificates[0].invoices;
    const refunded = await pay(one.id);
    const back = { amountCents: 900, reason: STAFF['reason of a refund'] };
    assert.equal((await staff('POST', `/payments/${refunded.number}/refunds`, back)).status, 201);
    await pay(two.id);
    const taken = c.captures()[1];
    assert.ok(taken);
    c.standIn.books.dispute(taken);
    c.standIn.books.reverse(taken);
    for (let n = 0; n < 3; n++) {
      await c.webhooks();
      t.clock.advance(60_000);
    }
    for (const { id } of (await (await staff('GET', '/exceptions')).json()).exceptions)
      await staff('POST', `/exceptions/${id}/close`, { note: STAFF['note on a dispute'] });
    const cheque = {
      invoiceNumber: 'ZZ-facture1',
      method: 'cheque',
      amountCents: 100,
      receivedOn: '2026-11-20',
      reference: STAFF['number of a cheque'],
    };
    const { recorded } = await (await staff('POST', '/recorded-payments', cheque)).json();
    const reason = STAFF['why it was taken back'];
    await staff('POST', `/recorded-payments/${recorded.id}/reversal`, { reason });
    await staff('GET', '/reconciliations/2026-11-23');
    for (let n = 0; n < 3; n++) await sendDueMail(t.deps);
  });
  after(() => c.close());

  test('stand in her copy, and the neighbour’s do not', async () => {
    const copy = JSON.stringify((await call('GET', '/me/export')).body);
    const { 'name at sign-up': _, ...held } = ACCOUNT; // corrected since: its link is forgotten within days
    for (const [what, text] of [...Object.entries(held), ...Object.entries(STAFF)])
      assert.ok(copy.includes(text), what);
    for (const text of ['ZZnom', 'ZZprénom', 'zz.dossier@example.org', 'ZZ-certificat', 'ZZ-facture2'])
      assert.ok(copy.includes(text), text);
    for (const other of ['Roy', 'Anne', 'anne@example.org', 'ZZ-voisine', 'ZZ-facture3'])
      assert.ok(!copy.includes(other), other);
  });

  test('of what PayPal told and what she searched for stand nowhere', async () => {
    const told = await c.rows<{ event_type: string }>('SELECT event_type FROM webhook_events');
    assert.ok(told.some(({ event_type }) => event_type === 'CHECKOUT.ORDER.APPROVED'));
    assert.deepEqual(await allIn(NOWHERE), []);
  });

  test('of the staff stand beside the money, and where the audit’s can be erased, not in a log', async () => {
    assert.deepEqual(await allIn(Object.values(STAFF)), [
      'audit_words.words',
      'exceptions.note',
      'recorded_payments.reference',
      // The number of her cheque, on its receipt.
      'recorded_receipts.document',
      'refunds.reason',
    ]);
  });

  test('of her account stand on its receipts alone once it has ended, its last message apart for 90 days', async () => {
    const before = await allIn(Object.values(ACCOUNT));
    for (const column of ['accounts.name', 'sign_ups.name', 'email_changes.old_email', 'outbox.recipient'])
      assert.ok(before.includes(column), `planted in ${column}`);
    assert.equal((await call('POST', '/me/erasure', { password: PASSWORD })).status, 204);
    await sendDueMail(c.t.deps);
    const receipts = ['receipts.document', 'refund_receipts.document'];
    assert.deepEqual(await allIn(Object.values(ACCOUNT)), ['outbox.recipient', ...receipts]);
    assert.equal((await c.rows("SELECT 1 FROM outbox WHERE recipient LIKE 'zz.actuel%'")).length, 1);
    c.t.clock.advance(91 * DAY);
    await keepNoLonger(c.t.deps);
    assert.deepEqual(await allIn(Object.values(ACCOUNT)), receipts);
    // Her file is the regroupement's: it stays as it brought it.
    assert.deepEqual(await allIn(['ZZnom', 'zz.dossier']), [
      'holder_rows.email',
      'holder_rows.email_key',
      'holder_rows.last_name',
      'recorded_receipts.document',
    ]);
  });
});
