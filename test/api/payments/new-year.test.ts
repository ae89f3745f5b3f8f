// The night from 31 December 2026 to 1 January 2027 in Toronto, where the premium tax follows the day of payment: pages
// that stayed open, approvals before and confirmations after, lost answers, cheques written down late, two clocks.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { openSession } from '../../../server/accounts/sessions/sessions.ts';
import { createApp } from '../../../server/app.ts';
import type { Quote } from '../../../server/certificates/schemas.ts';
import { exported } from '../../../server/export/export.ts';
import { importFile } from '../../../server/import/import-file.ts';
import { followTaxRates } from '../../../server/ledger/premium-tax.ts';
import { recordPayment } from '../../../server/offline-payments/record.ts';
import { reverseRecorded } from '../../../server/offline-payments/reverse.ts';
import { releasePayment } from '../../../server/payments/confirm.ts';
import type { Payment } from '../../../server/payments/schemas.ts';
import { readPayment } from '../../../server/payments/store.ts';
import { sweepPayments } from '../../../server/payments/sweep.ts';
import { checkReversals } from '../../../server/refunds/check-reversals.ts';
import { regroupementBySlug } from '../../../server/regroupements/regroupements.ts';
import { addInvoice, fromBrowser, PUBLIC_URL } from '../../support/app.ts';
import { regroupementId } from '../../support/books.ts';
import { BROWSER } from '../../support/browser-key.ts';
import { type Checkout, startCheckout } from '../../support/checkout.ts';
import { HEADER, row } from '../../support/invoice-list.ts';
import { balance, type Payer, quote } from '../../support/payer.ts';

const PREMIUM = 27_168;
const TAX = 2_445; // 9 %
const NEW_TAX = 2_710; // 9,975 %
const TOTAL = PREMIUM + TAX;
const NEW_TOTAL = PREMIUM + NEW_TAX;

const DECEMBER = '2026-12-10T15:00:00Z';
const BEFORE = '2027-01-01T04:58:00Z'; // 23 h 58 in Toronto
const AFTER = '2027-01-01T05:01:00Z'; // 0 h 01
const JANUARY = '2027-01-05T15:00:00Z';

let c: Checkout;
let id: string;
beforeEach(async () => {
  c = await startCheckout();
  id = await regroupementId(c.t);
  await taxed(c.invoiceId);
  await set('premium_tax_policy', 'by-payment-date');
});
afterEach(() => c.close());

const set = (column: string, value: string) =>
  c.t.deps.db.execute(`UPDATE regroupements SET ${column} = ? WHERE id = ?`, [value, id]);
/** Its one line becomes a premium and its tax of 9 %. */
const taxed = (invoiceId: string) =>
  c.t.deps.db.batch([
    {
      sql: `UPDATE invoice_lines SET amount_cents = ${PREMIUM} WHERE code = 'PRIME' AND invoice_id = ?`,
      args: [invoiceId],
    },
    {
      sql: `INSERT INTO invoice_lines(invoice_id, revision, position, code, description, amount_cents, rate)
            VALUES (?, 1, 2, 'TPA', 'Taxe sur les primes (9 %)', ${TAX}, '0.09')`,
      args: [invoiceId],
    },
  ]);
const at = (instant: string) => {
  c.t.clock.now = Date.parse(instant);
};

