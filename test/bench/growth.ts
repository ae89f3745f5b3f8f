// What must not grow with the books: the first page of each of the staff's lists, `/metrics`, a look for payments in doubt and
// a round of the hourly tidying, with a thousand payments and with many; and the five hundredth page of a list beside its first.
// The ratio is of the processor's time in the same run. Alone: growth.ts [payments].
import { createApp } from '../../server/app.ts';
import { sweepPayments } from '../../server/payments/sweep.ts';
import { PayPal } from '../../server/paypal/client.ts';
import { keepNoLonger } from '../../server/privacy/retention.ts';
import { checkReversals } from '../../server/refunds/check-reversals.ts';
import { addInvoice, PUBLIC_URL, startTestApp, type TestApp } from '../support/app.ts';
import { signIn } from '../support/payer.ts';
import { staffWith } from '../support/staff.ts';

const FEW = 1_000;
const ROUNDS = 9;
const TOKEN = 'a-token-for-the-machines';
const PAGES = 500;
/** A key may ask 120 times a minute. */
const CALLS_A_KEY = 100;
/** Those that have so many pages when the books are large. */
const LONG_LISTS = ['/payments', '/all-payments', '/recorded-payments', '/exceptions?all=true'];

/** `many`: payments in the larger books; each has a message, a session and an event of the security log. */
export async function run(many = 1_000_000): Promise<{ name: string; lines: string[] }> {
  const small = await start(FEW);
  const large = await start(many);
  try {
    const lines: string[] = [];
    for (const [name, few] of small.calls) {
      const [a, b] = await inTurn(few, large.calls.get(name) ?? few);
      lines.push(
        `${name.padEnd(34)} ${ms(a)} with ${FEW.toLocaleString('en-CA')}, ${ms(b)} with ${many.toLocaleString('en-CA')}: ratio ${(b / a).toFixed(1)}`,
      );
    }
    for (const path of LONG_LISTS) {
      const { first, last, page } = await large.ends(path);
      const [a, b] = await inTurn(first, last);
      lines.push(
        `${path.padEnd(34)} ${ms(a)} for page 1, ${ms(b)} for page ${page}: ratio ${(b / a).toFixed(1)} (at most 2)`,
      );
    }
    return { name: 'With many payments in the books against few (processor time)', lines };
  } finally {
    await small.close();
    await large.close();
  }
}

type Call = () => Promise<unknown>;

/** How long each takes the processor, in milliseconds, one after the other in turn: the median. */
async function inTurn(...calls: [Call, Call]): Promise<[number, number]> {
  const times: [number[], number[]] = [[], []];
  for (let round = 0; round <= ROUNDS; round++)
    for (const [i, call] of calls.entries()) {
      const began = process.cpuUsage();
      await call();
      const { user, system } = process.cpuUsage(began);
      // The first prepares statements and fills caches.
      if (round > 0) times[i]?.push((user + system) / 1_000);
    }
  return [median(times[0]), median(times[1])];
}

interface Books {
  calls: Map<string, Call>;
  /** The first page of a list, and as far in as PAGES, or as it goes. */
  ends(path: string): Promise<{ first: Call; last: Call; page: number }>;
  close(): Promise<void>;
}

async function start(payments: number): Promise<Books> {
  const t = await startTestApp();
  t.deps.log = { debug() {}, info() {}, warn() {}, error() {} };
  t.deps.config.metricsToken = TOKEN;
  await fill(t, payments);
  const paypal = new PayPal(t.deps);
  const metrics = createApp(t.deps);
  const list = (path: string, body?: unknown) => {
    // A key of its own: what one key may ask in a minute is less than all the rounds of all the lists.
    const key = staffWith(t, ['read', 'links']);
    return async () => {
      const staff = await key;
      const answer = await staff(body === undefined ? 'GET' : 'POST', path, body);
      if (answer.status !== 200) throw new Error(`${path}: ${answer.status}`);
      await answer.text();
    };
  };
  return {
    calls: new Map<string, () => Promise<unknown>>([
      ['/payments', list('/payments')],
      ['/payments?state=completed', list('/payments?state=completed')],
      ['/all-payments', list('/all-payments')],
      ['/worklist', list('/worklist')],
      ['/deposits', list('/deposits')],
      ['/events', list('/events')],
      ['/imports', list('/imports')],
      ['/all-payments?method=cheque', list('/all-payments?method=cheque')],
      ['/all-payments?outcome=under-way', list('/all-payments?outcome=under-way')],
      ['/all-payments?outcome=went-back', list('/all-payments?outcome=went-back')],
      ['/all-payments?reference=', list('/all-payments?reference=P-7')],
      ['/recorded-payments', list('/recorded-payments')],
      ['/exceptions', list('/exceptions')],
      ['/exceptions?all=true', list('/exceptions?all=true')],
      ['/messages/parked', list('/messages/parked')],
      ['/links', list('/links')],
      ['/links/search, by number', list('/links/search', { certificateNumber: 'PB-999999' })],
      [
        '/metrics',
        async () => {
          const answer = await metrics.request(`${PUBLIC_URL}/metrics`, {
            headers: { Authorization: `Bearer ${TOKEN}` },
          });
          if (answer.status !== 200) throw new Error(`/metrics: ${answer.status}`);
        },
      ],
      ['look for payments in doubt', () => sweepPayments(t.deps, paypal, checkReversals)],
      ['tidying', () => keepNoLonger(t.deps)],
    ]),
    async ends(path) {
      const more = (after: string) =>
        `${path}${path.includes('?') ? '&' : '?'}after=${encodeURIComponent(after)}`;
      let last = path;
      let page = 1;
      let staff = await staffWith(t, ['read', 'links']);
      for (; page < PAGES; page++) {
        if (page % CALLS_A_KEY === 0) staff = await staffWith(t, ['read', 'links']);
        const answer = await staff('GET', last);
        if (answer.status !== 200) throw new Error(`${last}: ${answer.status}`);
        const { next } = (await answer.json()) as { next?: string };
        if (next === undefined) break;
        last = more(next);
      }
      return { first: list(path), last: list(last), page };
    },
    close: () => t.close(),
  };
}

