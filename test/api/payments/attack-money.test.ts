// Money on bad days: what refunds, webhooks, reconciliation and staff's calls must not get wrong.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { webhookIdOf } from '../../../demo/data/regroupements.ts';
import { signatureHeaders } from '../../../demo/paypal/signing.ts';
import { encrypt } from '../../../server/crypto.ts';
import { importFile } from '../../../server/import/import-file.ts';
import { taxChanges } from '../../../server/ledger/premium-tax.ts';
import { torontoDay } from '../../../server/ledger/toronto.ts';
import { sendDueMail } from '../../../server/mail/worker.ts';
import { recordPayment } from '../../../server/offline-payments/record.ts';
import { reverseRecorded } from '../../../server/offline-payments/reverse.ts';
import { readPayment } from '../../../server/payments/store.ts';
import { sweepPayments } from '../../../server/payments/sweep.ts';
import { applyDueEvents } from '../../../server/paypal-events/inbox.ts';
import { reconcileDay, reconcileDue } from '../../../server/reconciliation/reconcile.ts';
import { checkReversals } from '../../../server/refunds/check-reversals.ts';
import { leftToRefund, refundPayment } from '../../../server/refunds/refunds.ts';
import { readRefund } from '../../../server/refunds/store.ts';
import { sweepRefunds } from '../../../server/refunds/sweep.ts';
import { createKey } from '../../../server/staff/api-keys.ts';
import { merchantIdOf, PUBLIC_URL } from '../../support/app.ts';
import { regroupementId } from '../../support/books.ts';
import { type Checkout, startCheckout, TOTAL } from '../../support/checkout.ts';
import { HEADER, row } from '../../support/invoice-list.ts';
import { balance, signIn } from '../../support/payer.ts';

const FEE = 500;

async function refundAll(c: Checkout, paymentId: string) {
  return refundPayment(c.t.deps, c.paypal, await readPayment(c.t.deps, paymentId), {
    cents: null,
    reason: 'certificat annulé',
    askedBy: 'cli:test',
    idempotencyKey: `refund-of-${paymentId}`,
  });
}

/** An event signed as PayPal signs, and applied. */
async function send(c: Checkout, event: object) {
  const body = new TextEncoder().encode(JSON.stringify(event));
  const key = readFileSync(new URL('../../../demo/paypal/certificates/leaf.key', import.meta.url), 'utf8');
  const headers = signatureHeaders({ key }, body, {
    transmissionId: `transmission-${c.t.clock.now}`,
    time: new Date(c.t.clock.now).toISOString(),
    webhookId: webhookIdOf('petits-bouleaux'),
    certUrl: `${c.url}/v1/notifications/certs/CERT-1`,
  });
  const url = `${PUBLIC_URL}/v1/paypal/webhooks/petits-bouleaux`;
  const answer = await c.t.app.request(url, { method: 'POST', headers, body });
  assert.equal(answer.status, 200);
  await applyDueEvents(c.t.deps, c.paypal);
}

