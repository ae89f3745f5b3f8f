// « Confirmer » (S29): the one act that allows money to be taken. Also giving up, and trying another card (S32).

import { type Actor, audited } from '../audit.ts';
import { stillReaches } from '../certificates/access.ts';
import { isGuardFailure, isUniqueViolation, type Statement } from '../db/db.ts';
import type { Deps } from '../deps.ts';
import { stillOwes } from '../ledger/balance.ts';
import type { PayPal } from '../paypal/client.ts';
import { Problem } from '../problems/problem.ts';
import { type Regroupement, regroupementOf } from '../regroupements/regroupements.ts';
import { causeToStop, stopPayment } from './not-taken.ts';
import { leased, leftAlone, lettingGo } from './settlement/lease.ts';
import { type CheckReversals, type Settling, settle, syncPayment, underLease } from './settlement/sync.ts';
import { advance, transition } from './settlement/transitions.ts';
import { HOLDING } from './states.ts';
import { refuseWhileStopped } from './stops.ts';
import {
  type Allocation,
  allocationsOf,
  noneTakenBackBut,
  paymentsWhere,
  readPayment,
  type StoredPayment,
  stillOfItsCertificates,
  takenBackBefore,
  writtenPayment,
} from './store.ts';

const WAIT_TURNS = 30;
const WAIT_TURN_MS = 200;

/**
 * Takes the money of a payment that was approved at PayPal, once, however often it is asked. Answers the payment
 * as it then is; a payment confirmed before answers what became of it, whatever it is asked for. Throws `amount-changed`
 * (with the new `totalCents`); with the members of notPayable, `already-paid`, `invoice-cancelled`, `invoice-not-in-file`,
 * `invoice-changed`, `nothing-to-pay`, `part-not-allowed`; `payment-in-progress`, `payment-state` (with `state`),
 * `payments-stopped`, `paypal-unavailable`: nothing was taken then.
 */
export async function confirmPayment(
  deps: Deps,
  paypal: PayPal,
  checkReversals: CheckReversals,
  regroupement: Regroupement,
  payment: StoredPayment,
  expectedTotalCents: number,
): Promise<StoredPayment> {
  const look = (id: string) => syncPayment(deps, paypal, checkReversals, id);
  // The payer's tab may know of the approval before we do.
  const seen = payment.state === 'created' ? await look(payment.id) : payment;
  if (HOLDING.includes(seen.state)) return outcomeOf(deps, await look(seen.id));
  if (seen.state !== 'approved') {
    if (seen.confirmedAt !== null || seen.state === 'expired') return seen;
    throw new Problem('payment-state', { state: seen.state });
  }
  if (seen.amountCents !== expectedTotalCents)
    throw new Problem('amount-changed', { totalCents: seen.amountCents });
  await refuseWhileStopped(deps, regroupement.id);
  const taking = { deps, paypal, checkReversals, regroupement };
  const taken =
    (await takenBackBefore(deps, seen)).length > 0
      ? await takeAfterCheck(taking, seen)
      : await lettingGo(deps, { table: 'payments', id: seen.id }, (token) =>
          take(taking, seen, token, [noneTakenBackBut(seen, [])]),
        );
  // The answer to our own batch was lost: it is held, and nobody is at it.
  return outcomeOf(deps, taken.state === 'capturing' ? await look(taken.id) : taken);
}

// A double click, or another tab: the first click is at it, and this one answers what the first one gets.
async function outcomeOf(deps: Deps, payment: StoredPayment): Promise<StoredPayment> {
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
    : await advance(deps, payment, 'cancelled', { set: { failure: 'by-payer' } });
  if (stopped.state !== 'cancelled') throw new Problem('payment-state', { state: stopped.state });
  return stopped;
}

/** After a refused card: the same order, back at PayPal. Throws `payment-state`. */
export async function retryPayment(deps: Deps, payment: StoredPayment): Promise<StoredPayment> {
  if (payment.state === 'created') return payment;
  if (payment.state !== 'declined') throw new Problem('payment-state', { state: payment.state });
  return advance(deps, payment, 'unapproved');
}

/**
 * Staff looked at PayPal's site: this payment will not be. Lets the invoice go, audited; money that comes all the same is
 * posted, and staff are told (P3b). Throws `payment-state` unless it holds an invoice.
 */
