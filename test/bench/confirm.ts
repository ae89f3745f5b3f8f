// « Confirmer », PayPal's time left out, on the same database in the same run beside the least that it needs, one durable
// transaction: of one row in a table of its own, and of the rows that a completed payment leaves in the real schema, by the
// driver, with nothing asked before. With a thousand and with a million payments in the books. `BOOKS=1000 node
// test/bench/confirm.ts` for one of them; with TMPDIR in memory there is only the processor's part.
import { Hono } from 'hono';
import Database from 'libsql';
import { createPayPalStandIn, type StandIn } from '../../demo/paypal/stand-in.ts';
import type { Db } from '../../server/db/db.ts';
import { pathOfDatabase } from '../../server/db/open.ts';
import { newId } from '../../server/deps.ts';
import { confirmPayment } from '../../server/payments/confirm.ts';
import { createPayment } from '../../server/payments/create.ts';
import { syncPayment } from '../../server/payments/settlement/sync.ts';
import { readPayment, type StoredPayment } from '../../server/payments/store.ts';
import { PayPal } from '../../server/paypal/client.ts';
import { checkReversals } from '../../server/refunds/check-reversals.ts';
import { type Regroupement, regroupementBySlug } from '../../server/regroupements/regroupements.ts';
import { addInvoice, merchantIdOf, PAGE, startTestApp, type TestApp } from '../support/app.ts';
import { signIn } from '../support/payer.ts';

const BOOKS = (process.env.BOOKS ?? '1000,1000000').split(',').map(Number);
const ROUNDS = 150;
/** The first compile. */
const NOT_COUNTED = 30;
/** Where that PayPal is. */
export const BASE = 'http://paypal.test';

/** Milliseconds, one of each round. */
interface Rounds {
  ours: number[];
  /** Of the processor. */
  oursCpu: number[];
  row: number[];
  rows: number[];
  rowsCpu: number[];
}

export async function run(): Promise<{ name: string; lines: string[] }> {
  const lines: string[] = [];
  for (const books of BOOKS) {
    const { rounds, asked } = await measure(books);
    const [ours, oursCpu, row, rows, rowsCpu] = [
      rounds.ours,
      rounds.oursCpu,
      rounds.row,
      rounds.rows,
      rounds.rowsCpu,
    ].map(median) as [number, number, number, number, number];
    lines.push(
      `${books.toLocaleString('en-CA')} payments in the books: ${ours.toFixed(2)} ms, ${oursCpu.toFixed(2)} of the processor; ${asked.writes} write transactions, ${asked.reads} reads`,
      `  × ${(ours / row).toFixed(1)} a durable transaction of one row (${row.toFixed(2)} ms)`,
      `  × ${(ours / rows).toFixed(1)} a durable transaction of a payment’s rows (${rows.toFixed(2)} ms), × ${(oursCpu / rowsCpu).toFixed(1)} its processor time (${rowsCpu.toFixed(2)} ms)`,
    );
  }
  return { name: '« Confirmer », without PayPal’s time, against one durable transaction', lines };
}

async function measure(books: number): Promise<{ rounds: Rounds; asked: { reads: number; writes: number } }> {
  const t = await startTestApp({ paypalBaseUrl: BASE });
  t.deps.log = { debug() {}, info() {}, warn() {}, error() {} };
  const { standIn, away } = payPalInProcess(t);
  const asked = counted(t);
  try {
    await fill(t, books);
    await t.deps.db.execute('CREATE TABLE bare (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT');
    const regroupement = await regroupementBySlug(t.deps, 'petits-bouleaux');
    const paypal = new PayPal(t.deps);
    const least = leastOfAPayment(t);
    const rounds: Rounds = { ours: [], oursCpu: [], row: [], rows: [], rowsCpu: [] };
    for (let n = 0; n < ROUNDS; n++) {
      const one = await approved(t, standIn, { paypal, regroupement }, `A-${n}`);
      const other = await approved(t, standIn, { paypal, regroupement }, `B-${n}`);
      asked.begin();
      const before = { ...away };
      const ours = await timed(async () => {
        const done = await confirmPayment(t.deps, paypal, checkReversals, regroupement, one, 10_000);
        if (done.state !== 'completed') throw new Error(done.state);
      });
      asked.end();
      const rows = await timed(async () => least.write(other));
      const row = await timed(() =>
        t.deps.db.batch([{ sql: 'INSERT INTO bare(text) VALUES (?)', args: [one.id] }]),
      );
      if (n < NOT_COUNTED) continue;
      rounds.ours.push(ours.ms - (away.ms - before.ms));
      rounds.oursCpu.push(ours.cpuMs - (away.cpuMs - before.cpuMs));
      rounds.row.push(row.ms);
      rounds.rows.push(rows.ms);
      rounds.rowsCpu.push(rows.cpuMs);
    }
    least.close();
    return { rounds, asked };
  } finally {
    await t.close();
  }
}

async function timed(work: () => Promise<unknown>): Promise<{ ms: number; cpuMs: number }> {
  const cpu = process.cpuUsage();
  const started = performance.now();
  await work();
  const ms = performance.now() - started;
  const { user, system } = process.cpuUsage(cpu);
  return { ms, cpuMs: (user + system) / 1000 };
}

