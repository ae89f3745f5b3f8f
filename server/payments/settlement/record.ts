// Writes down what was decided of a payment (S30–S32): one function for the confirmation, the polling, the sweeper and the
// webhooks. Each decision is written in one batch that fails whole when someone else was faster.
import { isGuardFailure, type Statement } from '../../db/db.ts';
import type { Deps } from '../../deps.ts';
import { closeFor, openException } from '../../exceptions/exceptions.ts';
import type { Regroupement } from '../../regroupements/regroupements.ts';
import { after } from '../states.ts';
import { readPayment, type StoredPayment } from '../store.ts';
import { complete } from './complete.ts';
import type { Decision } from './decide.ts';
import { stillLeased } from './lease.ts';
import { mailToPayer } from './messages.ts';
import { advance, stillInState } from './transitions.ts';

/**
 * Writes down the decision and answers the payment as it then is. `token` fences a writer that asked for money; without it
 * the state alone decides. A decision that changes nothing is fine.
 */
export async function record(
  deps: Deps,
  regroupement: Regroupement,
  payment: StoredPayment,
  decision: Exclude<Decision, { kind: 'capture' }>,
  token?: string,
): Promise<StoredPayment> {
  switch (decision.kind) {
    case 'keep':
    case 'undecided':
      return payment;
    case 'approved':
      return advance(deps, payment, 'approved', { set: { approved_at: deps.now() }, token });
    case 'unapproved':
      return advance(deps, payment, 'unapproved', { token });
    case 'complete':
      return complete(deps, regroupement, payment, decision.capture);
    case 'pending':
      return advance(deps, payment, 'pending', { set: { capture_id: decision.captureId }, token });
    case 'declined':
      // The next try needs another request id: the same one would replay this refusal.
      return advance(deps, payment, 'declined', {
        set: { failure: decision.issue, capture_attempt: payment.captureAttempt + 1 },
        token,
      });
    case 'refused':
      return advance(deps, payment, 'refused', {
        set: { failure: decision.issue },
        also: await endsUntaken(deps, payment, decision.tellPayer ? 'payment-failed' : null),
        token,
      });
    case 'expired':
      return advance(deps, payment, 'expired', {
        set: { failure: 'expired' },
        also: await endsUntaken(deps, payment, decision.tellPayer ? 'payment-expired' : null),
        token,
      });
    case 'lost':
      return advance(deps, payment, 'lost', { token });
    case 'park':
      return park(deps, regroupement, payment, decision, token);
  }
}

// What goes with the end of a payment whose money was never taken: staff need not look at less being owed any more.
async function endsUntaken(
  deps: Deps,
  payment: StoredPayment,
  message: 'payment-failed' | 'payment-expired' | null,
): Promise<Statement[]> {
  return [
    ...(payment.failure === 'less-owed' ? closeFor(deps, payment.id, 'less-owed', 'NOT-TAKEN') : []),
    ...(message === null ? [] : [await mailToPayer(deps, payment, message)]),
  ];
}

// Something about the payment needs a person; nothing is posted, the invoice stays held.
async function park(
  deps: Deps,
  regroupement: Regroupement,
  payment: StoredPayment,
  { reason, captureId }: Extract<Decision, { kind: 'park' }>,
  token: string | undefined,
): Promise<StoredPayment> {
  deps.log.error('payment-parked', { payment: payment.id, kind: reason });
  const forStaff = openException(deps, regroupement, {
    kind: reason,
    about: payment.id,
    paymentId: payment.id,
    detail: { captureId, amountCents: payment.amountCents },
  });
  if (after(payment.state, 'lost') !== null)
    return advance(deps, payment, 'lost', { set: { failure: reason }, also: forStaff, token });
  // In doubt already: why is said in its row, and nobody asks about it every minute any more.
  const why = {
    sql: "UPDATE payments SET failure = ? WHERE id = ? AND state = 'unknown'",
    args: [reason, payment.id],
  };
  const fence = token === undefined ? [] : [stillLeased(payment.id, token)];
  try {
    await deps.db.batch([...fence, stillInState(payment), ...forStaff, why]);
  } catch (error) {
    // Someone else was faster: what they found is what became of it.
    if (!isGuardFailure(error)) throw error;
  }
  return readPayment(deps, payment.id);
}
