// « Aujourd'hui »: what came in, what waits, thirty days of it, and the last payments. What came in is the ledger's, by Toronto
// day (M2, M5); PayPal's fee stands with the payment.

import type { Deps } from '../../deps.ts';
import { balanceOf } from '../../ledger/balance.ts';
import { HAS_A_DAY, type PaymentMethod } from '../../ledger/entries.ts';
import { readInvoices } from '../../ledger/invoices.ts';
import { sum } from '../../ledger/money.ts';
import { daysBefore, torontoBounds, torontoDay } from '../../ledger/toronto.ts';

const DAYS = 30;
const LAST = 20;
/** Far enough back for a plan of four dates whose invoice is due after them. */
const PLANNED_DAYS = 731;

interface DayFigures {
  /** Toronto day. */
  day: string;
  /** What payers paid, the online fee included, in cents. */
  paypalCents: number;
  otherwiseCents: number;
  /** What went back, PayPal's and otherwise. */
  refundedCents: number;
  /** PayPal's fees, as far as they are known. */
  feeCents: number;
  /** What is left of all that. */
  netCents: number;
}
interface Count {
  count: number;
  cents: number;
}
interface LastPayment {
  method: PaymentMethod;
  /** Of a payment at PayPal. */
  paymentNumber: string | null;
  /** Of one that staff wrote down. */
  recordedPaymentId: string | null;
  at: number;
  amountCents: number;
  invoiceNumber: string;
  holderId: string;
  holderName: string;
}
export interface Today {
  figures: DayFigures;
  /** Approved at PayPal, without her « Confirmer ». */
  unconfirmed: Count;
  /** Open invoices past their due day, or with a plan, past a date of it; and what is left to pay on them. */
  overdue: Count;
  /** The last thirty days, today last. */
  days: DayFigures[];
  /** Newest first. */
  last: LastPayment[];
}

/** The figures of the regroupement's day that it is in Toronto. */
export async function today(deps: Pick<Deps, 'db' | 'now'>, regroupementId: string): Promise<Today> {
  const day = torontoDay(deps.now());
  const days = await figures(deps, regroupementId, day);
  return {
    figures: days.at(-1) ?? none(day),
    unconfirmed: await unconfirmed(deps, regroupementId),
    overdue: await overdue(deps, regroupementId, day),
    days,
    last: await lastPayments(deps, regroupementId),
  };
}

async function figures(deps: Pick<Deps, 'db'>, regroupementId: string, day: string): Promise<DayFigures[]> {
  const { from } = torontoBounds(daysBefore(day, DAYS - 1));
  const { to } = torontoBounds(day);
  const { rows: moved } = await deps.db.execute<Omit<DayFigures, 'feeCents' | 'netCents'>>(
    `SELECT day, -SUM(CASE WHEN kind = 'payment' AND method = 'paypal' THEN amount_cents ELSE 0 END) AS paypalCents,
       -SUM(CASE WHEN kind = 'payment' AND method <> 'paypal' THEN amount_cents ELSE 0 END) AS otherwiseCents,
       SUM(CASE WHEN kind = 'refund' THEN amount_cents ELSE 0 END) AS refundedCents
     FROM ledger_entries e WHERE regroupement_id = ? AND occurred_at >= ? AND occurred_at < ? AND ${HAS_A_DAY} GROUP BY day`,
    [regroupementId, from, to],
  );
  const { rows: fees } = await deps.db.execute<{ at: number; cents: number }>(
    `SELECT completed_at AS at, paypal_fee_cents AS cents FROM payments
     WHERE regroupement_id = ? AND completed_at >= ? AND completed_at < ? AND paypal_fee_cents > 0`,
    [regroupementId, from, to],
  );
  const byDay = Map.groupBy(fees, ({ at }) => torontoDay(at));
  return Array.from({ length: DAYS }, (_, i) => daysBefore(day, DAYS - 1 - i)).map((one) => {
    const sums = moved.find((row) => row.day === one) ?? none(one);
    const feeCents = (byDay.get(one) ?? []).reduce((all, { cents }) => all + cents, 0);
    const { paypalCents, otherwiseCents, refundedCents } = sums;
    return {
      ...{ day: one, paypalCents, otherwiseCents, refundedCents, feeCents },
      netCents: paypalCents + otherwiseCents - refundedCents - feeCents,
    };
  });
}

function none(day: string): DayFigures {
  return { day, paypalCents: 0, otherwiseCents: 0, refundedCents: 0, feeCents: 0, netCents: 0 };
}

