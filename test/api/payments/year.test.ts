// The year's summary, for taxes: what was paid, less what went back, by day of payment.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { recordPayment } from '../../../server/offline-payments/record.ts';
import type { Payment } from '../../../server/payments/schemas.ts';
import { addInvoice } from '../../support/app.ts';
import { regroupementId } from '../../support/books.ts';
import { type Checkout, startCheckout, TOTAL } from '../../support/checkout.ts';
import { signIn, signInAgain } from '../../support/payer.ts';

interface History {
  payments: Payment[];
  years: { year: number; pdfUrl: string; htmlUrl: string }[];
}

describe('the annual summary', () => {
  let c: Checkout;
  beforeEach(async () => {
    c = await startCheckout();
  });
  afterEach(() => c.close());
  const history = async () => (await (await c.marie.call('GET', '/payments')).json()) as History;
  const open = async (url: string) => {
    const answer = await c.t.app.request(url);
    assert.equal(answer.status, 200);
    return answer;
  };

  test('no payment, no summary', async () => {
    assert.deepEqual((await history()).years, []);
  });

  test('online payments, refunds and cheques, each in the year of its day', async () => {
    await c.t.deps.db.batch([
      { sql: "UPDATE invoice_lines SET amount_cents = 27168 WHERE code = 'PRIME'" },
      {
        sql: `INSERT INTO invoice_lines(invoice_id, revision, position, code, description, amount_cents)
              VALUES (?, 1, 2, 'TPA', 'Taxe', 2445)`,
        args: [c.invoiceId],
      },
    ]);
    await c.paid();
    const [capture] = c.standIn.books.captures.values();
    assert.ok(capture);
    c.standIn.books.refund(capture, 10_000, null);
    await c.webhooks();
    await addInvoice(c.t.deps, 'petits-bouleaux', {
      firstName: 'Marie-Ève',
      lastName: 'Tremblay',
      certificate: 'PB-000001',
      invoice: 'F-2',
      totalCents: 5_000,
    });
    await recordPayment(c.t.deps, await regroupementId(c.t), {
      invoiceNumber: 'F-2',
      method: 'cheque',
      cents: 5_000,
      receivedOn: '2025-12-31',
      reference: '12',
      recordedBy: 'cli:test',
      idempotencyKey: 'cheque-of-2025',
    });
    const { years, payments } = await history();
    assert.deepEqual(
      years.map(({ year }) => year),
      [2026, 2025],
    );
    const [now, before] = years;
    const page = await (await open(now?.htmlUrl ?? '')).text();
    assert.match(page, /Relevé annuel 2026/);
    assert.match(page, /296,13\u00a0\$/, 'what was paid');
    assert.match(page, /-100,00\u00a0\$/, 'what went back');
    assert.match(page, /196,13\u00a0\$/, 'the total');
    // 2445 × 29613/29613 − 2445 × 10000/29613
    assert.match(page, /16,19\u00a0\$/, 'the tax in it');
    assert.doesNotMatch(page, /chèque/);
    const last = await (await open(before?.htmlUrl ?? '')).text();
    assert.match(last, /chèque, facture <span translate="no">F-2</);
    assert.match(last, /50,00\u00a0\$/);
    const pdf = await Promise.all([open(now?.pdfUrl ?? ''), open(now?.pdfUrl ?? '')]);
    const [one, two] = await Promise.all(pdf.map((answer) => answer.arrayBuffer()));
    assert.ok(
      one !== undefined && two !== undefined && Buffer.from(one).equals(Buffer.from(two)),
      'the same bytes each time',
    );
    const [refund] = payments[0]?.refunds ?? [];
    assert.equal(refund?.amountCents, 10_000);
    assert.match(await (await open(refund?.htmlUrl ?? '')).text(), /Reçu de remboursement no\u00a01/);
  });

  test('made during its year, it says up to which day, and is dated so; from the next year on, it is that of the whole year', async () => {
    await c.paid();
    const made = async () => {
      const marie = await signInAgain(c.t, c.marie.accountId);
      const [now] = ((await (await marie.call('GET', '/payments')).json()) as History).years;
      const page = await (await open(now?.htmlUrl ?? '')).text();
      const pdf = Buffer.from(await (await open(now?.pdfUrl ?? '')).arrayBuffer());
      return { page, dated: /\n\(D:(\d{8})\d{6}Z\)/.exec(pdf.toString('latin1'))?.[1] };
    };
    const during = await made();
    assert.match(during.page, /<h1>Relevé annuel 2026, au 23 novembre 2026<\/h1>/);
    assert.match(during.page, /Total payé en 2026, au 23 novembre 2026/);
    assert.match(during.page, /L’année n’est pas finie/);
    assert.equal(during.dated, '20261123');
    c.t.clock.advance(Date.parse('2027-01-02T15:00:00Z') - c.t.clock.now);
    const after = await made();
    assert.match(after.page, /<h1>Relevé annuel 2026<\/h1>/);
    assert.match(after.page, /Total payé en 2026</);
    assert.doesNotMatch(after.page, /L’année n’est pas finie/);
    assert.equal(after.dated, '20261231');
  });

  test('someone else’s payments are not hers', async () => {
    await c.paid();
    assert.equal(TOTAL, 29_613);
    const paul = await signIn(c.t, 'paul@example.org');
    assert.deepEqual(((await (await paul.call('GET', '/payments')).json()) as History).years, []);
  });
});
