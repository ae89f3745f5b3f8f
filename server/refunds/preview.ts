// What the receipt of a refund would say, for whoever looks before she asks for it (WCAG 3.3.4).
import type { Deps } from '../deps.ts';
import { payerOf } from '../payments/settlement/messages.ts';
import type { StoredPayment } from '../payments/store.ts';
import type { RefundDocument } from '../receipts/document.ts';
import { centsToRefund } from './refunds.ts';
import { shareOf } from './share.ts';
import { wentBack } from './store.ts';

export type RefundPreview = Pick<
  RefundDocument,
  'payer' | 'invoices' | 'onlineFeeCents' | 'totalCents' | 'refundedInAllCents' | 'paidCents'
>;

/** The receipt as it would be now; `asked` in cents, null for all that is left. Throws what `refundPayment` does, but for its key. */
export async function previewRefund(
  deps: Deps,
  payment: StoredPayment,
  asked: number | null,
): Promise<RefundPreview> {
  const { cents } = await centsToRefund(deps, payment, asked);
  const { invoices, feeCents } = await shareOf(deps, payment, cents);
  const { refundedCents } = await wentBack(deps, payment.id);
  return {
    payer: await payerOf(deps, payment),
    invoices: invoices.map(({ allocation, cents: amountCents }) => ({
      number: allocation.invoiceNumber,
      certificateNumber: allocation.certificateNumber,
      amountCents,
    })),
    onlineFeeCents: feeCents,
    totalCents: cents,
    refundedInAllCents: refundedCents + cents,
    paidCents: payment.amountCents,
  };
}
