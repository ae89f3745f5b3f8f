// The receipt of a refund (after S31): its number, its document, and the message that brings it.
import type { Statement } from '../db/db.ts';
import { type Deps, newId } from '../deps.ts';
import { enqueueMail } from '../mail/outbox.ts';
import { payerOf } from '../payments/settlement/messages.ts';
import { payeeOf } from '../payments/settlement/receipt-document.ts';
import type { StoredPayment } from '../payments/store.ts';
import type { RefundDocument } from '../receipts/document.ts';
import type { Regroupement } from '../regroupements/regroupements.ts';
import type { Share } from './share.ts';
import type { StoredRefund } from './store.ts';

/** The statements that issue the receipt of a completed refund and send it; `inAll`: refunded of the payment, with this one. */
export async function refundReceipt(
  deps: Deps,
  regroupement: Regroupement,
  payment: StoredPayment,
  refund: StoredRefund,
  share: Share,
  facts: { refundId: string; at: number; inAll: number },
): Promise<Statement[]> {
  const payer = await payerOf(deps, payment);
  const { rows } = await deps.db.execute<{ number: number }>(
    'SELECT number FROM receipts WHERE payment_id = ?',
    [payment.id],
  );
  const document: RefundDocument = {
    version: 1,
    lang: payment.lang,
    payee: payeeOf(regroupement),
    payer,
    confirmationNumber: payment.number,
    receiptNumber: rows[0]?.number ?? null,
    paypalTransaction: facts.refundId,
    refundedAt: new Date(facts.at).toISOString(),
    invoices: share.invoices.map(({ allocation, cents }) => ({
      number: allocation.invoiceNumber,
      certificateNumber: allocation.certificateNumber,
      amountCents: cents,
    })),
    onlineFeeCents: share.feeCents,
    totalCents: refund.amountCents,
    refundedInAllCents: facts.inAll,
    paidCents: payment.amountCents,
  };
  const receiptId = newId(deps);
  return [
    {
      sql: `INSERT INTO refund_receipts(id, regroupement_id, number, refund_id, account_id, issued_at, document)
            SELECT ?1, ?2, COALESCE(MAX(number), 0) + 1, ?3, ?4, ?5, ?6 FROM refund_receipts WHERE regroupement_id = ?2`,
      args: [receiptId, regroupement.id, refund.id, payment.accountId, deps.now(), JSON.stringify(document)],
    },
    enqueueMail(deps, {
      regroupementId: regroupement.id,
      dedupeKey: `refund-receipt:${refund.id}`,
      kind: 'refund-receipt',
      recipient: payer.email,
      lang: payment.lang,
      payload: { receiptId },
    }),
  ];
}