export async function releasePayment(
  deps: Deps,
  payment: StoredPayment,
  by: { name: Actor; reason: string },
): Promise<StoredPayment> {
  if (payment.state === 'cancelled' && payment.failure === 'released') return payment;
  if (!HOLDING.includes(payment.state)) throw new Problem('payment-state', { state: payment.state });
  const released = await advance(deps, payment, 'released', {
    set: { failure: 'released', claim_token: null, claim_until: null },
    // Staff's reason may name the payer.
    detail: { reason: by.reason },
    also: [
      audited(deps, {
        regroupementId: payment.regroupementId,
        actor: by.name,
        act: 'payment-released',
        target: `payments:${payment.id}`,
        before: { state: payment.state },
        after: { state: 'cancelled', failure: 'released' },
        words: { reason: by.reason },
      }),
    ],
  });
  if (released.failure !== 'released') throw new Problem('payment-state', { state: released.state });
  return released;
}

// What was taken back before is asked about first. That may take a while: meanwhile the lease tells that « Confirmer » is at it.
async function takeAfterCheck(taking: Settling, seen: StoredPayment): Promise<StoredPayment> {
  return await underLease(taking.deps, seen.id, async (held, token) => {
    if (held.state !== 'approved') return held;
    const still = await taking.checkReversals(taking.deps, taking.paypal, held);
    // Beyond the lease, what PayPal said at first is too old to take money by.
    if (held.leasedUntil === null || held.leasedUntil <= taking.deps.now())
      throw new Problem('paypal-unavailable');
    return await take(taking, held, token, still);
  });
}

// Answers the payment as it then is, whoever moved it. `still`: fails the hold once more was taken back than was looked at.
async function take(
  taking: Settling,
  payment: StoredPayment,
  token: string,
  still: readonly Statement[],
): Promise<StoredPayment> {
  const { deps, regroupement } = taking;
  // One instant for what it costs and for the « Confirmer » that is recorded: a rate may change at midnight (M6).
  const then = deps.now();
  const at = { ...deps, now: () => then };
  const allocations = await allocationsOf(at, payment);
  const moved = await stoppedIfChanged(at, regroupement, payment, allocations);
  if (moved !== null) return moved;
  const { held, isOurs } = await hold(at, regroupement, payment, allocations, { token, still });
  if (!isOurs) return held;
  const isTodays = regroupement.paypal?.version === held.paypalVersion;
  const account = isTodays ? regroupement : await regroupementOf(deps, held);
  return settle({ ...taking, regroupement: account }, held, { from: 'confirmation' }, token);
}

// P2, first half. If it is not what was agreed to any more, the payment ends here, and the payer is told why. Null when it
// may be taken; the payment where someone else has moved it meanwhile.
async function stoppedIfChanged(
  deps: Deps,
  regroupement: Regroupement,
  payment: StoredPayment,
  allocations: readonly Allocation[],
): Promise<StoredPayment | null> {
  const cause = await causeToStop(deps, regroupement, payment, allocations);
  if (cause === null) return null;
  const ended = await stopPayment(deps, payment, cause);
  if (ended.state === 'cancelled') throw cause;
  return ended;
}

// P2, second half: in one transaction, leased to this « Confirmer », still owed exactly this, held by nobody else, and from here
// on `capturing`. Not ours where someone else has moved it, or is at it.
async function hold(
  deps: Deps,
  regroupement: Regroupement,
  payment: StoredPayment,
  allocations: readonly Allocation[],
  { token, still }: { token: string; still: readonly Statement[] },
): Promise<{ held: StoredPayment; isOurs: boolean }> {
  const now = deps.now();
  try {
    const held = await writtenPayment(deps, payment.id, [
      ...leased(deps, payment.id, token),
      ...transition(deps, payment, 'confirmed', { confirmed_at: now, failure: null }),
      stillReaches(
        { regroupementId: regroupement.id, accountId: payment.accountId },
        allocations.map(({ invoiceId }) => invoiceId),
      ),
      stillOfItsCertificates(payment.id),
      ...still,
      ...allocations.flatMap((allocation) => [
        stillOwes(regroupement.id, allocation.invoiceId, allocation.owedCents, payment.id),
        {
          sql: 'INSERT INTO invoice_holds(invoice_id, payment_id, created_at) VALUES (?, ?, ?)',
          args: [allocation.invoiceId, payment.id, now],
        },
      ]),
    ]);
    return { held, isOurs: true };
  } catch (error) {
    // Another payment, a cheque or an import came between the look and the hold.
    if (isUniqueViolation(error)) throw new Problem('payment-in-progress');
    if (!isGuardFailure(error)) throw error;
    const moved = await stoppedIfChanged(deps, regroupement, payment, await allocationsOf(deps, payment));
    // In one look: between two, another server may take the money.
    const free = leftAlone(now, token);
    const untouched = await paymentsWhere(deps, `id = ? AND state = 'approved' AND ${free.sql}`, [
      payment.id,
      ...free.args,
    ]);
    if (untouched.length > 0) throw new Problem('payment-state', { state: 'approved' });
    return { held: moved ?? (await readPayment(deps, payment.id)), isOurs: false };
  }
}
