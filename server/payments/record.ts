// What PayPal's record says becomes what our books say: one function for the confirmation, the polling, the sweeper
// and the webhooks. Each outcome is written in one batch that fails whole when someone else was faster.
import { guard, isGuardFailure, isUniqueViolation, type Statement } from '../db/db.ts';
import { type Deps, newId } from '../deps.ts';
import { openException } from '../exceptions/exceptions.ts';
import { type Entry, post } from '../ledger/entries.ts';
import { taxAsOf } from '../ledger/premium-tax.ts';
import { torontoDay } from '../ledger/toronto.ts';
import { enqueueMail } from '../mail/outbox.ts';
import { type Capture, captureOf, feeOf, isHeld, type Order, toCents } from '../paypal/wire.ts';
import type { Regroupement } from '../regroupements/regroupements.ts';
import { stillClaimed } from './lease.ts';
import { receiptDocument } from './receipt-document.ts';
import { after, type Event, HOLDING } from './states.ts';
import { allocationsOf, move, readPayment, type StoredPayment } from './store.ts';

/** What an order's record at PayPal means for the payment it was made for. */
export type Outcome =
  | { kind: 'approved' }
  | { kind: 'unapproved' }
  | { kind: 'captured'; capture: Capture }
  | { kind: 'pending'; capture: Capture }
  | { kind: 'refused'; issue: string }
  | { kind: 'mismatch'; capture: Capture };

export function outcomeOf(order: Order, payment: StoredPayment, regroupement: Regroupement): Outcome {
  const capture = captureOf(order);
  if (capture === null) {
    if (order.status === 'APPROVED') return { kind: 'approved' };
    return order.status === 'VOIDED' ? { kind: 'refused', issue: 'VOIDED' } : { kind: 'unapproved' };
  }
  if (!isWhatWasAsked(order, capture, payment, regroupement)) return { kind: 'mismatch', capture };
  // Only what had come can be held for a dispute: she has paid, whether or not we saw it before. Waiting for PayPal's
  // decision as for money to come would call « being checked » what has left her account, for weeks.
  if (capture.status === 'PENDING' && !isHeld(capture)) return { kind: 'pending', capture };
  if (capture.status === 'DECLINED' || capture.status === 'FAILED')
    return { kind: 'refused', issue: capture.status };
  return { kind: 'captured', capture };
}

// Amount, currency, payment and payee, to the cent: anything else is for a person to look at.
function isWhatWasAsked(
  order: Order,
  capture: Capture,
  payment: StoredPayment,
  regroupement: Regroupement,
): boolean {
  const [unit] = order.purchase_units ?? [];
  const payee = unit?.payee?.merchant_id;
  const merchantId = regroupement.paypal?.merchantId ?? null;
  return (
    toCents(capture.amount.value) === payment.amountCents &&
    capture.amount.currency_code === 'CAD' &&
    (capture.custom_id ?? unit?.custom_id) === payment.id &&
    (capture.invoice_id ?? unit?.invoice_id) === payment.number &&
    (payee === undefined || merchantId === null || payee === merchantId)
  );
}

/**
 * Writes down the outcome and answers the payment as it then is. `claimToken` fences a writer that took money;
 * without it the state alone decides. An outcome that changes nothing is fine.
 */
export async function record(
  deps: Deps,
  regroupement: Regroupement,
  payment: StoredPayment,
  outcome: Outcome,
  claimToken?: string,
): Promise<StoredPayment> {
  switch (outcome.kind) {
    case 'captured':
      return complete(deps, regroupement, payment, outcome.capture);
    case 'pending':
      return write(deps, payment, 'pending', { set: { capture_id: outcome.capture.id }, claimToken });
    case 'refused':
      return write(deps, payment, 'refused', {
        set: { failure: outcome.issue },
        // Someone who waits at the screen reads it there.
        also: payment.state === 'capturing' ? [] : [await mailToPayer(deps, payment, 'payment-failed')],
        claimToken,
      });
    case 'approved':
      return payment.state === 'created'
        ? write(deps, payment, 'approved', { set: { approved_at: deps.now() } })
        : payment;
    case 'unapproved':
      return payment.state === 'approved' ? write(deps, payment, 'unapproved', {}) : payment;
    case 'mismatch':
      return park(deps, regroupement, payment, 'mismatch', claimToken, outcome.capture);
  }
}

