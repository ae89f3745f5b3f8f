// « Aujourd'hui »: its figures are the books'.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { type Checkout, startCheckout, TOTAL } from '../../support/checkout.ts';
import { importText, listOf, row } from '../../support/invoice-list.ts';
import { type Staff, staffWith } from '../../support/staff.ts';

const DAY = 86_400_000;

describe('the day of an office', () => {
  let c: Checkout;
  let staff: Staff;
  beforeEach(async () => {
    c = await startCheckout({ onlineFee: { kind: 'fixed', cents: 100 } });
    staff = await staffWith(c.t, ['read', 'record', 'refund']);
    await c.t.deps.db.execute("UPDATE invoices SET due_on = '2026-11-22'");
  });
  afterEach(() => c.close());
  const today = async (by = staff) => {
    const answer = await by('GET', '/today');
    assert.equal(answer.status, 200);
    return JSON.parse(await answer.text());
  };

  test('before anything: zeros for thirty days, today last, and what is overdue', async () => {
    const { at, figures, days, last, overdue, unconfirmed, waiting } = await today();
    assert.equal(at, '2026-11-23T15:00:00.000Z');
    assert.deepEqual([days.length, days[0].day, days.at(-1)], [30, '2026-10-25', figures]);
    assert.deepEqual([figures.day, figures.netCents, last], ['2026-11-23', 0, []]);
    assert.deepEqual(overdue, { count: 1, cents: TOTAL });
    assert.deepEqual([unconfirmed, waiting], [{ count: 0, cents: 0 }, 0]);
  });

  test('what came by PayPal with its fees, what came otherwise, what went back: the ledger’s cents', async () => {
    const payment = await c.approved(undefined, { expectedTotalCents: TOTAL + 100 });
    assert.deepEqual((await today()).unconfirmed, { count: 1, cents: TOTAL + 100 });
    await c.confirm(payment.id, TOTAL + 100);
    const [row] = await c.rows<{ fee: number }>('SELECT paypal_fee_cents AS fee FROM payments');
    const cheque = { invoiceNumber: 'F-1', method: 'cheque', amountCents: 500, receivedOn: '2026-11-20' };
    const recorded = await staff('POST', '/recorded-payments', {
      ...{ ...cheque, reference: '0417', evenSo: ['more-than-balance'] },
    });
    assert.equal(recorded.status, 201);
    const path = `/payments/${payment.number}/refunds`;
    assert.equal((await staff('POST', path, { amountCents: 1_000, reason: 'x' })).status, 201);
    const { figures, days, last, overdue, unconfirmed } = await today();
    assert.ok(row !== undefined && row.fee > 0);
    assert.deepEqual(figures, {
      day: '2026-11-23',
      paypalCents: TOTAL + 100,
      otherwiseCents: 0,
      refundedCents: 1_000,
      feeCents: row.fee,
      netCents: TOTAL + 100 - 1_000 - row.fee,
    });
    const then = days.find(({ day }: { day: string }) => day === '2026-11-20');
    assert.deepEqual([then.otherwiseCents, then.netCents], [500, 500], 'of the day on which it came');
    assert.deepEqual(
      last.map((one: { method: string; amountCents: number; holderName: string }) => [
        ...[one.method, one.amountCents, one.holderName],
      ]),
      [
        ['paypal', TOTAL + 100, 'Marie-Ève Tremblay'],
        ['cheque', 500, 'Marie-Ève Tremblay'],
      ],
    );
    assert.equal(last[0].paymentNumber, payment.number);
    const owed = await c.owed();
    assert.deepEqual([unconfirmed.count, overdue], [0, { count: 1, cents: owed }]);
    c.t.clock.advance(DAY);
    const tomorrow = await today();
    assert.equal(tomorrow.figures.netCents, 0);
    assert.equal(tomorrow.days.at(-2).netCents, figures.netCents);
  });

  test('what a list calls « déjà payé » did not come in today; told payment by payment, nothing went back', async () => {
    const brought = async (file: string) => assert.deepEqual((await importText(c.t.deps, file)).refused, []);
    const paid = { certificate: 'PB-000009', invoice: 'F-9', issued: '2026-11-23', due: '2026-12-23' };
    await brought(listOf(row({ ...paid, balance: '9,00 $' })));
    const sums = async () => {
      const { figures } = await today();
      return [figures.otherwiseCents, figures.refundedCents, figures.netCents];
    };
    assert.deepEqual(await sums(), [0, 0, 0]);
    await brought('paiement_id;no_facture;montant;date_paiement;mode\nP1;F-9;100,00;2026-11-23;Chèque\n');
    assert.deepEqual(await sums(), [10_000, 0, 10_000]);
  });

  test('is of one regroupement', async () => {
    await c.paid({ expectedTotalCents: TOTAL + 100 });
    const theirs = await today(await staffWith(c.t, ['read'], 'la-farandole'));
    assert.deepEqual([theirs.figures.netCents, theirs.last, theirs.overdue.count], [0, [], 0]);
  });
});
