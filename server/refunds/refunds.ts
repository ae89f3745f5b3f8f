// Refunds that staff ask for (after S31; the procedure knows none): a row of ours first, then one call to PayPal under its own
// request id, asked again until the answer is definite. Each is posted once, with its receipt and its message, in one batch
// (record.ts), as are those made on PayPal's site.
import { type Actor, audited } from '../audit.ts';
import { guard, isGuardFailure, isUniqueViolation } from '../db/db.ts';
import { type Deps, newId } from '../deps.ts';
import { withLease } from '../payments/settlement/lease.ts';
import type { State } from '../payments/states.ts';
import { refuseWhileStopped } from '../payments/stops.ts';
import { IN_DISPUTE, isInDispute, readPayment, type StoredPayment } from '../payments/store.ts';
import type { PayPal } from '../paypal/client.ts';
import { PayPalFailure } from '../paypal/errors.ts';
import { refundsOf } from '../paypal/wire.ts';
import { Problem } from '../problems/problem.ts';
import { type Regroupement, regroupementOf } from '../regroupements/regroupements.ts';
import { fail, recordRefund, updateState } from './record.ts';
import { followMoney } from './reversals/follow.ts';
import { readRefund, refundsWhere, type StoredRefund } from './store.ts';

/** PayPal keeps a refund's request id for 45 days: after that the same id would be a new refund. */
const REPEATABLE_MS = 44 * 86_400_000;
const REFUNDABLE: readonly State[] = ['completed', 'partly-refunded', 'partly-reversed', 'disputed'];

export interface RefundRequest {
  /** Null: all that is left. */
  cents: number | null;
  /** Written by staff, for staff. */
  reason: string;
  askedBy: Actor;
  idempotencyKey: string;
}

/**
 * Refunds a completed payment in full or in part, once per key. Answers the refund as it then is: `unknown` and
 * `pending` ones are followed up by the sweeper. Throws `refund-too-large` (with `leftCents`, and `appliedCents` where some
 * of it pays another invoice as a credit), `payment-state`,
 * `payment-disputed`, `idempotency-mismatch`, `payments-stopped`: nothing went back then.
 */
export async function refundPayment(
  deps: Deps,
  paypal: PayPal,
  payment: StoredPayment,
  request: RefundRequest,
): Promise<StoredRefund> {
  const known = await refundsWhere(deps, 'regroupement_id = ? AND idempotency_key = ?', [
    payment.regroupementId,
    request.idempotencyKey,
  ]);
  const before = known[0];
  if (before !== undefined) {
    if (before.paymentId !== payment.id || before.askedCents !== request.cents)
      throw new Problem('idempotency-mismatch');
    return finishRefund(deps, paypal, before);
  }
  const { left, cents } = await centsToRefund(deps, payment, request.cents);
  const id = newId(deps);
  const now = deps.now();
  try {
    await deps.db.batch([
      // Two people at once: together they give back no more than there was.
      guard(`EXISTS (SELECT 1 FROM payments WHERE id = ?1 AND NOT ${IN_DISPUTE}) AND ?2 <= ${LEFT}`, [
        payment.id,
        cents,
      ]),
      {
        sql: `INSERT INTO refunds(id, regroupement_id, payment_id, amount_cents, origin, state, reason, asked_by, idempotency_key,
                asked_cents, created_at, updated_at) VALUES (?, ?, ?, ?, 'staff', 'asked', ?, ?, ?, ?, ?, ?)`,
        args: [
          id,
          payment.regroupementId,
          payment.id,
          cents,
          request.reason,
          request.askedBy,
          request.idempotencyKey,
          request.cents,
          now,
          now,
        ],
      },
      audited(deps, {
        regroupementId: payment.regroupementId,
        actor: request.askedBy,
        act: 'refund-asked',
        target: `refunds:${id}`,
        before: { payment: payment.id, leftCents: left },
        after: { payment: payment.id, leftCents: left - cents, refundCents: cents },
        words: { reason: request.reason },
      }),
    ]);
  } catch (error) {
    // The same key at the same moment: the other call's row is the one.
    if (isUniqueViolation(error)) return refundPayment(deps, paypal, payment, request);
    if (!isGuardFailure(error)) throw error;
    if (await isInDispute(deps, payment)) throw new Problem('payment-disputed');
    throw await tooLarge(deps, payment);
  }
  return finishRefund(deps, paypal, await readRefund(deps, id));
}

/**
 * What is left of a payment and what of it would go back; `asked`: null for all of it. Throws what `refundPayment` says, but
 * for its key.
 */
export async function centsToRefund(
  deps: Deps,
  payment: StoredPayment,
  asked: number | null,
): Promise<{ left: number; cents: number }> {
  // PayPal may have given it back already, in the time that our books lost.
  await refuseWhileStopped(deps, payment.regroupementId);
  const left = await leftToRefund(deps, payment);
  const cents = asked ?? left;
  if (!REFUNDABLE.includes(payment.state) || payment.captureId === null) throw new Problem('payment-state');
  if (await isInDispute(deps, payment)) throw new Problem('payment-disputed');
  if (cents > left - (await appliedElsewhere(deps, payment)) || cents <= 0)
    throw await tooLarge(deps, payment);
  return { left, cents };
}

