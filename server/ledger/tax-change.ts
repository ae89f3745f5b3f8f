// What another rate of the premium tax makes of an invoice (M6). Pure: the same sum for the list that staff read, the
// forecast that she reads, and the amount that is charged.
//
// What was paid was paid at the rate of its day, so only what is left follows another one. The lines then say both: the
// tax of what was paid at its rate, and the tax of what is left at its own, last. Money pays an invoice in proportion:
// a payment of a third of what the invoice is at a rate pays a third of its premiums and a third of their tax.
import type { Invoice, InvoiceLine } from './invoices.ts';
import { roundedQuotient, sum } from './money.ts';
import { PREMIUM_TAX_RATES, type PremiumTaxRates, rateOfText, rateOn, rateText, taxAt } from './rates.ts';

export interface TaxChange {
  invoiceId: string;
  invoiceNumber: string;
  /** In thousandths of a percent: of what is left to pay. */
  fromRate: number;
  toRate: number;
  /** What the invoice’s tax is, and would be. */
  taxCents: number;
  newTaxCents: number;
  /** What is left to pay rises by so much; negative when the rate falls. */
  differenceCents: number;
}
type Taxed = Pick<Invoice, 'id' | 'number' | 'lines' | 'totalCents' | 'balanceCents' | 'payable'>;

/** A line, also as a receipt keeps it. */
type Line = Pick<InvoiceLine, 'amountCents' | 'rate'> & { code: string };
/** The invoice as if all of it were taxed at one rate. */
interface Whole {
  cents: number;
  taxCents: number;
}
/** A tax line: at its rate, in cents. */
interface Part {
  rate: number;
  cents: number;
}

const DESCRIPTION = 'Taxe sur les primes d’assurance';

/**
 * What paying what is left of this invoice on `day` (Toronto) changes of its premium tax; null when nothing does, or
 * when the tax on it is not the plain rate on its premiums, so that nobody can say.
 */
export function taxChange(invoice: Taxed, day: string, rates = PREMIUM_TAX_RATES): TaxChange | null {
  return requoted(invoice, day, rates)?.change ?? null;
}

/** The same, with the lines that the invoice has then. */
export function requoted(
  invoice: Taxed,
  day: string,
  rates = PREMIUM_TAX_RATES,
): { change: TaxChange; lines: InvoiceLine[] } | null {
  if (!invoice.payable) return null;
  const found = taxParts(invoice, rates);
  if (found === null) return null;
  const toRate = rateOn(rates, day);
  const to = found.whole(toRate);
  const kept: Part[] = [];
  let fromRate = toRate;
  let left = invoice.balanceCents;
  let open = 0;
  let differenceCents = 0;
  // What is left belongs to the last line; what is more than that (money that went back) to the one before.
  for (const [n, part] of [...found.parts].reverse().entries()) {
    const from = found.whole(part.rate);
    if (from.cents <= 0 || from.taxCents <= 0) return null;
    const first = n === found.parts.length - 1;
    // To the next cent of tax: the line was rounded.
    const most = roundedQuotient((part.cents + 1) * from.cents, from.taxCents);
    const unpaid = first ? left : Math.min(left, most);
    left -= unpaid;
    const change = part.rate === toRate ? 0 : difference(unpaid, from, to);
    if (change !== 0) fromRate = part.rate;
    const share = roundedQuotient(unpaid * from.taxCents, from.cents);
    // A cent beside it is rounding, not a payment.
    const all = part.rate === toRate || (change !== 0 && share >= part.cents - 1);
    const moved = all ? part.cents : change === 0 ? 0 : share;
    open += moved + change;
    differenceCents += change;
    if (moved !== part.cents) kept.unshift({ rate: part.rate, cents: part.cents - moved });
  }
  if (differenceCents === 0) return null;
  const taxCents = sum(found.parts.map(({ cents }) => cents));
  return {
    change: {
      invoiceId: invoice.id,
      invoiceNumber: invoice.number,
      fromRate,
      toRate,
      taxCents,
      newTaxCents: taxCents + differenceCents,
      differenceCents,
    },
    lines: withTax(invoice.lines, [...kept, { rate: toRate, cents: open }]),
  };
}

/**
 * The premium tax in a payment of `cents` on an invoice as it stood or stands, in proportion, half up: at the rate of
 * `day`, a Toronto day, or of what was left to pay.
 */
export function taxInPayment(
  invoice: { lines: readonly Line[]; totalCents: number },
  cents: number,
  day?: string,
): number {
  const found = taxParts(invoice, PREMIUM_TAX_RATES);
  if (found === null || found.parts.length === 1) {
    const tax = sum(taxLines(invoice.lines).map(({ amountCents }) => amountCents));
    return invoice.totalCents > 0 ? roundedQuotient(cents * tax, invoice.totalCents) : 0;
  }
  const rate = day === undefined ? undefined : rateOn(PREMIUM_TAX_RATES, day);
  const part = found.parts.find((one) => one.rate === rate) ?? found.parts.at(-1);
  const whole = found.whole(part?.rate ?? 0);
  return whole.cents > 0 ? roundedQuotient(cents * whole.taxCents, whole.cents) : 0;
}

/** What was paid of an invoice, and the premium tax in that, in cents. */
export interface PaidTax {
  paidCents: number;
  taxCents: number;
}

