// What a session may see of payments (S28–S32): its account's own, after a look at PayPal's record of the one that waits.
import type { z } from 'zod';
import { storageFault } from '../db/db.ts';
import type { Deps } from '../deps.ts';
import { takeTry } from '../limits.ts';
import type { PayPal } from '../paypal/client.ts';
import { Problem } from '../problems/problem.ts';
import { documentUrls } from '../receipts/links.ts';
import { yearsOf } from '../receipts/year-content.ts';
import { securityEvent } from '../security-log.ts';
import type { PaymentList } from './schemas.ts';
import { type CheckReversals, syncPayment } from './settlement/sync.ts';
import { paymentsWhere, readPayment, type StoredPayment } from './store.ts';
import { paymentView } from './view.ts';

/** PayPal is asked about one payment no more often than this. */
const LOOK = { burst: 1, periodMs: 2_000 };
/** The payer waits at the screen: an answer that takes longer is asked for again. */
const LOOK_LIMIT_MS = 4_000;
/** Told to the security log, of one account. */
const SUSPECTS = { burst: 10, periodMs: 3_600_000 };

/**
 * The session's own payment. Throws `not-found`; that somebody knows the id of another's payment is put into the security log.
 */
export async function ownPayment(
  deps: Deps,
  session: { accountId: string; regroupementId: string },
  id: string,
): Promise<StoredPayment> {
  const [payment] = await paymentsWhere(deps, 'id = ? AND account_id = ? AND regroupement_id = ?', [
    id,
    session.accountId,
    session.regroupementId,
  ]);
  if (payment !== undefined) return payment;
  // An id of 128 random bits is not guessed: whoever has another's, got it somewhere.
  const others = await paymentsWhere(deps, 'id = ?', [id]);
  if (others.length > 0 && (await takeTry(deps, `suspect:${session.accountId}`, SUSPECTS)) === 0)
    await deps.db.batch([
      securityEvent(deps, session.regroupementId, 'payment-of-another', session.accountId, { payment: id }),
    ]);
  throw new Problem('not-found');
}

/** The payment after a look at PayPal's record, unless it was looked at a moment ago. */
export async function lookedAt(
  deps: Deps,
  paypal: PayPal,
  checkReversals: CheckReversals,
  payment: StoredPayment,
): Promise<StoredPayment> {
  let seen = payment;
  try {
    if ((await takeTry(deps, `paypal-look:${payment.id}`, LOOK)) === 0)
      seen = await syncPayment(deps, paypal, checkReversals, payment.id, { limitMs: LOOK_LIMIT_MS });
  } catch (error) {
    // What PayPal says cannot be written down right now; what we know can be read.
    if (storageFault(error) === undefined) throw error;
    deps.log.error('payment-look', { payment: payment.id }, error);
  }
  // While PayPal was asked, or the database awaited, « Confirmer » may have begun.
  return seen.state === 'approved' ? await readPayment(deps, seen.id) : seen;
}

/** The payment that waits for its payer, or for PayPal; of `payments`, newest first. */
function waitingOf(deps: Pick<Deps, 'now'>, payments: readonly StoredPayment[]): StoredPayment | undefined {
  const youngest = deps.now() - 3 * 3_600_000;
  return (
    payments.find(({ state }) =>
      ['approved', 'declined', 'capturing', 'unknown', 'pending'].includes(state),
    ) ??
    payments.find(
      ({ state, orderId, createdAt }) => state === 'created' && orderId !== null && createdAt > youngest,
    )
  );
}

/** One's own payments as the widget shows them, the one that waits, and the summaries of years. */
export async function paymentList(
  deps: Deps,
  look: (payment: StoredPayment) => Promise<StoredPayment>,
  { accountId, regroupementId }: { accountId: string; regroupementId: string },
): Promise<z.infer<typeof PaymentList>> {
  const own = await paymentsWhere(
    deps,
    'account_id = ? AND regroupement_id = ? ORDER BY created_at DESC LIMIT 100',
    [accountId, regroupementId],
  );
  const waiting = waitingOf(deps, own);
  const seen = waiting === undefined ? undefined : await look(waiting);
  const payments = await Promise.all(
    own.map((payment) => paymentView(deps, payment.id === seen?.id ? seen : payment)),
  );
  const open = payments.find((payment) => payment.id === seen?.id);
  const ended = open === undefined || ['created', 'expired', 'cancelled', 'failed'].includes(open.state);
  const years = await Promise.all(
    (await yearsOf(deps, accountId)).map(async ({ year, lang }) => ({
      year,
      ...(await documentUrls(deps, { kind: 'year', id: accountId, year, lang })),
    })),
  );
  return { payments, open: ended ? null : open, years };
}
