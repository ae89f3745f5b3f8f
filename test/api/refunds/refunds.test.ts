// Money that goes back: by staff, on PayPal's site, by a bank. Once, to the cent, with its receipt.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { sendDueMail } from '../../../server/mail/worker.ts';
import { sweepRefunds } from '../../../server/refunds/sweep.ts';
import { createKey } from '../../../server/staff/api-keys.ts';
import { PUBLIC_URL } from '../../support/app.ts';
import { regroupementId } from '../../support/books.ts';
import { type Checkout, startCheckout, TOTAL } from '../../support/checkout.ts';

interface Answer {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: looked into freely
  body: any;
}

describe('refunding', () => {
  let c: Checkout;
  let secret: string;
  beforeEach(async () => {
    c = await startCheckout();
    secret = await staffKey(c, ['read', 'record', 'refund']);
  });
  afterEach(() => c.close());

  const staffKey = async (on: Checkout, scopes: ('read' | 'record' | 'refund')[]) =>
    (
      await createKey(on.t.deps, await regroupementId(on.t), {
        name: 'comptable',
        scopes,
        lifeMs: 86_400_000,
        by: 'cli:test',
      })
    ).secret;
  async function staff(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const answer = await c.t.app.request(`${PUBLIC_URL}/v1/backoffice/petits-bouleaux${path}`, {
      method,
      headers: {
        Authorization: `Bearer ${secret}`,
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: await answer.json() };
  }
  let keys = 0;
  const refund = (number: string, amountCents?: number, key = `refund-key-${++keys}`) =>
    staff(
      'POST',
      `/payments/${number}/refunds`,
      { reason: 'certificat annulé', ...(amountCents === undefined ? {} : { amountCents }) },
      { 'Idempotency-Key': key },
    );
  const atPayPal = () => [...c.standIn.books.refunds.values()].map(({ amountCents }) => amountCents);
  const refundReceipts = () =>
    c.rows<{ number: number }>('SELECT number FROM refund_receipts ORDER BY number');

  test('in full: at PayPal, in the books, with a receipt by e-mail; asked again under its key, once', async () => {
    const payment = await c.paid();
    const first = await refund(payment.number, undefined, 'the-one-key');
    assert.equal(first.status, 201);
    assert.equal(first.body.refund.state, 'completed');
    const again = await refund(payment.number, undefined, 'the-one-key');
    assert.equal(again.body.refund.id, first.body.refund.id);
    assert.deepEqual(atPayPal(), [TOTAL]);
    assert.equal(await c.owed(), TOTAL, 'owed again');
    assert.equal((await c.look(payment.id)).state, 'refunded');
    await c.booksAgree(1);
    const mail = c.t.outgoing.find(({ subject }) => /Remboursement/.test(subject));
    assert.ok(mail);
    assert.match(mail.text, /296,13\u00a0\$/);
    assert.match(mail.attachments?.[0]?.filename ?? '', /remboursement-1\.pdf/);
  });

  test('under one key is one request: all that is left is another than an amount', async () => {
    const { number } = await c.paid();
    assert.equal((await refund(number, 5_000, 'one-key-for-all')).status, 201);
    for (const cents of [undefined, 6_000])
      assert.match((await refund(number, cents, 'one-key-for-all')).body.type, /idempotency-mismatch$/);
    assert.deepEqual(atPayPal(), [5_000]);
    assert.equal((await refund(number, undefined, 'another-key-yet')).status, 201);
    assert.match((await refund(number, TOTAL - 5_000, 'another-key-yet')).body.type, /idempotency-mismatch$/);
    assert.deepEqual(atPayPal(), [5_000, TOTAL - 5_000]);
  });

  test('is seen before it is asked for: the preview says what the receipt then says, and nothing goes back by it', async () => {
    const { number } = await c.paid();
    const preview = async (amountCents?: number) =>
      await staff(
        'POST',
        `/payments/${number}/refunds/preview`,
        amountCents === undefined ? {} : { amountCents },
      );
    const receipt = async () => {
      const [last] = await c.rows<{ document: string }>(
        'SELECT document FROM refund_receipts ORDER BY number DESC LIMIT 1',
      );
      const { payer, invoices, onlineFeeCents, totalCents, refundedInAllCents, paidCents } = JSON.parse(
        last?.document ?? '{}',
      );
      return { payer, invoices, onlineFeeCents, totalCents, refundedInAllCents, paidCents };
    };
    // A part, and then all that is left: what went back of each invoice counts.
    for (const cents of [5_000, undefined]) {
      const seen = await preview(cents);
      assert.equal(seen.status, 200);
      assert.equal(seen.body.preview.refundedInAllCents, cents ?? TOTAL);
      await refund(number, cents);
      assert.deepEqual(seen.body.preview, await receipt());
    }
    assert.equal((await refundReceipts()).length, 2);
    const refused = await preview(1);
    assert.match(refused.body.type, /refund-too-large|payment-state/);
  });

  test('in parts, by two people at once: never more than was paid', async () => {
    const payment = await c.paid();
    const answers = await Promise.all(
      [20_000, 20_000, 5_000, 9_613].map((cents) => refund(payment.number, cents)),
    );
    const made = answers.filter(({ status }) => status === 201).map(({ body }) => body.refund.amountCents);
    const back = made.reduce((sum, cents) => sum + cents, 0);
    assert.ok(back <= TOTAL);
    assert.deepEqual(atPayPal().sort(), [...made].sort());
    for (const { status, body } of answers.filter((answer) => answer.status !== 201)) {
      assert.equal(status, 409);
      assert.match(body.type, /refund-too-large/);
    }
    // Which of them came first is anyone's guess: 200,00 $ and 96,13 $ are all of it.
    assert.equal((await c.look(payment.id)).state, back === TOTAL ? 'refunded' : 'partly-refunded');
    assert.deepEqual(
      (await refundReceipts()).map(({ number }) => number),
      made.map((_, i) => i + 1),
    );
    await c.booksAgree(1);
  });

  test('the answer is lost: not refunded twice, and brought to its end later', async () => {
    const payment = await c.paid();
    c.fault('refund', { kind: 'reset' }, 3);
    const lost = await refund(payment.number, 10_000);
    assert.equal(lost.body.refund.state, 'unknown');
    assert.match((await refund(payment.number, TOTAL)).body.type, /refund-too-large/, 'it may have gone');
    c.t.clock.advance(2 * 60_000);
    await sweepRefunds(c.t.deps, c.paypal);
    assert.deepEqual(atPayPal(), [10_000]);
    assert.equal(await c.owed(), 10_000);
    await c.booksAgree(1);
  });

  test('PayPal refuses: nothing went back, staff are told, and another key may try again', async () => {
    const payment = await c.paid();
    c.fault('refund', { kind: 'decline', issue: 'REFUND_FAILED_INSUFFICIENT_FUNDS' });
    const refused = await refund(payment.number);
    assert.equal(refused.body.refund.state, 'failed');
    assert.equal(refused.body.refund.failure, 'REFUND_FAILED_INSUFFICIENT_FUNDS');
    assert.equal(await c.owed(), 0);
    const { body } = await staff('GET', '/exceptions');
    assert.deepEqual(
      body.exceptions.map((one: { kind: string }) => one.kind),
      ['refund-failed'],
    );
    assert.equal((await refund(payment.number)).body.refund.state, 'completed');
    await c.booksAgree(1);
  });

  test('made on PayPal’s site: taken in by its webhook, told twice or early, once', async () => {
    const payment = await c.paid();
    const [capture] = c.standIn.books.captures.values();
    assert.ok(capture);
    c.standIn.faults.addToWebhooks({ kind: 'repeat', times: 3 }, 1);
    c.standIn.books.refund(capture, 5_000, null);
    await c.webhooks();
    c.t.clock.advance(60_000);
    await c.webhooks();
    assert.equal(await c.owed(), 5_000);
    assert.equal((await c.look(payment.id)).state, 'partly-refunded');
    assert.equal((await refundReceipts()).length, 1);
    await c.booksAgree(1);
  });

  test('taken back by the bank: owed again, staff are told, no refund can follow', async () => {
    const payment = await c.paid();
    const [capture] = c.standIn.books.captures.values();
    assert.ok(capture);
    await c.webhooks();
    c.standIn.books.reverse(capture);
    await c.webhooks();
    assert.equal(await c.owed(), TOTAL);
    assert.equal((await c.look(payment.id)).state, 'reversed');
    assert.match((await refund(payment.number)).body.type, /payment-state/);
    const { body } = await staff('GET', '/exceptions');
    assert.deepEqual(
      body.exceptions.map((one: { kind: string }) => one.kind),
      ['reversed'],
    );
    await c.booksAgree(1);
  });

  test('a dispute is on the list until it is resolved', async () => {
    const payment = await c.paid();
    const [capture] = c.standIn.books.captures.values();
    assert.ok(capture);
    const dispute = c.standIn.books.dispute(capture);
    await c.webhooks();
    const open = await staff('GET', '/exceptions');
    assert.equal(open.body.exceptions[0].kind, 'dispute');
    assert.equal(open.body.exceptions[0].paymentNumber, payment.number);
    c.standIn.books.resolve(dispute, 'RESOLVED_SELLER_FAVOUR');
    await c.webhooks();
    assert.deepEqual((await staff('GET', '/exceptions')).body.exceptions, []);
  });

  test('a key without the scope, of another regroupement, revoked or invented opens nothing', async () => {
    const payment = await c.paid();
    const good = secret;
    secret = await staffKey(c, ['read']);
    assert.equal((await refund(payment.number)).status, 403);
    assert.equal((await staff('GET', '/payments')).status, 200);
    const uses = await c.rows<{ event: string; detail: string }>(
      "SELECT event, detail FROM security_log WHERE event LIKE 'staff-key-%' AND event <> 'staff-key-created' ORDER BY rowid",
    );
    assert.deepEqual(
      uses.map(({ event, detail }) => [event, JSON.parse(detail).method]).slice(-2),
      [
        ['staff-key-overstepped', 'POST'],
        ['staff-key-used', 'GET'],
      ],
      'each use is on the record',
    );
    for (const wrong of ['', 'agp_', `agp_${'A'.repeat(43)}`, `${good}x`]) {
      secret = wrong;
      assert.equal((await staff('GET', '/payments')).status, 401);
    }
    const elsewhere = await createKey(c.t.deps, await regroupementId(c.t, 'la-farandole'), {
      name: 'x',
      scopes: ['read'],
      lifeMs: 1_000,
      by: 'cli:test',
    });
    secret = elsewhere.secret;
    assert.equal((await staff('GET', '/payments')).status, 401);
    secret = good;
    c.t.clock.advance(2 * 86_400_000);
    assert.equal((await staff('GET', '/payments')).status, 401, 'expired');
  });
});

describe('refunding with an online fee', () => {
  test('the fee goes last, and nothing stays owed for it', async () => {
    const c = await startCheckout({ onlineFee: { kind: 'fixed', cents: 500 } });
    try {
      const total = TOTAL + 500;
      const payment = await c.paid({ expectedTotalCents: total });
      assert.equal(payment.state, 'completed');
      const { refundPayment } = await import('../../../server/refunds/refunds.ts');
      const { readPayment } = await import('../../../server/payments/store.ts');
      const back = async (cents: number | null, key: string) =>
        refundPayment(c.t.deps, c.paypal, await readPayment(c.t.deps, payment.id), {
          cents,
          reason: 'x',
          askedBy: 'cli:test',
          idempotencyKey: key,
        });
      await back(TOTAL - 100, 'first-part');
      assert.equal(await c.owed(), TOTAL - 100);
      await back(null, 'the-rest');
      assert.equal(await c.owed(), TOTAL, 'the invoice, without the fee');
      assert.equal((await c.look(payment.id)).state, 'refunded');
      await sendDueMail(c.t.deps);
    } finally {
      await c.close();
    }
  });
});
