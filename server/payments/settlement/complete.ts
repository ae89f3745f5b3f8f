// The money is there (S30, S31): payment, ledger, receipt and messages in one batch (P2), once, whoever sees it first.
import { isGuardFailure, isUniqueViolation, type Statement } from '../../db/db.ts';
import { type Deps, newId } from '../../deps.ts';
import { openException } from '../../exceptions/exceptions.ts';
import { stillBalances } from '../../ledger/balance.ts';
import { type Entry, post } from '../../ledger/entries.ts';
import { taxAsOf } from '../../ledger/premium-tax.ts';
import { torontoDay } from '../../ledger/toronto.ts';
import { enqueueMail } from '../../mail/outbox.ts';
import { type Capture, feeOf, isHeld } from '../../paypal/wire.ts';
import type { Regroupement } from '../../regroupements/regroupements.ts';
import { after, HOLDING } from '../states.ts';
import { type Allocation, allocationsOf, readPayment, type StoredPayment, writtenPayment } from '../store.ts';
import { payerOf } from './messages.ts';
import { receiptDocument } from './receipt-document.ts';
import { transition } from './transitions.ts';

/**
 * Posts the payment that this capture took, and answers it as it then is. No lease is asked for: whoever sees the capture
 * may post it, and the state lets one of them.
 */
export async function complete(
  deps: Deps,
  regroupement: Regroupement,
  payment: StoredPayment,
  capture: Capture,
): Promise<StoredPayment> {
  for (let attempt = 0; ; attempt++) {
    if (after(payment.state, 'captured') === null) return payment;
    // Money that comes after its payment had ended pays at the rate of its « Confirmer » all the same.
    if (!HOLDING.includes(payment.state)) await requoteAsConfirmed(deps, payment, takenAt(deps, capture));
    try {
      const statements = await completion(deps, regroupement, payment, capture);
      const completed = await writtenPayment(deps, payment.id, statements);
      if (!HOLDING.includes(payment.state))
        deps.log.error('capture-after-end', { payment: payment.id, state: payment.state });
      return completed;
    } catch (error) {
      // A guard failed: another writer settled it, or the invoice's balance moved since the receipt was drawn up.
      if (!isGuardFailure(error) && !isUniqueViolation(error)) throw error;
      if (attempt >= 4) throw error;
      payment = await readPayment(deps, payment.id);
    }
  }
}

/** Brings what is left of the payment's invoices to the rate of its « Confirmer », or else of `takenAt` (M6). */
export async function requoteAsConfirmed(deps: Deps, payment: StoredPayment, takenAt: number): Promise<void> {
  const day = torontoDay(payment.confirmedAt ?? takenAt);
  for (const { invoiceId } of await allocationsOf(deps, payment))
    await taxAsOf(deps, payment.regroupementId, invoiceId, day);
}

/** The statements that tell staff that PayPal holds this much of the payment for a dispute. */
export function openHeldException(
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

interface Taken {
  captureId: string;
  at: number;
}

async function completion(
  deps: Deps,
  regroupement: Regroupement,
  payment: StoredPayment,
  capture: Capture,
): Promise<Statement[]> {
  const allocations = await allocationsOf(deps, payment);
  const held = isHeld(capture);
  const taken = { captureId: capture.id, at: takenAt(deps, capture) };
  return [
    ...transition(deps, payment, held ? 'disputed' : 'captured', {
      capture_id: capture.id,
      completed_at: taken.at,
      paypal_fee_cents: feeOf(capture),
      held_at: held ? deps.now() : null,
      failure: null,
      claim_token: null,
      claim_until: null,
    }),
    ...(held ? openHeldException(deps, regroupement, payment, capture.id, payment.amountCents) : []),
    ...entries(deps, payment, taken, allocations),
    ...(await receiptAndMail(deps, regroupement, payment, taken, allocations)),
    ...(HOLDING.includes(payment.state)
      ? []
      : openException(deps, regroupement, {
          kind: 'unexpected-capture',
          about: capture.id,
          paymentId: payment.id,
          detail: { captureId: capture.id, amountCents: payment.amountCents },
        })),
  ];
}

// Each invoice still at the balance that the receipt tells; the online fee is charged and paid in one.
function entries(
  deps: Deps,
  payment: StoredPayment,
  taken: Taken,
  allocations: readonly Allocation[],
): Statement[] {
  const { regroupementId, onlineFeeCents } = payment;
  const entry = (invoiceId: string, kind: Entry['kind'], cents: number, source: string): Statement[] =>
    post(deps, {
      regroupementId,
      invoiceId,
      kind,
      cents,
      source: `paypal:${taken.captureId}:${source}`,
      paymentId: payment.id,
      method: 'paypal',
      occurredAt: taken.at,
    });
  const [first] = allocations;
  return [
    ...allocations.flatMap(({ invoiceId, balanceCents, amountCents }) => [
      stillBalances(regroupementId, invoiceId, balanceCents),
      ...entry(invoiceId, 'payment', amountCents, invoiceId),
    ]),
    ...(onlineFeeCents > 0 && first !== undefined
      ? [
          ...entry(first.invoiceId, 'online-fee', onlineFeeCents, 'fee'),
          ...entry(first.invoiceId, 'payment', onlineFeeCents, 'fee-paid'),
        ]
      : []),
  ];
}

async function receiptAndMail(
  deps: Deps,
  regroupement: Regroupement,
  payment: StoredPayment,
  taken: Taken,
  allocations: readonly Allocation[],
): Promise<Statement[]> {
  const payer = await payerOf(deps, payment);
  const document = await receiptDocument(deps, {
    regroupement,
    payment,
    payer,
    allocations,
    captureId: taken.captureId,
    paidAt: taken.at,
  });
  const receiptId = newId(deps);
  return [
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
  ];
}

function takenAt(deps: Pick<Deps, 'now'>, capture: Capture): number {
  return Date.parse(capture.create_time ?? '') || deps.now();
}
