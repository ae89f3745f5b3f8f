// A cheque that the bank gave back (NSF): owed again from the bank's day, with the fee on an invoice of its own.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { type Checkout, startCheckout, TOTAL } from '../../support/checkout.ts';
import { type Staff, staffWith } from '../../support/staff.ts';

describe('a cheque that the bank gave back', () => {
  let c: Checkout;
  let staff: Staff;
  let cheque: string;
  beforeEach(async () => {
    c = await startCheckout();
    staff = await staffWith(c.t, ['read', 'record']);
    const body = { invoiceNumber: 'F-1', method: 'cheque', amountCents: TOTAL, receivedOn: '2026-11-16' };
    const answer = await staff('POST', '/recorded-payments', { ...body, reference: '0417' });
    assert.equal(answer.status, 201);
    cheque = ((await answer.json()) as { recorded: { id: string } }).recorded.id;
  });
  afterEach(() => c.close());
  const back = async (body: object) => {
    const answer = await staff('POST', `/recorded-payments/${cheque}/reversal`, { reason: 'NSF', ...body });
    return { status: answer.status, body: JSON.parse(await answer.text()) };
  };
  const entries = () =>
    c.rows<{ kind: string; cents: number; day: string; number: string }>(
      `SELECT e.kind, e.amount_cents AS cents, e.day, i.number FROM ledger_entries e JOIN invoices i ON i.id = e.invoice_id
       WHERE e.source NOT LIKE 'invoice:F-1' ORDER BY e.rowid`,
    );

  test('is owed again from the bank’s day, and the fee is an invoice that she can pay', async () => {
    const { status, body } = await back({ returnedOn: '2026-11-19', feeCents: 4_500 });
    assert.equal(status, 201, JSON.stringify(body));
    const { returned, receivedOn, feeInvoiceNumber, reverses } = body.recorded;
    assert.deepEqual(
      [returned, receivedOn, feeInvoiceNumber, reverses],
      [true, '2026-11-19', 'NSF-2026-0001', cheque],
    );
    assert.equal(await c.owed(), TOTAL);
    const posted = (await entries()).map(({ kind, cents, day, number }) => [kind, cents, day, number]);
    assert.deepEqual(posted.slice(1).toSorted(), [
      ['charge', 4_500, '2026-11-23', 'NSF-2026-0001'],
      ['refund', TOTAL, '2026-11-19', 'F-1'],
    ]);
    const seen = await (await c.marie.call('GET', '/certificates')).text();
    assert.match(seen, /"code":"OTHER","description":"Frais pour un paiement retourné par la banque"/);
  });

  test('once: again, it is the same row, and no second fee', async () => {
    const [first, second] = await Promise.all([
      back({ returnedOn: '2026-11-19', feeCents: 4_500 }),
      back({ returnedOn: '2026-11-19', feeCents: 4_500 }),
    ]);
    assert.deepEqual([first.status, second.status], [201, 201]);
    assert.equal(first.body.recorded.id, second.body.recorded.id);
    assert.equal((await c.rows("SELECT 1 FROM invoices WHERE number LIKE 'NSF%'")).length, 1);
    assert.equal(await c.owed(), TOTAL);
    const audit = await c.rows<{ after: string }>(
      "SELECT after FROM audit WHERE act = 'recorded-payment-reversed'",
    );
    assert.deepEqual(
      audit.map(({ after }) => JSON.parse(after).feeInvoice),
      ['NSF-2026-0001'],
    );
  });

  test('without a fee; a mistake is of today, and has none', async () => {
    const { body } = await back({ returnedOn: '2026-11-16' });
    assert.deepEqual([body.recorded.returned, body.recorded.feeInvoiceNumber], [true, null]);
    assert.equal((await c.rows('SELECT 1 FROM invoices')).length, 1);
  });

  test('a mistake is taken back as of today', async () => {
    const { body } = await back({});
    assert.deepEqual([body.recorded.returned, body.recorded.receivedOn], [false, '2026-11-23']);
  });

  test('refuses a day to come, one before the cheque’s, and a fee for a mistake', async () => {
    for (const [wrong, pointer] of [
      [{ returnedOn: '2026-11-24' }, '/returnedOn'],
      [{ returnedOn: '2026-11-15' }, '/returnedOn'],
      [{ feeCents: 4_500 }, '/feeCents'],
      [{ returnedOn: '2026-11-19', feeCents: -1 }, '/feeCents'],
    ] as const) {
      const { status, body } = await back(wrong);
      assert.deepEqual([status, body.errors?.[0]?.pointer], [400, pointer], JSON.stringify(wrong));
    }
    assert.equal(await c.owed(), 0);
  });
});
