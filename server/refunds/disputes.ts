// Complaints at PayPal about payments (after S31): what PayPal's record of a dispute says, and what went on though nobody told us
// of it, such as disputes that ended and money that is not held any more.
import type { Statement } from '../db/db.ts';
import type { Deps } from '../deps.ts';
import { openException } from '../exceptions/exceptions.ts';
import { fromAnyAccount, paymentOfCapture } from '../payments/find.ts';
import { paymentsWhere, type StoredPayment } from '../payments/store.ts';
import type { PayPal } from '../paypal/client.ts';
import { PayPalFailure } from '../paypal/errors.ts';
import { cadCents } from '../paypal/wire.ts';
import { regroupementById } from '../regroupements/regroupements.ts';
import { followPayment, followPaymentAndMoney } from './follow-payment.ts';

const DAY_MS = 86_400_000;
const AT_ONCE = 50;

/** One round: each open dispute, and each payment whose money is held, is looked at once a day. */
export async function followDisputes(deps: Deps, paypal: PayPal): Promise<void> {
  const before = deps.now() - DAY_MS;
  const { rows } = await deps.db.execute<{ regroupementId: string; id: string }>(
    `SELECT regroupement_id AS regroupementId, dispute_id AS id FROM disputes
     WHERE resolved_at IS NULL AND looked_at <= ? ORDER BY looked_at LIMIT ${AT_ONCE}`,
    [before],
  );
  for (const { regroupementId, id } of rows)
    await apart(deps, { dispute: id }, async () => {
      await deps.db.execute(
        'UPDATE disputes SET looked_at = ? WHERE regroupement_id = ? AND dispute_id = ?',
        [deps.now(), regroupementId, id],
      );
      await followDispute(deps, paypal, regroupementId, id);
    });
  const held = await paymentsWhere(
    deps,
    `held_at IS NOT NULL AND COALESCE(looked_at, 0) <= ? AND held_at <= ? ORDER BY looked_at LIMIT ${AT_ONCE}`,
    [before, before],
  );
  for (const { id } of held)
    await apart(deps, { payment: id }, async () => {
      await deps.db.execute('UPDATE payments SET looked_at = ? WHERE id = ?', [deps.now(), id]);
      await followPayment(deps, paypal, id);
    });
}

// A failure on one keeps no other waiting.
async function apart(deps: Deps, about: Record<string, string>, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof PayPalFailure)
      deps.log.warn('follow-up-later', { ...about, decision: error.decision, issue: error.issue });
    else deps.log.error('follow-up', about, error);
  }
}

/** Brings what we know of a dispute up to PayPal's record of it. Throws PayPalFailure when PayPal does not answer. */
export async function followDispute(
  deps: Deps,
  paypal: PayPal,
  regroupementId: string,
  disputeId: string,
): Promise<void> {
  const regroupement = await regroupementById(deps, regroupementId);
  const dispute = await fromAnyAccount(deps, regroupement, (account) =>
    paypal.readDispute(account, disputeId),
  );
  const captureId = dispute.disputed_transactions?.[0]?.seller_transaction_id;
  const payment =
    captureId === undefined ? undefined : await paymentOfCapture(deps, paypal, regroupement, captureId);
  const asked = dispute.dispute_amount === undefined ? null : cadCents(dispute.dispute_amount);
  const amountCents = asked ?? payment?.amountCents ?? null;
  const outcome =
    dispute.status === 'RESOLVED' ? (dispute.dispute_outcome?.outcome_code ?? dispute.status) : null;
  await deps.db.batch([
    ...openException(deps, regroupement, {
      kind: 'dispute',
      about: dispute.dispute_id,
      ...(payment === undefined ? {} : { paymentId: payment.id }),
      detail: { disputeId: dispute.dispute_id, captureId: captureId ?? null, amountCents },
    }),
    ...(payment === undefined ? [] : [keptDispute(deps, payment, dispute.dispute_id, amountCents, outcome)]),
    ...(outcome === null
      ? []
      : [
          {
            sql: `UPDATE exceptions SET closed_at = ?, closed_by = 'paypal', note = ?
                  WHERE dedupe_key = ? AND regroupement_id = ? AND closed_at IS NULL`,
            args: [deps.now(), outcome, `${regroupementId}:dispute:${dispute.dispute_id}`, regroupementId],
          },
        ]),
  ]);
  if (payment !== undefined) await followPaymentAndMoney(deps, paypal, payment);
}

// PayPal's events come in any order: a dispute that is over stays so.
function keptDispute(
  deps: Deps,
  payment: StoredPayment,
  disputeId: string,
  amountCents: number | null,
  outcome: string | null,
): Statement {
  const now = deps.now();
  return {
    sql: `INSERT INTO disputes(regroupement_id, dispute_id, payment_id, amount_cents, opened_at, resolved_at, outcome, looked_at)
          VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?5) ON CONFLICT(regroupement_id, dispute_id)
          DO UPDATE SET resolved_at = COALESCE(resolved_at, excluded.resolved_at), outcome = COALESCE(outcome, excluded.outcome),
            amount_cents = excluded.amount_cents, looked_at = excluded.looked_at`,
    args: [
      payment.regroupementId,
      disputeId,
      payment.id,
      amountCents,
      now,
      outcome === null ? null : now,
      outcome,
    ],
  };
}
