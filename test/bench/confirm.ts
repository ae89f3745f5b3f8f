// « Confirmer »: our own time, PayPal's left out, against one bare durable transaction on the same database in the same
// run; with a thousand and with a million payments in the books.
import { Hono } from 'hono';
import { createPayPalStandIn } from '../../demo/paypal/stand-in.ts';
import { confirmPayment } from '../../server/payments/confirm.ts';
import { createPayment } from '../../server/payments/create.ts';
import { syncPayment } from '../../server/payments/settlement/sync.ts';
import { readPayment } from '../../server/payments/store.ts';
import { PayPal } from '../../server/paypal/client.ts';
import { checkReversals } from '../../server/refunds/check-reversals.ts';
import { regroupementBySlug } from '../../server/regroupements/regroupements.ts';
import { addInvoice, merchantIdOf, PAGE, startTestApp, type TestApp } from '../support/app.ts';
import { signIn } from '../support/payer.ts';

const ROUNDS = 60;
const BASE = 'http://paypal.test';

export async function run(): Promise<{ name: string; lines: string[] }> {
  const lines: string[] = [];
  for (const books of [1_000, 1_000_000]) {
    const { ours, bare } = await measure(books);
    lines.push(
      `${books.toLocaleString('en-CA').padStart(9)} payments in the books: ${ours.toFixed(2)} ms, a bare transaction ${bare.toFixed(2)} ms: ratio ${(ours / bare).toFixed(1)}`,
    );
  }
  return { name: '« Confirmer », without PayPal’s time, against a bare transaction', lines };
}

async function measure(books: number): Promise<{ ours: number; bare: number }> {
  const t = await startTestApp({ paypalBaseUrl: BASE });
  t.deps.log = { debug() {}, info() {}, warn() {}, error() {} };
  const standIn = createPayPalStandIn({
    now: () => t.clock.now,
    randomBytes: t.deps.randomBytes,
    publicUrl: BASE,
    merchants: [
      {
        clientId: 'client-petits-bouleaux',
        clientSecret: 'secret-petits-bouleaux',
        merchantId: merchantIdOf('petits-bouleaux'),
        name: 'x',
      },
    ],
  });
  const outer = new Hono().route('/', standIn.app);
  let away = 0;
  t.deps.fetch = async (input, init) => {
    const started = performance.now();
    const { signal: _, ...rest } = init ?? {};
    const answer = await outer.request(String(input).slice(BASE.length), rest);
    const text = await answer.text();
    away += performance.now() - started;
    return new Response(text, { status: answer.status, headers: answer.headers });
  };
  try {
    await fill(t, books);
    await t.deps.db.execute('CREATE TABLE bare (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT');
    const regroupement = await regroupementBySlug(t.deps, 'petits-bouleaux');
    const { accountId } = await signIn(t, 'marie@example.org');
    const paypal = new PayPal(t.deps);
    const ours: number[] = [];
    const bare: number[] = [];
    for (let n = 0; n < ROUNDS; n++) {
      const { invoiceId } = await addInvoice(t.deps, 'petits-bouleaux', {
        firstName: 'Marie',
        lastName: 'Tremblay',
        email: 'marie@example.org',
        certificate: 'PB-000001',
        invoice: `B-${n}`,
        totalCents: 10_000,
      });
      const request = {
        invoiceIds: [invoiceId],
        expectedTotalCents: 10_000,
        page: PAGE,
        lang: 'fr-CA' as const,
      };
      const made = await createPayment(
        t.deps,
        paypal,
        { regroupement, accountId },
        request,
        `bench-key-${n}`,
      );
      const order = standIn.books.orders.get(made.orderId ?? '');
      if (order === undefined) throw new Error('no order');
      standIn.books.approve(
        order,
        { id: 'P', email: 'a@b.ca', givenName: 'A', surname: 'B' },
        { label: '', outcome: 'accepted' },
      );
      await syncPayment(t.deps, paypal, checkReversals, made.id);
      const approved = await readPayment(t.deps, made.id);
      away = 0;
      const started = performance.now();
      const done = await confirmPayment(t.deps, paypal, checkReversals, regroupement, approved, 10_000);
      ours.push(performance.now() - started - away);
      if (done.state !== 'completed') throw new Error(done.state);
      const before = performance.now();
      await t.deps.db.batch([{ sql: 'INSERT INTO bare(text) VALUES (?)', args: [made.id] }]);
      bare.push(performance.now() - before);
    }
    return { ours: median(ours), bare: median(bare) };
  } finally {
    await t.close();
  }
}

// Past payments, posted and receipted, of one account.
async function fill(t: TestApp, many: number): Promise<void> {
  const { accountId } = await signIn(t, 'past@example.org');
  const first = await addInvoice(t.deps, 'petits-bouleaux', {
    firstName: 'Past',
    lastName: 'Payer',
    certificate: 'PB-999999',
    invoice: 'OLD-0',
    totalCents: 100,
  });
  const r = "(SELECT id FROM regroupements WHERE slug = 'petits-bouleaux')";
  const series = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${many})`;
  for (const sql of [
    `INSERT INTO invoices(id, regroupement_id, certificate_id, number, issued_on, due_on, period_start, period_end, created_at, updated_at)
     ${series} SELECT 'i' || i, ${r}, '${first.certificateId}', 'OLD-' || i, '2025-03-01', '2025-12-01', '2026-04-01', '2027-03-31', 1, 1 FROM n`,
    `INSERT INTO payments(id, regroupement_id, account_id, number, state, amount_cents, lang, idempotency_key, request_hash, nonce_hash,
       page, paypal_version, order_id, capture_id, created_at, updated_at, completed_at)
     ${series} SELECT 'p' || i, ${r}, '${accountId}', 'P-' || i, 'completed', 100, 'fr-CA', 'k' || i, '', 'n' || i, '', 1, 'O' || i, 'C' || i, 1, 1, 1 FROM n`,
    `INSERT INTO ledger_entries(id, regroupement_id, invoice_id, kind, amount_cents, source, payment_id, method, day, occurred_at, posted_at)
     ${series} SELECT 'e' || i, ${r}, 'i' || i, 'payment', -100, 'paypal:C' || i, 'p' || i, 'paypal', '2025-03-01', 1, 1 FROM n`,
    `INSERT INTO receipts(id, regroupement_id, number, payment_id, account_id, issued_at, document)
     ${series} SELECT 'r' || i, ${r}, i, 'p' || i, '${accountId}', 1, '{}' FROM n`,
  ])
    await t.deps.db.execute(sql);
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