/** Marie, signed in at this hour: access tokens live ten minutes. */
async function her(app = c.t.app): Promise<Payer> {
  const regroupement = await regroupementBySlug(c.t.deps, 'petits-bouleaux');
  const { accessToken } = await openSession(c.t.deps, regroupement, c.marie.accountId, BROWSER);
  return {
    accountId: c.marie.accountId,
    accessToken,
    async call(method, path, body, headers = {}) {
      return await app.request(`${PUBLIC_URL}/v1/regroupements/petits-bouleaux${path}`, {
        method,
        headers: {
          Origin: 'https://petits-bouleaux.test',
          Authorization: `DPoP ${accessToken}`,
          ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    },
  };
}

/** What it costs her at this hour. */
async function herQuote(invoiceIds = [c.invoiceId], amountCents?: number, payer?: Payer): Promise<Quote> {
  const [status, answer] = await quote(payer ?? (await her()), invoiceIds, amountCents);
  assert.equal(status, 200);
  return answer;
}

/** Pays the whole of it now, and « Confirmer ». */
async function pays(expectedTotalCents: number, more: object = {}): Promise<Payment> {
  const marie = await her();
  const { body } = await c.start(marie, { expectedTotalCents, ...more });
  assert.ok(body.approveUrl, JSON.stringify(body));
  await c.approve(body.approveUrl);
  const { body: paid } = await c.confirm(body.payment.id, expectedTotalCents, marie);
  assert.equal(paid.payment?.state, 'completed', JSON.stringify(paid));
  return paid.payment;
}

/** What the invoice’s tax is, line by line. */
const taxLines = async () =>
  (
    await c.rows<{ cents: number; rate: string }>(
      `SELECT l.amount_cents AS cents, l.rate FROM invoice_lines l JOIN invoices i ON i.id = l.invoice_id AND i.revision = l.revision
       WHERE i.id = '${c.invoiceId}' AND l.code = 'TPA' ORDER BY l.position`,
    )
  ).map(({ cents, rate }) => [cents, rate]);

/** Her summaries by year: what was paid, and the tax in it. */
async function years(): Promise<Record<string, { paid: string; tax: string }>> {
  const marie = await her();
  const list = (await (await marie.call('GET', '/payments')).json()) as {
    years: { year: number; htmlUrl: string }[];
  };
  const found: Record<string, { paid: string; tax: string }> = {};
  for (const { year, htmlUrl } of list.years) {
    const page = (await (await c.t.app.request(htmlUrl)).text())
      .replace(/<[^>]+>/g, ' ')
      .replace(/\s+/g, ' ');
    found[year] = {
      paid: /Total payé en \d+(?:, au \S+ \S+ \d{4})? ([\d,]+)/.exec(page)?.[1] ?? page,
      tax: /Dont la taxe sur les primes d’assurance ([\d,]+)/.exec(page)?.[1] ?? page,
    };
  }
  return found;
}

async function receiptText(payment: Payment): Promise<string> {
  const page = await (await c.t.app.request(payment.receipt?.htmlUrl ?? '')).text();
  return page
    .replace(/<[^>]+>/g, ' ')
    .replaceAll('\u00a0', ' ')
    .replace(/\s+/g, ' ');
}

const rises = () =>
  c.rows<{ cents: number; day: string }>(
    "SELECT amount_cents AS cents, day FROM ledger_entries WHERE source LIKE 'premium-tax:%' ORDER BY posted_at, rowid",
  );

describe('before she pays, in the month before', () => {
  test('she is told from 1 to 31 December what it costs from 1 January on, and then pays that, to the cent', async () => {
    await set('online_fee', JSON.stringify({ kind: 'gross-up', basisPoints: 290, fixedCents: 30 }));
    at('2026-12-01T04:59:00Z');
    assert.equal((await herQuote()).taxStep, undefined, '30 November in Toronto');
    at('2026-12-01T05:00:00Z');
    const { taxStep, totalCents } = await herQuote();
    assert.ok(taxStep);
    assert.deepEqual([taxStep.from, taxStep.rate], ['2027-01-01', '0.09975']);
    assert.ok(taxStep.totalCents > totalCents);
    at('2027-01-01T04:59:00Z');
    assert.deepEqual((await herQuote()).taxStep, taxStep, 'until the last minute');
    at('2027-01-01T05:00:00Z');
    const after = await herQuote();
    assert.equal(after.totalCents, taxStep.totalCents);
    assert.equal(after.taxStep, undefined);
    await pays(taxStep.totalCents);
  });

  test('« Tout payer »: for all that is chosen, also where one of the invoices bears no premium tax', async () => {
    const { invoiceId: fees } = await addInvoice(c.t.deps, 'petits-bouleaux', {
      firstName: 'Marie-Ève',
      lastName: 'Tremblay',
      certificate: 'PB-000001',
      invoice: 'F-2',
      totalCents: 5_000,
    });
    at(DECEMBER);
    assert.equal((await herQuote([fees])).taxStep, undefined);
    assert.equal((await herQuote([c.invoiceId, fees])).taxStep?.totalCents, NEW_TOTAL + 5_000);
    at(AFTER);
    assert.equal((await herQuote([c.invoiceId, fees])).totalCents, NEW_TOTAL + 5_000);
  });

  test('a part paid, or chosen: what all of the balance comes to then', async () => {
    await set('instalments', JSON.stringify({ kind: 'free', minimumCents: 1_000 }));
    at(DECEMBER);
    assert.equal((await herQuote([c.invoiceId], 10_000)).taxStep?.totalCents, NEW_TOTAL);
    await pays(10_000, { amountCents: 10_000 });
    const told = (await herQuote()).taxStep?.totalCents;
    at(AFTER);
    assert.equal((await herQuote()).totalCents, told);
  });

  test('never where the invoice stands as it is', async () => {
    await set('premium_tax_policy', 'as-invoiced');
    at(DECEMBER);
    assert.equal((await herQuote()).taxStep, undefined);
    at(AFTER);
    assert.equal((await herQuote()).totalCents, TOTAL);
  });

  test('the schema tells what it is', async () => {
    const { components } = (await (await c.t.app.request(`${PUBLIC_URL}/openapi.json`)).json()) as {
      components: { schemas: { Quote: { properties: { taxStep: { description: string } } } } };
    };
    assert.match(components.schemas.Quote.properties.taxStep.description, /month before/);
  });
});

describe('over midnight', () => {
  test('a page left open: nothing is begun at the old amount; she reads the new one, pays it, in 2027', async () => {
    at(BEFORE);
    assert.equal((await herQuote()).totalCents, TOTAL);
    at(AFTER);
    const refused = await c.start(await her(), { expectedTotalCents: TOTAL });
    assert.equal(refused.status, 409);
    assert.match(refused.body.type ?? '', /amount-changed/);
    assert.equal(refused.body.totalCents, NEW_TOTAL);
    const payment = await pays(NEW_TOTAL);
    assert.match(await receiptText(payment), /Taxe sur les primes d’assurance \(9,975 %\) 27,10 \$/);
    assert.doesNotMatch(await receiptText(payment), /\(9 %\)/);
    assert.deepEqual(await years(), { 2027: { paid: '298,78', tax: '27,10' } });
    await c.booksAgree(1);
  });

  test('many ask in the same second: each reads the new amount, and it rises once', async () => {
    at(AFTER);
    const marie = await her();
    const quotes = await Promise.all([1, 2, 3, 4, 5].map(() => herQuote(undefined, undefined, marie)));
    assert.deepEqual(
      quotes.map(({ totalCents }) => totalCents),
      Array(5).fill(NEW_TOTAL),
    );
    assert.equal((await rises()).length, 1);
  });

  test('her list says the new balance in the first minute, before any job', async () => {
    at(AFTER);
    const [certificate] = (await balance(await her())).certificates;
    assert.equal(certificate?.balanceCents, NEW_TOTAL);
    assert.equal(certificate?.invoices[0]?.balanceCents, NEW_TOTAL);
  });

  for (const [way, agree] of [
    ['by redirect', (url: string) => c.approve(url)],
    ['in a window, whose page never came back through us', (url: string) => c.agree(url)],
  ] as const)
    test(`agreed before ${way}, « Confirmer » after: nothing is taken, the new amount is told, and paid`, async () => {
      at(BEFORE);
      const { body } = await c.start(await her(), { expectedTotalCents: TOTAL });
      await agree(body.approveUrl);
      at(AFTER);
      const refused = await c.confirm(body.payment.id, TOTAL, await her());
      assert.equal(refused.status, 409);
      assert.match(refused.body.type ?? '', /amount-changed/);
      assert.equal(refused.body.totalCents, NEW_TOTAL);
      assert.equal(c.captures().length, 0);
      await pays(NEW_TOTAL);
      await c.booksAgree(1);
    });

  test('begun before, agreed and confirmed after: nothing is taken', async () => {
    at(BEFORE);
    const { body } = await c.start(await her(), { expectedTotalCents: TOTAL });
    at(AFTER);
    await c.approve(body.approveUrl);
    assert.equal((await c.confirm(body.payment.id, TOTAL, await her())).status, 409);
    assert.equal(c.captures().length, 0);
    await pays(NEW_TOTAL);
  });

  test('« Confirmer » before, PayPal’s answer lost, taken by the sweeper after: the rate of the « Confirmer »', async () => {
    at(BEFORE);
    const marie = await her();
    const { body } = await c.start(marie, { expectedTotalCents: TOTAL });
    await c.approve(body.approveUrl);
    c.fault('capture', { kind: '500' }, 3);
    assert.equal((await c.confirm(body.payment.id, TOTAL, marie)).body.payment.state, 'unknown');
    at(AFTER);
    assert.equal(await followTaxRates(c.t.deps), 0, 'what a payment holds waits');
    assert.equal((await balance(await her())).certificates[0]?.balanceCents, TOTAL);
    await sweepPayments(c.t.deps, c.paypal, checkReversals);
    assert.equal(c.captures()[0]?.amountCents, TOTAL);
    assert.equal(await c.owed(), 0);
    assert.equal(await followTaxRates(c.t.deps), 0);
    const list = (await (await (await her()).call('GET', '/payments')).json()) as { payments: Payment[] };
    const [paid] = list.payments;
    assert.ok(paid);
    assert.match(await receiptText(paid), /\(9 %\) 24,45 \$/);
    // PayPal took it on 1 January: that is its day, whatever its rate.
    assert.deepEqual(await years(), { 2027: { paid: '296,13', tax: '24,45' } });
    await c.booksAgree(1);
  });

  test('released by staff before midnight, taken all the same after: the rate of its « Confirmer », nothing left', async () => {
    at(BEFORE);
    const marie = await her();
    const { body } = await c.start(marie, { expectedTotalCents: TOTAL });
    await c.approve(body.approveUrl);
    c.fault('capture', { kind: '500' }, 3);
    await c.confirm(body.payment.id, TOTAL, marie);
    await releasePayment(c.t.deps, await readPayment(c.t.deps, body.payment.id), {
      name: 'cli:test',
      reason: 'absent chez PayPal',
    });
    at(AFTER);
    await followTaxRates(c.t.deps);
    assert.equal(await c.owed(), NEW_TOTAL);
    const [order] = c.standIn.books.orders.values();
    assert.ok(order);
    c.standIn.books.capture(order);
    await c.webhooks();
    assert.equal(await c.owed(), 0);
    assert.deepEqual(await taxLines(), [[TAX, '0.09']]);
    await c.booksAgree(1);
  });

  test('her card was refused after « Confirmer » of before: the next try is of after', async () => {
    at(BEFORE);
    const marie = await her();
    const { body } = await c.start(marie, { expectedTotalCents: TOTAL });
    await c.approve(body.approveUrl, '4000 0000 0000 0002');
    assert.equal((await c.confirm(body.payment.id, TOTAL, marie)).body.payment.state, 'declined');
    at(AFTER);
    const later = await her();
    await later.call('POST', `/payments/${body.payment.id}/retry`);
    await c.approve(body.approveUrl);
    const refused = await c.confirm(body.payment.id, TOTAL, later);
    assert.equal(refused.status, 409);
    assert.equal(refused.body.totalCents, NEW_TOTAL);
    assert.equal(c.captures().length, 0);
  });

  test('midnight at any moment of « Confirmer »: what is taken is what its recorded instant costs', async () => {
    const { now } = c.t.deps;
    const midnight = Date.parse('2027-01-01T05:00:00Z');
    const seen = new Set<string>();
    try {
      for (let before = 1; before <= 19; before += 1) {
        c.t.deps.now = now;
        at(BEFORE);
        const { invoiceId } = await addInvoice(c.t.deps, 'petits-bouleaux', {
          firstName: 'Marie-Ève',
          lastName: 'Tremblay',
          certificate: 'PB-000001',
          invoice: `F-${before}00`,
          totalCents: TOTAL,
        });
        await taxed(invoiceId);
        const marie = await her();
        const { body } = await c.start(marie, { expectedTotalCents: TOTAL, invoiceIds: [invoiceId] });
        assert.ok(body.approveUrl, JSON.stringify([before, body]));
        await c.approve(body.approveUrl);
        // Each look at the clock is a millisecond later.
        let ticks = 0;
        c.t.deps.now = () => midnight - before + ticks++;
        const { status, body: answer } = await c.confirm(body.payment.id, TOTAL, marie);
        const [payment] = await c.rows<{ confirmed_at: number | null; state: string }>(
          `SELECT confirmed_at, state FROM payments WHERE id = '${body.payment.id}'`,
        );
        seen.add(payment?.state ?? '');
        if (payment?.state === 'completed')
          assert.ok((payment.confirmed_at ?? midnight) < midnight, `${before}`);
        else assert.deepEqual([status, answer.totalCents, payment?.confirmed_at], [409, NEW_TOTAL, null]);
      }
    } finally {
      c.t.deps.now = now;
    }
    assert.deepEqual([...seen].sort(), ['cancelled', 'completed'], 'both sides of midnight were met');
  });
});

describe('two processes whose clocks differ by minutes', () => {
  test('the one that is behind takes nothing back, and takes no money at the old amount', async () => {
    at(BEFORE);
    const slow = await her();
    const { body } = await c.start(slow, { expectedTotalCents: TOTAL });
    await c.approve(body.approveUrl);
    const ahead = { ...c.t.deps, now: () => c.t.clock.now + 180_000 };
    const other = fromBrowser(createApp(ahead), ahead);
    assert.equal((await herQuote(undefined, undefined, await her(other))).totalCents, NEW_TOTAL);
    for (let n = 0; n < 3; n++) {
      assert.equal((await herQuote()).totalCents, NEW_TOTAL, 'not back');
      await followTaxRates(c.t.deps);
      await followTaxRates(ahead);
    }
    assert.deepEqual(
      (await rises()).map(({ cents }) => cents),
      [NEW_TAX - TAX],
    );
    const refused = await c.confirm(body.payment.id, TOTAL, slow);
    assert.equal(refused.status, 409);
    assert.equal(refused.body.totalCents, NEW_TOTAL);
    assert.equal(c.captures().length, 0);
  });
});

describe('paid in part', () => {
  test('before at 9 %, after at 9,975 %: lines, receipts and both years say each', async () => {
    await set('instalments', JSON.stringify({ kind: 'free', minimumCents: 1_000 }));
    at(DECEMBER);
    await pays(9_871, { amountCents: 9_871 });
    at(AFTER);
    const { totalCents } = await herQuote();
    assert.equal(totalCents, 19_742 + 177);
    assert.deepEqual(await taxLines(), [
      [815, '0.09'],
      [1_807, '0.09975'],
    ]);
    await pays(10_000, { amountCents: 10_000 });
    assert.equal((await herQuote()).totalCents, totalCents - 10_000, 'once');
    const last = await pays(totalCents - 10_000);
    const text = await receiptText(last);
    assert.match(text, /\(9 %\) 8,15 \$/);
    assert.match(text, /\(9,975 %\) 18,07 \$/);
    assert.deepEqual(await years(), {
      2026: { paid: '98,71', tax: '8,15' },
      2027: { paid: '199,19', tax: '18,07' },
    });
    const [invoice] = await sheet();
    assert.deepEqual(
      [invoice?.premiumCents, invoice?.premiumTaxCents, invoice?.totalCents, invoice?.balanceCents],
      [PREMIUM, 2_622, PREMIUM + 2_622, 0],
    );
  });
});

describe('money of December that a bank takes back and gives back in January', () => {
  const takenBack = async (cents: number) => {
    const [capture] = c.standIn.books.captures.values();
    assert.ok(capture);
    const reversal = c.standIn.books.reverse(capture, { cents, reason: 'CHARGEBACK' });
    assert.ok(reversal);
    await c.webhooks();
    return reversal;
  };
  const whole = { paid: '296,13', tax: '24,45' };
  const none = { paid: '0,00', tax: '0,00' };
  for (const [cents, from, inBothYears] of [
    [5_000, DECEMBER, { 2026: { paid: '246,13', tax: '20,32' }, 2027: { paid: '50,00', tax: '4,13' } }],
    [5_000, AFTER, { 2026: whole, 2027: none }],
    [TOTAL, DECEMBER, { 2026: none, 2027: whole }],
    [TOTAL, AFTER, { 2026: whole, 2027: none }],
  ] as const)
    test(`${cents} of ${TOTAL} cents, taken on ${from}: owed at the new rate while it is away, nothing once it is back`, async () => {
      at(DECEMBER);
      await pays(TOTAL);
      at(from);
      const reversal = await takenBack(cents);
      at(JANUARY);
      await followTaxRates(c.t.deps);
      assert.ok((await c.owed()) > cents, 'paid now, it would bear the new rate');
      c.standIn.books.giveBack(reversal);
      await c.webhooks();
      assert.equal(await c.owed(), 0);
      assert.equal(await followTaxRates(c.t.deps), 0);
      const rose = (await rises()).reduce((sum, one) => sum + one.cents, 0);
      assert.equal(rose, 0, 'the rise went with the money that was owed for a while');
      assert.deepEqual(await years(), inBothYears);
    });

  test('what was not paid beside it still follows the new rate', async () => {
    await set('instalments', JSON.stringify({ kind: 'free', minimumCents: 1_000 }));
    at(DECEMBER);
    await pays(9_871, { amountCents: 9_871 });
    const reversal = await takenBack(5_000);
    at(JANUARY);
    await followTaxRates(c.t.deps);
    c.standIn.books.giveBack(reversal);
    await c.webhooks();
    assert.equal((await herQuote()).totalCents, 19_742 + 177);
  });

  test('the rate rises again between the look and the entry: nothing is left', async () => {
    at(DECEMBER);
    await pays(TOTAL);
    const reversal = await takenBack(5_000);
    at(JANUARY);
    await followTaxRates(c.t.deps);
    c.standIn.books.giveBack(reversal);
    const { db } = c.t.deps;
    const batch = db.batch.bind(db);
    let rose = 0;
    db.batch = async (statements) => {
      const posts = statements.some((one) => one.sql.includes('INTO reversal_returns'));
      if (posts && rose++ < 2) {
        db.batch = batch;
        await followTaxRates(c.t.deps);
      }
      return batch(statements);
    };
    await c.webhooks();
    db.batch = batch;
    assert.equal(rose, 1);
    assert.equal(await c.owed(), 0);
  });
});

describe('a cheque of December, written down in January', () => {
  const cheque = (cents: number, receivedOn: string) =>
    recordPayment(c.t.deps, id, {
      invoiceNumber: 'F-1',
      method: 'cheque',
      cents,
      receivedOn,
      reference: '0417',
      recordedBy: 'cli:test',
      idempotencyKey: `cheque-${cents}-${receivedOn}`,
    });

  test('pays the invoice at the rate of its day: nothing is left, and its year is 2026', async () => {
    at(AFTER);
    await followTaxRates(c.t.deps);
    assert.equal(await c.owed(), NEW_TOTAL);
    at(JANUARY);
    await cheque(TOTAL, '2026-12-30');
    assert.equal(await c.owed(), 0);
    assert.deepEqual(await taxLines(), [[TAX, '0.09']]);
    assert.equal(await followTaxRates(c.t.deps), 0);
    assert.deepEqual(await years(), { 2026: { paid: '296,13', tax: '24,45' } });
    const [invoice] = await sheet();
    assert.deepEqual([invoice?.premiumTaxCents, invoice?.totalCents, invoice?.balanceCents], [TAX, TOTAL, 0]);
  });

  test('a part: the rest follows the new rate', async () => {
    at(AFTER);
    await followTaxRates(c.t.deps);
    at(JANUARY);
    await cheque(9_871, '2026-12-30');
    assert.equal((await herQuote()).totalCents, 19_742 + 177);
    await pays(19_919);
    assert.deepEqual(await years(), {
      2026: { paid: '98,71', tax: '8,15' },
      2027: { paid: '199,19', tax: '18,07' },
    });
  });

  test('of January, before anything was re-quoted: the new rate is still owed', async () => {
    at(JANUARY);
    await cheque(TOTAL, '2027-01-04');
    assert.equal(await c.owed(), NEW_TOTAL - TOTAL);
  });

  test('it bounced: all is owed at the new rate', async () => {
    at(JANUARY);
    const { id: recorded } = await cheque(9_871, '2026-12-30');
    assert.equal((await herQuote()).totalCents, 19_742 + 177);
    await reverseRecorded(c.t.deps, id, recorded, { recordedBy: 'cli:test', reference: 'NSF' });
    assert.equal((await herQuote()).totalCents, NEW_TOTAL);
    assert.deepEqual(await taxLines(), [[NEW_TAX, '0.09975']]);
  });

  test('as invoiced: the invoice stands as it is', async () => {
    await set('premium_tax_policy', 'as-invoiced');
    at(JANUARY);
    await cheque(TOTAL, '2026-12-30');
    assert.equal(await c.owed(), 0);
    assert.deepEqual(await rises(), []);
  });
});

describe('the association’s list comes again in January, as it was in December', () => {
  const bring = async (name: string, text: string) => {
    const report = await importFile(c.t.deps, {
      by: 'cli:test',
      regroupement: 'petits-bouleaux',
      name,
      bytes: new TextEncoder().encode(text),
    });
    assert.deepEqual(report.refused, []);
    return report;
  };
  const list = (more: object = {}) =>
    bring(
      'liste.csv',
      `${HEADER}\n${row({ first: 'Marie-Ève', last: 'Tremblay', email: 'marie@example.org', premium: '271,68 $', tax: '24,45 $', total: '296,13 $', balance: '296,13 $', ...more })}`,
    );
  beforeEach(async () => {
    at(DECEMBER);
    await list();
    at(JANUARY);
    await followTaxRates(c.t.deps);
    assert.equal(await c.owed(), NEW_TOTAL);
  });

  test('the rise stays, and whoever has paid it has no credit', async () => {
    const again = await list();
    assert.deepEqual([again.unchanged, again.conflicts], [1, []]);
    assert.equal(await c.owed(), NEW_TOTAL);
    await pays(NEW_TOTAL);
    assert.equal((await list({ balance: '0,00 $', status: 'payée' })).unchanged, 1);
    assert.equal(await c.owed(), 0);
    assert.equal((await rises()).length, 1);
  });

  test('another due day in the same list: the rise stays too', async () => {
    await list({ due: '2027-02-01' });
    assert.equal(await c.owed(), NEW_TOTAL);
  });

  test('a corrected amount is taken, and follows the new rate', async () => {
    await list({ premium: '100,00 $', tax: '9,00 $', total: '109,00 $', balance: '109,00 $' });
    assert.equal((await herQuote()).totalCents, 10_998);
    await list({ premium: '100,00 $', tax: '9,00 $', total: '109,00 $', balance: '109,00 $' });
    assert.equal(await c.owed(), 10_998);
  });

  test('cancelled: nothing is owed', async () => {
    await list({ status: 'annulée', balance: '0,00 $' });
    assert.equal(await c.owed(), 0);
  });

  test('the file of lines is not refused', async () => {
    const lines = [
      'no_facture,ligne,code,description,montant,taxe_code,taux',
      'F-1,1,PRIME,Prime,271.68,TPA,',
      'F-1,2,TPA,Taxe,24.45,,0.09',
    ].join('\n');
    assert.equal((await bring('factures_lignes.csv', lines)).unchanged, 2);
    assert.equal(await c.owed(), NEW_TOTAL);
  });
});

describe('the books of that night', () => {
  test('the rise is an adjustment of its Toronto day; what Excel gets adds up', async () => {
    at('2027-01-01T05:00:30Z');
    await followTaxRates(c.t.deps);
    assert.deepEqual(
      (await rises()).map((entry) => ({ ...entry })),
      [{ cents: NEW_TAX - TAX, day: '2027-01-01' }],
    );
    const [invoice] = await sheet();
    assert.deepEqual(
      [invoice?.premiumCents, invoice?.premiumTaxCents, invoice?.totalCents, invoice?.balanceCents],
      [PREMIUM, NEW_TAX, NEW_TOTAL, NEW_TOTAL],
    );
  });
});

async function sheet(): Promise<Record<string, number>[]> {
  let text = '';
  for await (const part of exported(c.t.deps, await regroupementBySlug(c.t.deps, 'petits-bouleaux'), {
    sheet: 'invoices',
    format: 'json',
    lang: 'fr',
    range: {},
  }))
    text += part;
  return JSON.parse(text) as Record<string, number>[];
}
