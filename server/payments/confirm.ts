// « Confirmer » (S29): the one act that allows money to be taken. Also giving up, and trying another card.
import { securityEvent } from '../accounts/security-log.ts';
import { quote } from '../certificates/quote.ts';
import { isGuardFailure, isUniqueViolation } from '../db/db.ts';
import type { Deps } from '../deps.ts';
import { Problem } from '../http/problem.ts';
import { stillOwes } from '../ledger/balance.ts';
import type { PayPal } from '../paypal/client.ts';
import { type Regroupement, regroupementOf } from '../regroupements/regroupements.ts';
import { stillClaimed } from './claim.ts';
import { write } from './settle.ts';
import { HOLDING } from './states.ts';
import { refuseWhileStopped } from './stops.ts';
import { allocationsOf, move, readPayment, type StoredPayment } from './store.ts';
import { capture, lookAtTakenBack, syncPayment, underClaim } from './sync.ts';

const WAIT_TURNS = 30;
const WAIT_TURN_MS = 200;

/**
 * Takes the money of a payment that PayPal says she approved, once, however often it is asked. Answers the payment
 * as it then is; a payment confirmed before answers what became of it. Throws `amount-changed` (with the new
 * `totalCents`), `already-paid`, `payment-in-progress`, `payment-state`, `payments-stopped`,
 * `paypal-unavailable`: nothing was taken then.
 */
export async function confirmPayment(
  deps: Deps,
  paypal: PayPal,
  regroupement: Regroupement,
  payment: StoredPayment,
  expectedTotalCents: number,
): Promise<StoredPayment> {
  if (payment.amountCents !== expectedTotalCents)
    throw new Problem('amount-changed', { totalCents: payment.amountCents });
  // Her tab may know of the approval before we do.
  const seen = payment.state === 'created' ? await syncPayment(deps, paypal, payment.id) : payment;
  if (HOLDING.includes(seen.state)) {
    const synced = await syncPayment(deps, paypal, seen.id);
    return isUnderWay(synced) ? othersWork(deps, synced) : synced;
  }
  if (seen.state !== 'approved') {
    if (seen.confirmedAt !== null || seen.state === 'expired') return seen;
    throw new Problem('payment-state');
  }
  const confirmed = await underClaim(deps, seen, async (held, token) => {
    if (held.state !== 'approved') return held;
    await refuseWhileStopped(deps, regroupement.id);
    await lookAtTakenBack(deps, paypal, held);
    await stillTheSame(deps, regroupement, held);
    await hold(deps, regroupement, held, token);
    const account = await regroupementOf(deps, held);
    return capture(deps, paypal, account, await readPayment(deps, held.id), token);
  });
  return isUnderWay(confirmed) ? othersWork(deps, confirmed) : confirmed;
}

// A double click, or another tab: the first click is at it, and this one answers what the first one gets.
async function othersWork(deps: Deps, payment: StoredPayment): Promise<StoredPayment> {
  let seen = payment;
  for (let n = 0; n < WAIT_TURNS && isUnderWay(seen); n++) {
    await deps.sleep(WAIT_TURN_MS);
    seen = await readPayment(deps, payment.id);
  }
  return seen;
}

function isUnderWay(payment: StoredPayment): boolean {
  return payment.state === 'approved' || payment.state === 'capturing';
}

/** Stops a payment that nobody confirmed. Asking again is fine. Throws `payment-state` once money may be moving. */
export async function cancelPayment(deps: Deps, payment: StoredPayment): Promise<StoredPayment> {
  if (payment.state === 'cancelled' || payment.state === 'expired' || payment.state === 'failed')
    return payment;
  const stopped = HOLDING.includes(payment.state)
    ? payment
    : await write(deps, payment, 'cancelled', { set: { failure: 'by-payer' } });
  if (stopped.state !== 'cancelled') throw new Problem('payment-state');
  return stopped;
}

/** After a refused card: the same order, back at PayPal. Throws `payment-state`. */
export async function retryPayment(deps: Deps, payment: StoredPayment): Promise<StoredPayment> {
  if (payment.state === 'created') return payment;
  if (payment.state !== 'declined') throw new Problem('payment-state');
  return write(deps, payment, 'unapproved', {});
}

/**
 * Staff looked at PayPal's site: this payment will not be. Lets the invoice go, on their word, audited; money that
 * comes all the same is posted and told (P3b). Throws `payment-state` unless it holds an invoice.
 */
export async function releasePayment(
  deps: Deps,
  payment: StoredPayment,
  by: { name: string; reason: string },
): Promise<StoredPayment> {
  if (payment.state === 'cancelled' && payment.failure === 'released') return payment;
  if (!HOLDING.includes(payment.state)) throw new Problem('payment-state');
  const released = await write(deps, payment, 'released', {
    set: { failure: 'released', claim_token: null, claim_until: null },
    // Beside the payment: staff's words may name her, and the security log names nobody.
    detail: { reason: by.reason },
    also: [
      securityEvent(deps, payment.regroupementId, 'staff-released-payment', null, {
        payment: payment.id,
        by: by.name,
      }),
    ],
  });
  if (released.failure !== 'released') throw new Problem('payment-state');
  return released;
}

// P2, first half: what she agreed to is still what it costs. If not, the payment ends here and she is told.
async function stillTheSame(deps: Deps, regroupement: Regroupement, payment: StoredPayment): Promise<void> {
  const allocations = await allocationsOf(deps, payment);
  const paid = allocations.reduce((sum, allocation) => sum + allocation.amountCents, 0);
  const whole = allocations.every((allocation) => allocation.amountCents === allocation.owedCents);
  let problem: Problem | null = null;
  try {
    const now = await quote(
      deps,
      { regroupement, accountId: payment.accountId },
      allocations.map((allocation) => allocation.invoiceId),
      whole ? undefined : paid,
      payment.id,
    );
    const unchanged = allocations.every((allocation) => allocation.balanceCents === allocation.owedCents);
    if (!unchanged || now.totalCents !== payment.amountCents) {
      problem = new Problem('amount-changed', { totalCents: now.totalCents });
    }
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (error.kind === 'payment-in-progress') throw error;
    // Paid otherwise meanwhile, cancelled, or no longer hers to pay.
    problem = error.kind === 'validation' ? new Problem('amount-changed', {}) : new Problem('already-paid');
  }
  if (problem === null) return;
  await write(deps, payment, 'cancelled', { set: { failure: problem.kind } });
  throw problem;
}

// P2, second half: in one transaction, still owed exactly this, held by nobody else, and from here on `capturing`.
async function hold(
  deps: Deps,
  regroupement: Regroupement,
  payment: StoredPayment,
  token: string,
): Promise<void> {
  const now = deps.now();
  const allocations = await allocationsOf(deps, payment);
  try {
    await deps.db.batch([
      stillClaimed(payment.id, token),
      ...allocations.flatMap((allocation) => [
        stillOwes(regroupement.id, allocation.invoiceId, allocation.owedCents, payment.id),
        {
          sql: 'INSERT INTO invoice_holds(invoice_id, payment_id, created_at) VALUES (?, ?, ?)',
          args: [allocation.invoiceId, payment.id, now],
        },
      ]),
      ...move(deps, payment, 'confirmed', { confirmed_at: now, failure: null }),
    ]);
  } catch (error) {
    // Another payment, a cheque or an import came between the look and the hold.
    if (isUniqueViolation(error)) throw new Problem('payment-in-progress');
    if (!isGuardFailure(error)) throw error;
    await stillTheSame(deps, regroupement, payment);
    throw new Problem('payment-state');
  }
}