/** PayPal in this process, and what it took of the time and of the processor. */
export function payPalInProcess(t: TestApp): { standIn: StandIn; away: { ms: number; cpuMs: number } } {
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
  const away = { ms: 0, cpuMs: 0 };
  t.deps.fetch = async (input, init) => {
    const { signal: _, ...rest } = init ?? {};
    let [status, headers, text] = [0, new Headers(), ''];
    const { ms, cpuMs } = await timed(async () => {
      const answer = await outer.request(String(input).slice(BASE.length), rest);
      [status, headers, text] = [answer.status, answer.headers, await answer.text()];
    });
    away.ms += ms;
    away.cpuMs += cpuMs;
    return new Response(text, { status, headers });
  };
  return { standIn, away };
}

/** Counts what is asked of the database between `begin` and `end`; the last time stays. */
function counted(t: TestApp) {
  const { db } = t.deps;
  const asked = { reads: 0, writes: 0, begin: () => {}, end: () => {} };
  const counting: Db = {
    execute(sql, args) {
      if (/^\s*(SELECT|WITH)/.test(sql)) asked.reads++;
      else asked.writes++;
      return db.execute(sql, args);
    },
    batch(statements, options) {
      asked.writes++;
      return db.batch(statements, options);
    },
    close: () => db.close(),
  };
  asked.begin = () => {
    Object.assign(asked, { reads: 0, writes: 0 });
    t.deps.db = counting;
  };
  asked.end = () => {
    t.deps.db = db;
  };
  return asked;
}

/** A payment that waits for « Confirmer », of a payer of its own: who pays thousands of invoices waits longer. */
export async function approved(
  t: TestApp,
  standIn: StandIn,
  { paypal, regroupement }: { paypal: PayPal; regroupement: Regroupement },
  number: string,
): Promise<StoredPayment> {
  const email = `${number.toLowerCase()}@example.org`;
  const { invoiceId } = await addInvoice(t.deps, 'petits-bouleaux', {
    firstName: 'Marie',
    lastName: 'Tremblay',
    email,
    certificate: `PB-${number}`,
    invoice: number,
    totalCents: 10_000,
  });
  const payer = { regroupement, accountId: (await signIn(t, email)).accountId };
  const request = {
    invoiceIds: [invoiceId],
    expectedTotalCents: 10_000,
    page: PAGE,
    lang: 'fr-CA' as const,
  };
  const made = await createPayment(t.deps, paypal, payer, request, `bench-key-${number}`);
  const order = standIn.books.orders.get(made.orderId ?? '');
  if (order === undefined) throw new Error('no order');
  standIn.books.approve(
    order,
    { id: 'P', email: 'a@b.ca', givenName: 'A', surname: 'B' },
    { label: '', outcome: 'accepted' },
  );
  await syncPayment(t.deps, paypal, checkReversals, made.id);
  return await readPayment(t.deps, made.id);
}

/** What a completed payment leaves, in one transaction, on a connection of its own. */
function leastOfAPayment(t: TestApp) {
  const db = new Database(pathOfDatabase(t.deps.config.databaseUrl) ?? '');
  const [state, event, entry, receipt, message] = [
    "UPDATE payments SET state = 'completed', updated_at = ?, confirmed_at = ?, completed_at = ?, capture_id = ? WHERE id = ?",
    `INSERT INTO payment_events(id, payment_id, at, event, from_state, to_state) VALUES (?, ?, ?, 'captured', 'capturing', 'completed')`,
    `INSERT INTO ledger_rows(id, regroupement_id, invoice_id, kind, amount_cents, source, payment_id, method, day, occurred_at, posted_at)
     SELECT ?, ?, invoice_id, 'payment', -amount_cents, ?, payment_id, 'paypal', '2026-11-23', ?, ? FROM allocations WHERE payment_id = ?`,
    `INSERT INTO receipts(id, regroupement_id, number, payment_id, account_id, issued_at, document)
     SELECT ?, ?, MAX(number) + 1, ?, ?, ?, ? FROM receipts WHERE regroupement_id = ?`,
    `INSERT INTO outbox(id, regroupement_id, dedupe_key, kind, recipient, lang, payload, next_at, created_at)
     VALUES (?, ?, ?, 'receipt', 'marie@example.org', 'fr-CA', '{}', ?, ?)`,
  ].map((sql) => db.prepare(sql)) as Statements;
  const document = 'x'.repeat(900);
  return {
    write(payment: StoredPayment) {
      const { id, regroupementId: r, accountId } = payment;
      const now = t.clock.now;
      const next = () => newId(t.deps);
      db.exec('BEGIN IMMEDIATE');
      state.run([now, now, now, `least-${id}`, id]);
      event.run([next(), id, now]);
      entry.run([next(), r, `paypal:least-${id}`, now, now, id]);
      receipt.run([next(), r, id, accountId, now, document, r]);
      message.run([next(), r, `receipt:${id}`, now, now]);
      message.run([next(), r, `payment-received:${id}`, now, now]);
      db.exec('COMMIT');
    },
    close: () => db.close(),
  };
}
type Prepared = ReturnType<InstanceType<typeof Database>['prepare']>;
type Statements = [Prepared, Prepared, Prepared, Prepared, Prepared];

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

if (import.meta.main) {
  const { name, lines } = await run();
  console.log([name, ...lines].join('\n'));
}
