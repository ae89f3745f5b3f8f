// What an exception says to staff in whole sentences: the same in the e-mail, on the command line and over HTTP.
import { z } from 'zod';
import type { Lang } from '../fields.ts';
import { day, money, percent } from '../format.ts';
import { daysBefore } from '../ledger/toronto.ts';
import type { Regroupement } from '../regroupements/regroupements.ts';
import { asText, type Part } from './layout.ts';
import { texts } from './texts.ts';

/** The detail of an exception `premium-tax`. */
const TaxStep = z.object({
  day: z.string(),
  fromRate: z.string(),
  toRate: z.string(),
  countedOn: z.string(),
  invoices: z.number(),
  differenceCents: z.number(),
});

/**
 * The new rate of the premium tax: what it is, how many invoices, what each policy does, the commands. True before the
 * day as after it, since an e-mail may leave late and a list is read when it is.
 */
export function taxStepWords(
  { slug, premiumTaxPolicy }: Pick<Regroupement, 'slug' | 'premiumTaxPolicy'>,
  detail: unknown,
  lang: Lang,
): { subject: string; parts: Part[] } {
  const step = TaxStep.parse(detail);
  const t = texts(lang);
  const on = day(step.day, lang);
  const after = percent(step.toRate, lang);
  const set = `npx amisgest-pay regroupement set ${slug} --premium-tax-policy`;
  return {
    subject: t.premiumTaxSubject(after, on),
    parts: [
      {
        text: t.premiumTaxRates(percent(step.fromRate, lang), day(daysBefore(step.day, 1), lang), after, on),
      },
      {
        facts: [
          [t.premiumTaxInvoices(day(step.countedOn, lang)), String(step.invoices)],
          [t.premiumTaxDifference(after), money(step.differenceCents, lang)],
        ],
      },
      { text: t.premiumTaxPolicies },
      { text: t.premiumTaxAsInvoiced },
      { text: t.premiumTaxByPaymentDate(after, on) },
      { text: t.premiumTaxNow(premiumTaxPolicy) },
      { text: t.premiumTaxCommands },
      { text: `npx amisgest-pay tax ${slug} --day ${step.day}` },
      { text: `${set} as-invoiced` },
      { text: `${set} by-payment-date` },
    ],
  };
}

/** The exception in one text, paragraphs apart. */
export function exceptionText(
  regroupement: Pick<Regroupement, 'slug' | 'premiumTaxPolicy'>,
  { kind, detail }: { kind: keyof ReturnType<typeof texts>['exceptions']; detail: unknown },
  lang: Lang,
): string {
  if (kind !== 'premium-tax') return texts(lang).exceptions[kind];
  return taxStepWords(regroupement, detail, lang)
    .parts.map((part) => asText(part, lang))
    .join('\n');
}
