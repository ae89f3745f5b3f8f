// « Paiements »: what came in by PayPal and what staff wrote down, in one list, newest first. Each kind is read along its own
// index and then merged, so that the first page and the five-hundredth cost the same.
import type { Deps } from '../../deps.ts';
import type { PaymentMethod } from '../../ledger/entries.ts';
import { torontoBounds } from '../../ledger/toronto.ts';
import { referenceKey } from '../../offline-payments/doubts.ts';
import type { State } from '../../payments/states.ts';
import { Problem } from '../../problems/problem.ts';

/** What became of a payment: the money came, may still come, never came, or went back or is disputed. */
export const OUTCOMES = ['received', 'under-way', 'not-made', 'went-back'] as const;
type Outcome = (typeof OUTCOMES)[number];

const STATES_OF: Readonly<Record<Exclude<Outcome, 'received'>, readonly State[]>> = {
  'under-way': ['created', 'approved', 'capturing', 'pending', 'unknown', 'declined'],
  'not-made': ['failed', 'expired', 'cancelled'],
  'went-back': ['partly-refunded', 'refunded', 'disputed', 'partly-reversed', 'reversed'],
};
/** Nobody counts further. */
const MOST_COUNTED = 10_000;
const MOST_NAMED = 200;

interface Asked {
  outcome: Outcome;
  method?: PaymentMethod | undefined;
  /** Toronto days, both included. */
  from?: string | undefined;
  to?: string | undefined;
  /** The `next` of the page before. */
  after?: string | undefined;
  limit: number;
}
/** Where a payment stands: at PayPal's, or among what staff wrote down. */
export interface Place {
  table: 'payments' | 'recorded_payments';
  id: string;
}
interface Found extends Place {
  at: number;
  no: number;
  source: number;
}
export interface Total {
  count: number;
  cents: number;
}
interface Source {
  table: Place['table'];
  /** The index to read along, where SQLite may take another for a better one. */
  along: string;
  column: string;
  where: string;
  args: readonly (string | number)[];
}

/** A page of the list. `total`: of all that match; null where they are more than `MOST_COUNTED`. */
export async function allPayments(
  deps: Pick<Deps, 'db'>,
  regroupementId: string,
  asked: Asked,
): Promise<{ places: Place[]; total: Total | null; next?: string }> {
  const sources = sourcesOf(regroupementId, asked);
  const { limit } = asked;
  const from = asked.after === undefined ? null : cursorOf(asked.after, sources.length);
  const read = await Promise.all(sources.map((source, i) => rowsOf(deps, source, { from, i, limit })));
  const places = read
    .flat()
    .toSorted((a, b) => b.at - a.at || a.source - b.source || b.no - a.no)
    .slice(0, limit);
  const last = places.at(-1);
  const next = last === undefined || places.length < limit ? {} : { next: cursor(last) };
  return { places, total: await totalOf(deps, sources), ...next };
}

/** Where the payments with this number are: ours, PayPal's, a cheque's, or of an invoice that they pay. Newest first. */
export async function paymentsNamed(
  deps: Pick<Deps, 'db'>,
  regroupementId: string,
  reference: string,
): Promise<Place[]> {
  const number = reference.trim().toUpperCase();
  const { rows } = await deps.db.execute<Place>(
    `SELECT x.tbl AS "table", x.id FROM (
       SELECT 'payments' AS tbl, id, created_at AS at FROM payments WHERE regroupement_id = ?1 AND number = ?2
       UNION SELECT 'payments', id, created_at FROM payments WHERE capture_id = ?2 AND +regroupement_id = ?1
       UNION SELECT 'payments', id, created_at FROM payments WHERE order_id = ?2 AND +regroupement_id = ?1
       UNION SELECT 'payments', p.id, p.created_at FROM invoices i JOIN allocations a ON a.invoice_id = i.id
         JOIN payments p ON p.id = a.payment_id WHERE i.regroupement_id = ?1 AND i.number_key = replace(?2, ' ', '')
       UNION SELECT 'recorded_payments', b.id, b.recorded_at FROM invoices i JOIN recorded_payments b ON b.invoice_id = i.id
         WHERE i.regroupement_id = ?1 AND i.number_key = replace(?2, ' ', '') AND b.reverses IS NULL
       UNION SELECT 'recorded_payments', b.id, b.recorded_at FROM recorded_payments b
         WHERE b.regroupement_id = ?1 AND b.reference_key = ?3 AND ?3 <> '' AND +b.reverses IS NULL) x
     ORDER BY x.at DESC LIMIT ${MOST_NAMED}`,
    [regroupementId, number, referenceKey(reference)],
  );
  return rows;
}

