// A payment as the widget shows it (S29–S32).
import { isNotPayable, type NotPayableFacts, notPayable } from '../certificates/not-payable.ts';
import type { Deps } from '../deps.ts';
import { takenBackOf } from '../ledger/taken-back.ts';
import { documentUrls } from '../receipts/links.ts';
import type { Payment } from './schemas.ts';
import type { State } from './states.ts';
import { allocationsOf, type StoredPayment } from './store.ts';

/** The payment, its invoices and, once completed, its receipt with links that live for a while. */
export async function paymentView(deps: Deps, payment: StoredPayment): Promise<Payment> {
  const allocations = await allocationsOf(deps, payment);
  const { rows } = await deps.db.execute<{
    email: string;
    receipt_id: string | null;
    receipt_number: number | null;
    document: string | null;
  }>(
    `SELECT a.email, r.id AS receipt_id, r.number AS receipt_number, r.document FROM accounts a
     LEFT JOIN receipts r ON r.payment_id = ?
     WHERE a.id = ? AND a.regroupement_id = ?`,
    [payment.id, payment.accountId, payment.regroupementId],
  );
  const found = rows[0];
  const receipt =
    found?.receipt_id != null && found.receipt_number !== null
      ? {
          number: found.receipt_number,
          ...(await documentUrls(deps, { kind: 'receipt', id: found.receipt_id })),
        }
      : null;
  const refunds = payment.completedAt === null ? [] : await refundsOf(deps, payment);
  const took = payment.completedAt === null ? [] : await takenBackOf(deps, payment.id);
  const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString());
  return {
    id: payment.id,
    number: payment.number,
    state: shownState(deps, payment),
    totalCents: payment.amountCents,
    onlineFeeCents: payment.onlineFeeCents,
    currency: 'CAD',
    createdAt: new Date(payment.createdAt).toISOString(),
    confirmedAt: iso(payment.confirmedAt),
    completedAt: iso(payment.completedAt),
    failure: payment.failure,
    stopped: await stoppedOf(deps, payment),
    invoices: allocations.map((allocation) => ({
      id: allocation.invoiceId,
      number: allocation.invoiceNumber,
      certificateNumber: allocation.certificateNumber,
      amountCents: allocation.amountCents,
    })),
    remainingCents:
      payment.completedAt === null
        ? null
        : allocations.reduce((sum, allocation) => sum + Math.max(0, allocation.balanceCents), 0),
    captureId: payment.captureId,
    receipt,
    refunds,
    takenBack: took.map(({ cents, at }) => ({ amountCents: cents, at: new Date(at).toISOString() })),
    email: found?.email ?? '',
  };
}

/**
 * The state to show, to her and to staff. An approved payment is leased by « Confirmer » only: what that comes to is not known
 * yet, and « not done » would be untrue (S32).
 */
export function shownState({ now }: Pick<Deps, 'now'>, { state, leasedUntil }: StoredPayment): State {
  const isBeingConfirmed = state === 'approved' && leasedUntil !== null && leasedUntil > now();
  return isBeingConfirmed ? 'capturing' : state;
}

async function stoppedOf(deps: Deps, payment: StoredPayment): Promise<Payment['stopped']> {
  const { id, state, failure } = payment;
  if (state !== 'cancelled' || failure === null) return null;
  if (failure === 'released') return RELEASED;
  if (failure === 'amount-changed') return AMOUNT_CHANGED;
  if (!isNotPayable(failure)) return null;
  const { rows } = await deps.db.execute<{ detail: string }>(
    "SELECT detail FROM payment_events WHERE payment_id = ? AND event = 'cancelled' ORDER BY at DESC LIMIT 1",
    [id],
  );
  const facts = JSON.parse(rows[0]?.detail ?? '{}') as NotPayableFacts;
  // Before causes were distinguished, all were called `already-paid`: which it was is not known.
  if (facts.invoiceNumber === undefined) return STOPPED;
  const { detail, detailEn } = notPayable(failure, facts, true);
  return { detail, detailEn, invoiceNumber: facts.invoiceNumber };
}

const STOPPED = {
  detail: 'Ce paiement est annulé\u00a0: PayPal n’a rien pris.',
  detailEn: 'This payment is cancelled: PayPal took nothing.',
};
const AMOUNT_CHANGED = {
  detail: 'Le total à payer a changé. Ce paiement est annulé\u00a0: PayPal n’a rien pris. Recommencez.',
  detailEn: 'The total to pay has changed. This payment is cancelled: PayPal took nothing. Start again.',
};
/** Staff said so (P3b): whether PayPal took anything, nobody here knows for sure. */
const RELEASED = {
  detail:
    'Votre regroupement a mis fin à ce paiement. Pour savoir ce qu’il en est chez PayPal, communiquez avec lui.',
  detailEn: 'Your association ended this payment. To know where it stands at PayPal, contact it.',
};

async function refundsOf(deps: Deps, payment: StoredPayment): Promise<Payment['refunds']> {
  const { rows } = await deps.db.execute<{ id: string; number: number; cents: number; at: number }>(
    `SELECT f.id, f.number, r.amount_cents AS cents, r.completed_at AS at FROM refund_receipts f JOIN refunds r ON r.id = f.refund_id
     WHERE r.payment_id = ? ORDER BY f.number`,
    [payment.id],
  );
  return Promise.all(
    rows.map(async ({ id, number, cents, at }) => ({
      number,
      amountCents: cents,
      refundedAt: new Date(at).toISOString(),
      ...(await documentUrls(deps, { kind: 'refund', id })),
    })),
  );
}
