// What becomes of money after it came, as PayPal's record shows it (after S31): held for a dispute, taken back whole or in part,
// given back. PayPal's record of the capture says how things stand, its lists say what moved; explain.ts decides, and what it
// decides is written here, in one order.
import type { Deps } from '../../deps.ts';
import { openException } from '../../exceptions/exceptions.ts';
import type { StoredPayment } from '../../payments/store.ts';
import type { PayPal } from '../../paypal/client.ts';
import { PayPalFailure } from '../../paypal/errors.ts';
import type { Capture, Refund } from '../../paypal/wire.ts';
import type { Regroupement } from '../../regroupements/regroupements.ts';
import { recordRefund } from '../record.ts';
import { wentBack } from '../store.ts';
import { type Explanation, explain, LISTED_AFTER_MS, needsList } from './explain.ts';
import { listedMovements, type Movement, type Reported } from './movements.ts';
import { nameReturn, recordReturn, undoReversal } from './record-return.ts';
import { openBeyond, recordReversal } from './record-reversal.ts';
import { recordStanding } from './standing.ts';

/** What PayPal's record and lists are compared for. */
interface Following {
  deps: Deps;
  paypal: PayPal;
  regroupement: Regroupement;
  payment: StoredPayment;
  /** What the order's record shows. */
  refunds: readonly Refund[];
}

/**
 * Brings the books of a payment whose money came up to PayPal's record of it. `refunds`: what the order's record shows;
 * `reported`: the movement that PayPal told of. Throws PayPalFailure while PayPal does not answer, or its lists do not explain
 * its record yet: nothing is posted then that is not certain.
 */
export async function followMoney(
  deps: Deps,
  paypal: PayPal,
  regroupement: Regroupement,
  payment: StoredPayment,
  { refunds, reported }: { refunds: readonly Refund[]; reported?: Reported | undefined },
): Promise<StoredPayment> {
  if (payment.captureId === null || payment.completedAt === null) return payment;
  const capture = await readCapture(paypal, regroupement, payment.captureId);
  // What PayPal has forgotten has nothing more to show.
  if (capture === null) return payment;
  if (capture.status === 'DECLINED' || capture.status === 'FAILED')
    await deps.db.batch(openMissing(deps, regroupement, payment, capture));
  const following = { deps, paypal, regroupement, payment, refunds };
  const unrecorded = await recordKnownRefunds(following);
  const explanation = await explanationOf(following, { capture, unrecorded, reported });
  await write(following, explanation);
  const seen = await recordStanding(deps, regroupement, payment.id, capture);
  if (!explanation.explained || explanation.returnAwaited)
    throw new PayPalFailure('unavailable', { issue: 'NOT_EXPLAINED_YET' });
  return seen;
}

// Takes in the refunds of the order's record that are surely refunds, and answers the others.
async function recordKnownRefunds({ deps, regroupement, payment, refunds }: Following): Promise<Refund[]> {
  const unrecorded: Refund[] = [];
  for (const refund of refunds) {
    // Money that has not gone yet is taken back by nobody.
    if (refund.status !== 'COMPLETED' || (await isOurs(deps, payment, refund)))
      await recordRefund(deps, regroupement, payment, refund);
    else unrecorded.push(refund);
  }
  return unrecorded;
}

async function explanationOf(
  { deps, paypal, regroupement, payment }: Following,
  shown: { capture: Capture; unrecorded: readonly Refund[]; reported: Reported | undefined },
): Promise<Explanation> {
  const compared = { ...shown, payment, books: await wentBack(deps, payment.id) };
  const listed = needsList(compared) ? await listedMovements(deps, paypal, regroupement, payment) : [];
  const now = deps.now();
  const wonLatelyCents =
    (listed ?? []).length + compared.books.reversals.length === 0 ? [] : await wonLately(deps, payment, now);
  const facts = { ...compared, listed, wonLatelyCents, now };
  const explanation = explain({ ...facts, wonDispute: null });
  const wonDispute = explanation.backUnlisted ? await wonDisputeOf(deps, payment) : null;
  return wonDispute === null ? explanation : explain({ ...facts, wonDispute });
}