// Settled payments of one payer, as many of whatever else a server gathers, and as much to do in both books.
async function fill(t: TestApp, many: number): Promise<void> {
  const { accountId } = await signIn(t, 'past@example.org');
  const { certificateId, holderId, invoiceId } = await addInvoice(t.deps, 'petits-bouleaux', {
    firstName: 'Past',
    lastName: 'Payer',
    certificate: 'PB-999999',
    invoice: 'OLD-0',
    totalCents: 100,
  });
  const r = "(SELECT id FROM regroupements WHERE slug = 'petits-bouleaux')";
  const now = t.deps.now();
  const series = (n: number) =>
    `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${n})`;
  // Of what staff see a page at most, both books have more than a page.
  const listed = Math.max(2_000, Math.floor(many / 10));
  for (const sql of [
    `INSERT INTO invoices(id, regroupement_id, certificate_id, number, issued_on, due_on, period_start, period_end, created_at, updated_at)
     ${series(many)} SELECT 'i' || i, ${r}, '${certificateId}', 'OLD-' || i, '2025-03-01', '2025-12-01', '2026-04-01', '2027-03-31', 1, 1 FROM n`,
    `INSERT INTO payments(id, regroupement_id, account_id, number, state, amount_cents, lang, idempotency_key, request_hash, nonce_hash,
       page, paypal_version, order_id, capture_id, created_at, updated_at, completed_at)
     ${series(many)} SELECT 'paid-online-id-' || i, ${r}, '${accountId}', 'P-' || i, 'completed', 100, 'fr-CA', 'k' || i, '', 'n' || i, '', 1, 'O' || i, 'C' || i, i, i, i FROM n`,
    `INSERT INTO allocations(payment_id, invoice_id, amount_cents, owed_cents) ${series(many)} SELECT 'paid-online-id-' || i, 'i' || i, 100, 100 FROM n`,
    `INSERT INTO outbox(id, regroupement_id, dedupe_key, kind, recipient, lang, payload, state, next_at, created_at, sent_at)
     ${series(many)} SELECT 'm' || i, ${r}, 'receipt:' || i, 'receipt', 'x@example.org', 'fr-CA', '{}', 'sent', ${now}, i, ${now} FROM n`,
    `INSERT INTO webhook_events(id, regroupement_id, event_id, event_type, body, state, next_at, received_at, done_at)
     ${series(many)} SELECT 'w' || i, ${r}, 'w' || i, 'x', '{}', 'done', ${now}, i, ${now} FROM n`,
    `INSERT INTO sessions(id, regroupement_id, account_id, created_at, last_used_at, expires_at)
     ${series(many)} SELECT 's' || i, ${r}, '${accountId}', ${now}, ${now}, ${now} FROM n`,
    `INSERT INTO security_log(id, regroupement_id, at, event) ${series(many)} SELECT 'l' || i, ${r}, ${now}, 'signed-in' FROM n`,
    `INSERT INTO rate_limits(key, tat) ${series(many)} SELECT 'x' || i, ${now} + 600000 FROM n`,
    `INSERT INTO exceptions(id, regroupement_id, dedupe_key, kind, opened_at, closed_at)
     ${series(listed)} SELECT 'exception-by-id-' || i, ${r}, 'x' || i, 'refund-failed', i, iif(i % 2 = 0, NULL, 1) FROM n WHERE i <= 4000 OR i % 2 = 1`,
    `INSERT INTO outbox(id, regroupement_id, dedupe_key, kind, recipient, lang, payload, state, next_at, created_at)
     ${series(2_000)} SELECT 'parked' || i, ${r}, 'parked:' || i, 'receipt', 'x@example.org', 'fr-CA', '{}', 'parked', ${now}, i FROM n`,
    `INSERT INTO recorded_payments(id, regroupement_id, invoice_id, method, amount_cents, received_on, recorded_by, idempotency_key, request_hash, recorded_at)
     ${series(listed)} SELECT 'recorded-by-id-' || i, ${r}, '${invoiceId}', iif(i % 10 = 0, 'cheque', 'cash'), 100, '2026-01-01', 'x', 'k' || i, '', i FROM n`,
    `INSERT INTO recorded_payments(id, regroupement_id, invoice_id, method, amount_cents, received_on, reverses, recorded_by, idempotency_key,
       request_hash, recorded_at)
     ${series(2_000)} SELECT 'taken-back-by-id-' || i, ${r}, '${invoiceId}', 'cash', 100, '2026-01-02', 'recorded-by-id-' || i, 'x', 'kb' || i, '', i FROM n WHERE i % 10 = 1`,
    `INSERT INTO links(id, regroupement_id, account_id, holder_id, number_key, level, method, created_at)
     ${series(many)} SELECT 'link-that-has-id-' || i, ${r}, '${accountId}', '${holderId}', 'N' || i, 'pay', 'name-and-number', i FROM n`,
  ])
    await t.deps.db.execute(sql);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function ms(value = 0): string {
  return `${value.toFixed(1).padStart(7)} ms`;
}

if (import.meta.main) {
  const { name, lines } = await run(Number(process.argv[2] ?? 1_000_000));
  console.log([name, ...lines].join('\n'));
}
