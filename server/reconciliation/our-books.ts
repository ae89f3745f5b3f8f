// Our side of a day (S31, and after): the rows of what moved, each beside what the ledger has of it, and what the ledger has
// without a row.
import type { Deps } from '../deps.ts';
import { paymentsWhere, type StoredPayment } from '../payments/store.ts';
import { refundsWhere, returnsWhere } from '../refunds/store.ts';
import type { MoneyKind } from './kinds.ts';

/** A movement as our rows have it, signed as money: what came is positive. */
export interface Ours {
  transactionId: string;
  kind: MoneyKind;
  payment: StoredPayment;
  grossCents: number;
  /** Null until PayPal says. */
  feeCents: number | null;
  ledgerCents: number;
  at: number;
  ofTheDay: boolean;
}
export interface Books {
  rows: Map<string, Ours>;
  /** Posted on this day under an id that no row of ours has. */
  ledgerOnly: Map<string, number>;
}

/** What our books have between two instants, or under one of PayPal's ids whatever its day. */
export async function ourBooks(
  deps: Deps,
  regroupementId: string,
  { from, to }: { from: number; to: number },
  ids: readonly string[],
): Promise<Books> {
  const moved = await movementsOf(deps, regroupementId, { from, to }, ids);
  const paymentIds = JSON.stringify([...new Set(moved.map(({ paymentId }) => paymentId))]);
  const payments = new Map(
    (await paymentsWhere(deps, 'id IN (SELECT value FROM json_each(?))', [paymentIds])).map((one) => [
      one.id,
      one,
    ]),
  );
  const posted = await postedBy(deps, 'payment_id IN (SELECT value FROM json_each(?))', [paymentIds]);
  const rows = new Map<string, Ours>();
  for (const { id, kind, paymentId, cents, fee, at, postedAs } of moved) {
    const payment = payments.get(paymentId);
    if (payment === undefined) continue;
    rows.set(id, {
      transactionId: id,
      kind,
      payment,
      grossCents: cents,
      feeCents: fee,
      ledgerCents: posted.get(postedAs) ?? 0,
      at,
      ofTheDay: at >= from && at < to,
    });
  }
  return { rows, ledgerOnly: await withoutRow(deps, regroupementId, from, to) };
}

interface Moved {
  id: string;
  /** The id in the source of its entries. */
  postedAs: string;
  kind: MoneyKind;
  paymentId: string;
  cents: number;
  fee: number | null;
  at: number;
}

// The rows of the three tables as movements: captures, what went back, what came again.
async function movementsOf(
  deps: Deps,
  regroupementId: string,
  { from, to }: { from: number; to: number },
  ids: readonly string[],
): Promise<Moved[]> {
  // Two searches, each by an index of its own; the `+` keeps the second from reading all that the regroupement has.
  const when = (id: string, at: string) =>
    `((regroupement_id = ?1 AND ${at} >= ?2 AND ${at} < ?3)
      OR (+regroupement_id = ?1 AND ${id} IN (SELECT value FROM json_each(?4))))`;
  const args = [regroupementId, from, to, JSON.stringify(ids)];
  const came = `completed_at IS NOT NULL AND ${when('capture_id', 'completed_at')}`;
  const paid = await paymentsWhere(deps, came, args);
  const back = await refundsWhere(deps, `state = 'completed' AND ${when('refund_id', 'completed_at')}`, args);
  const again = await returnsWhere(deps, when('transaction_id', 'returned_at'), args);
  // A reversal that PayPal's record did not bear out, and what took it away again: nothing moved.
  const corrections = '+regroupement_id = ? AND corrects IN (SELECT value FROM json_each(?))';
  const backIds = JSON.stringify(back.map(({ id }) => id));
  const corrected = new Set(
    (await returnsWhere(deps, corrections, [regroupementId, backIds])).map(({ corrects }) => corrects),
  );
  const captures = paid.map(
    (one): Omit<Moved, 'postedAs'> => ({
      id: one.captureId ?? one.id,
      kind: 'capture',
      paymentId: one.id,
      cents: one.amountCents,
      fee: one.paypalFeeCents,
      at: one.completedAt ?? 0,
    }),
  );
  const wentBack = back
    .filter(({ id }) => !corrected.has(id))
    .map(
      (one): Omit<Moved, 'postedAs'> => ({
        id: one.refundId ?? one.id,
        kind: one.origin === 'reversal' ? 'reversal' : 'refund',
        paymentId: one.paymentId,
        cents: -one.amountCents,
        fee: one.paypalFeeCents,
        at: one.completedAt ?? 0,
      }),
    );
  const returned = again
    .filter(({ corrects }) => corrects === null)
    .map(
      (one): Moved => ({
        id: one.transactionId ?? one.source,
        postedAs: one.source,
        kind: 'return',
        paymentId: one.paymentId,
        cents: one.amountCents,
        fee: one.paypalFeeCents,
        at: one.returnedAt,
      }),
    );
  return [...[...captures, ...wentBack].map((one) => ({ ...one, postedAs: one.id })), ...returned];
}

// Everything posted for PayPal's movements, by the id in its source, signed as money.
async function postedBy(
  deps: Pick<Deps, 'db'>,
  condition: string,
  args: (string | number)[],
): Promise<Map<string, number>> {
  const { rows } = await deps.db.execute<{ source: string; cents: number }>(
    `SELECT source, -amount_cents AS cents FROM ledger_entries
     WHERE method = 'paypal' AND kind IN ('payment', 'refund') AND ${condition}`,
    args,
  );
  const posted = new Map<string, number>();
  for (const { source, cents } of rows) {
    const id = /^paypal(?:-refund|-return)?:([^:]+):/.exec(source)?.[1] ?? source;
    posted.set(id, (posted.get(id) ?? 0) + cents);
  }
  return posted;
}

async function withoutRow(
  deps: Pick<Deps, 'db'>,
  regroupementId: string,
  from: number,
  to: number,
): Promise<Map<string, number>> {
  const posted = await postedBy(deps, 'regroupement_id = ? AND occurred_at >= ? AND occurred_at < ?', [
    regroupementId,
    from,
    to,
  ]);
  const { rows } = await deps.db.execute<{ id: string }>(
    `SELECT value AS id FROM json_each(?1)
     WHERE NOT EXISTS (SELECT 1 FROM payments WHERE capture_id = value AND regroupement_id = ?2 AND completed_at IS NOT NULL)
       AND NOT EXISTS (SELECT 1 FROM refunds WHERE refund_id = value AND regroupement_id = ?2 AND state = 'completed')
       AND NOT EXISTS (SELECT 1 FROM reversal_returns WHERE source = value AND regroupement_id = ?2)`,
    [JSON.stringify([...posted.keys()]), regroupementId],
  );
  return new Map(rows.map(({ id }) => [id, posted.get(id) ?? 0]));
}
