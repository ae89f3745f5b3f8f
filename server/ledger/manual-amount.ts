// The lines of an invoice that staff make with a manual amount (« Montant manuel », S34–S36, S38), in the order in which she
// reads them. Pure: the same for the preview and for the invoice.
import type { Lang } from '../fields.ts';
import { percent } from '../format.ts';
import type { InvoiceLine } from './invoices.ts';
import { premiumTax, premiumTaxRate, rateText, taxAt } from './rates.ts';

/** On fees, never on premiums; in thousandths of a percent. */
const GST = 5_000;
const QST = 9_975;

export interface ManualAmount {
  /** What the endorsement changes, as staff wrote it. */
  description: string;
  /** Of the endorsement, in cents. */
  cents: number;
  /** Whether that has the premium tax in it: no line of its own then. */
  withTax: boolean;
  /** Toronto day; its rate is the premium tax's. */
  issuedOn: string;
  /** Null: « Ne pas facturer de frais d'adm. » (S38). A fee of 0 shows no line either. */
  fee: { cents: number; taxable: boolean } | null;
  lang: Lang;
}

const WORDS = {
  'fr-CA': {
    endorsement: 'Avenant',
    withTax: ' (taxe incluse)',
    premiumTax: 'Taxe sur les primes d’assurance',
    fee: 'Frais d’administration',
    gst: 'TPS sur frais d’administration',
    qst: 'TVQ sur frais d’administration',
  },
  'en-CA': {
    endorsement: 'Endorsement',
    withTax: ' (tax included)',
    premiumTax: 'Tax on insurance premiums',
    fee: 'Administration fees',
    gst: 'GST on administration fees',
    qst: 'QST on administration fees',
  },
} as const;

/** AVEN; TPA where the amount is without it; FADM; TPS and TVQ where the fee is taxable. */
export function manualLines({
  description,
  cents,
  withTax,
  issuedOn,
  fee,
  lang,
}: ManualAmount): InvoiceLine[] {
  const words = WORDS[lang];
  const what = description === '' ? words.endorsement : `${words.endorsement} – ${description}`;
  const taxed = (code: 'TPA' | 'TPS' | 'TVQ', text: string, thousandths: number, amountCents: number) => {
    const rate = rateText(thousandths);
    return { code, description: `${text} (${percent(rate, lang)})`, amountCents, rate };
  };
  const lines: InvoiceLine[] = [
    { code: 'AVEN', description: what + (withTax ? words.withTax : ''), amountCents: cents, rate: null },
  ];
  if (!withTax)
    lines.push(taxed('TPA', words.premiumTax, premiumTaxRate(issuedOn), premiumTax(cents, issuedOn)));
  if (fee !== null && fee.cents > 0) {
    lines.push({ code: 'FADM', description: words.fee, amountCents: fee.cents, rate: null });
    if (fee.taxable)
      lines.push(
        taxed('TPS', words.gst, GST, taxAt(fee.cents, GST)),
        taxed('TVQ', words.qst, QST, taxAt(fee.cents, QST)),
      );
  }
  return lines.filter(({ amountCents }) => amountCents !== 0);
}
