// What PayPal says of a payment's order, and what that means for the payment (S29–S32): a decision, as data. Pure and
// total: every answer of PayPal's has a decision in every state. What is decided is written by record.ts; the table of all
// decisions stands on /docs (decision-table.ts).
import type { PayPalFailure } from '../../paypal/errors.ts';
import { type Capture, captureOf, isHeld, type Order, toCents } from '../../paypal/wire.ts';
import { after, CAME, HOLDING, type State } from '../states.ts';
import type { StoredPayment } from '../store.ts';

/** PayPal's record of an order: the order, that PayPal does not know it (any more), or nothing definite. */
export type OrderRecord = Order | 'gone' | 'no-answer';

/** What keeps the money of a confirmed payment from being asked for. */
export type Obstacle =
  /** A restored database may not know of a later payment of the same (stops.ts). */
  | 'payments-stopped'
  /** Less is owed by now than the payer agreed to pay. */
  | 'less-owed'
  /** What was taken back of an earlier payment may be on its way back, or PayPal does not say. */
  | 'reversal-undecided';

/** What is known when a decision is due. */
export type Evidence =
  /** PayPal's record of the order was read. */
  | { from: 'record'; record: OrderRecord }
  /** « Confirmer » was recorded this moment, with everything checked. */
  | { from: 'confirmation' }
  /** The money may not be asked for now. */
  | { from: 'obstacle'; obstacle: Obstacle }
  /** PayPal's answer to the request to capture. */
  | { from: 'capture'; order: Order }
  /** The request to capture failed; `record` was read after that, since an earlier try may have worked. */
  | { from: 'refusal'; failure: Pick<PayPalFailure, 'decision' | 'issue'>; record: OrderRecord };

/** Why a payment waits for a person. */
type ParkReason = 'mismatch' | 'less-owed' | 'duplicate-invoice';

export type Decision =
  /** Nothing changes. */
  | { kind: 'keep' }
  /** PayPal did not say what became of it, and nothing here will ask again soon: whoever was told of a change must. */
  | { kind: 'undecided' }
  /** The payer agreed. */
  | { kind: 'approved' }
  /** The payer must choose again how to pay. */
  | { kind: 'unapproved' }
  /** Ask PayPal for the money; `check` first what may have changed since « Confirmer ». */
  | { kind: 'capture'; check: boolean }
  /** The money is there, or was and is held for a dispute. */
  | { kind: 'complete'; capture: Capture }
  /** PayPal took the money and does not release it yet. */
  | { kind: 'pending'; captureId: string }
  /** This means of payment was refused; the order can be paid by another. */
  | { kind: 'declined'; issue: string }
  /** The order will never be paid. */
  | { kind: 'refused'; issue: string; tellPayer: boolean }
  /** PayPal does not know the order any more, and nothing was taken. */
  | { kind: 'expired'; tellPayer: boolean }
  /** Whether the money was taken is not known. */
  | { kind: 'lost' }
  /** For a person to look at: nothing is posted, and an invoice that is held stays so. */
  | { kind: 'park'; reason: ParkReason; captureId: string | null };

type Subject = Pick<StoredPayment, 'id' | 'number' | 'state' | 'amountCents' | 'approvedAt'>;

const KEEP: Decision = { kind: 'keep' };
const UNDECIDED: Decision = { kind: 'undecided' };

/**
 * What `evidence` means for the payment. `merchantId`: of the account that the order was made for, where it is known.
 * After a request to capture, or what kept it from being made, the decision is never `capture`.
 */
export function decide(payment: Subject, merchantId: string | null, evidence: Evidence): Decision {
  switch (evidence.from) {
    case 'record':
      return ofRecord(payment, merchantId, evidence.record);
    case 'confirmation':
      return payment.state === 'capturing' ? { kind: 'capture', check: false } : KEEP;
    case 'obstacle':
      return ofObstacle(payment.state, evidence.obstacle);
    case 'capture':
      return ofAnswer(payment, merchantId, evidence.order);
    case 'refusal':
      return ofRefusal(payment, merchantId, evidence.failure, evidence.record);
  }
}

function ofRecord(payment: Subject, merchantId: string | null, record: OrderRecord): Decision {
  const { state } = payment;
  if (record === 'no-answer') {
    if (state === 'capturing') return lost(state);
    // What is in doubt after « Confirmer » is asked about again every minute (sweep.ts).
    return HOLDING.includes(state) ? KEEP : UNDECIDED;
  }
  if (record === 'gone') {
    // It proves little: asked again under the same request id, PayPal repeats what it did, or refuses.
    if (isUnresolved(state)) return { kind: 'capture', check: false };
    return state === 'pending' ? KEEP : expired(payment);
  }
  const captured = ofCaptures(payment, merchantId, record);
  if (captured !== null) return captured;
  if (record.status === 'VOIDED') return refused(state, 'VOIDED');
  if (record.status === 'APPROVED') {
    // Not captured as far as this record shows. « Confirmer » stands, and the same request id cannot take it twice.
    if (isUnresolved(state)) return { kind: 'capture', check: true };
    return state === 'created' ? { kind: 'approved' } : KEEP;
  }
  if (isUnresolved(state)) return { kind: 'declined', issue: 'ORDER_NOT_APPROVED' };
  return state === 'approved' ? { kind: 'unapproved' } : KEEP;
}