/** Moves the payment by `event` with `also` in the same batch. Someone else's faster move is the answer then. */
export async function write(
  deps: Deps,
  payment: StoredPayment,
  event: Event,
  more: {
    set?: Record<string, string | number | null>;
    detail?: Readonly<Record<string, string | boolean>>;
    also?: readonly Statement[];
    claimToken?: string | undefined;
  },
): Promise<StoredPayment> {
  if (after(payment.state, event) === null) return payment;
  const fence = more.claimToken === undefined ? [] : [stillClaimed(payment.id, more.claimToken)];
  const claimEnds = more.claimToken === undefined ? {} : { claim_token: null, claim_until: null };
  try {
    await deps.db.batch([
      ...fence,
      ...move(deps, payment, event, { ...more.set, ...claimEnds }, more.detail),
      ...(more.also ?? []),
    ]);
  } catch (error) {
    if (!isGuardFailure(error)) throw error;
  }
  return readPayment(deps, payment.id);
}

/** The money is there: payment, ledger, receipt and messages in one batch (P2). */
async function complete(
  deps: Deps,
  regroupement: Regroupement,
  payment: StoredPayment,
  capture: Capture,
): Promise<StoredPayment> {
  for (let attempt = 0; ; attempt++) {
    if (after(payment.state, 'captured') === null) return payment;
    // Money that comes after its payment had ended pays at the rate of its « Confirmer » all the same.
    if (!HOLDING.includes(payment.state))
      await atItsRate(deps, payment, Date.parse(capture.create_time ?? '') || deps.now());
    try {
      await deps.db.batch(await completion(deps, regroupement, payment, capture));
      if (!HOLDING.includes(payment.state))
        deps.log.error('capture-after-end', { payment: payment.id, state: payment.state });
      return await readPayment(deps, payment.id);
    } catch (error) {
      // A guard failed: another writer settled it, or the invoice's balance moved since the receipt was drawn up.
      if (!isGuardFailure(error) && !isUniqueViolation(error)) throw error;
      if (attempt >= 4) throw error;
      payment = await readPayment(deps, payment.id);
    }
  }
}

/** Brings what is left of the payment's invoices to the rate of its « Confirmer », or else of `takenAt` (M6). */
export async function atItsRate(deps: Deps, payment: StoredPayment, takenAt: number): Promise<void> {
  const day = torontoDay(payment.confirmedAt ?? takenAt);
  for (const { invoiceId } of await allocationsOf(deps, payment))
    await taxAsOf(deps, payment.regroupementId, invoiceId, day);
}

async function completion(
  deps: Deps,
  regroupement: Regroupement,
  payment: StoredPayment,
  capture: Capture,
): Promise<Statement[]> {
  const paidAt = Date.parse(capture.create_time ?? '') || deps.now();
  const allocations = await allocationsOf(deps, payment);
  const payer = await payerOf(deps, payment);
  const document = await receiptDocument(deps, {
    regroupement,
    payment,
    payer,
    allocations,
    captureId: capture.id,
    paidAt,
  });
  const receiptId = newId(deps);
  const unexpected = !HOLDING.includes(payment.state);
  const held = isHeld(capture);
  const entry = (invoiceId: string, kind: Entry['kind'], cents: number, source: string): Statement[] =>
    post(deps, {
      regroupementId: regroupement.id,
      invoiceId,
      kind,
      cents,
      source,
      paymentId: payment.id,
      method: 'paypal',
      occurredAt: paidAt,
    });
  const [first] = allocations;
  return [
    // No claim is asked for: whoever sees the capture may post it, and the state lets one of them.
    ...move(deps, payment, held ? 'disputed' : 'captured', {
      capture_id: capture.id,
      completed_at: paidAt,
      paypal_fee_cents: feeOf(capture),
      held_at: held ? deps.now() : null,
      failure: null,
      claim_token: null,
      claim_until: null,
    }),
    ...(held ? openHeld(deps, regroupement, payment, capture.id, payment.amountCents) : []),
    ...allocations.flatMap((allocation) => [
      guard('(SELECT COALESCE(SUM(amount_cents), 0) FROM ledger_entries WHERE invoice_id = ?) = ?', [
        allocation.invoiceId,
        allocation.balanceCents,
      ]),
      ...entry(
        allocation.invoiceId,
        'payment',
        allocation.amountCents,
        `paypal:${capture.id}:${allocation.invoiceId}`,
      ),
    ]),
    ...(payment.onlineFeeCents > 0 && first !== undefined
      ? [
          ...entry(first.invoiceId, 'online-fee', payment.onlineFeeCents, `paypal:${capture.id}:fee`),
          ...entry(first.invoiceId, 'payment', payment.onlineFeeCents, `paypal:${capture.id}:fee-paid`),
        ]
      : []),
    {
      sql: `INSERT INTO receipts(id, regroupement_id, number, payment_id, account_id, issued_at, document)
            SELECT ?1, ?2, COALESCE(MAX(number), 0) + 1, ?3, ?4, ?5, ?6 FROM receipts WHERE regroupement_id = ?2`,
      args: [receiptId, regroupement.id, payment.id, payment.accountId, deps.now(), JSON.stringify(document)],
    },
    enqueueMail(deps, {
      regroupementId: regroupement.id,
      dedupeKey: `receipt:${payment.id}`,
      kind: 'receipt',
      recipient: payer.email,
      lang: payment.lang,
      payload: { receiptId },
    }),
    enqueueMail(deps, {
      regroupementId: regroupement.id,
      dedupeKey: `payment-received:${payment.id}`,
      kind: 'payment-received',
      recipient: regroupement.email,
      lang: 'fr-CA',
      payload: { paymentId: payment.id },
    }),
    ...(unexpected
      ? openException(deps, regroupement, {
          kind: 'unexpected-capture',
          about: capture.id,
          paymentId: payment.id,
          detail: { captureId: capture.id, amountCents: payment.amountCents },
        })
      : []),
  ];
}