/** A call of the staff's API with a key of petits-bouleaux. */
async function staffOf(c: Checkout) {
  const { secret } = await createKey(c.t.deps, await regroupementId(c.t), {
    name: 'comptable',
    scopes: ['read', 'record', 'refund'],
    lifeMs: 365 * 86_400_000,
    by: 'cli:test',
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
      by: 'cli:test',
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

describe('what staff send', () => {
  let c: Checkout;
  let staff: Awaited<ReturnType<typeof staffOf>>;
  beforeEach(async () => {
    c = await startCheckout();
    staff = await staffOf(c);
  });
  afterEach(() => c.close());
  const cheque = (more: object = {}, key = 'key-of-the-cheque') =>
    staff(
      'POST',
      '/recorded-payments',
      { invoiceNumber: 'F-1', method: 'cheque', amountCents: 1_000, receivedOn: '2026-11-20', ...more },
      key,
    );

  test('a key of their own that looks like one of ours: the cheque can still be taken back', async () => {
    const first = await cheque();
    const again = await cheque({ evenSo: ['possible-duplicate'] }, `reversal:${first.body.recorded.id}`);
    assert.equal(again.status, 201);
    const back = await staff('POST', `/recorded-payments/${first.body.recorded.id}/reversal`, {
      reason: 'erreur',
    });
    assert.equal(back.status, 201);
    assert.equal(await c.owed(), TOTAL - 1_000);
  });

  test('the same cheque twice: refused with what is there already, until it is confirmed by name', async () => {
    const first = await cheque({ reference: '0417' });
    const twice = await cheque({ reference: ' #417 ' }, 'another-key-for-it');
    assert.equal(twice.status, 409);
    assert.match(twice.body.type, /possible-duplicate$/);
    const { id, recordedBy } = first.body.recorded;
    assert.deepEqual(twice.body.alike, [
      {
        ...{
          id,
          invoiceNumber: 'F-1',
          amountCents: 1_000,
          receivedOn: '2026-11-20',
          reference: '0417',
          recordedBy,
        },
      },
    ]);
    const evenSo = { reference: '417', evenSo: ['possible-duplicate'] };
    assert.equal((await cheque({ ...evenSo, evenSo: ['name'] }, 'yet-another-key')).status, 400);
    assert.deepEqual((await cheque(evenSo, 'yet-another-key')).body.recorded.evenSo, ['possible-duplicate']);
    const { recorded } = (await staff('GET', '/recorded-payments')).body;
    assert.deepEqual(
      recorded.map((row: { evenSo: string[] }) => row.evenSo),
      [['possible-duplicate'], []],
    );
    const [written] = await c.rows<{ after: string }>(
      "SELECT after FROM audit WHERE act = 'payment-recorded' ORDER BY seq DESC",
    );
    assert.deepEqual(JSON.parse(written?.after ?? '{}').evenSo, ['possible-duplicate']);
    const more = await cheque({ amountCents: TOTAL }, 'more-than-is-owed');
    assert.deepEqual([more.status, more.body.owedCents], [409, TOTAL - 2_000]);
    assert.equal(await c.owed(), TOTAL - 2_000);
  });

  test('a cheque of a day that cannot be: refused', async () => {
    for (const receivedOn of ['0000-01-01', '0001-01-01', '1026-11-20', '9999-12-31']) {
      const { status, body } = await cheque({ receivedOn });
      assert.equal(status, 400, receivedOn);
      assert.equal(body.errors[0].pointer, '/receivedOn');
    }
    assert.equal(await c.owed(), TOTAL);
  });

  test('the accountant’s day in the future, or before PayPal’s memory: refused, never a fault of ours', async () => {
    for (const day of ['9999-12-31', '2026-12-25', '0000-01-01', '2001-01-01']) {
      const { status, body } = await staff('GET', `/reconciliations/${day}`);
      assert.equal(status, 400, `${day}: ${body.type}`);
    }
    assert.equal((await c.rows('SELECT 1 FROM reconciliations')).length, 0);
  });
  test('pages of payments, whatever is written there: an answer, never a fault of ours', async () => {
    for (const query of [
      'before=0000-01-01T00:00:00Z',
      'before=9999-12-31T23:59:59Z',
      'before=2026-06-30T23:59:60Z',
      'limit=1e1',
      'limit=0x10',
      'limit=',
      'state=completed&state=failed',
    ]) {
      const { status } = await staff('GET', `/payments?${query}`);
      assert.ok(status < 500, `${query}: ${status}`);
    }
  });
});

describe('the annual summary after bad news', () => {
  let c: Checkout;
  beforeEach(async () => {
    c = await startCheckout();
  });
  afterEach(() => c.close());
  const summary = async (year: number) => {
    const { years } = (await (await c.marie.call('GET', '/payments')).json()) as {
      years: { year: number; htmlUrl: string }[];
    };
    const url = years.find((one) => one.year === year)?.htmlUrl;
    return url === undefined ? null : (await c.t.app.request(url)).text();
  };

  test('a payment that the bank took back is not shown as paid', async () => {
    await c.paid();
    const [capture] = c.standIn.books.captures.values();
    assert.ok(capture);
    c.standIn.books.reverse(capture);
    await c.webhooks();
    const page = (await summary(2026)) ?? '';
    assert.match(page, /-296,13\u00a0\$/);
    assert.match(page, /Total payé en 2026[^$]*>0,00\u00a0\$/);
  });

  test('a cheque that bounced the year after was never paid', async () => {
    const id = await regroupementId(c.t);
    c.t.clock.now = Date.parse('2026-12-30T17:00:00Z');
    const recorded = await recordPayment(c.t.deps, id, {
      invoiceNumber: 'F-1',
      method: 'cheque',
      cents: TOTAL,
      receivedOn: '2026-12-30',
      reference: '0417',
      recordedBy: 'cli:test',
      idempotencyKey: 'cheque-that-bounces',
    });
    c.t.clock.now = Date.parse('2027-01-05T17:00:00Z');
    await reverseRecorded(c.t.deps, id, recorded.id, { recordedBy: 'cli:test', reference: 'sans provision' });
    const marie = await signIn(c.t, 'marie@example.org');
    const { years } = (await (await marie.call('GET', '/payments')).json()) as { years: unknown[] };
    assert.deepEqual(years, []);
  });
});

describe('taken back by the bank at a bad moment', () => {
  let c: Checkout;
  beforeEach(async () => {
    c = await startCheckout();
  });
  afterEach(() => c.close());

  test('told while her payment is still in doubt here: taken in all the same', async () => {
    const payment = await c.approved();
    c.fault('capture', { kind: '500' }, 3);
    c.fault('get', { kind: '500' }, 40);
    assert.equal((await c.confirm(payment.id)).body.payment.state, 'unknown');
    const [order] = c.standIn.books.orders.values();
    assert.ok(order);
    const capture = c.standIn.books.capture(order);
    await c.webhooks();
    c.standIn.books.reverse(capture);
    await c.webhooks();
    c.standIn.faults.clear();
    for (let n = 0; n < 12; n++) {
      c.t.clock.advance(600_000);
      await c.webhooks();
      await sweepPayments(c.t.deps, c.paypal, checkReversals);
    }
    assert.equal((await readPayment(c.t.deps, payment.id)).state, 'reversed');
    assert.equal(await c.owed(), TOTAL);
    await c.booksAgree(1);
  });
});

describe('the accountant’s day, on bad days', () => {
  let c: Checkout;
  let id: string;
  beforeEach(async () => {
    c = await startCheckout();
    id = await regroupementId(c.t);
  });
  afterEach(() => c.close());
  const reconcile = (day = torontoDay(c.t.clock.now)) => reconcileDay(c.t.deps, c.paypal, id, day);
  const capture = () => {
    const [only] = c.standIn.books.captures.values();
    assert.ok(only);
    return only;
  };
  const exceptions = () => c.rows<{ kind: string }>('SELECT kind FROM exceptions');

  test('a reversal that PayPal’s record of the payment does not explain: a difference, and the day is told all the same', async () => {
    await c.paid();
    await c.webhooks();
    c.standIn.faults.addToWebhooks({ kind: 'lose' }, 10);
    c.standIn.books.reverse(capture());
    capture().reason = 'OTHER';
    const { differences } = await reconcile();
    assert.deepEqual(
      differences.map(({ kind, paypalCents }) => ({ kind, paypalCents })),
      [{ kind: 'unknown-refund', paypalCents: -TOTAL }],
    );
  });

  test('taken back twice at PayPal, once in our books: a difference', async () => {
    await c.paid();
    const reversal = c.standIn.books.reverse(capture());
    assert.ok(reversal);
    await c.webhooks();
    c.standIn.books.reversals.set('AGAIN', { ...reversal, id: 'AGAIN' });
    const { differences } = await reconcile();
    assert.deepEqual(
      differences.map(({ kind, paypalCents }) => [kind, paypalCents]),
      [['reversed-beyond', -TOTAL]],
    );
  });

  test('seconds before midnight here, seconds after it at PayPal: both days agree, and nobody is alarmed', async () => {
    c.t.clock.now = Date.parse('2026-11-24T04:59:58Z');
    const marie = await signIn(c.t, 'marie@example.org');
    const { body } = await c.start(marie);
    await c.approve(body.approveUrl);
    await c.confirm(body.payment.id, TOTAL, marie);
    capture().createdAt += 3_000;
    c.t.clock.advance(2 * 86_400_000);
    assert.deepEqual((await reconcile('2026-11-23')).differences, []);
    assert.deepEqual((await reconcile('2026-11-24')).differences, []);
    assert.deepEqual(await exceptions(), []);
  });

  test('PayPal’s list lags by hours: staff are not alarmed about a payment made a moment ago', async () => {
    await c.paid();
    const day = torontoDay(c.t.clock.now);
    const taken = capture();
    c.standIn.books.captures.clear();
    assert.equal((await reconcile()).agrees, false, 'the report shows what is not there yet');
    assert.deepEqual(await exceptions(), []);
    c.standIn.books.captures.set(taken.id, taken);
    c.t.clock.advance(86_400_000);
    assert.equal((await reconcile(day)).agrees, true);
    c.standIn.books.captures.clear();
    await reconcile(day);
    const [only] = await c.rows<{ kind: string; number: string | null }>(
      'SELECT e.kind, p.number FROM exceptions e LEFT JOIN payments p ON p.id = e.payment_id',
    );
    assert.equal(only?.kind, 'missing-capture');
    assert.match(only?.number ?? '', /^P-/, 'and staff see which payment it is');
  });

  test('a refund in our books that PayPal’s day does not show is a difference', async () => {
    const payment = await c.paid();
    await refundAll(c, payment.id);
    const day = torontoDay(c.t.clock.now);
    c.standIn.books.refunds.clear();
    c.t.clock.advance(86_400_000);
    const report = await reconcile(day);
    assert.equal(report.agrees, false);
    assert.deepEqual(
      report.differences.map(({ kind, ourCents }) => ({ kind, ourCents })),
      [{ kind: 'missing-refund', ourCents: -TOTAL }],
    );
  });

  test('the server was down for ten days: each of them is compared afterwards', async () => {
    await c.paid();
    await c.webhooks();
    c.t.clock.advance(86_400_000);
    await reconcileDue(c.t.deps, c.paypal);
    c.standIn.faults.addToWebhooks({ kind: 'lose' }, 10);
    c.t.clock.advance(86_400_000);
    c.standIn.books.refund(capture(), 1_000, null);
    c.t.clock.advance(10 * 86_400_000);
    await reconcileDue(c.t.deps, c.paypal);
    assert.equal(await c.owed(), 1_000);
    assert.equal(await reconcileDue(c.t.deps, c.paypal), 0, 'and once only');
  });
});

describe('other money on the same PayPal account', () => {
  let c: Checkout;
  beforeEach(async () => {
    c = await startCheckout();
  });
  afterEach(() => c.close());
  const exceptions = async () =>
    (await c.rows<{ kind: string; detail: string }>('SELECT kind, detail FROM exceptions')).map(
      ({ kind, detail }) => [kind, JSON.parse(detail).amountCents],
    );

  test('a sale that bears her payment’s id is not hers: on the list, and her file is as it was', async () => {
    const payment = await c.paid();
    await c.webhooks();
    const sale = await fetch(`${c.url}/sales`, {
      method: 'POST',
      body: JSON.stringify({ clientId: 'client-petits-bouleaux', cents: 4_200, customId: payment.id }),
    });
    assert.equal(sale.status, 201);
    await c.webhooks();
    assert.deepEqual(await exceptions(), [['unknown-capture', 4_200]]);
    assert.equal(await c.owed(), 0);
    const sold = c.standIn.books.captures.get(((await sale.json()) as { id: string }).id);
    assert.ok(sold);
    c.standIn.books.refund(sold, 4_200, null);
    await c.webhooks();
    assert.equal(await c.owed(), 0, 'nor is its refund hers');
    assert.deepEqual((await exceptions()).at(-1), ['unknown-refund', 4_200]);
  });

  test('money that was refused, or is not there yet, is not money that came', async () => {
    await c.start();
    const [ours] = c.standIn.books.orders.values();
    assert.ok(ours);
    const payer = { id: 'X', email: 'x@example.org', givenName: 'X', surname: 'Y' };
    const sale = () => {
      const order = c.standIn.books.create(ours.merchant, {
        intent: 'CAPTURE',
        purchase_units: [{ amount: { currency_code: 'CAD', value: '42.00' } }],
      });
      c.standIn.books.approve(order, payer, { label: 'x', outcome: 'pending' });
      return c.standIn.books.capture(order);
    };
    const [refused, accepted] = [sale(), sale()];
    await c.webhooks();
    c.standIn.books.resolvePending(refused.id, false);
    await c.webhooks();
    assert.deepEqual(await exceptions(), []);
    c.standIn.books.resolvePending(accepted.id, true);
    await c.webhooks();
    assert.deepEqual(await exceptions(), [['unknown-capture', 4_200]]);
  });
});

describe('a reversal told as PayPal’s own example tells it, as a refund of the capture', () => {
  test('is taken in', async () => {
    const c = await startCheckout();
    try {
      await c.paid();
      await c.webhooks();
      c.standIn.faults.addToWebhooks({ kind: 'lose' }, 10);
      const [capture] = c.standIn.books.captures.values();
      assert.ok(capture);
      const reversal = c.standIn.books.reverse(capture);
      assert.ok(reversal);
      await send(c, {
        id: 'WH-REVERSED-1',
        event_type: 'PAYMENT.CAPTURE.REVERSED',
        resource_type: 'refund',
        resource: {
          id: reversal.id,
          status: 'COMPLETED',
          amount: { currency_code: 'CAD', value: '296.13' },
          links: [
            { href: `${c.url}/v2/payments/refunds/${reversal.id}`, rel: 'self', method: 'GET' },
            { href: `${c.url}/v2/payments/captures/${capture.id}`, rel: 'up', method: 'GET' },
          ],
        },
      });
      assert.equal(await c.owed(), TOTAL);
      await c.booksAgree(1);
    } finally {
      await c.close();
    }
  });
});

describe('refunds that stay in doubt', () => {
  let c: Checkout;
  beforeEach(async () => {
    c = await startCheckout();
  });
  afterEach(() => c.close());
  const DAY = 86_400_000;

  test('PayPal never made it: weeks later staff are told, and may ask again', async () => {
    const payment = await c.paid();
    c.fault('refund', { kind: '500' }, 3);
    assert.equal((await refundAll(c, payment.id)).state, 'unknown');
    c.t.clock.advance(50 * DAY);
    await sweepRefunds(c.t.deps, c.paypal);
    assert.equal((await refundAll(c, payment.id)).state, 'failed');
    assert.deepEqual(
      (await c.rows<{ kind: string }>('SELECT kind FROM exceptions')).map(({ kind }) => kind),
      ['refund-failed'],
    );
    assert.equal(c.standIn.books.refunds.size, 0);
    assert.equal(await leftToRefund(c.t.deps, await readPayment(c.t.deps, payment.id)), TOTAL);
  });

  test('PayPal had made it: weeks later it is found, once', async () => {
    const payment = await c.paid();
    c.standIn.faults.addToWebhooks({ kind: 'lose' }, 10);
    c.fault('refund', { kind: 'reset' });
    c.fault('refund', { kind: '500' }, 2);
    await refundAll(c, payment.id);
    c.t.clock.advance(50 * DAY);
    await sweepRefunds(c.t.deps, c.paypal);
    assert.equal((await refundAll(c, payment.id)).state, 'completed');
    assert.equal(c.standIn.books.refunds.size, 1);
    await c.booksAgree(1);
  });

  test('fifty that PayPal says nothing of keep no other waiting', async () => {
    const payment = await c.paid();
    const id = await regroupementId(c.t);
    for (let n = 0; n < 50; n++)
      await c.t.deps.db.execute(
        `INSERT INTO refunds(id, regroupement_id, payment_id, amount_cents, origin, state, refund_id, created_at, updated_at)
         VALUES (?, ?, ?, 1, 'paypal', 'pending', ?, 1, 1)`,
        [`stuck-${n}`, id, payment.id, `STUCK${n}`],
      );
    c.fault('refund', { kind: '500' }, 3);
    const asked = await refundPayment(c.t.deps, c.paypal, await readPayment(c.t.deps, payment.id), {
      cents: 1_000,
      reason: 'x',
      askedBy: 'cli:test',
      idempotencyKey: 'behind-fifty-others',
    });
    assert.equal(asked.state, 'unknown');
    for (let n = 0; n < 2; n++) {
      c.t.clock.advance(61_000);
      await sweepRefunds(c.t.deps, c.paypal);
    }
    assert.equal((await readRefund(c.t.deps, asked.id)).state, 'completed');
  });
});

describe('what waits for a person', () => {
  test('a webhook that PayPal’s own record never confirms is on staff’s list, who are told once', async () => {
    const c = await startCheckout();
    try {
      await c.paid();
      await send(c, {
        id: 'WH-REFUND-OF-NOTHING',
        event_type: 'PAYMENT.CAPTURE.REFUNDED',
        resource: { id: 'NOSUCHREFUND' },
      });
      for (let n = 0; n < 25; n++) {
        c.t.clock.advance(4 * 3_600_000);
        await applyDueEvents(c.t.deps, c.paypal);
      }
      const [only, ...more] = await c.rows<{ kind: string }>('SELECT kind FROM exceptions');
      assert.equal(only?.kind, 'unconfirmed-event');
      assert.deepEqual(more, []);
      await sendDueMail(c.t.deps);
      assert.ok(c.t.outgoing.some(({ text }) => /pas pu vérifier/.test(text ?? '')));
      assert.equal(await c.owed(), 0);
    } finally {
      await c.close();
    }
  });

  test('PayPal is not asked about it every minute', async () => {
    const c = await startCheckout();
    try {
      const payment = await c.approved();
      c.fault('capture', { kind: 'wrong-amount', cents: 100 });
      assert.equal((await c.confirm(payment.id)).body.payment.state, 'unknown');
      c.fault('get', { kind: 'slow', ms: 1 }, 1_000);
      for (let minute = 0; minute < 24 * 60; minute += 5) {
        c.t.clock.advance(5 * 60_000);
        await sweepPayments(c.t.deps, c.paypal, checkReversals);
      }
      const asked = 1_000 - (c.standIn.faults.list().get?.length ?? 0);
      assert.ok(asked >= 12 && asked <= 30, `asked ${asked} times in a day`);
    } finally {
      await c.close();
    }
  });
});

describe('the premium tax of a new year, where it is not the plain rate', () => {
  test('nobody can say: the invoice stays as it is', async () => {
    const c = await startCheckout();
    try {
      // 100,00 $ taxed and 187,13 $ that is not.
      await c.t.deps.db.batch([
        { sql: "UPDATE invoice_lines SET amount_cents = 10000 WHERE code = 'PRIME'" },
        {
          sql: `INSERT INTO invoice_lines(invoice_id, revision, position, code, description, amount_cents, rate)
                VALUES (?1, 1, 2, 'TPA', 'Taxe sur les primes', 900, '0.09'), (?1, 1, 3, 'AVEN', 'Avenant', 18713, NULL)`,
          args: [c.invoiceId],
        },
      ]);
      assert.deepEqual(await taxChanges(c.t.deps, await regroupementId(c.t), '2027-01-01'), []);
    } finally {
      await c.close();
    }
  });
});

describe('released, then taken all the same', () => {
  test('paid twice in the end: both are posted, staff are told, and one can be refunded', async () => {
    const c = await startCheckout();
    try {
      const staff = await staffOf(c);
      const first = await c.approved();
      c.fault('capture', { kind: '500' }, 3);
      assert.equal((await c.confirm(first.id)).body.payment.state, 'unknown');
      const released = await staff('POST', `/payments/${first.number}/release`, {
        reason: 'absent chez PayPal',
      });
      assert.equal(released.body.payment.state, 'cancelled');
      c.t.clock.advance(20_000);
      const second = await c.approved();
      assert.notEqual(second.id, first.id);
      assert.equal((await c.confirm(second.id)).body.payment.state, 'completed');
      const [order] = c.standIn.books.orders.values();
      assert.ok(order);
      c.standIn.books.capture(order);
      await c.webhooks();
      assert.equal(await c.owed(), -TOTAL, 'a credit');
      await c.booksAgree(2);
      const list = (await staff('GET', '/exceptions')).body.exceptions;
      assert.deepEqual(
        list.map((one: { kind: string; paymentNumber: string }) => [one.kind, one.paymentNumber]),
        [['unexpected-capture', first.number]],
      );
      const back = await staff(
        'POST',
        `/payments/${first.number}/refunds`,
        { reason: 'payé deux fois' },
        'refund-of-the-first',
      );
      assert.equal(back.body.refund.state, 'completed');
      assert.equal(await c.owed(), 0);
      const report = await reconcileDay(
        c.t.deps,
        c.paypal,
        await regroupementId(c.t),
        torontoDay(c.t.clock.now),
      );
      assert.equal(report.agrees, true);
    } finally {
      await c.close();
    }
  });
});

describe('the invoice changed since she paid it', () => {
  test('cancelled by a new list, then refunded, then imported again: nothing is owed, nothing is left over', async () => {
    const c = await startCheckout();
    try {
      const payment = await c.paid();
      const list = (status: string, total: string, premium: string, tax: string) =>
        importFile(c.t.deps, {
          by: 'cli:test',
          regroupement: 'petits-bouleaux',
          name: 'liste.csv',
          bytes: new TextEncoder().encode(
            `${HEADER}\n${row({ first: 'Marie-Ève', last: 'Tremblay', email: 'marie@example.org', premium, tax, total, balance: '0,00 $', status })}`,
          ),
        });
      const cancelled = () => list('annulée', '296,13 $', '271,68 $', '24,45 $');
      assert.deepEqual((await cancelled()).refused, []);
      assert.equal(await c.owed(), -TOTAL, 'a credit');
      assert.equal((await refundAll(c, payment.id)).state, 'completed');
      assert.equal(await c.owed(), 0);
      await cancelled();
      assert.equal(await c.owed(), 0);
      const again = await list('à payer', '109,00 $', '100,00 $', '9,00 $');
      assert.deepEqual(again.refused, []);
      assert.equal(await c.owed(), 10_900);
    } finally {
      await c.close();
    }
  });
});
