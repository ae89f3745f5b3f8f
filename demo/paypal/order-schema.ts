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
  description: z.string().max(2048).optional(),
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

const CURRENCIES = ['CAD', 'USD', 'EUR', 'GBP'];

/** Parses and checks an order's request. Throws PayPal's own refusal. */
export function checkedOrder(body: unknown): CreateOrder {
  const parsed = CreateOrder.safeParse(body);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const field = `/${(issue?.path ?? []).join('/')}`;
    const missing = issue?.code === 'invalid_type' && issue.message.includes('undefined');
    throw missing
      ? malformed(field, 'MISSING_REQUIRED_PARAMETER', 'A required field is missing.')
      : malformed(field, 'INVALID_PARAMETER_VALUE', 'The value of a field is invalid.');
  }
  const order = parsed.data;
  if (order.intent !== 'CAPTURE' || order.purchase_units.length !== 1) {
    throw refuse(
      'NOT_ENABLED_FOR_THIS_SIMULATION',
      'This stand-in captures one purchase unit; PayPal does more.',
    );
  }
  for (const [index, unit] of order.purchase_units.entries()) checkAmounts(unit, `/purchase_units/${index}`);
  return order;
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
    throw refuse('CURRENCY_NOT_SUPPORTED', 'Currency code is not currently supported.', {
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
    if (each.currency_code !== currency)
      throw refuse('CURRENCY_MISMATCH', 'Currencies must be the same.', { field });
    if (/\.\d{3,}/.test(each.value))
      throw refuse('DECIMAL_PRECISION', 'The value has too many decimals.', { field });
    if (each.value.startsWith('-'))
      throw refuse('CANNOT_BE_NEGATIVE', 'Must be greater than or equal to zero.', { field });
  }
  if (cents(amount) === 0)
    throw refuse('CANNOT_BE_ZERO_OR_NEGATIVE', 'Must be greater than zero.', { field: `${at}/amount/value` });
  const part = (name: keyof NonNullable<PurchaseUnit['amount']['breakdown']>) => {
    const found = amount.breakdown?.[name];
    return found === undefined ? 0 : cents(found);
  };
  if (items.length > 0) {
    if (amount.breakdown?.item_total === undefined) {
      throw refuse('ITEM_TOTAL_REQUIRED', 'If item details are specified, item_total is required.', {
        field: `${at}/amount/breakdown/item_total`,
      });
    }
    const itemTotal = items.reduce((sum, item) => sum + cents(item.unit_amount) * Number(item.quantity), 0);
    if (itemTotal !== part('item_total')) {
      throw refuse('ITEM_TOTAL_MISMATCH', 'Should equal sum of (unit_amount * quantity) across all items.', {
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
      throw refuse(
        'AMOUNT_MISMATCH',
        'Should equal item_total + tax_total + shipping + handling + insurance - shipping_discount - discount.',
        { field: `${at}/amount/value`, value: amount.value },
      );
    }
  }
}

/** PayPal wants this header when the order names its payment source. */
export function requestIdRequired(): PayPalError {
  return malformed(
    'PayPal-Request-Id',
    'PAYPAL_REQUEST_ID_REQUIRED',
    'A PayPal-Request-Id is required if you are trying to process payment for an Order.',
  );
}