/** The word to staff that PayPal holds this much of the payment for a dispute. */
export function openHeld(
  deps: Deps,
  regroupement: Regroupement,
  payment: StoredPayment,
  captureId: string | null,
  amountCents: number,
): Statement[] {
  return openException(deps, regroupement, {
    kind: 'held',
    about: `${captureId}:${deps.now()}`,
    paymentId: payment.id,
    detail: { captureId, amountCents },
  });
}

/** Something about the payment needs a person; nothing is posted, the invoice stays held. */
export async function park(
  deps: Deps,
  regroupement: Regroupement,
  payment: StoredPayment,
  kind: 'mismatch' | 'less-owed' | 'duplicate-invoice',
  claimToken?: string,
  capture?: Capture,
): Promise<StoredPayment> {
  deps.log.error('payment-parked', { payment: payment.id, kind });
  const told = openException(deps, regroupement, {
    kind,
    about: payment.id,
    paymentId: payment.id,
    detail: { captureId: capture?.id ?? null, amountCents: payment.amountCents },
  });
  if (after(payment.state, 'lost') === null) {
    // In doubt already: why is said in its row, and nobody asks about it every minute any more.
    const why = {
      sql: "UPDATE payments SET failure = ? WHERE id = ? AND state = 'unknown'",
      args: [kind, payment.id],
    };
    await deps.db.batch([...told, why]);
    return readPayment(deps, payment.id);
  }
  return write(deps, payment, 'lost', { set: { failure: kind }, also: told, claimToken });
}

/** A message about the payment to whoever makes it; once per kind. */
export async function mailToPayer(
  deps: Deps,
  payment: StoredPayment,
  kind: 'unconfirmed' | 'payment-expired' | 'payment-stopped' | 'payment-failed',
  more: { why?: string } = {},
): Promise<Statement> {
  const payer = await payerOf(deps, payment);
  return enqueueMail(deps, {
    regroupementId: payment.regroupementId,
    dedupeKey: `${kind}:${payment.id}`,
    kind,
    recipient: payer.email,
    lang: payment.lang,
    payload: { paymentId: payment.id, why: '', ...more },
  });
}

export async function payerOf(
  deps: Pick<Deps, 'db'>,
  payment: StoredPayment,
): Promise<{ name: string; email: string }> {
  const { rows } = await deps.db.execute<{ name: string; email: string }>(
    'SELECT name, email FROM accounts WHERE id = ? AND regroupement_id = ?',
    [payment.accountId, payment.regroupementId],
  );
  if (rows[0] === undefined) throw new Error('a payment has no account');
  return rows[0];
}
