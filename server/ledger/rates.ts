// Québec’s tax on insurance premiums (« taxe sur les primes »), by the Toronto day of payment (M6). Data, not code:
// a new rate is a new row. Invoices carry the tax they were issued with; only a regroupement that re-quotes by date
// of payment reads this table.
import { roundedQuotient } from './money.ts';

/** Rates in thousandths of a percent: 9 000 = 9 %, 9 975 = 9,975 %. In order of `from`. */
export const PREMIUM_TAX_RATES: readonly { from: string; thousandths: number }[] = [
  { from: '0000-01-01', thousandths: 9_000 },
  { from: '2027-01-01', thousandths: 9_975 },
];

/** The rate for premiums paid on this Toronto day (YYYY-MM-DD), in thousandths of a percent. */
export function premiumTaxRate(day: string): number {
  return PREMIUM_TAX_RATES.findLast((rate) => rate.from <= day)?.thousandths ?? 0;
}

/** The tax in cents on a premium in cents paid that day; negative on a credited premium. */
export function premiumTax(premiumCents: number, day: string): number {
  return roundedQuotient(premiumCents * premiumTaxRate(day), 100_000);
}
