// « Paiements »: what came in by PayPal and what staff wrote down, in one list, by what became of it, by day, by method, by number.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Checkout, startCheckout } from '../../support/checkout.ts';
import type { Answer } from '../../support/office.ts';
import { type Staff, staffWith } from '../../support/staff.ts';

describe('all payments', () => {
  let c: Checkout;
  let staff: Staff;
  let number: string;
  let capture: string;
  before(async () => {
    c = await startCheckout();
    staff = await staffWith(c.t, ['read', 'record', 'refund']);
    ({ number } = await c.paid());
    c.t.clock.advance(60_000);
    const [row] = await c.rows<{ capture: string }>('SELECT capture_id AS capture FROM payments');
    capture = row?.capture ?? '';
    await cheque('0417', '2026-11-18');
    await cheque('0418', '2026-11-20');
  });
  after(() => c.close());

  async function cheque(reference: string, receivedOn: string): Promise<void> {
    const body = { invoiceNumber: 'F-1', method: 'cheque', amountCents: 5_000, receivedOn, reference };
    const evenSo = ['more-than-balance', 'possible-duplicate'];
    assert.equal((await staff('POST', '/recorded-payments', { ...body, evenSo })).status, 201);
    c.t.clock.advance(1_000);
  }
  async function list(query = ''): Promise<Answer> {
    const answer = await staff('GET', `/all-payments${query}`);
    assert.equal(answer.status, 200, await answer.clone().text());
    return await answer.json();
  }
  const names = ({ payments }: Answer) =>
    payments.map(({ payment, recorded }: Answer) => payment?.number ?? recorded.reference);

  test('what came in stands there newest first, with whose it is and what it adds up to', async () => {
    const all = await list();
    assert.deepEqual(names(all), ['0418', '0417', number]);
    assert.deepEqual(
      all.payments.map(({ holderName }: Answer) => holderName),
      ['Marie-Ève Tremblay', 'Marie-Ève Tremblay', 'Marie-Ève Tremblay'],
    );
    const { amountCents, paypalUrl } = all.payments[2].payment;
    assert.deepEqual(all.total, { count: 3, cents: amountCents + 10_000 });
    assert.ok(paypalUrl.endsWith(`/activity/payment/${capture}`), paypalUrl);
  });

  test('of one method, or of some days', async () => {
    assert.deepEqual(names(await list('?method=paypal')), [number]);
    const cheques = await list('?method=cheque&limit=1');
    assert.deepEqual([names(cheques), cheques.total.count], [['0418'], 2]);
    assert.deepEqual(names(await list(`?method=cheque&limit=1&after=${cheques.next}`)), ['0417']);
    assert.deepEqual(names(await list('?from=2026-11-18&to=2026-11-18')), ['0417']);
    assert.deepEqual(names(await list('?method=cash')), []);
  });

  test('by a number, whoever gave it: ours, PayPal’s, a cheque’s, an invoice’s', async () => {
    assert.deepEqual(names(await list(`?reference=${number.toLowerCase()}`)), [number]);
    assert.deepEqual(names(await list(`?reference=${capture}`)), [number]);
    assert.deepEqual(names(await list('?reference=ch%C3%A8que%20417')), ['0417']);
    assert.deepEqual(names(await list('?reference=F-1')).sort(), ['0417', '0418', number].sort());
    assert.deepEqual(names(await list('?reference=nulle-part')), []);
  });

  test('what went back, was never made or is under way stands apart', async () => {
    const [last] = (await list('?method=cheque')).payments;
    await staff('POST', `/recorded-payments/${last.recorded.id}/reversal`, {
      ...{ reason: 'sans provision', returnedOn: '2026-11-21', feeCents: 4_500 },
    });
    const back = await list('?outcome=went-back');
    assert.deepEqual([names(back), back.payments[0].takenBack.returned], [['0418'], true]);
    assert.deepEqual(names(await list()), ['0417', number]);
    await c.t.deps.db.execute("UPDATE payments SET state = 'cancelled', completed_at = NULL");
    assert.deepEqual(names(await list('?outcome=not-made')), [number]);
    await c.t.deps.db.execute("UPDATE payments SET state = 'pending'");
    assert.deepEqual(names(await list('?outcome=under-way')), [number]);
    assert.deepEqual(names(await list()), ['0417']);
  });
});
