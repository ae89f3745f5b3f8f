// What PayPal's own books say of a stretch of time (Transaction Search 1.9): every movement on the account, also those
// that no row of ours knows.
import { z } from 'zod';
import type { Regroupement } from '../regroupements/regroupements.ts';
import type { PayPal } from './client.ts';

/** PayPal answers for at most so long at once. */
const WINDOW_MS = 31 * 86_400_000;

const Amount = z.object({ currency_code: z.string(), value: z.string().regex(/^-?\d{1,9}(\.\d{1,2})?$/) });
export const TransactionPage = z.object({
  transaction_details: z
    .array(
      z.object({
        transaction_info: z.object({
          transaction_id: z.string(),
          paypal_reference_id: z.string().optional(),
          transaction_event_code: z.string(),
          transaction_initiation_date: z.string(),
          transaction_amount: Amount,
          fee_amount: Amount.optional(),
          transaction_status: z.string(),
          invoice_id: z.string().optional(),
          custom_field: z.string().optional(),
        }),
      }),
    )
    .default([]),
  page: z.number().int().optional(),
  total_pages: z.number().int().optional(),
});

/** One movement. Amounts are signed cents, as the account sees them; the fee is what PayPal kept, positive. */
export interface PayPalTransaction {
  id: string;
  /** Of a refund or a reversal: what it gives back. */
  referenceId: string | null;
  /** `T0006` a payment, `T1107` a refund, `T1106` and `T1201` money taken back… */
  eventCode: string;
  /** S done, P pending, V reversed, D denied. */
  status: string;
  at: number;
  grossCents: number;
  feeCents: number;
  currency: string;
  invoiceId: string | null;
  customId: string | null;
}

/** The movements that began in [from, to), in milliseconds. Throws PayPalFailure. */
export async function* transactionsOf(
  paypal: PayPal,
  regroupement: Regroupement,
  from: number,
  to: number,
): AsyncGenerator<PayPalTransaction> {
  for (let start = from; start < to; start += WINDOW_MS) {
    // PayPal's end is inclusive, in seconds.
    const end = Math.min(start + WINDOW_MS, to) - 1000;
    for (let page = 1; ; page++) {
      const answer = await paypal.searchTransactions(regroupement, { start, end, page });
      for (const { transaction_info: info } of answer.transaction_details) {
        yield {
          id: info.transaction_id,
          referenceId: info.paypal_reference_id ?? null,
          eventCode: info.transaction_event_code,
          status: info.transaction_status,
          at: Date.parse(info.transaction_initiation_date),
          grossCents: signedCents(info.transaction_amount.value),
          feeCents: -signedCents(info.fee_amount?.value ?? '0'),
          currency: info.transaction_amount.currency_code,
          invoiceId: info.invoice_id ?? null,
          customId: info.custom_field ?? null,
        };
      }
      if (page >= (answer.total_pages ?? 1)) break;
    }
  }
}

function signedCents(value: string): number {
  const [whole = '0', part = ''] = value.replace('-', '').split('.');
  const cents = Number(whole) * 100 + Number(part.padEnd(2, '0'));
  return value.startsWith('-') && cents !== 0 ? -cents : cents;
}