/**
 * The premium tax in all that is paid of an invoice once `paidCents` are, cumulated: of two such sums the difference is a
 * payment's, and paid in full it is the invoice's whole tax, whatever the parts. `since`: what was paid before the invoice
 * had these lines, which stays as it was; without it, what its lines say of that, none where they have one rate.
 */
export function taxPaid(
  invoice: { lines: readonly Line[]; totalCents: number },
  paidCents: number,
  since: PaidTax = paidByLines(invoice),
): number {
  const whole = sum(taxLines(invoice.lines).map(({ amountCents }) => amountCents));
  const left = invoice.totalCents - since.paidCents;
  if (left <= 0) return whole;
  // What is left is rounded, as a re-quotation does it.
  return whole - roundedQuotient((invoice.totalCents - paidCents) * (whole - since.taxCents), left);
}

/** At two rates, the tax lines but the last are of what was paid before. */
function paidByLines(invoice: { lines: readonly Line[]; totalCents: number }): PaidTax {
  const found = taxParts(invoice, PREMIUM_TAX_RATES);
  const last = found?.parts.at(-1);
  if (found === null || last === undefined || found.parts.length === 1) return { paidCents: 0, taxCents: 0 };
  const whole = found.whole(last.rate);
  if (whole.taxCents <= 0) return { paidCents: 0, taxCents: 0 };
  const unpaid = roundedQuotient(last.cents * whole.cents, whole.taxCents);
  const before = sum(found.parts.slice(0, -1).map(({ cents }) => cents));
  return { paidCents: Math.max(0, invoice.totalCents - unpaid), taxCents: before };
}

function difference(cents: number, from: Whole, to: Whole): number {
  const plainly = roundedQuotient(cents * (to.taxCents - from.taxCents), from.cents);
  if (plainly >= 0) return plainly;
  // Down is what up brings back to the cent: a payment of before leaves nothing over.
  return (
    [plainly, plainly - 1, plainly + 1].find((one) => difference(cents + one, to, from) === -one) ?? plainly
  );
}

/** The tax by rate, that of what is left last, and what the whole invoice is at any rate; null when nobody can say. */
function taxParts(
  { lines, totalCents }: { lines: readonly Line[]; totalCents: number },
  rates: PremiumTaxRates,
): { parts: Part[]; whole: (rate: number) => Whole } | null {
  const tax = taxLines(lines);
  const premiumLines = lines.filter(({ code }) => code === 'PRIME' || code === 'AVEN' || code === 'CRED');
  const premiums = sum(premiumLines.map(({ amountCents }) => amountCents));
  const taxCents = sum(tax.map(({ amountCents }) => amountCents));
  if (tax.length === 0 || premiums <= 0 || totalCents <= 0) return null;
  const at = (rate: number, plainly = taxAt(premiums, rate)): Whole => ({
    cents: totalCents - taxCents + plainly,
    taxCents: plainly,
  });
  if (new Set(tax.map(({ rate }) => rate)).size === 1) {
    const rate = plainRate(
      tax[0]?.rate ?? null,
      premiums,
      taxCents,
      Math.max(premiumLines.length, tax.length),
      rates,
    );
    // Line by line a cent more or less was charged: it stays.
    const more = rate === null ? 0 : taxCents - taxAt(premiums, rate);
    return rate === null
      ? null
      : { parts: [{ rate, cents: taxCents }], whole: (r) => at(r, taxAt(premiums, r) + more) };
  }
  const parts = tax.map((line) => ({ rate: rateOfText(line.rate ?? ''), cents: line.amountCents }));
  const plain = parts.map(({ rate }) => taxAt(premiums, rate ?? 0));
  const between = taxCents >= Math.min(...plain) - tax.length && taxCents <= Math.max(...plain) + tax.length;
  return between && parts.every((part): part is Part => part.rate !== null) ? { parts, whole: at } : null;
}

// As written on the line, when it gives the amount, line by line or in one, to a cent; or else the rate of the table that gives it.
function plainRate(
  written: string | null,
  premiums: number,
  taxCents: number,
  lines: number,
  rates: PremiumTaxRates,
): number | null {
  if (written === null)
    return rates.find(({ thousandths }) => taxAt(premiums, thousandths) === taxCents)?.thousandths ?? null;
  const rate = rateOfText(written);
  return rate !== null && Math.abs(taxAt(premiums, rate) - taxCents) <= Math.max(1, lines - 1) ? rate : null;
}

function taxLines<L extends Line>(lines: readonly L[]): L[] {
  return lines.filter(({ code }) => code === 'TPA');
}

/** The lines with these of the tax where the first one stood. */
function withTax(lines: readonly InvoiceLine[], parts: readonly Part[]): InvoiceLine[] {
  const before = taxLines(lines);
  const tax = parts.map(({ rate, cents }): InvoiceLine => {
    const same = before.find((line) => line.rate !== null && rateOfText(line.rate) === rate);
    // Another rate than the paper’s, whose words may name it.
    return {
      code: 'TPA',
      description: same?.description ?? DESCRIPTION,
      amountCents: cents,
      rate: same?.rate ?? rateText(rate),
    };
  });
  const place = lines.findIndex(({ code }) => code === 'TPA');
  return [...lines.slice(0, place), ...tax, ...lines.slice(place).filter(({ code }) => code !== 'TPA')];
}
