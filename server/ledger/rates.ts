// Québec’s tax on insurance premiums (« taxe sur les primes »), by the Toronto day of payment (M6). Data, not code:
// a new rate is a new row. Invoices carry the tax they were issued with; only a regroupement that re-quotes by date
// of payment reads this table for what is owed.
import { roundedQuotient } from './money.ts';

/** Rates in thousandths of a percent: 9 000 = 9 %, 9 975 = 9,975 %. In order of `from`, a Toronto day. */
export type PremiumTaxRates = readonly { from: string; thousandths: number }[];
export const PREMIUM_TAX_RATES: PremiumTaxRates = [
  { from: '0000-01-01', thousandths: 9_000 },
  { from: '2027-01-01', thousandths: 9_975 },
];

/** A day on which the rate changes. */
export interface RateStep {
  /** The first Toronto day at the new rate. */
  day: string;
  /** In thousandths of a percent. */
  fromRate: number;
  toRate: number;
}

/** The rate for premiums paid on this Toronto day (YYYY-MM-DD), in thousandths of a percent. */
export function premiumTaxRate(day: string): number {
  return rateOn(PREMIUM_TAX_RATES, day);
}

/** The same by another table. */
export function rateOn(rates: PremiumTaxRates, day: string): number {
  return rates.findLast((rate) => rate.from <= day)?.thousandths ?? 0;
}

/** The tax in cents on a premium in cents paid that day; negative on a credited premium. */
export function premiumTax(premiumCents: number, day: string): number {
  return taxAt(premiumCents, premiumTaxRate(day));
}

/** The tax in cents on a premium in cents at this rate, half up. */
export function taxAt(premiumCents: number, thousandths: number): number {
  return roundedQuotient(premiumCents * thousandths, 100_000);
}

/** The days on which the rate changes, in their order. */
export function rateSteps(rates = PREMIUM_TAX_RATES): RateStep[] {
  return rates.slice(1).map(({ from, thousandths }, index) => ({
    day: from,
    fromRate: rates[index]?.thousandths ?? 0,
    toRate: thousandths,
  }));
}

/** The rate as a line of an invoice writes it, an exact decimal fraction: 9 975 is `0.09975`. */
export function rateText(thousandths: number): string {
  const decimals = String(thousandths % 100_000).padStart(5, '0');
  return `${Math.floor(thousandths / 100_000)}.${decimals}`.replace(/\.?0+$/, '');
}

/** The other way, digit by digit; null when it is not a positive rate of at most five decimals. */
export function rateOfText(text: string): number | null {
  const [, whole, decimals] = /^(\d?)\.(\d{1,5})0*$/.exec(text) ?? [];
  if (whole === undefined || decimals === undefined) return null;
  return Number(whole) * 100_000 + Number(decimals.padEnd(5, '0')) || null;
}
