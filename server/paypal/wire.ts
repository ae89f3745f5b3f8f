// What PayPal answers, as far as we rely on it (Orders 2.13, Payments 2.5, Transaction Search
// 1.9, Webhooks 1.11, Disputes 1.10). More fields may come; fewer may not.
import { z } from 'zod';

const Money = z.object({ currency_code: z.string(), value: z.string() });
export type Money = z.infer<typeof Money>;
export const Link = z.object({ href: z.string(), rel: z.string() });

export const Capture = z.object({
  id: z.string().regex(/^[A-Z0-9]{1,36}$/),
  status: z.enum(['COMPLETED', 'DECLINED', 'PARTIALLY_REFUNDED', 'PENDING', 'REFUNDED', 'FAILED']),
  status_details: z.object({ reason: z.string().optional() }).optional(),
  amount: Money,
  custom_id: z.string().optional(),
  invoice_id: z.string().optional(),
  create_time: z.string().optional(),
  payee: z.object({ merchant_id: z.string().optional() }).optional(),
  /** Absent while the capture is pending. */
  seller_receivable_breakdown: z
    .object({ gross_amount: Money, paypal_fee: Money.optional(), net_amount: Money.optional() })
    .optional(),
  supplementary_data: z
    .object({ related_ids: z.object({ order_id: z.string().optional() }).optional() })
    .optional(),
});
export type Capture = z.infer<typeof Capture>;

export const Refund = z.object({
  id: z.string().regex(/^[A-Z0-9]{1,36}$/),
  status: z.enum(['CANCELLED', 'FAILED', 'PENDING', 'COMPLETED']),
  amount: Money,
  custom_id: z.string().optional(),
  invoice_id: z.string().optional(),
  create_time: z.string().optional(),
  links: z.array(Link).optional(),
});
export type Refund = z.infer<typeof Refund>;

export const Order = z.object({
  id: z.string().regex(/^[A-Z0-9]{1,36}$/),
  status: z.enum(['CREATED', 'SAVED', 'APPROVED', 'VOIDED', 'COMPLETED', 'PAYER_ACTION_REQUIRED']),
  purchase_units: z
    .array(
      z.object({
        custom_id: z.string().optional(),
        invoice_id: z.string().optional(),
        amount: Money.optional(),
        payee: z.object({ merchant_id: z.string().optional() }).optional(),
        items: z.array(z.object({ name: z.string(), quantity: z.string(), unit_amount: Money })).optional(),
        payments: z
          .object({ captures: z.array(Capture).optional(), refunds: z.array(Refund).optional() })
          .optional(),
      }),
    )
    .optional(),
  links: z.array(Link).optional(),
});
export type Order = z.infer<typeof Order>;

export const AccessToken = z.object({ access_token: z.string().min(1), expires_in: z.number().positive() });

export const Dispute = z.object({
  dispute_id: z.string(),
  status: z.string(),
  reason: z.string().optional(),
  dispute_amount: Money.optional(),
  /** `seller_transaction_id` is our capture's id. */
  disputed_transactions: z.array(z.object({ seller_transaction_id: z.string().optional() })).optional(),
  dispute_outcome: z
    .object({ outcome_code: z.string().optional(), amount_refunded: Money.optional() })
    .optional(),
});
export type Dispute = z.infer<typeof Dispute>;

/** The webhooks of an application. `*` stands for every event. */
export const Webhooks = z.object({
  webhooks: z.array(
    z.object({ id: z.string(), url: z.string(), event_types: z.array(z.object({ name: z.string() })) }),
  ),
});

export const SignatureCheck = z.object({ verification_status: z.enum(['SUCCESS', 'FAILURE']) });

const TransactionInfo = z.object({
  transaction_id: z.string().min(1),
  paypal_reference_id: z.string().optional(),
  transaction_event_code: z.string().min(1),
  transaction_initiation_date: z.string(),
  transaction_amount: Money,
  fee_amount: Money.optional(),
  transaction_status: z.string().min(1),
  invoice_id: z.string().optional(),
  custom_field: z.string().optional(),
});
export type TransactionInfo = z.infer<typeof TransactionInfo>;

export const TransactionPage = z.object({
  transaction_details: z.array(z.object({ transaction_info: TransactionInfo })).optional(),
  total_items: z.number().int().nonnegative(),
  total_pages: z.number().int().nonnegative(),
  /** What happened after this may still be missing from the list. */
  last_refreshed_datetime: z.string().optional(),
});
export type TransactionPage = z.infer<typeof TransactionPage>;

/** What is on the account, by currency. */
export const Balances = z.object({
  balances: z.array(z.object({ currency: z.string(), total_balance: Money })),
});

export const ErrorBody = z.object({
  name: z.string().optional(),
  debug_id: z.string().optional(),
  details: z.array(z.object({ issue: z.string().optional() })).optional(),
});

/** Where she approves: never built by hand. */
export function approveUrl(order: Order): string | null {
  return order.links?.find((link) => link.rel === 'payer-action' || link.rel === 'approve')?.href ?? null;
}

/** The order's capture: the one that took the money, or else the latest try. */
export function captureOf(order: Order): Capture | null {
  const captures = order.purchase_units?.[0]?.payments?.captures ?? [];
  const took = captures.findLast(({ status }) => status !== 'DECLINED' && status !== 'FAILED');
  return took ?? captures.at(-1) ?? null;
}

/** What PayPal kept of a capture, in cents; null until it says. */
export function feeOf(capture: Capture): number | null {
  return toCents(capture.seller_receivable_breakdown?.paypal_fee?.value ?? '');
}

/** Whether a bank or PayPal took money of this capture back and keeps it. */
export function isTakenBack({ status, status_details }: Capture): boolean {
  return status !== 'PENDING' && ['CHARGEBACK', 'BUYER_COMPLAINT'].includes(status_details?.reason ?? '');
}

/** Whether PayPal holds the money of this capture, which had come, while a dispute is open. */
export function isHeld({ status, status_details }: Capture): boolean {
  return status === 'PENDING' && ['CHARGEBACK', 'BUYER_COMPLAINT'].includes(status_details?.reason ?? '');
}

/** The order's refunds, oldest first; what was taken back may stand among them. */
export function refundsOf(order: Order): readonly Refund[] {
  return order.purchase_units?.[0]?.payments?.refunds ?? [];
}

/** The order that a capture belongs to, where PayPal says. */
export function orderIdOf(capture: Capture): string | undefined {
  return capture.supplementary_data?.related_ids?.order_id;
}

/** The capture that a refund gives back (its `up` link); null when PayPal does not say. */
export function captureIdOf(refund: Pick<Refund, 'links'>): string | null {
  const up = refund.links?.find((link) => link.rel === 'up')?.href ?? '';
  return /\/v2\/payments\/captures\/([A-Z0-9]{1,36})$/.exec(up)?.[1] ?? null;
}

/** Cents of a two-decimal amount; null when it is not written as one. */
export function toCents(value: string): number | null {
  const match = /^(\d{1,9})(?:\.(\d{1,2}))?$/.exec(value);
  return match === null ? null : Number(match[1]) * 100 + Number((match[2] ?? '').padEnd(2, '0'));
}

/** Cents of an amount in Canadian dollars; null of anything else. */
export function cadCents({ currency_code, value }: Money): number | null {
  return currency_code === 'CAD' ? toCents(value) : null;
}

/** 30528 → `305.28`. */
export function fromCents(cents: number): string {
  return `${Math.trunc(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;
}
