// Brings a payment up to PayPal's own record: after she comes back, while she waits, and from the sweeper. Takes
// money only for a payment she confirmed, under the claim, with the request id of its attempt (P1, P3).
import { type Deps, newId } from '../deps.ts';
import type { PayPal } from '../paypal/client.ts';
import { PayPalFailure } from '../paypal/errors.ts';
import { type Order, refundsOf } from '../paypal/wire.ts';
import { Problem } from '../problems/problem.ts';
import { followMoney, type Told } from '../refunds/follow.ts';
import { type Regroupement, regroupementOf } from '../regroupements/regroupements.ts';
import { claim, release } from './lease.ts';
import { mailToPayer, outcomeOf, park, record, write } from './record.ts';
import { HOLDING } from './states.ts';
import { paymentStop } from './stops.ts';
import { allocationsOf, paymentsWhere, readPayment, type StoredPayment } from './store.ts';

/**
 * The payment after a look at PayPal's record. When PayPal gives no definite answer it stays as it was. `told`: PayPal
 * says that something happened. Then one that has ended is looked at too (money that came late, or went back), and no
 * answer throws PayPalFailure, so that the news is not lost. Told: what it is.
 */
export async function syncPayment(
  deps: Deps,
  paypal: PayPal,
  paymentId: string,
  options: { limitMs?: number; told?: boolean | Told } = {},
): Promise<StoredPayment> {
  const payment = await readPayment(deps, paymentId);
  const regroupement = await regroupementOf(deps, payment);
  if (payment.orderId === null) return payment;
  switch (payment.state) {
    case 'created':
    case 'approved':
    case 'declined':
      return look(deps, paypal, regroupement, payment, options);
    case 'capturing':
    case 'unknown':
    case 'pending':
      return underClaim(deps, payment, (held, token) =>
        HOLDING.includes(held.state)
          ? resolve(deps, paypal, regroupement, held, token)
          : Promise.resolve(held),
      );
    default:
      return options.told === undefined || options.told === false
        ? payment
        : lookAgain(deps, paypal, regroupement, payment, options.told === true ? undefined : options.told);
  }
}

// It had ended: what PayPal's record shows beyond that is taken in. Throws PayPalFailure when PayPal does not say.
async function lookAgain(
  deps: Deps,
  paypal: PayPal,
  regroupement: Regroupement,
  payment: StoredPayment,
  told: Told | undefined,
): Promise<StoredPayment> {
  const order = await recordOf(paypal, regroupement, payment);
  if (order === 'no-answer') throw new PayPalFailure('unavailable');
  // PayPal may forget the order before what was paid with it.
  if (order === 'gone') return followMoney(deps, paypal, regroupement, payment, { refunds: [], told });
  const outcome = outcomeOf(order, payment, regroupement);
  if (outcome.kind === 'mismatch' && payment.completedAt === null)
    return record(deps, regroupement, payment, outcome);
  let seen = payment;
  if (outcome.kind === 'captured') seen = await record(deps, regroupement, payment, outcome);
  if (outcome.kind === 'pending' && payment.completedAt === null) throw new PayPalFailure('unavailable');
  return followMoney(deps, paypal, regroupement, seen, { refunds: refundsOf(order), told });
}

// Nothing was confirmed: the record can show her approval, its end, or a capture that we did not ask for.
async function look(
  deps: Deps,
  paypal: PayPal,
  regroupement: Regroupement,
  payment: StoredPayment,
  { limitMs, told }: { limitMs?: number; told?: boolean | Told },
): Promise<StoredPayment> {
  const order = await recordOf(paypal, regroupement, payment, limitMs);
  if (order === 'no-answer') {
    if (told !== undefined && told !== false) throw new PayPalFailure('unavailable');
    return payment;
  }
  if (order === 'gone') return expire(deps, payment);
  return record(deps, regroupement, payment, outcomeOf(order, payment, regroupement));
}

// She confirmed, and what came of it is not known yet.
async function resolve(
  deps: Deps,
  paypal: PayPal,
  regroupement: Regroupement,
  payment: StoredPayment,
  token: string,
): Promise<StoredPayment> {
  const order = await recordOf(paypal, regroupement, payment);
  if (order === 'no-answer')
    return payment.state === 'capturing' ? write(deps, payment, 'lost', { claimToken: token }) : payment;
  // That PayPal shows no order proves little: asked again under the same request id, it repeats what it did, or refuses.
  if (order === 'gone')
    return payment.state === 'pending' ? payment : capture(deps, paypal, regroupement, payment, token);
  const outcome = outcomeOf(order, payment, regroupement);
  if (outcome.kind === 'approved' && payment.state !== 'pending') {
    // Not captured as far as this record shows. Her « Confirmer » stands, and the same request id cannot take it twice;
    // but what came meanwhile (money that turned up late) may have left less to pay than she agreed to.
    try {
      await lookAtTakenBack(deps, paypal, payment);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      return payment;
    }
    const owed = await allocationsOf(deps, payment);
    if (owed.every((allocation) => allocation.balanceCents >= allocation.amountCents)) {
      return capture(deps, paypal, regroupement, payment, token);
    }
    return park(deps, regroupement, payment, 'less-owed', token);
  }
  if (outcome.kind === 'unapproved' && payment.state !== 'pending') {
    return write(deps, payment, 'declined', {
      set: { failure: 'ORDER_NOT_APPROVED', capture_attempt: payment.captureAttempt + 1 },
      claimToken: token,
    });
  }
  return record(deps, regroupement, payment, outcome, token);
}

