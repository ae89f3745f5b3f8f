// The two sides of one day, movement by movement: what does not agree becomes a difference, and an exception for staff.
import type { Deps } from '../deps.ts';
import { type ExceptionKind, openException } from '../exceptions/exceptions.ts';
import type { PayPalTransaction } from '../paypal/transactions.ts';
import type { Regroupement } from '../regroupements/regroupements.ts';
import { refundsWhere } from './refund-store.ts';
import { paymentsWhere, type StoredPayment } from './store.ts';

/** PayPal's search may lag up to three hours. */
export const LAG_MS = 4 * 3_600_000;

export interface Difference {
  kind: ExceptionKind;
  transactionId: string;
  paymentNumber: string | null;
  paypalCents: number | null;
  ourCents: number | null;
}
/** A movement in CAD; the fee as what PayPal kept, positive. */
export type Movement = PayPalTransaction & { grossCents: number; feeCents: number };

export interface Ours {
  transactionId: string;
  payment: StoredPayment;
  cents: number;
  at: number;
}

/** What our books have between two instants, by PayPal's id. */
export async function ourDay(
  deps: Deps,
  regroupementId: string,
  from: number,
  to: number,
): Promise<Map<string, Ours>> {
  const paid = await paymentsWhere(deps, 'regroupement_id = ? AND completed_at >= ? AND completed_at < ?', [
    regroupementId,
    from,
    to,
  ]);
  const back = await refundsWhere(
    deps,
    "regroupement_id = ? AND state = 'completed' AND completed_at >= ? AND completed_at < ?",
    [regroupementId, from, to],
  );
  const ours = new Map<string, Ours>();
  for (const payment of paid) {
    const id = payment.captureId ?? payment.id;
    ours.set(id, { transactionId: id, payment, cents: payment.amountCents, at: payment.completedAt ?? 0 });
  }
  for (const refund of back) {
    const [payment] = await paymentsWhere(deps, 'id = ?', [refund.paymentId]);
    const id = refund.refundId ?? refund.id;
    if (payment !== undefined)
      ours.set(id, { transactionId: id, payment, cents: -refund.amountCents, at: refund.completedAt ?? 0 });
  }
  return ours;
}

/**
 * The day's differences, each on staff's list once. `around`: what PayPal has in the hours beside the day, since its
 * instant of a movement is not quite ours.
 */
export async function compare(
  deps: Deps,
  regroupement: Regroupement,
  { theirs, around }: Record<'theirs' | 'around', ReadonlyMap<string, Movement>>,
  ours: ReadonlyMap<string, Ours>,
): Promise<Difference[]> {
  const differences: (Difference & { paymentId: string | null; early: boolean })[] = [];
  const differ = (
    kind: ExceptionKind,
    transactionId: string,
    payment: StoredPayment | null,
    paypalCents: number | null,
    ourCents: number | null,
    early = false,
  ) => {
    differences.push({
      kind,
      transactionId,
      paymentNumber: payment?.number ?? null,
      paypalCents,
      ourCents,
      paymentId: payment?.id ?? null,
      early,
    });
  };
  const compareWith = (id: string, transaction: Movement, mine: Ours) => {
    if (mine.cents !== transaction.grossCents)
      differ('amount-differs', id, mine.payment, transaction.grossCents, mine.cents);
  };
  const reversed = new Set<string>();
  for (const [id, transaction] of theirs) {
    // A chargeback has an id of its own at PayPal; our row of it is named after the capture, and explains one of them.
    const reversal = `REVERSAL-${transaction.referenceId ?? ''}`;
    const second = reversed.has(reversal);
    const mine = ours.get(id) ?? (second ? undefined : ours.get(reversal));
    if (mine !== undefined) {
      reversed.add(mine.transactionId);
      compareWith(id, transaction, mine);
    } else if (second || !(await knownOnAnotherDay(deps, regroupement.id, transaction))) {
      const kind = transaction.grossCents > 0 ? 'unknown-capture' : 'unknown-refund';
      differ(kind, id, null, transaction.grossCents, null);
    }
  }
  for (const [id, mine] of ours) {
    // We hear of a reversal on any later day.
    if (theirs.has(id) || id.startsWith('REVERSAL-')) continue;
    const close = around.get(id);
    if (close !== undefined) compareWith(id, close, mine);
    else {
      const kind = mine.cents > 0 ? 'missing-capture' : 'missing-refund';
      differ(kind, id, mine.payment, null, mine.cents, mine.at > deps.now() - LAG_MS);
    }
  }
  // What PayPal may not list yet stands in the report, and alarms nobody.
  for (const { kind, transactionId, paypalCents, ourCents, paymentId, early } of differences) {
    if (early) continue;
    await deps.db.batch(
      openException(deps, regroupement, {
        kind,
        about: transactionId,
        ...(paymentId === null ? {} : { paymentId }),
        detail: { captureId: transactionId, amountCents: paypalCents ?? ourCents },
      }),
    );
  }
  return differences.map(({ paymentId: _, early: __, ...difference }) => difference);
}

// Close to midnight the two sides may put a thing on two days: it is known, and its amount was compared on ours.
async function knownOnAnotherDay(
  deps: Deps,
  regroupementId: string,
  transaction: PayPalTransaction,
): Promise<boolean> {
  const { rows } = await deps.db.execute<{ known: number }>(
    `SELECT EXISTS (SELECT 1 FROM payments WHERE regroupement_id = ?1 AND capture_id = ?2 AND completed_at IS NOT NULL)
       OR EXISTS (SELECT 1 FROM refunds WHERE regroupement_id = ?1 AND state = 'completed' AND refund_id IN (?2, ?3)) AS known`,
    [regroupementId, transaction.id, `REVERSAL-${transaction.referenceId ?? ''}`],
  );
  return rows[0]?.known === 1;
}
