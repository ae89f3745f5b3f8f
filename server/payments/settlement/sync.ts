// Brings a payment up to PayPal's own record (S28–S32): after the payer comes back, at « Confirmer », while the payer waits,
// from the sweeper and the webhooks. One loop: what is known is decided upon, and either written down or, for a payment that
// was confirmed, PayPal is asked for the money, under the lease, with the request id of its attempt (P1, P3).
import { isGuardFailure, type Statement } from '../../db/db.ts';
import type { Deps } from '../../deps.ts';
import type { PayPal } from '../../paypal/client.ts';
import { PayPalFailure } from '../../paypal/errors.ts';
import { Problem } from '../../problems/problem.ts';
import { type Regroupement, regroupementOf } from '../../regroupements/regroupements.ts';
import { HOLDING, OPEN } from '../states.ts';
import { paymentStop } from '../stops.ts';
import { allocationsOf, readPayment, type StoredPayment } from '../store.ts';
import { decide, type Evidence, type Obstacle, type OrderRecord } from './decide.ts';
import { withLease } from './lease.ts';
import { record } from './record.ts';

/**
 * Brings what a bank or PayPal took back of earlier payments of the same invoices up to PayPal's record, before money is taken
 * for them. Answers the statements that fail a batch once our books tell of more than was looked at. Throws Problem
 * (`payment-in-progress`, `paypal-unavailable`) while that is not certain. Given by whoever composes the server
 * (refunds/check-reversals.ts): what becomes of money after it came is none of this room's affairs.
 */
export type CheckReversals = (
  deps: Deps,
  paypal: PayPal,
  payment: Pick<StoredPayment, 'id'>,
) => Promise<Statement[]>;

/**
 * The payment after a look at PayPal's record. When PayPal gives no definite answer it stays as it was; one that has ended
 * is not looked at. `limitMs`: how long PayPal may take to answer.
 */
export async function syncPayment(
  deps: Deps,
  paypal: PayPal,
  checkReversals: CheckReversals,
  paymentId: string,
  options: { limitMs?: number } = {},
): Promise<StoredPayment> {
  const payment = await readPayment(deps, paymentId);
  if (payment.orderId === null || !OPEN.includes(payment.state)) return payment;
  const regroupement = await regroupementOf(deps, payment);
  if (!HOLDING.includes(payment.state))
    return (await lookAtRecord(deps, paypal, regroupement, payment, options.limitMs)).payment;
  return underLease(deps, payment.id, async (held, token) => {
    if (!HOLDING.includes(held.state)) return held;
    const known = await readRecord(paypal, regroupement, held);
    const settling = { deps, paypal, checkReversals, regroupement };
    return settle(settling, held, { from: 'record', record: known }, token);
  });
}

/** A payment that waits for no money, after a look at PayPal's record. */
export interface Look {
  payment: StoredPayment;
  record: OrderRecord;
  /** False where PayPal did not say what became of it: whoever was told of a change asks again. */
  decided: boolean;
}

/** One look at PayPal's record of a payment that holds no invoice: nothing is asked for but the record. */
export async function lookAtRecord(
  deps: Deps,
  paypal: PayPal,
  regroupement: Regroupement,
  payment: StoredPayment,
  limitMs?: number,
): Promise<Look> {
  const known = await readRecord(paypal, regroupement, payment, limitMs);
  const decision = decide(payment, merchantIdOf(regroupement), { from: 'record', record: known });
  if (decision.kind === 'capture') throw new Error('money is asked for under the lease only');
  const seen = await record(deps, regroupement, payment, decision);
  return { payment: seen, record: known, decided: decision.kind !== 'undecided' };
}

/** What it takes to ask for a payment's money. */
export interface Settling {
  deps: Deps;
  paypal: PayPal;
  checkReversals: CheckReversals;
  /** With the PayPal account that the order was made for. */
  regroupement: Regroupement;
}

/**
 * What becomes of a confirmed payment: decides, asks PayPal for the money where that is the decision, and writes down what came
 * of it. `token`: of the payment's lease. Never throws for what PayPal does: no definite answer is `unknown`.
 */
export async function settle(
  settling: Settling,
  payment: StoredPayment,
  evidence: Evidence,
  token: string,
): Promise<StoredPayment> {
  const { deps, regroupement } = settling;
  for (let known = evidence; ; ) {
    const decision = decide(payment, merchantIdOf(regroupement), known);
    if (decision.kind !== 'capture') return record(deps, regroupement, payment, decision, token);
    const obstacle = await obstacleTo(settling, payment, decision.check);
    known = obstacle === null ? await askForMoney(settling, payment) : { from: 'obstacle', obstacle };
  }
}

/** Runs `work` as the only one who may take this payment's money; while another is at it, answers the payment as it is. */
export async function underLease(
  deps: Deps,
  paymentId: string,
  work: (payment: StoredPayment, token: string) => Promise<StoredPayment>,
): Promise<StoredPayment> {
  const done = await withLease(deps, { table: 'payments', id: paymentId }, async (token) =>
    work(await readPayment(deps, paymentId), token),
  );
  return done ?? readPayment(deps, paymentId);
}

// What came meanwhile (money that turned up late) may have left less to pay than was agreed to; after a restore, a later
// payment that our books forgot may have paid the same.
async function obstacleTo(
  { deps, paypal, checkReversals, regroupement }: Settling,
  payment: StoredPayment,
  check: boolean,
): Promise<Obstacle | null> {
  if (check) {
    let still: Statement[];
    try {
      still = await checkReversals(deps, paypal, payment);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      return 'reversal-undecided';
    }
    const allocations = await allocationsOf(deps, payment);
    if (allocations.some(({ balanceCents, amountCents }) => balanceCents < amountCents)) return 'less-owed';
    if (!(await areStill(deps, still))) return 'reversal-undecided';
  }
  return (await paymentStop(deps, regroupement.id)) === null ? null : 'payments-stopped';
}

// Whether our books are as they were when these guards were made.
async function areStill(deps: Deps, guards: readonly Statement[]): Promise<boolean> {
  try {
    await deps.db.batch(guards);
    return true;
  } catch (error) {
    if (!isGuardFailure(error)) throw error;
    return false;
  }
}

async function askForMoney({ paypal, regroupement }: Settling, payment: StoredPayment): Promise<Evidence> {
  try {
    const requestId = `cap:${payment.id}:${payment.captureAttempt}`;
    const order = await paypal.captureOrder(regroupement, payment.orderId ?? '', requestId);
    return { from: 'capture', order };
  } catch (error) {
    if (!(error instanceof PayPalFailure)) throw error;
    return { from: 'refusal', failure: error, record: await readRecord(paypal, regroupement, payment) };
  }
}

// Never throws for what PayPal does.
async function readRecord(
  paypal: PayPal,
  regroupement: Regroupement,
  payment: StoredPayment,
  limitMs?: number,
): Promise<OrderRecord> {
  try {
    return await paypal.readOrder(regroupement, payment.orderId ?? '', limitMs);
  } catch (error) {
    if (!(error instanceof PayPalFailure)) throw error;
    return error.decision === 'gone' ? 'gone' : 'no-answer';
  }
}

function merchantIdOf({ paypal }: Regroupement): string | null {
  return paypal?.merchantId ?? null;
}
