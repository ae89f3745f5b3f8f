// What it costs to pay, from one sum of the ledger; who may; and what the ledger refuses.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Quote } from '../../../server/certificates/schemas.ts';
import { isGuardFailure } from '../../../server/db/db.ts';
import { newId } from '../../../server/deps.ts';
import { stillOwes } from '../../../server/ledger/balance.ts';
import { addInvoice, startTestApp, type TestApp } from '../../support/app.ts';
import { pay, regroupementId } from '../../support/books.ts';
import { balance, type Payer, quote, signIn } from '../../support/payer.ts';

let t: TestApp;
before(async () => {
  t = await startTestApp();
});
after(() => t.close());

describe('what it costs to pay', () => {
  let payer: Payer;
  let a: string;
  let b: string;
  before(async () => {
    payer = await signIn(t, 'payer@example.org');
    const first = await addInvoice(t.deps, 'petits-bouleaux', {
      firstName: 'Sylvie',
      lastName: 'Tremblay',
      email: 'payer@example.org',
      certificate: 'PB-20',
      invoice: 'F-20',
      totalCents: 29_613,
    });
    const second = await addInvoice(t.deps, 'petits-bouleaux', {
      firstName: 'Sylvie',
      lastName: 'Tremblay',
      certificate: 'PB-20',
      invoice: 'F-21',
      totalCents: 6_000,
      dueOn: '2026-12-31',
    });
    [a, b] = [first.invoiceId, second.invoiceId];
  });

  test('the balance and the online fee, of one invoice or of several', async () => {
    await t.deps.db.execute(
      `UPDATE regroupements SET online_fee = '{"kind":"gross-up","basisPoints":290,"fixedCents":30}'`,
    );
    const amounts = ([, q]: [number, Quote]) => [
      q.subtotalCents,
      q.onlineFeeCents,
      q.totalCents,
      q.minimumCents,
    ];
    assert.deepEqual(amounts(await quote(payer, [a])), [29_613, 915, 30_528, null]);
    assert.deepEqual(amounts(await quote(payer, [b])), [6_000, 210, 6_210, null]);
    assert.deepEqual(amounts(await quote(payer, [b, a, b])), [35_613, 1_095, 36_708, null]);
    await t.deps.db.execute(`UPDATE regroupements SET online_fee = '{"kind":"none"}'`);
    assert.deepEqual(amounts(await quote(payer, [a])), [29_613, 0, 29_613, null]);
  });

  test('a part only where parts are allowed, and not below the least', async () => {
    const code = async (cents: number) => {
      const [status, body] = await quote(payer, [a], cents);
      return status === 200
        ? body.totalCents
        : (body as unknown as { errors: { pointer: string; code: string }[] }).errors[0];
    };
    assert.deepEqual(await code(10_000), { pointer: '/amountCents', code: 'not-allowed' });
    assert.equal(await code(29_613), 29_613);
    await t.deps.db.execute(`UPDATE regroupements SET instalments = '{"kind":"free","minimumCents":2500}'`);
    assert.equal(await code(10_000), 10_000);
    assert.deepEqual(await code(2_499), { pointer: '/amountCents', code: 'too-small' });
    assert.deepEqual(await code(29_614), { pointer: '/amountCents', code: 'too-large' });
    assert.equal((await quote(payer, [a]))[1].minimumCents, 2_500);
    await t.deps.db.execute(`UPDATE regroupements SET instalments = '{"kind":"none"}'`);
  });

  test('an invoice paid in part costs what is left; paid whole, it says so', async () => {
    await pay(t, b, 4_000);
    assert.equal((await quote(payer, [b]))[1].totalCents, 2_000);
    await pay(t, b, 2_000);
    assert.deepEqual(
      (await quote(payer, [b])).map((x) => (typeof x === 'number' ? x : x.type)),
      [409, '/problems/already-paid'],
    );
    await pay(t, b, 6_000, { kind: 'refund', source: 'refund:1' });
    assert.equal((await quote(payer, [b]))[1].totalCents, 6_000, 'refunded: owed again');
  });

  test('while a payment holds it, nobody starts another', async () => {
    const paymentId = await held(a, payer.accountId);
    assert.equal((await quote(payer, [a]))[1].type, '/problems/payment-in-progress');
    assert.equal((await balance(payer)).certificates[0]?.invoices[0]?.held, true);
    const owes = async (cents: number, by: string) =>
      t.deps.db.batch([stillOwes(await regroupementId(t), a, cents, by)]);
    await owes(29_613, paymentId);
    await assert.rejects(owes(29_613, 'another payment'), isGuardFailure);
    await assert.rejects(owes(29_612, paymentId), isGuardFailure);
    await t.deps.db.execute("UPDATE invoices SET status = 'cancelled' WHERE id = ?", [a]);
    await assert.rejects(owes(29_613, paymentId), isGuardFailure);
    await t.deps.db.execute("UPDATE invoices SET status = 'open' WHERE id = ?", [a]);
    await t.deps.db.execute('DELETE FROM invoice_holds');
  });

  test('an invoice of nobody, of somebody else, of another regroupement: the same « introuvable »', async () => {
    const other = await addInvoice(t.deps, 'la-farandole', {
      firstName: 'Sylvie',
      lastName: 'Tremblay',
      email: 'payer@example.org',
      certificate: 'PB-20',
      invoice: 'F-20',
      totalCents: 100,
    });
    const somebodys = await addInvoice(t.deps, 'petits-bouleaux', {
      firstName: 'Sylvie',
      lastName: 'Tremblay',
      email: 'other@example.org',
      certificate: 'PB-22',
      invoice: 'F-22',
      totalCents: 100,
    });
    const answers = [];
    for (const id of [newId(t.deps), other.invoiceId, somebodys.invoiceId]) {
      const answer = await payer.call('POST', '/quotes', { invoiceIds: [a, id] });
      const { requestId: _, ...body } = (await answer.json()) as Record<string, unknown>;
      answers.push({ status: answer.status, body });
    }
    assert.equal(answers[0]?.status, 404);
    assert.deepEqual(answers[1], answers[0]);
    assert.deepEqual(answers[2], answers[0]);
    assert.equal((await balance(payer)).certificates.length, 1);
  });

  test('nonsense is refused by name of field, never a server error', async () => {
    for (const body of [
      {},
      { invoiceIds: [] },
      { invoiceIds: 'x' },
      { invoiceIds: ["' OR 1=1 --"] },
      { invoiceIds: [a], amountCents: 0 },
      { invoiceIds: [a], amountCents: 1.5 },
      { invoiceIds: [a], extra: 1 },
      { invoiceIds: Array(101).fill(a) },
      [],
      null,
    ]) {
      const answer = await payer.call('POST', '/quotes', body);
      assert.equal(answer.status, 400, JSON.stringify(body));
    }
    const unsigned = await t.call('POST', '/quotes', { invoiceIds: [a] });
    assert.equal(unsigned.status, 401);
    assert.equal((await t.call('GET', '/certificates')).status, 401);
  });

  test('a token of one regroupement opens nothing in another', async () => {
    const elsewhere = await t.app.request('https://pay.test/v1/regroupements/la-farandole/certificates', {
      headers: { Authorization: `DPoP ${payer.accessToken}` },
    });
    assert.equal(elsewhere.status, 401);
  });
});