function sourcesOf(regroupementId: string, { outcome, method, from, to }: Asked): Source[] {
  const since = from === undefined ? 0 : torontoBounds(from).from;
  const until = to === undefined ? Number.MAX_SAFE_INTEGER : torontoBounds(to).to;
  const paypal = (column: string, state: readonly State[]): Source => ({
    ...{ table: 'payments', column, along: state.length === 0 ? '' : 'INDEXED BY payments_by_state' },
    where: `regroupement_id = ? ${state.map(() => 'AND state = ?').join('')} AND ${column} >= ? AND ${column} < ?`,
    args: [regroupementId, ...state, since, until],
  });
  // Nothing is written down before it came in: what came in from a day on was written from that day on. What was taken back is
  // little of it, and is read from the rows that take it back.
  const backOnly = outcome === 'went-back';
  const recorded: Source = {
    ...{ table: 'recorded_payments', column: backOnly ? '+recorded_at' : 'recorded_at', along: '' },
    where: `${backOnly ? '+' : ''}regroupement_id = ? AND ${backOnly ? '+' : ''}recorded_at >= ? AND received_on >= ? AND received_on <= ?
      AND ${backOnly ? '+' : ''}reverses IS NULL AND ${
        backOnly
          ? 'id IN (SELECT b.reverses FROM recorded_payments b WHERE b.reverses IS NOT NULL)'
          : 'NOT EXISTS (SELECT 1 FROM recorded_payments b WHERE b.reverses = recorded_payments.id)'
      }
      ${method === undefined ? '' : 'AND method = ?'}`,
    args: [
      ...[regroupementId, since, from ?? '', to ?? '9999-12-31'],
      ...(method === undefined ? [] : [method]),
    ],
  };
  const online =
    outcome === 'received'
      ? [paypal('completed_at', [])]
      : STATES_OF[outcome].map((state) => paypal('created_at', [state]));
  // What staff write down is there, or was taken back.
  const written = outcome === 'received' || outcome === 'went-back' ? [recorded] : [];
  return [
    ...(method === undefined || method === 'paypal' ? online : []),
    ...(method === 'paypal' ? [] : written),
  ];
}

async function rowsOf(
  deps: Pick<Deps, 'db'>,
  { table, along, column, where, args }: Source,
  { from, i, limit }: { from: Cursor | null; i: number; limit: number },
): Promise<Found[]> {
  // Of one instant, the sources come one after the other.
  const no = from === null || i > from.source ? Number.MAX_SAFE_INTEGER : i < from.source ? 0 : from.no;
  const { rows } = await deps.db.execute<{ id: string; at: number; no: number }>(
    `SELECT id, ${column} AS at, rowid AS no FROM ${table} ${along} WHERE ${where} AND (${column}, rowid) < (?, ?)
     ORDER BY ${column} DESC, rowid DESC LIMIT ?`,
    [...args, from?.at ?? Number.MAX_SAFE_INTEGER, no, limit],
  );
  return rows.map((row) => ({ ...row, table, source: i }));
}

async function totalOf(deps: Pick<Deps, 'db'>, sources: readonly Source[]): Promise<Total | null> {
  const all = await Promise.all(
    sources.map(async ({ table, along, where, args }) => {
      const { rows } = await deps.db.execute<Total>(
        `SELECT count(*) AS count, coalesce(sum(amount_cents), 0) AS cents
         FROM (SELECT amount_cents FROM ${table} ${along} WHERE ${where} LIMIT ${MOST_COUNTED + 1})`,
        [...args],
      );
      return rows[0] ?? { count: 0, cents: 0 };
    }),
  );
  const total = all.reduce((a, b) => ({ count: a.count + b.count, cents: a.cents + b.cents }), {
    ...{ count: 0, cents: 0 },
  });
  return total.count > MOST_COUNTED ? null : total;
}

interface Cursor {
  at: number;
  source: number;
  no: number;
}

function cursor({ at, source, no }: Cursor): string {
  return Buffer.from(JSON.stringify([at, source, no])).toString('base64url');
}

/** Throws `validation` for what is no cursor of ours. */
function cursorOf(after: string, sources: number): Cursor {
  try {
    const [at, source, no] = JSON.parse(Buffer.from(after, 'base64url').toString()) as number[];
    if ([at, source, no].every(Number.isSafeInteger) && Number(source) < sources)
      return { at: Number(at), source: Number(source), no: Number(no) };
  } catch {
    // As any other text that is none.
  }
  throw new Problem('validation', { errors: [{ pointer: '/after', code: 'unknown' }] });
}
