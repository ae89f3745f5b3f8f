// The rows of what went back of a payment, and of what came again (after S31; the procedure knows no refunds).
import { guard, type Statement } from '../db/db.ts';
import type { Deps } from '../deps.ts';

export const REFUND_STATES = ['asked', 'unknown', 'pending', 'completed', 'failed'] as const;
type RefundState = (typeof REFUND_STATES)[number];

export interface StoredRefund {
  id: string;
  regroupementId: string;
  paymentId: string;
  amountCents: number;
  origin: 'staff' | 'paypal' | 'reversal';
  state: RefundState;
  reason: string;
  askedBy: string | null;
  /** Null where all that was left was asked for, and where nobody of the staff asked. */
  askedCents: number | null;
  refundId: string | null;
  failure: string | null;
  /** 1: a reversal without an id of PayPal’s, not compared with its record yet (old-reversals.ts). */
  unchecked: number;
  /** What PayPal kept with it, or gave back of its fee (negative); null until its list of the day says. */
  paypalFeeCents: number | null;
  createdAt: number;
  updatedAt: number;
  completedAt: number | null;
}

/** Refunds that satisfy an SQL condition on `refunds`, oldest first. */
export async function refundsWhere(
  deps: Pick<Deps, 'db'>,
  condition: string,
  args: (string | number)[],
): Promise<StoredRefund[]> {
  const { rows } = await deps.db.execute<StoredRefund & Record<string, string | number | null>>(
    `SELECT id, regroupement_id AS regroupementId, payment_id AS paymentId, amount_cents AS amountCents, origin, state, reason,
       asked_by AS askedBy, asked_cents AS askedCents, refund_id AS refundId, failure, unchecked, paypal_fee_cents AS paypalFeeCents, created_at AS createdAt, updated_at AS updatedAt,
       completed_at AS completedAt
     FROM refunds WHERE ${condition} ORDER BY created_at, id`,
    args,
  );
  return rows;
}

/** The refund as it is now; its disappearance would be a fault of ours. */
export async function readRefund(deps: Pick<Deps, 'db'>, id: string): Promise<StoredRefund> {
  const [refund] = await refundsWhere(deps, 'id = ?', [id]);
  if (refund === undefined) throw new Error('a refund is not there any more');
  return refund;
}

/** Money that had been taken back and came again. */
export interface StoredReturn {
  id: string;
  regroupementId: string;
  paymentId: string;
  amountCents: number;
  /** PayPal's id that it is posted under: of the movement, or of the dispute that was won. */
  source: string;
  /** PayPal's id of the movement; null until its list shows it, and where `corrects` is set. */
  transactionId: string | null;
  /** The reversal of ours that PayPal's record does not bear out: nothing moved at PayPal. */
  corrects: string | null;
  paypalFeeCents: number | null;
  returnedAt: number;
}

/** Returns that satisfy an SQL condition on `reversal_returns`, oldest first. */
export async function returnsWhere(
  deps: Pick<Deps, 'db'>,
  condition: string,
  args: (string | number)[],
): Promise<StoredReturn[]> {
  const { rows } = await deps.db.execute<StoredReturn & Record<string, string | number | null>>(
    `SELECT id, regroupement_id AS regroupementId, payment_id AS paymentId, amount_cents AS amountCents, source,
       transaction_id AS transactionId, corrects, paypal_fee_cents AS paypalFeeCents, returned_at AS returnedAt
     FROM reversal_returns WHERE ${condition} ORDER BY returned_at, id`,
    args,
  );
  return rows;
}

/** What went back of a payment, and came again: settled rows only, and their sums in cents. */
export interface WentBack {
  refunds: StoredRefund[];
  reversals: StoredRefund[];
  returns: StoredReturn[];
  refundedCents: number;
  /** Taken back, less what came again. */
  reversedCents: number;
  /** Refunds whose end is not known yet. */
  underWayCents: number;
  /** Fails its batch when anything went back, or came again, since this was read. */
  unchanged: Statement;
}

export async function wentBack(deps: Pick<Deps, 'db'>, paymentId: string): Promise<WentBack> {
  const all = await refundsWhere(deps, "payment_id = ? AND state <> 'failed'", [paymentId]);
  const done = all.filter(({ state }) => state === 'completed');
  const returns = await returnsWhere(deps, 'payment_id = ?', [paymentId]);
  const refunds = done.filter(({ origin }) => origin !== 'reversal');
  const reversals = done.filter(({ origin }) => origin === 'reversal');
  return {
    refunds,
    reversals,
    returns,
    refundedCents: sum(refunds),
    reversedCents: sum(reversals) - sum(returns),
    underWayCents: sum(all) - sum(done),
    unchanged: guard(
      `(SELECT COUNT(*) FROM refunds WHERE payment_id = ?1 AND state = 'completed')
       + (SELECT COUNT(*) FROM reversal_returns WHERE payment_id = ?1) = ?2`,
      [paymentId, done.length + returns.length],
    ),
  };
}

/** What moved of a payment after it came, in cents: refunded; taken back by a bank or PayPal, all of it; come again. */
export interface Moved {
  refundedCents: number;
  takenBackCents: number;
  givenBackCents: number;
}

/** The sums of a payment's rows. A reversal that PayPal's record did not bear out never moved, nor did its correction. */
export function movedOf(refunds: readonly StoredRefund[], returns: readonly StoredReturn[]): Moved {
  const corrected = new Set(returns.map(({ corrects }) => corrects));
  const done = refunds.filter(({ id, state }) => state === 'completed' && !corrected.has(id));
  return {
    refundedCents: sum(done.filter(({ origin }) => origin !== 'reversal')),
    takenBackCents: sum(done.filter(({ origin }) => origin === 'reversal')),
    givenBackCents: sum(returns.filter(({ corrects }) => corrects === null)),
  };
}

function sum(list: readonly { amountCents: number }[]): number {
  return list.reduce((all, one) => all + one.amountCents, 0);
}