describe('the ledger', () => {
  test('one outside fact posts once; another amount under the same reference is refused', async () => {
    const { invoiceId } = await addInvoice(t.deps, 'petits-bouleaux', {
      firstName: 'Zoé',
      lastName: 'Œuvrard',
      email: 'zoe@example.org',
      certificate: 'PB-30',
      invoice: 'F-30',
      totalCents: 10_000,
    });
    await pay(t, invoiceId, 4_000, { source: 'cheque:0412' });
    await pay(t, invoiceId, 4_000, { source: 'cheque:0412' });
    await assert.rejects(pay(t, invoiceId, 5_000, { source: 'cheque:0412' }), isGuardFailure);
    const payer = await signIn(t, 'zoe@example.org');
    assert.equal((await balance(payer)).certificates[0]?.balanceCents, 6_000);
  });

  test('an adjustment changes what the invoice says; a payment changes what was paid', async () => {
    const { invoiceId } = await addInvoice(t.deps, 'petits-bouleaux', {
      firstName: 'Chloë',
      lastName: 'Dubé',
      email: 'chloe@example.org',
      certificate: 'PB-31',
      invoice: 'F-31',
      totalCents: 10_000,
    });
    await pay(t, invoiceId, -1_500, { kind: 'adjustment', source: 'adjustment:1' });
    await pay(t, invoiceId, 3_000);
    await pay(t, invoiceId, 90, { kind: 'online-fee', source: 'fee:1' });
    await pay(t, invoiceId, 1_090, { source: 'paypal:1' });
    const [certificate] = (await balance(await signIn(t, 'chloe@example.org'))).certificates;
    const invoice = certificate?.invoices[0];
    assert.deepEqual([invoice?.totalCents, invoice?.paidCents, invoice?.balanceCents], [8_500, 4_000, 4_500]);
  });

  test('nothing posts on another regroupement’s invoice', async () => {
    const { invoiceId } = await addInvoice(t.deps, 'la-farandole', {
      firstName: 'Ève',
      lastName: 'Roy',
      certificate: '0000900',
      invoice: 'AF1',
      totalCents: 10_000,
    });
    await assert.rejects(pay(t, invoiceId, 1_000), isGuardFailure);
  });

  test('a payment of nothing, of a part of a cent, or below zero is a fault', async () => {
    for (const cents of [0, -1, 0.5, Number.NaN]) await assert.rejects(pay(t, 'any', cents), RangeError);
  });
});

/** A payment under way on that invoice; answers its id. */
async function held(invoiceId: string, accountId: string): Promise<string> {
  const id = newId(t.deps);
  await t.deps.db.batch([
    {
      sql: `INSERT INTO payments(id, regroupement_id, account_id, number, state, amount_cents, lang, idempotency_key, request_hash,
              nonce_hash, page, paypal_version, created_at, updated_at)
            VALUES (?1, ?2, ?3, ?1, 'capturing', 100, 'fr-CA', ?1, 'x', ?1, 'https://petits-bouleaux.test/payer', 1, 1, 1)`,
      args: [id, await regroupementId(t), accountId],
    },
    {
      sql: 'INSERT INTO invoice_holds(invoice_id, payment_id, created_at) VALUES (?, ?, 1)',
      args: [invoiceId, id],
    },
  ]);
  return id;
}
