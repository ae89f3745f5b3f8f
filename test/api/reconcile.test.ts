// A day of PayPal's books beside ours, and money written down by staff.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { torontoDay } from '../../server/ledger/toronto.ts';
import { reconcileDay, reconcileDue } from '../../server/payments/reconcile.ts';
import { recordPayment, reverseRecorded } from '../../server/payments/recorded.ts';
import { addInvoice } from '../support/app.ts';
import { regroupementId } from '../support/books.ts';
import { type Checkout, startCheckout, TOTAL } from '../support/checkout.ts';

describe('the accountant’s day', () => {
  let c: Checkout;
  let id: string;
  beforeEach(async () => {
    c = await startCheckout();
    id = await regroupementId(c.t);
  });
  afterEach(() => c.close());
  const today = () => torontoDay(c.t.clock.now);
  const reconcile = (day = today()) => reconcileDay(c.t.deps, c.paypal, id, day);

  test('payments and refunds agree to the cent: gross, fee and net', async () => {
    await c.paid();
    const [capture] = c.standIn.books.captures.values();
    assert.ok(capture);
    c.standIn.books.refund(capture, 1_000, null);
    await c.webhooks();
    const report = await reconcile();
    const fee = c.standIn.books.feeCents(capture);
    assert.deepEqual(report.paypal, {
      count: 2,
      grossCents: TOTAL - 1_000,
      feeCents: fee,
      netCents: TOTAL - 1_000 - fee,
    });
    assert.deepEqual(report.ours, report.paypal);
    assert.equal(report.agrees, true);
    assert.deepEqual(report.differences, []);
  });

  test('a capture and a refund that nobody told us of are taken in', async () => {
    c.standIn.faults.addToWebhooks({ kind: 'lose' }, 10);
    const { body } = await c.start();
    await c.agree(body.approveUrl);
    const [order] = c.standIn.books.orders.values();
    assert.ok(order);
    const capture = c.standIn.books.capture(order);
    c.standIn.books.refund(capture, 500, null);
    const report = await reconcile();
    assert.equal(report.agrees, true);
    assert.equal(await c.owed(), 500);
    await c.booksAgree(1);
  });

  test('money that no row of ours knows is a difference, on the list once however often it is looked at', async () => {
    await fetch(`${c.url}/sales`, {
      method: 'POST',
      body: JSON.stringify({ clientId: 'client-petits-bouleaux', cents: 4_200, customId: 'not-ours' }),
    });
    for (let n = 0; n < 2; n++) {
      const { differences, agrees } = await reconcile();
      assert.equal(agrees, false);
      assert.deepEqual(
        differences.map(({ kind, paypalCents, ourCents }) => ({ kind, paypalCents, ourCents })),
        [{ kind: 'unknown-capture', paypalCents: 4_200, ourCents: null }],
      );
    }
    assert.equal((await c.rows('SELECT 1 FROM exceptions')).length, 1);
  });

  test('a payment that PayPal’s day does not show is a difference', async () => {
    await c.paid();
    c.standIn.books.captures.clear();
    const { differences } = await reconcile();
    assert.deepEqual(
      differences.map(({ kind, ourCents }) => ({ kind, ourCents })),
      [{ kind: 'missing-capture', ourCents: TOTAL }],
    );
  });

  test('more movements than fit on a page', async () => {
    for (let n = 0; n < 620; n++)
      c.standIn.books.sale(
        {
          clientId: 'client-petits-bouleaux',
          clientSecret: 'x',
          merchantId: 'x',
          name: 'x',
        },
        100 + n,
        {},
      );
    // Another merchant's sales are no business of ours: these were made under a merchant of their own.
    assert.equal((await reconcile()).paypal.count, 0);
    await c.start();
    const merchant = [...c.standIn.books.orders.values()].at(-1)?.merchant;
    assert.ok(merchant);
    for (let n = 0; n < 1_020; n++) c.standIn.books.sale(merchant, 100, {});
    const { paypal, differences } = await reconcile();
    assert.equal(paypal.count, 1_020);
    assert.equal(differences.length, 1_020);
  });

  test('the job looks at each day once PayPal’s record of it is whole, and again the days after', async () => {
    await c.paid();
    assert.equal(await reconcileDue(c.t.deps, c.paypal), 6, 'three past days of two regroupements');
    assert.equal(await reconcileDue(c.t.deps, c.paypal), 0);
    c.t.clock.advance(25 * 3_600_000);
    assert.ok((await reconcileDue(c.t.deps, c.paypal)) > 0);
    const [kept] = await c.rows<{ report: string }>(
      `SELECT report FROM reconciliations WHERE regroupement_id = '${id}' AND report LIKE '%"count":1%'`,
    );
    assert.equal(JSON.parse(kept?.report ?? '{}').agrees, true);
  });
});

