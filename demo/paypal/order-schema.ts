// What `POST /v2/checkout/orders` takes (Orders 2.13), for the one case this product uses: one purchase unit,
// captured at once, paid at PayPal's pages. What is outside that is refused in PayPal's manner.
import { z } from 'zod';
import { malformed, type PayPalError, refuse } from './errors.ts';

const Money = z.object({
  currency_code: z.string().length(3),
  value: z
    .string()
    .max(32)
    .regex(/^((-?[0-9]+)|(-?([0-9]+)?[.][0-9]+))$/),
});
export type Money = z.infer<typeof Money>;

const Item = z.object({
  name: z.string().min(1).max(127),
  quantity: z.string().regex(/^[1-9][0-9]{0,9}$/),
  unit_amount: Money,
  tax: Money.optional(),
  description: z.string().max(127).optional(),
  sku: z.string().max(127).optional(),
  category: z.enum(['DIGITAL_GOODS', 'PHYSICAL_GOODS', 'DONATION']).optional(),
});
const Breakdown = z.object({
  item_total: Money.optional(),
  shipping: Money.optional(),
  handling: Money.optional(),
  tax_total: Money.optional(),
  insurance: Money.optional(),
  shipping_discount: Money.optional(),
  discount: Money.optional(),
});
const PurchaseUnit = z.object({
  reference_id: z.string().min(1).max(256).optional(),
  description: z.string().min(1).max(127).optional(),
  custom_id: z.string().min(1).max(127).optional(),
  invoice_id: z.string().min(1).max(127).optional(),
  soft_descriptor: z.string().min(1).max(22).optional(),
  amount: Money.extend({ breakdown: Breakdown.optional() }),
  items: z.array(Item).optional(),
  payee: z
    .object({ email_address: z.string().max(254).optional(), merchant_id: z.string().optional() })
    .optional(),
});
export type PurchaseUnit = z.infer<typeof PurchaseUnit>;

const absoluteUrl = z.url({ protocol: /^https?$/ }).max(4000);
const ExperienceContext = z.object({
  brand_name: z.string().min(1).max(127).optional(),
  locale: z
    .string()
    .regex(/^[a-z]{2}(?:-[A-Z][a-z]{3})?(?:-(?:[A-Z]{2}))?$/)
    .optional(),
  shipping_preference: z.enum(['GET_FROM_FILE', 'NO_SHIPPING', 'SET_PROVIDED_ADDRESS']).optional(),
  user_action: z.enum(['CONTINUE', 'PAY_NOW']).optional(),
  landing_page: z.enum(['LOGIN', 'GUEST_CHECKOUT', 'NO_PREFERENCE', 'BILLING']).optional(),
  payment_method_preference: z.enum(['UNRESTRICTED', 'IMMEDIATE_PAYMENT_REQUIRED']).optional(),
  return_url: absoluteUrl.optional(),
  cancel_url: absoluteUrl.optional(),
});
export type ExperienceContext = z.infer<typeof ExperienceContext>;

const CreateOrder = z.object({
  intent: z.enum(['CAPTURE', 'AUTHORIZE']),
  purchase_units: z.array(PurchaseUnit).min(1).max(10),
  payment_source: z
    .object({ paypal: z.object({ experience_context: ExperienceContext.optional() }) })
    .optional(),
  application_context: ExperienceContext.optional(),
});
export type CreateOrder = z.infer<typeof CreateOrder>;

const RefundRequest = z.object({
  amount: Money.optional(),
  invoice_id: z.string().min(1).max(127).optional(),
  custom_id: z.string().min(1).max(127).optional(),
  note_to_payer: z.string().min(1).max(255).optional(),
});
export type RefundRequest = z.infer<typeof RefundRequest>;

const CURRENCIES = ['CAD', 'USD', 'EUR', 'GBP'];

/** Parses and checks an order's request. Throws PayPal's own refusal. */
export function checkedOrder(body: unknown): CreateOrder {
  const parsed = CreateOrder.safeParse(body);
  if (!parsed.success) throw violation(parsed.error, body);
  const order = parsed.data;
  if (order.intent !== 'CAPTURE') throw malformed('/intent', 'NOT_SUPPORTED');
  if (order.purchase_units.length !== 1) throw malformed('/purchase_units', 'NOT_SUPPORTED');
  for (const [index, unit] of order.purchase_units.entries()) checkAmounts(unit, `/purchase_units/${index}`);
  return order;
}