// What can still go back of payment ?1: refunds under way count as gone, what came again does not.
const LEFT = `((SELECT amount_cents FROM payments WHERE id = ?1)
  - (SELECT COALESCE(SUM(amount_cents), 0) FROM refunds WHERE payment_id = ?1 AND state <> 'failed')
  + (SELECT COALESCE(SUM(amount_cents), 0) FROM reversal_returns WHERE payment_id = ?1))`;

/** What can still go back of a payment: in cents, refunds under way counted as gone. */
export async function leftToRefund(
  deps: Pick<Deps, 'db'>,
  payment: Pick<StoredPayment, 'id'>,
): Promise<number> {
  const { rows } = await deps.db.execute<{ cents: number }>(`SELECT ${LEFT} AS cents`, [payment.id]);
  return rows[0]?.cents ?? 0;
}

// What of a payment is applied to other invoices than it paid cannot go back too: the tables see to it, after whoever looked too early.
async function appliedElsewhere({ db }: Pick<Deps, 'db'>, { id }: StoredPayment): Promise<number> {
  const { rows } = await db.execute<{ cents: number }>(
    'SELECT cents FROM payments_applied_elsewhere WHERE payment_id = ?',
    [id],
  );
  return rows[0]?.cents ?? 0;
}

async function tooLarge(deps: Pick<Deps, 'db'>, payment: StoredPayment): Promise<Problem> {
  const left = await leftToRefund(deps, payment);
  const appliedCents = await appliedElsewhere(deps, payment);
  return new Problem('refund-too-large', {
    leftCents: Math.max(0, left - appliedCents),
    ...(appliedCents === 0 ? {} : { appliedCents }),
  });
}

/** Brings a refund to an end, or as far as PayPal says; safe to call at any time, from anywhere. */
export async function finishRefund(deps: Deps, paypal: PayPal, refund: StoredRefund): Promise<StoredRefund> {
  const ended = ({ state }: StoredRefund) => state === 'completed' || state === 'failed';
  if (ended(refund)) return refund;
  const done = await withLease(deps, { table: 'refunds', id: refund.id }, async () => {
    const held = await readRefund(deps, refund.id);
    if (ended(held)) return held;
    const payment = await readPayment(deps, held.paymentId);
    return ask(deps, paypal, await regroupementOf(deps, payment), payment, held);
  });
  return done ?? readRefund(deps, refund.id);
}

async function ask(
  deps: Deps,
  paypal: PayPal,
  regroupement: Regroupement,
  payment: StoredPayment,
  refund: StoredRefund,
): Promise<StoredRefund> {
  if (refund.origin === 'reversal') {
    // Its row is there, and the process that was at it is not.
    const order = await paypal.readOrder(regroupement, payment.orderId ?? '');
    await followMoney(deps, paypal, regroupement, payment, {
      refunds: refundsOf(order).filter(({ id }) => id === refund.refundId),
      reported: refund.refundId === null ? undefined : { kind: 'reversal', id: refund.refundId },
    });
    return readRefund(deps, refund.id);
  }
  try {
    if (refund.refundId !== null)
      return await recordRefund(
        deps,
        regroupement,
        payment,
        await paypal.readRefund(regroupement, refund.refundId),
      );
    if (deps.now() - refund.createdAt > REPEATABLE_MS)
      return await afterRefusal(deps, paypal, regroupement, payment, refund, 'NO_ANSWER');
    const answer = await paypal.refundCapture(regroupement, payment.captureId ?? '', `ref:${refund.id}`, {
      cents: refund.amountCents,
      customId: refund.id,
    });
    return await recordRefund(deps, regroupement, payment, { ...answer, custom_id: refund.id });
  } catch (error) {
    if (!(error instanceof PayPalFailure)) throw error;
    const passing = error.decision === 'unknown' || error.decision === 'unavailable';
    if (passing || refund.refundId !== null) return updateState(deps, refund, 'unknown', null);
    return afterRefusal(deps, paypal, regroupement, payment, refund, error.issue ?? error.decision);
  }
}

// A refusal is final only once PayPal's record shows no such refund: an earlier try whose answer was lost may have worked.
async function afterRefusal(
  deps: Deps,
  paypal: PayPal,
  regroupement: Regroupement,
  payment: StoredPayment,
  refund: StoredRefund,
  issue: string,
): Promise<StoredRefund> {
  try {
    const order = await paypal.readOrder(regroupement, payment.orderId ?? '');
    const made = refundsOf(order).find((one) => one.custom_id === refund.id);
    if (made !== undefined) return await recordRefund(deps, regroupement, payment, made);
    return await fail(deps, regroupement, payment, refund, issue);
  } catch (error) {
    if (!(error instanceof PayPalFailure)) throw error;
    return updateState(deps, refund, 'unknown', null);
  }
}