// What the order's captures show; null where there is none.
function ofCaptures(payment: Subject, merchantId: string | null, order: Order): Decision | null {
  const { state } = payment;
  const capture = captureOf(order);
  if (capture === null) return null;
  switch (meaningOf(order, capture, payment, merchantId)) {
    case 'mismatch':
      return hasCome(state) ? KEEP : { kind: 'park', reason: 'mismatch', captureId: capture.id };
    case 'refused':
      return refused(state, capture.status);
    case 'pending':
      if (after(state, 'pending') !== null) return { kind: 'pending', captureId: capture.id };
      // Of one that had ended, money is on its way: it is taken in when it comes.
      return ['failed', 'expired', 'cancelled'].includes(state) ? UNDECIDED : KEEP;
    case 'taken':
      return hasCome(state) ? KEEP : { kind: 'complete', capture };
  }
}

function meaningOf(
  order: Order,
  capture: Capture,
  payment: Subject,
  merchantId: string | null,
): 'mismatch' | 'refused' | 'pending' | 'taken' {
  if (!isWhatWasAsked(order, capture, payment, merchantId)) return 'mismatch';
  if (capture.status === 'DECLINED' || capture.status === 'FAILED') return 'refused';
  // Only what had come can be held for a dispute: the payer has paid, whether or not we saw it before. Waiting for PayPal's
  // decision as for money to come would call « being checked » what has left the payer's account, for weeks.
  return capture.status === 'PENDING' && !isHeld(capture) ? 'pending' : 'taken';
}

// An answer without a capture proves nothing, unless PayPal says that the order is over.
function ofAnswer(payment: Subject, merchantId: string | null, order: Order): Decision {
  const captured = ofCaptures(payment, merchantId, order);
  if (captured !== null) return captured;
  return order.status === 'VOIDED' ? refused(payment.state, 'VOIDED') : lost(payment.state);
}

function ofRefusal(
  payment: Subject,
  merchantId: string | null,
  { decision, issue = decision }: Pick<PayPalFailure, 'decision' | 'issue'>,
  record: OrderRecord,
): Decision {
  const { state } = payment;
  // A refusal is final only once the record shows no capture: an earlier try whose answer was lost may have worked.
  if (record === 'no-answer') return lost(state);
  const capture = record === 'gone' ? null : captureOf(record);
  if (record !== 'gone' && capture !== null && meaningOf(record, capture, payment, merchantId) !== 'refused')
    return ofCaptures(payment, merchantId, record) ?? KEEP;
  switch (decision) {
    case 'declined':
    case 'not-approved':
      return after(state, 'declined') === null ? KEEP : { kind: 'declined', issue };
    case 'gone':
      return expired(payment);
    case 'refused':
    case 'configuration':
      return refused(state, issue);
    case 'duplicate-invoice':
      return hasCome(state) ? KEEP : { kind: 'park', reason: 'duplicate-invoice', captureId: null };
    default:
      return lost(state);
  }
}

function ofObstacle(state: State, obstacle: Obstacle): Decision {
  if (obstacle === 'payments-stopped') return lost(state);
  if (obstacle === 'reversal-undecided' || hasCome(state)) return KEEP;
  return { kind: 'park', reason: 'less-owed', captureId: null };
}

function lost(state: State): Decision {
  return after(state, 'lost') === null ? KEEP : { kind: 'lost' };
}

function refused(state: State, issue: string): Decision {
  if (after(state, 'refused') === null) return KEEP;
  // Someone who waits at the screen reads it there.
  return { kind: 'refused', issue, tellPayer: state !== 'capturing' };
}

function expired({ state, approvedAt }: Subject): Decision {
  if (after(state, 'expired') === null) return KEEP;
  // Whoever never agreed expects nothing.
  return { kind: 'expired', tellPayer: approvedAt !== null };
}

/** Confirmed, and neither taken nor refused as far as is known. */
function isUnresolved(state: State): boolean {
  return state === 'capturing' || state === 'unknown';
}

function hasCome(state: State): boolean {
  return (CAME as readonly State[]).includes(state);
}

// Amount, currency, payment and payee, to the cent: anything else is for a person to look at.
function isWhatWasAsked(
  order: Order,
  capture: Capture,
  payment: Subject,
  merchantId: string | null,
): boolean {
  const [unit] = order.purchase_units ?? [];
  const payee = unit?.payee?.merchant_id;
  return (
    toCents(capture.amount.value) === payment.amountCents &&
    capture.amount.currency_code === 'CAD' &&
    (capture.custom_id ?? unit?.custom_id) === payment.id &&
    (capture.invoice_id ?? unit?.invoice_id) === payment.number &&
    (payee === undefined || merchantId === null || payee === merchantId)
  );
}