async function unconfirmed(deps: Pick<Deps, 'db'>, regroupementId: string): Promise<Count> {
  const { rows } = await deps.db.execute<Count>(
    `SELECT count(*) AS count, coalesce(sum(amount_cents), 0) AS cents FROM payments INDEXED BY payments_unconfirmed
     WHERE regroupement_id = ? AND state = 'approved'`,
    [regroupementId],
  );
  return rows[0] ?? { count: 0, cents: 0 };
}

// What a plan pays off is late once a date of the plan is missed, whatever the invoice says (ledger/invoices.ts): so those are read whole.
async function overdue(deps: Pick<Deps, 'db' | 'now'>, regroupementId: string, day: string): Promise<Count> {
  const { rows } = await deps.db.execute<Count & { planned: string }>(
    `SELECT count(*) FILTER (WHERE NOT planned) AS count, coalesce(sum(cents) FILTER (WHERE NOT planned), 0) AS cents,
       json_group_array(id) FILTER (WHERE planned) AS planned
     FROM (
       SELECT i.id, ${balanceOf('i.id', 'i.regroupement_id')} AS cents,
         EXISTS (SELECT 1 FROM instalment_plans p WHERE p.invoice_id = i.id AND p.ended_at IS NULL) AS planned
       FROM invoice_rows z INDEXED BY invoices_by_due_day CROSS JOIN invoices i ON i.rowid = z.rowid
       WHERE z.regroupement_id = ?1 AND z.status = 'open' AND z.due_on < ?2 AND i.status = 'open' AND i.due_on < ?2)
     WHERE cents > 0`,
    [regroupementId, day],
  );
  const { count, cents, planned } = rows[0] ?? { count: 0, cents: 0, planned: '[]' };
  const { rows: early } = await deps.db.execute<{ id: string }>(
    `SELECT p.invoice_id AS id FROM instalments s CROSS JOIN instalment_plans p ON p.id = s.plan_id
     WHERE s.due_on >= ?2 AND s.due_on < ?3 AND p.regroupement_id = ?1 AND p.ended_at IS NULL`,
    [regroupementId, daysBefore(day, PLANNED_DAYS), day],
  );
  const invoiceIds = [...new Set([...(JSON.parse(planned) as string[]), ...early.map(({ id }) => id)])];
  const late = (await readInvoices(deps, regroupementId, '', { invoiceIds })).filter((one) => one.overdue);
  return { count: count + late.length, cents: cents + sum(late.map(({ balanceCents }) => balanceCents)) };
}

const HOLDER = `(SELECT json_array(h.id, trim(h.first_name || ' ' || h.last_name)) FROM certificates c
  JOIN holders h ON h.id = c.holder_id WHERE c.id = i.certificate_id) AS holder`;

async function lastPayments(deps: Pick<Deps, 'db'>, regroupementId: string): Promise<LastPayment[]> {
  type Row = Omit<LastPayment, 'holderId' | 'holderName'> & { holder: string };
  const { rows: paypal } = await deps.db.execute<Row>(
    `SELECT 'paypal' AS method, p.number AS paymentNumber, NULL AS recordedPaymentId, p.completed_at AS at,
       p.amount_cents AS amountCents, i.number AS invoiceNumber, ${HOLDER}
     FROM (SELECT id, number, completed_at, amount_cents FROM payments WHERE regroupement_id = ? AND completed_at IS NOT NULL
       ORDER BY completed_at DESC LIMIT ${LAST}) p
     JOIN invoices i ON i.id = (SELECT invoice_id FROM allocations WHERE payment_id = p.id LIMIT 1)`,
    [regroupementId],
  );
  const { rows: recorded } = await deps.db.execute<Row>(
    `SELECT b.method, NULL AS paymentNumber, b.id AS recordedPaymentId, b.recorded_at AS at,
       iif(b.reverses IS NULL, 1, -1) * b.amount_cents AS amountCents, i.number AS invoiceNumber, ${HOLDER}
     FROM (SELECT * FROM recorded_payments WHERE regroupement_id = ? ORDER BY recorded_at DESC LIMIT ${LAST}) b
     JOIN invoices i ON i.id = b.invoice_id`,
    [regroupementId],
  );
  return [...paypal, ...recorded]
    .toSorted((a, b) => b.at - a.at)
    .slice(0, LAST)
    .map(({ holder, ...row }) => {
      const [holderId, holderName] = JSON.parse(holder) as [string, string];
      return { ...row, holderId, holderName };
    });
}