describe('money that came otherwise', () => {
  let c: Checkout;
  let id: string;
  beforeEach(async () => {
    c = await startCheckout();
    id = await regroupementId(c.t);
  });
  afterEach(() => c.close());
  const cheque = (cents: number, key = 'cheque-key-1', more: object = {}) =>
    recordPayment(c.t.deps, id, {
      invoiceNumber: 'F-1',
      method: 'cheque',
      cents,
      receivedOn: '2026-11-20',
      reference: '0417',
      recordedBy: 'test',
      idempotencyKey: key,
      ...more,
    });

  test('a cheque is posted on its day, once per key; corrected by a reversing entry, once', async () => {
    const first = await cheque(TOTAL);
    assert.equal((await cheque(TOTAL)).id, first.id);
    await assert.rejects(cheque(TOTAL - 1), { kind: 'idempotency-mismatch' });
    assert.equal(await c.owed(), 0);
    const [entry] = await c.rows<{ day: string; method: string }>(
      "SELECT day, method FROM ledger_entries WHERE kind = 'payment'",
    );
    assert.deepEqual({ ...entry }, { day: '2026-11-20', method: 'cheque' });
    const by = { recordedBy: 'test', reference: 'sans provision' };
    const [back, again] = await Promise.all([
      reverseRecorded(c.t.deps, id, first.id, by),
      reverseRecorded(c.t.deps, id, first.id, by),
    ]);
    assert.equal(back.id, again.id);
    assert.equal(await c.owed(), TOTAL);
    await assert.rejects(reverseRecorded(c.t.deps, id, back.id, by), { kind: 'not-found' });
  });

  test('a day to come, an unknown invoice, another regroupement’s: refused', async () => {
    await assert.rejects(cheque(100, 'k-future-1', { receivedOn: '2026-11-24' }), { kind: 'validation' });
    await assert.rejects(cheque(100, 'k-unknown-1', { invoiceNumber: 'F-9' }), { kind: 'not-found' });
    await addInvoice(c.t.deps, 'la-farandole', {
      firstName: 'X',
      lastName: 'Y',
      certificate: '0000001',
      invoice: 'G-1',
      totalCents: 100,
    });
    await assert.rejects(cheque(100, 'k-tenant-1', { invoiceNumber: 'G-1' }), { kind: 'not-found' });
  });

  test('between her approval and « Confirmer »: nothing is charged', async () => {
    const payment = await c.approved();
    await cheque(TOTAL);
    const { status, body } = await c.confirm(payment.id);
    assert.equal(status, 409);
    assert.match(body.type ?? '', /already-paid/);
    assert.equal(c.captures().length, 0);
  });

  test('while PayPal may be taking the money: not written down until that is settled', async () => {
    const payment = await c.approved();
    c.fault('capture', { kind: 'reset' }, 3);
    c.fault('get', { kind: '503' }, 3);
    assert.equal((await c.confirm(payment.id)).body.payment.state, 'unknown');
    await assert.rejects(cheque(TOTAL), { kind: 'payment-in-progress' });
    await c.look(payment.id);
    await cheque(100);
    assert.equal(await c.owed(), -100, 'a credit, as staff wrote it');
  });
});