/** Parses and checks a refund's request in the currency of its capture; no body asks for everything left. */
export function checkedRefund(body: unknown, currency: string): RefundRequest {
  const parsed = RefundRequest.safeParse(body ?? {});
  if (!parsed.success) throw violation(parsed.error, body);
  const { amount } = parsed.data;
  if (amount === undefined) return parsed.data;
  if (amount.currency_code !== currency)
    throw refuse('REFUND_CAPTURE_CURRENCY_MISMATCH', { field: '/amount/currency_code' });
  if (/\.\d{3,}/.test(amount.value)) throw refuse('DECIMAL_PRECISION', { field: '/amount/value' });
  if (cents(amount) <= 0) throw refuse('CANNOT_BE_ZERO_OR_NEGATIVE', { field: '/amount/value' });
  return parsed.data;
}

/** Cents of a PayPal amount in a two-decimal currency. */
export function cents(money: Money): number {
  const [whole = '0', fraction = ''] = money.value.replace('-', '').split('.');
  const amount = Number(whole || '0') * 100 + Number(fraction.padEnd(2, '0'));
  return money.value.startsWith('-') ? -amount : amount;
}

/** A PayPal amount of so many cents. */
export function money(amount: number, currency: string): Money {
  return {
    currency_code: currency,
    value: `${Math.floor(amount / 100)}.${String(amount % 100).padStart(2, '0')}`,
  };
}

function checkAmounts(unit: PurchaseUnit, at: string): void {
  const { amount, items = [] } = unit;
  const currency = amount.currency_code;
  if (!CURRENCIES.includes(currency)) {
    throw refuse('INVALID_CURRENCY_CODE', {
      field: `${at}/amount/currency_code`,
    });
  }
  const parts = Object.entries(amount.breakdown ?? {}) as [string, Money][];
  const all: [string, Money][] = [
    [`${at}/amount`, amount],
    ...parts.map(([name, part]): [string, Money] => [`${at}/amount/breakdown/${name}`, part]),
    ...items.map((item, i): [string, Money] => [`${at}/items/${i}/unit_amount`, item.unit_amount]),
  ];
  for (const [field, each] of all) {
    if (each.currency_code !== currency) throw refuse('MULTI_CURRENCY_ORDER', { field });
    if (/\.\d{3,}/.test(each.value)) throw refuse('DECIMAL_PRECISION', { field });
    if (each.value.startsWith('-')) throw refuse('CANNOT_BE_NEGATIVE', { field });
  }
  if (cents(amount) === 0) throw refuse('CANNOT_BE_ZERO_OR_NEGATIVE', { field: `${at}/amount/value` });
  const part = (name: keyof NonNullable<PurchaseUnit['amount']['breakdown']>) => {
    const found = amount.breakdown?.[name];
    return found === undefined ? 0 : cents(found);
  };
  if (items.length > 0) {
    if (amount.breakdown?.item_total === undefined) {
      throw refuse('ITEM_TOTAL_REQUIRED', {
        field: `${at}/amount/breakdown/item_total`,
      });
    }
    const itemTotal = items.reduce((sum, item) => sum + cents(item.unit_amount) * Number(item.quantity), 0);
    if (itemTotal !== part('item_total')) {
      throw refuse('ITEM_TOTAL_MISMATCH', {
        field: `${at}/amount/breakdown/item_total`,
        value: String(part('item_total')),
      });
    }
  }
  if (parts.length > 0) {
    const total =
      part('item_total') +
      part('tax_total') +
      part('shipping') +
      part('handling') +
      part('insurance') -
      part('shipping_discount') -
      part('discount');
    if (total !== cents(amount)) {
      throw refuse('AMOUNT_MISMATCH', { field: `${at}/amount/value`, value: amount.value });
    }
  }
}

// The first thing wrong, as PayPal names it.
function violation(error: z.ZodError, body: unknown): PayPalError {
  const [issue] = error.issues;
  const path = issue?.path ?? [];
  const value = path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown>)?.[key], body);
  const tooLong = issue?.code === 'too_big' || issue?.code === 'too_small';
  return malformed(
    `/${path.join('/')}`,
    value === undefined
      ? 'MISSING_REQUIRED_PARAMETER'
      : issue?.code === 'invalid_format' || issue?.code === 'invalid_type'
        ? 'INVALID_PARAMETER_SYNTAX'
        : tooLong && typeof value === 'string'
          ? 'INVALID_STRING_LENGTH'
          : 'INVALID_PARAMETER_VALUE',
  );
}
