// Cheques typed into a deposit against the bank's slip: each pays what it says, one may pay several invoices of a holder, and the
// deposit closes on the slip's total, to the cent.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { newId } from '../../../server/deps.ts';
import { addInvoice, startTestApp, type TestApp } from '../../support/app.ts';
import { type Staff, staffWith } from '../../support/staff.ts';

// biome-ignore lint/suspicious/noExplicitAny: what an answer holds is what the test looks at
type Answer = any;

describe('a deposit', () => {
  let t: TestApp;
  let staff: Staff;
  let id: string;
  beforeEach(async () => {
    t = await startTestApp();
    staff = await staffWith(t, ['read', 'record']);
    const eve = { firstName: 'Ève', lastName: 'Roy', certificate: 'PB-000001' };
    await addInvoice(t.deps, 'petits-bouleaux', { ...eve, invoice: 'F-1', totalCents: 10_000 });
    await addInvoice(t.deps, 'petits-bouleaux', { ...eve, invoice: 'F-2', totalCents: 5_000 });
    await addInvoice(t.deps, 'petits-bouleaux', {
      ...{ firstName: 'Léa', lastName: 'Côté', certificate: 'PB-000002', invoice: 'F-3', totalCents: 7_500 },
    });
    const opened = await ask('/deposits', { day: '2026-11-20', slipCents: 22_500 });
    assert.equal(opened.status, 201, JSON.stringify(opened.body));
    id = opened.body.deposit.id;
  });
  afterEach(() => t.close());

  const ask = async (path: string, body: object, key = newId(t.deps)) => {
    const answer = await staff('POST', path, body, { 'Idempotency-Key': key });
    return { status: answer.status, body: JSON.parse(await answer.text()) as Answer };
  };
  const cheque = (invoices: Record<string, number>, more: object = {}, key?: string) =>
    ask(
      `/deposits/${id}/cheques`,
      {
        invoices: Object.entries(invoices).map(([invoiceNumber, amountCents]) => ({
          invoiceNumber,
          amountCents,
        })),
        ...{ reference: '0417', ...more },
      },
      key,
    );
  const close = (body: object = {}) => ask(`/deposits/${id}/close`, body);
  const balances = async () => {
    const { rows } = await t.deps.db.execute<{ number: string; cents: number }>(
      `SELECT i.number, sum(e.amount_cents) AS cents FROM ledger_entries e JOIN invoices i ON i.id = e.invoice_id
       GROUP BY i.number ORDER BY i.number`,
    );
    return Object.fromEntries(rows.map(({ number, cents }) => [number, cents]));
  };
  const acts = async () =>
    (
      await t.deps.db.execute<{ act: string }>("SELECT act FROM audit WHERE actor GLOB 'key:*' ORDER BY seq")
    ).rows.map(({ act }) => act);

  test('each cheque pays what it says on the slip’s day; the total closes it, and nothing is added then', async () => {
    const { status, body } = await cheque({ 'F-1': 10_000, 'F-2': 5_000 });
    assert.equal(status, 201, JSON.stringify(body));
    const { totalCents, cheques, slipCents } = body.deposit;
    assert.deepEqual([totalCents, cheques, slipCents], [15_000, 1, 22_500]);
    assert.deepEqual(
      body.rows.map((row: Answer) => [row.invoiceNumber, row.amountCents, row.receivedOn, row.holderName]),
      [
        ['F-1', 10_000, '2026-11-20', 'Ève Roy'],
        ['F-2', 5_000, '2026-11-20', 'Ève Roy'],
      ],
    );
    const early = await close();
    assert.deepEqual(
      [early.status, early.body.type.split('/').at(-1), early.body.totalCents, early.body.slipCents],
      [409, 'deposit-differs', 15_000, 22_500],
    );
    await cheque({ 'F-3': 7_500 }, { reference: '12' });
    const closed = await close();
    assert.deepEqual([closed.status, closed.body.deposit.closedAt !== null], [200, true]);
    assert.equal((await close()).status, 200, 'again, it stays so');
    const late = await cheque({ 'F-3': 1 }, { evenSo: ['more-than-balance'] });
    assert.deepEqual([late.status, late.body.type.split('/').at(-1)], [409, 'deposit-closed']);
    assert.deepEqual(await balances(), { 'F-1': 0, 'F-2': 0, 'F-3': 0 });
    assert.deepEqual(await acts(), [
      'deposit-opened',
      'payment-recorded',
      'payment-recorded',
      'deposit-closed',
    ]);
    const { deposits } = (await (await staff('GET', '/deposits')).json()) as Answer;
    assert.deepEqual([deposits.length, deposits[0].cheques], [1, 2]);
  });

  test('a cheque that the bank gives back is all of it, with one fee; a mistake leaves the total, the bank does not', async () => {
    const { body } = await cheque({ 'F-1': 10_000, 'F-2': 5_000 });
    const back = (rowId: string, more: object) =>
      ask(`/recorded-payments/${rowId}/reversal`, { reason: 'NSF', ...more });
    assert.equal((await back(body.rows[1].id, { returnedOn: '2026-11-21', feeCents: 4_500 })).status, 201);
    assert.deepEqual(await balances(), { 'F-1': 10_000, 'F-2': 5_000, 'F-3': 7_500, 'NSF-2026-0001': 4_500 });
    const wrong = (await cheque({ 'F-3': 750 }, { reference: '12' })).body.rows.at(-1);
    assert.equal((await back(wrong.id, {})).status, 201);
    assert.equal((await cheque({ 'F-3': 7_500 }, { reference: '12' })).status, 201);
    const { deposit, rows } = (await close()).body;
    assert.deepEqual([deposit.totalCents, deposit.cheques], [22_500, 2]);
    assert.deepEqual(
      rows.map((row: Answer) => row.reversedBy),
      ['bank', 'bank', 'mistake', null],
    );
    assert.equal((await acts()).filter((act) => act === 'recorded-payment-reversed').length, 2);
    const [whole] = (
      await t.deps.db.execute<{ cents: number; numbers: string }>(
        `SELECT after ->> 'cents' AS cents, after ->> 'invoices' AS numbers FROM audit
         WHERE act = 'recorded-payment-reversed' ORDER BY seq`,
      )
    ).rows;
    assert.deepEqual([whole?.cents, whole?.numbers], [15_000, '["F-2","F-1"]'], 'the journal says all of it');
  });

  test('the same cheque again, more than is owed, another person’s invoice: refused, none of its rows is there', async () => {
    await cheque({ 'F-2': 5_000 });
    const refusals = [
      await cheque({ 'F-1': 5_000, 'F-2': 5_000 }),
      await cheque({ 'F-1': 10_001 }, { reference: '9' }),
      await cheque({ 'F-1': 10_000, 'F-3': 7_500 }, { reference: '9' }),
      await cheque({ 'F-1': 10_000, 'F-404': 7_500 }, { reference: '9' }),
      await cheque({}, { reference: '9' }),
    ];
    assert.deepEqual(
      refusals.map(({ status, body }) => [status, body.errors?.[0]?.pointer ?? body.type.split('/').at(-1)]),
      [
        [409, 'possible-duplicate'],
        [409, 'more-than-balance'],
        [400, '/invoices/1/invoiceNumber'],
        [404, 'not-found'],
        [400, '/invoices'],
      ],
    );
    assert.deepEqual(await balances(), { 'F-1': 10_000, 'F-2': 0, 'F-3': 7_500 });
    const twice = { 'F-1': 5_000 };
    assert.equal((await cheque(twice, { evenSo: ['possible-duplicate'] })).status, 201);
  });

  test('once a key, also of two at once; a slip that was mistyped is corrected when it closes', async () => {
    const key = 'a-key-of-the-grid';
    const both = await Promise.all([1, 2].map(() => cheque({ 'F-1': 10_000, 'F-2': 5_000 }, {}, key)));
    assert.deepEqual(
      both.map(({ status }) => status),
      [201, 201],
    );
    assert.equal(both[0]?.body.rows.length, 2);
    assert.equal((await cheque({ 'F-1': 10_000 }, {}, key)).status, 422);
    const again = await ask('/deposits', { day: '2026-11-20', slipCents: 100 }, 'a-key-of-a-deposit');
    const same = await ask('/deposits', { day: '2026-11-20', slipCents: 100 }, 'a-key-of-a-deposit');
    assert.equal(again.body.deposit.id, same.body.deposit.id);
    assert.equal((await ask('/deposits', { day: '2026-11-24', slipCents: 100 })).status, 400);
    const closed = await close({ slipCents: 15_000 });
    assert.deepEqual([closed.status, closed.body.deposit.slipCents], [200, 15_000]);
    const elsewhere = await staffWith(t, ['read', 'record'], 'la-farandole');
    assert.equal((await elsewhere('GET', `/deposits/${id}`)).status, 404);
    assert.equal((await elsewhere('POST', `/deposits/${id}/close`, {})).status, 404);
  });
});
