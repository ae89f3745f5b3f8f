// What a payment's payer is told by e-mail when nobody waits at a screen (S32), and who that is.
import type { Statement } from '../../db/db.ts';
import type { Deps } from '../../deps.ts';
import { enqueueMail } from '../../mail/outbox.ts';
import type { StoredPayment } from '../store.ts';

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

/** Name and e-mail address of the account that makes the payment. */
export async function payerOf(
  deps: Pick<Deps, 'db'>,
  payment: Pick<StoredPayment, 'accountId' | 'regroupementId'>,
): Promise<{ name: string; email: string }> {
  const { rows } = await deps.db.execute<{ name: string; email: string }>(
    'SELECT name, email FROM accounts WHERE id = ? AND regroupement_id = ?',
    [payment.accountId, payment.regroupementId],
  );
  if (rows[0] === undefined) throw new Error('a payment has no account');
  return rows[0];
}
