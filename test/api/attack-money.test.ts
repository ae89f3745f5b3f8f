// Money on bad days: what refunds, webhooks, reconciliation and staff's calls must not get wrong.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { importFile } from '../../server/backoffice/import/import-file.ts';
import { createKey } from '../../server/backoffice/keys.ts';
import { torontoDay } from '../../server/ledger/toronto.ts';
import { reconcileDay } from '../../server/payments/reconcile.ts';
import { refundPayment } from '../../server/payments/refunds.ts';
import { readPayment } from '../../server/payments/store.ts';
import { encrypt } from '../../server/regroupements/secrets.ts';
import { merchantIdOf, PUBLIC_URL } from '../support/app.ts';
import { regroupementId } from '../support/books.ts';
import { type Checkout, startCheckout, TOTAL } from '../support/checkout.ts';
import { HEADER, row } from '../support/invoice-list.ts';
import { balance } from '../support/payer.ts';

const FEE = 500;

async function refundAll(c: Checkout, paymentId: string) {
  return refundPayment(c.t.deps, c.paypal, await readPayment(c.t.deps, paymentId), {
    cents: null,
    reason: 'certificat annulé',
    askedBy: 'test',
    idempotencyKey: `refund-of-${paymentId}`,
  });
}

/** A call of the staff's API with a key of petits-bouleaux. */
async function staffOf(c: Checkout) {
  const { secret } = await createKey(c.t.deps, await regroupementId(c.t), {
    name: 'comptable',
    scopes: ['read', 'record', 'refund'],
    lifeMs: 365 * 86_400_000,
    by: 'test',
  });
  return async (method: string, path: string, body?: object, key?: string) => {
    const answer = await c.t.app.request(`${PUBLIC_URL}/v1/backoffice/petits-bouleaux${path}`, {
      method,
      headers: {
        Authorization: `Bearer ${secret}`,
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...(key === undefined ? {} : { 'Idempotency-Key': key }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    // biome-ignore lint/suspicious/noExplicitAny: looked into freely
    return { status: answer.status, body: (await answer.json()) as any };
  };
}

describe('a refund with an online fee', () => {
  let c: Checkout;
  beforeEach(async () => {
    c = await startCheckout({ onlineFee: { kind: 'fixed', cents: FEE } });
  });
  afterEach(() => c.close());

  test('her screen says what was invoiced, that nothing is paid any more, and what is owed', async () => {
    await refundAll(c, (await c.paid({ expectedTotalCents: TOTAL + FEE })).id);
    const [certificate] = (await balance(c.marie)).certificates;
    const [invoice] = certificate?.invoices ?? [];
    assert.deepEqual([invoice?.totalCents, invoice?.paidCents, invoice?.balanceCents], [TOTAL, 0, TOTAL]);
  });

  test('the same list imported again changes nothing of what she owes', async () => {
    await refundAll(c, (await c.paid({ expectedTotalCents: TOTAL + FEE })).id);
    const line = row({
      first: 'Marie-Ève',
      last: 'Tremblay',
      email: 'marie@example.org',
      premium: '271,68 $',
      tax: '24,45 $',
      total: '296,13 $',
      balance: '296,13 $',
    });
    const report = await importFile(c.t.deps, {
      regroupement: 'petits-bouleaux',
      name: 'liste.csv',
      bytes: new TextEncoder().encode(`${HEADER}\n${line}`),
    });
    assert.deepEqual(report.refused, []);
    assert.equal(await c.owed(), TOTAL);
  });
});

describe('the regroupement’s PayPal settings changed since she paid', () => {
  let c: Checkout;
  let id: string;
  beforeEach(async () => {
    c = await startCheckout();
    id = await regroupementId(c.t);
  });
  afterEach(() => c.close());
  const credentials = (client: string, secret: string) =>
    c.t.deps.db.execute(
      `UPDATE regroupements SET paypal_client_id = ?, paypal_secret = ?, paypal_merchant_id = ?, paypal_version = paypal_version + 1
       WHERE id = ?`,
      [`client-${client}`, encrypt(c.t.deps, `paypal-secret:${id}`, secret), merchantIdOf(client), id],
    );

  test('a secret was replaced: her payment can still be refunded', async () => {
    // What was known before has died at PayPal; the account is the same.
    await credentials('petits-bouleaux', 'an-older-secret');
    await credentials('petits-bouleaux', 'secret-petits-bouleaux');
    const payment = await c.paid();
    await c.t.deps.db.execute('UPDATE payments SET paypal_version = paypal_version - 1');
    assert.equal((await refundAll(c, payment.id)).state, 'completed');
  });

  test('another account: a refund on the old one’s site is taken in from its webhook', async () => {
    await c.paid();
    await c.webhooks();
    await credentials('la-farandole', 'secret-la-farandole');
    const [capture] = c.standIn.books.captures.values();
    assert.ok(capture);
    c.standIn.books.refund(capture, 1_000, null);
    assert.equal(await c.webhooks(), 1);
    assert.equal(await c.owed(), 1_000);
  });

  test('another account: the day on which both took money agrees', async () => {
    await c.paid();
    await credentials('la-farandole', 'secret-la-farandole');
    const report = await reconcileDay(c.t.deps, c.paypal, id, torontoDay(c.t.clock.now));
    assert.deepEqual(report.differences, []);
    assert.equal(report.paypal.grossCents, TOTAL);
  });
});