async function write(following: Following, explanation: Explanation): Promise<void> {
  const { deps, regroupement, payment } = following;
  const { movements, beyond, named, corrected, checked, staffKnow } = explanation;
  for (const one of named) await nameReturn(deps, one);
  for (const one of beyond)
    if (one.kind === 'reversal') await deps.db.batch(openBeyond(deps, regroupement, payment, one));
  if (!explanation.explained) return;
  for (const reversal of corrected) await undoReversal(deps, regroupement, payment, reversal, movements);
  for (const movement of movements) await post(following, movement, staffKnow);
  for (const { id } of checked) await deps.db.execute('UPDATE refunds SET unchecked = 0 WHERE id = ?', [id]);
}

async function post(following: Following, movement: Movement, staffKnow: boolean): Promise<void> {
  const { deps, paypal, regroupement, payment, refunds } = following;
  const { kind, id, cents, at, unlisted } = movement;
  if (kind === 'reversal') return recordReversal(deps, regroupement, payment, movement, staffKnow);
  if (kind === 'return') {
    const transactionId = unlisted === true ? null : id;
    return recordReturn(deps, regroupement, payment.id, { source: id, transactionId, cents, at });
  }
  const refund = refunds.find((one) => one.id === id) ?? (await paypal.readRefund(regroupement, id));
  await recordRefund(deps, regroupement, payment, refund);
}

async function readCapture(
  paypal: PayPal,
  regroupement: Regroupement,
  captureId: string,
): Promise<Capture | null> {
  try {
    return await paypal.readCapture(regroupement, captureId);
  } catch (error) {
    if (error instanceof PayPalFailure && error.decision === 'gone') return null;
    throw error;
  }
}

// Held when we first saw it, and refused after all: what our books have, PayPal has not.
function openMissing(deps: Deps, regroupement: Regroupement, payment: StoredPayment, capture: Capture) {
  return openException(deps, regroupement, {
    kind: 'missing-capture',
    about: capture.id,
    paymentId: payment.id,
    detail: { captureId: capture.id, amountCents: payment.amountCents },
  });
}

// Asked for here, or taken in before.
async function isOurs(deps: Deps, payment: StoredPayment, refund: Refund): Promise<boolean> {
  const { rows } = await deps.db.execute(
    `SELECT 1 FROM refunds WHERE payment_id = ?
       AND ((refund_id = ? AND (origin <> 'reversal' OR state = 'completed')) OR (id = ? AND origin = 'staff'))`,
    [payment.id, refund.id, refund.custom_id ?? ''],
  );
  return rows.length > 0;
}

const WON = "outcome IN ('RESOLVED_SELLER_FAVOUR', 'CANCELED_BY_BUYER', 'DENIED')";

// The dispute of this payment that ended in the regroupement's favour and under which nothing came again yet.
async function wonDisputeOf(deps: Deps, payment: StoredPayment): Promise<string | null> {
  const { rows } = await deps.db.execute<{ id: string }>(
    `SELECT dispute_id AS id FROM disputes d WHERE payment_id = ? AND ${WON}
       AND NOT EXISTS (SELECT 1 FROM reversal_returns r WHERE r.regroupement_id = d.regroupement_id AND r.source = d.dispute_id)
     ORDER BY resolved_at DESC LIMIT 1`,
    [payment.id],
  );
  return rows[0]?.id ?? null;
}

// The amounts of this payment's disputes that ended so lately that PayPal's list need not show yet what came again.
async function wonLately(deps: Deps, payment: StoredPayment, now: number): Promise<number[]> {
  const { rows } = await deps.db.execute<{ cents: number }>(
    `SELECT amount_cents AS cents FROM disputes WHERE payment_id = ? AND ${WON} AND resolved_at >= ? AND amount_cents IS NOT NULL`,
    [payment.id, now - LISTED_AFTER_MS],
  );
  return rows.map(({ cents }) => cents);
}