/**
 * Asks PayPal to capture, and writes down what came of it. The caller holds the claim, and her confirmation is
 * recorded. Never throws for what PayPal does: no definite answer is `unknown`.
 */
export async function capture(
  deps: Deps,
  paypal: PayPal,
  regroupement: Regroupement,
  payment: StoredPayment,
  token: string,
): Promise<StoredPayment> {
  // After a restore: a later payment that our books forgot may have paid the same.
  if ((await paymentStop(deps, regroupement.id)) !== null)
    return write(deps, payment, 'lost', { claimToken: token });
  try {
    const order = await paypal.captureOrder(
      regroupement,
      payment.orderId ?? '',
      `cap:${payment.id}:${payment.captureAttempt}`,
    );
    const outcome = outcomeOf(order, payment, regroupement);
    if (outcome.kind === 'approved' || outcome.kind === 'unapproved')
      return await write(deps, payment, 'lost', { claimToken: token });
    return await record(deps, regroupement, payment, outcome, token);
  } catch (error) {
    if (!(error instanceof PayPalFailure)) throw error;
    return afterRefusal(deps, paypal, regroupement, payment, token, error);
  }
}

async function afterRefusal(
  deps: Deps,
  paypal: PayPal,
  regroupement: Regroupement,
  payment: StoredPayment,
  token: string,
  failure: PayPalFailure,
): Promise<StoredPayment> {
  const issue = failure.issue ?? failure.decision;
  // A refusal is final only once the record shows no capture: an earlier try whose answer was lost may have worked.
  const order = await recordOf(paypal, regroupement, payment);
  if (order === 'no-answer') return write(deps, payment, 'lost', { claimToken: token });
  if (order !== 'gone') {
    const outcome = outcomeOf(order, payment, regroupement);
    if (outcome.kind === 'captured' || outcome.kind === 'pending' || outcome.kind === 'mismatch') {
      return record(deps, regroupement, payment, outcome, token);
    }
  }
  switch (failure.decision) {
    case 'declined':
    case 'not-approved':
      // The next try needs another request id: the same one would replay this refusal.
      return write(deps, payment, 'declined', {
        set: { failure: issue, capture_attempt: payment.captureAttempt + 1 },
        claimToken: token,
      });
    case 'gone':
      return expire(deps, payment, token);
    case 'refused':
    case 'configuration':
      return record(deps, regroupement, payment, { kind: 'refused', issue }, token);
    case 'duplicate-invoice':
      return park(deps, regroupement, payment, 'duplicate-invoice', token);
    default:
      return write(deps, payment, 'lost', { claimToken: token });
  }
}

/** PayPal does not know the order any more and no capture was made: she is told that nothing was paid (P5). */
async function expire(deps: Deps, payment: StoredPayment, claimToken?: string): Promise<StoredPayment> {
  const told = payment.approvedAt === null ? [] : [await mailToPayer(deps, payment, 'payment-expired')];
  return write(deps, payment, 'expired', { set: { failure: 'expired' }, also: told, claimToken });
}

/** Runs `work` as the only one who may take this payment's money; while another is at it, answers the payment as it is. */
export async function underClaim(
  deps: Deps,
  payment: Pick<StoredPayment, 'id'>,
  work: (payment: StoredPayment, token: string) => Promise<StoredPayment>,
): Promise<StoredPayment> {
  const token = newId(deps);
  try {
    const mine = await claim(deps, payment.id, token);
    const held = await readPayment(deps, payment.id);
    return mine ? await work(held, token) : held;
  } finally {
    await release(deps, payment.id, token);
  }
}

/**
 * Before money is taken for this payment's invoices: what a bank or PayPal took back of earlier ones may be there again
 * without anyone having told us. Throws `payment-in-progress` while it is on its way back, `paypal-unavailable` while
 * PayPal does not say.
 */
export async function lookAtTakenBack(
  deps: Deps,
  paypal: PayPal,
  payment: Pick<StoredPayment, 'id'>,
): Promise<void> {
  const earlier = await paymentsWhere(
    deps,
    `state IN ('disputed', 'partly-reversed', 'reversed') AND id <> ?1 AND id IN (SELECT b.payment_id FROM allocations a
       JOIN allocations b ON b.invoice_id = a.invoice_id WHERE a.payment_id = ?1)`,
    [payment.id],
  );
  for (const { id } of earlier) {
    try {
      await syncPayment(deps, paypal, id, { told: true });
    } catch (error) {
      if (!(error instanceof PayPalFailure)) throw error;
      if (error.issue === 'NOT_EXPLAINED_YET') throw new Problem('payment-in-progress');
      if (error.decision === 'unavailable' || error.decision === 'unknown')
        throw new Problem('paypal-unavailable');
    }
  }
}

async function recordOf(
  paypal: PayPal,
  regroupement: Regroupement,
  payment: StoredPayment,
  limitMs?: number,
): Promise<Order | 'gone' | 'no-answer'> {
  try {
    return await paypal.readOrder(regroupement, payment.orderId ?? '', limitMs);
  } catch (error) {
    if (!(error instanceof PayPalFailure)) throw error;
    return error.decision === 'gone' ? 'gone' : 'no-answer';
  }
}
