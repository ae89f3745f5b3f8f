// Every setting of a regroupement that its staff set, at a terminal or in the office's page: its column, and the one form that
// what they give must fit.
import { z } from 'zod';
import { MAX_CENTS } from '../ledger/money.ts';
import { Instalments, OnlineFee } from '../ledger/policies.ts';
import { bare } from '../text.ts';
import { ARTICLES } from './naming.ts';
import { LINK_POLICIES } from './regroupements.ts';
import { FORMS } from './settings.ts';

/** How a column holds a value: as it is, as JSON, or as 1 and 0. */
type Held = 'text' | 'json' | 'bit';
interface Setting<Form extends z.ZodType = z.ZodType> {
  column: string;
  form: Form;
  held: Held;
}
const setting = <Form extends z.ZodType>(column: string, form: Form, held: Held = 'text'): Setting<Form> => ({
  column,
  form,
  held,
});

/** No list of pages or names is longer; it is a slip of the clipboard then. */
const MOST = 50;
const fee = z.int().min(0, 'too-small').max(MAX_CENTS, 'too-large');

export const SETTINGS = {
  name: setting('name', FORMS.name),
  article: setting('article', z.enum(ARTICLES).nullable()),
  email: setting('email', FORMS.email),
  phone: setting('phone', FORMS.phone),
  address: setting('address', FORMS.address),
  privacyTitle: setting('privacy_title', FORMS.privacy_title),
  privacyEmail: setting('privacy_email', FORMS.privacy_email),
  helpUrl: setting('help_url', FORMS.help_url.nullable()),
  gstNumber: setting('gst_number', FORMS.gst_number.nullable()),
  qstNumber: setting('qst_number', FORMS.qst_number.nullable()),
  aliases: setting('aliases', FORMS.aliases.max(MOST, 'too-long'), 'json'),
  theme: setting('theme', FORMS.theme.strict(), 'json'),
  pages: setting('pages', FORMS.pages.max(MOST, 'too-long'), 'json'),
  linkPolicy: setting('link_policy', z.enum(LINK_POLICIES)),
  certificateExample: setting('certificate_example', FORMS.certificate_example),
  certificatePattern: setting(
    'certificate_pattern',
    z
      .string()
      .max(200, 'too-long')
      .refine(isPattern, 'not a regular expression, or one that takes too long')
      .nullable(),
  ),
  invoicePrefix: setting(
    'invoice_prefix',
    z
      .string()
      .max(20, 'too-long')
      .regex(/^[\p{L}\p{N} ./_-]*(\{(année|annee|year)\})?[\p{L}\p{N} ./_-]*$/u, 'a word, or {année}')
      .nullable(),
  ),
  onlineFee: setting(
    'online_fee',
    OnlineFee.refine((given) => centsIn(given) <= MAX_CENTS, 'too-large'),
    'json',
  ),
  instalments: setting(
    'instalments',
    Instalments.refine((given) => given.kind === 'none' || given.minimumCents <= MAX_CENTS, 'too-large'),
    'json',
  ),
  premiumTaxPolicy: setting('premium_tax_policy', z.enum(['as-invoiced', 'by-payment-date'])),
  adminFeeCents: setting('admin_fee_cents', fee),
  adminFeeTaxable: setting('admin_fee_taxable', z.boolean(), 'bit'),
  manualAmountWithTax: setting('manual_amount_with_tax', z.boolean(), 'bit'),
} as const;

export type Settings = { [Name in keyof typeof SETTINGS]: z.infer<(typeof SETTINGS)[Name]['form']> };
export type SettingName = keyof Settings;

/** The account that is paid (regroupements.ts), part by part. */
export const ACCOUNT_FORMS = {
  clientId: FORMS.paypal_client_id,
  merchantId: z.string().regex(/^[2-9A-HJ-NP-Z]{13}$/, 'a PayPal merchant id has 13 characters'),
  webhookId: z.string().regex(/^[A-Za-z0-9]{5,50}$/, 'not a PayPal webhook id'),
  /** PayPal's have 80 characters; pasted, something that nobody sees may come along. */
  secret: z
    .string()
    .overwrite(bare)
    .min(1, 'required')
    .max(4_000, 'too-long')
    .regex(/^[\x21-\x7e]+$/, 'not a PayPal secret'),
} as const;

/** What a column holds of a setting. */
export function stored(name: SettingName, value: unknown): string | number | null {
  const { held } = SETTINGS[name];
  if (value === null) return null;
  if (held === 'json') return JSON.stringify(value);
  return held === 'bit' ? Number(value === true) : (value as string | number);
}

/** The setting that a column holds; what does not fit its form comes as it stands there, to be mended. */
export function settingOf(name: SettingName, held: string | number | null): unknown {
  const { form, held: how } = SETTINGS[name];
  if (held === null || how === 'text') return held;
  if (how === 'bit') return held === 1;
  const value: unknown = JSON.parse(String(held));
  return form.safeParse(value).data ?? value;
}

function centsIn(given: OnlineFee): number {
  return given.kind === 'none' ? 0 : given.kind === 'fixed' ? given.cents : given.fixedCents;
}

/** Ways through a pattern: three parts of any length in a certificate's number, which is up to 64 characters long. */
const MOST_WAYS = 300_000;
const OF_ANY_LENGTH = 65;

// It is tried on whatever number a file has. Choices multiply: with many, or in a group that repeats, a number that does not fit
// could keep the import busy for hours.
function isPattern(pattern: string): boolean {
  const plain = pattern.replace(/\\.|\[(?:\\.|[^\]\\])*\]/g, 'x');
  let ways = 1;
  for (const [sign, from, to] of plain.matchAll(/[*+?|]|\{(\d+),(\d*)\}/g)) {
    const most = to ? Number(to) - Number(from) + 1 : OF_ANY_LENGTH;
    ways *= sign === '?' || sign === '|' ? 2 : Math.min(most, OF_ANY_LENGTH);
  }
  if (ways > MOST_WAYS || /\)[*+{]/.test(plain)) return false;
  try {
    new RegExp(pattern);
    return true;
  } catch {
    return false;
  }
}
