// The order that PayPal is asked to make (S22–S26): what it says to the payer and how it is found again. It names invoices,
// never a person nor a certificate (I9).
import { createHmac } from 'node:crypto';
import type { CreateOrderRequestBody } from '@paypal/paypal-js';
import type { Deps } from '../deps.ts';
import { derivedKey } from '../derived-key.ts';
import { fromCents } from '../paypal/wire.ts';
import type { Regroupement } from '../regroupements/regroupements.ts';

export interface OrderFacts {
  paymentId: string;
  number: string;
  lang: 'fr-CA' | 'en-CA';
  amountCents: number;
  onlineFeeCents: number;
  invoices: readonly { number: string; amountCents: number }[];
}

const ITEMS = {
  'fr-CA': { invoice: 'Facture', fee: 'Frais en ligne' },
  'en-CA': { invoice: 'Invoice', fee: 'Online fees' },
} as const;

/** What an item of an order of ours stands for, read back from its name; neither when it is none of ours. */
export function itemOf(name: string): { invoice: string | null; fee: boolean; lang: OrderFacts['lang'] } {
  const lang =
    name === ITEMS['en-CA'].fee || name.startsWith(`${ITEMS['en-CA'].invoice} `) ? 'en-CA' : 'fr-CA';
  const words = ITEMS[lang];
  if (name === words.fee) return { invoice: null, fee: true, lang };
  const prefix = `${words.invoice} `;
  return { invoice: name.startsWith(prefix) ? name.slice(prefix.length) : null, fee: false, lang };
}

/** The body of `POST /v2/checkout/orders`: the same bytes for the same payment, so that a repeat is harmless. */
export function orderBody(
  deps: Pick<Deps, 'config'>,
  regroupement: Regroupement,
  facts: OrderFacts,
): CreateOrderRequestBody {
  const french = facts.lang === 'fr-CA';
  const money = (cents: number) => ({ currency_code: 'CAD', value: fromCents(cents) });
  const item = (name: string, cents: number) => ({
    name: short(name),
    quantity: '1',
    unit_amount: money(cents),
  });
  const nonce = returnNonce(deps, facts.paymentId);
  return {
    intent: 'CAPTURE',
    purchase_units: [
      {
        invoice_id: facts.number,
        custom_id: facts.paymentId,
        description: short(`${french ? 'Assurances' : 'Insurance'} – ${regroupement.name}`),
        amount: { ...money(facts.amountCents), breakdown: { item_total: money(facts.amountCents) } },
        items: [
          ...facts.invoices.map((invoice) =>
            item(`${ITEMS[facts.lang].invoice} ${invoice.number}`, invoice.amountCents),
          ),
          ...(facts.onlineFeeCents > 0 ? [item(ITEMS[facts.lang].fee, facts.onlineFeeCents)] : []),
        ],
        ...(regroupement.paypal?.merchantId
          ? { payee: { merchant_id: regroupement.paypal.merchantId } }
          : {}),
      },
    ],
    payment_source: {
      paypal: {
        experience_context: {
          brand_name: short(regroupement.name),
          locale: facts.lang,
          shipping_preference: 'NO_SHIPPING',
          user_action: 'CONTINUE',
          payment_method_preference: 'IMMEDIATE_PAYMENT_REQUIRED',
          return_url: `${deps.config.publicUrl}/v1/checkout/return?n=${nonce}`,
          cancel_url: `${deps.config.publicUrl}/v1/checkout/cancel?n=${nonce}`,
        },
      },
    },
  };
}

/** What PayPal brings back in the return address: unguessable, and the same each time for the same payment. */
export function returnNonce(deps: Pick<Deps, 'config'>, paymentId: string): string {
  const key = derivedKey(deps.config.secretKeys[0] ?? '', 'return nonce');
  return createHmac('sha256', key).update(paymentId).digest('base64url');
}

// PayPal's limit is 127 characters and counts accented ones for more.
function short(text: string): string {
  let kept = '';
  for (const character of text) {
    if (Buffer.byteLength(kept + character) > 127) break;
    kept += character;
  }
  return kept;
}
