// What a credit note takes off an invoice, to the cent (S35): a part of its premiums with their tax, at the invoice's own rate.
// Pure: the same sum for the preview and for the note.
import type { InvoiceLine } from '../ledger/invoices.ts';
import { sum } from '../ledger/money.ts';
import { rateOfText, taxAt } from '../ledger/rates.ts';

/** An amount in all, in cents, or so many of the days that the premiums are for. */
export type CreditAsked = { cents: number } | { days: number; ofDays: number };

export interface Credit {
  /** What it takes off in all, and off the premiums. */
  cents: number;
  premiumCents: number;
  /** The note's own lines: none is positive on an ordinary invoice. */
  lines: InvoiceLine[];
  /** The invoice's lines with it. */
  left: InvoiceLine[];
}

const FEES: readonly string[] = ['FADM', 'TPS', 'TVQ'];

/** Premiums that are taxed at one rate, with the tax on them. */
interface Part {
  premium: number;
  tax: number;
  /** In thousandths of a percent; null: none is written. */
  rate: number | null;
  taxLines: readonly InvoiceLine[];
}

/**
 * Takes it off what is left to pay first, which is the tax lines' last, then off what stands before; administration fees
 * go last, and only by an amount that is more than all the rest. `creditedBefore`: what earlier notes took off the premiums, so that days
 * are days of the whole. Null: it is more than the invoice charges, or nothing.
 */
export function creditOf(
  invoice: { lines: readonly InvoiceLine[]; totalCents: number },
  asked: CreditAsked,
  description: string,
  creditedBefore = 0,
): Credit | null {
  // Lines that do not say what is charged say nothing of the tax in it.
  const detailed = sum(invoice.lines.map((line) => line.amountCents)) === invoice.totalCents;
  const lines: readonly InvoiceLine[] = detailed
    ? invoice.lines
    : [{ code: 'OTHER', description: '', amountCents: invoice.totalCents, rate: null }];
  const parts = partsOf(lines).toReversed();
  const premiums = sum(parts.map(({ premium }) => premium));
  const taken =
    'cents' in asked
      ? byAmount(parts, asked.cents)
      : byPremium(parts, part(premiums + creditedBefore, asked.days, asked.ofDays));
  const offFees = shared(
    lines.filter(({ code }) => FEES.includes(code)),
    'cents' in asked ? taken.left : 0,
  );
  const off = new Map([...taken.off, ...offFees]);
  const cents = taken.premium + sum(off.values());
  const wanted = 'cents' in asked ? asked.cents : cents;
  const short = 'cents' in asked ? cents < wanted : taken.left > 0;
  if (short || cents < 1 || cents > invoice.totalCents) return null;
  const credited: InvoiceLine[] =
    taken.premium === 0 ? [] : [{ code: 'CRED', description, amountCents: -taken.premium, rate: null }];
  return {
    cents,
    premiumCents: taken.premium,
    lines: [
      ...credited,
      ...[...off].filter(([, one]) => one !== 0).map(([line, one]) => ({ ...line, amountCents: -one })),
    ],
    left: detailed ? without(invoice.lines, credited, off) : [...invoice.lines, ...credited],
  };
}

/** The lines less these cents of some of them, the credit after the premiums. */
function without(
  lines: readonly InvoiceLine[],
  credited: readonly InvoiceLine[],
  off: ReadonlyMap<InvoiceLine, number>,
): InvoiceLine[] {
  const place = lines.findIndex(({ code }) => code === 'TPA' || FEES.includes(code));
  const at = place === -1 ? lines.length : place;
  const less = lines
    .slice(at)
    .map((line) => ({ ...line, amountCents: line.amountCents - (off.get(line) ?? 0), was: line.amountCents }))
    .filter(({ amountCents, was }) => amountCents !== 0 || was === 0)
    .map(({ was: _, ...line }) => line);
  return [...lines.slice(0, at), ...credited, ...less];
}

/** In the order of their tax lines: what is left to pay is the last one's (ledger/tax-change.ts). */
function partsOf(lines: readonly InvoiceLine[]): Part[] {
  const taxLines = lines.filter(({ code }) => code === 'TPA');
  const premium = sum(
    lines.filter(({ code }) => code !== 'TPA' && !FEES.includes(code)).map((line) => line.amountCents),
  );
  const byRate = [...Map.groupBy(taxLines, ({ rate }) => rate)].map(([rate, some]) => ({
    rate: rateOfText(rate ?? ''),
    tax: sum(some.map((line) => line.amountCents)),
    taxLines: some,
  }));
  const [first = { rate: null, tax: 0, taxLines: [] }, ...others] = byRate;
  // Of a tax without its rate nobody can say what it is on: then all of them go in proportion.
  if (others.length > 0 && byRate.some(({ rate }) => rate === null))
    return [{ premium, tax: sum(taxLines.map((line) => line.amountCents)), rate: null, taxLines }];
  let left = premium;
  const later = others.toReversed().map((one): Part => {
    const taxed = one.rate === null ? 0 : Math.min(left, part(one.tax, 100_000, one.rate));
    left -= taxed;
    return { ...one, premium: taxed };
  });
  return [{ ...first, premium: left }, ...later.toReversed()];
}

interface Taken {
  premium: number;
  off: [InvoiceLine, number][];
  /** What could not be taken. */
  left: number;
}

function byAmount(parts: readonly Part[], cents: number): Taken {
  let left = cents;
  let premium = 0;
  const off = parts.flatMap((one) => {
    const whole = Math.max(0, one.premium + one.tax);
    const got = Math.min(left, whole);
    const share = got === whole ? Math.max(0, one.premium) : part(got, one.premium, whole);
    left -= got;
    premium += share;
    return shared(one.taxLines, got - share);
  });
  return { premium, off, left };
}

function byPremium(parts: readonly Part[], cents: number): Taken {
  let left = cents;
  const off = parts.flatMap((one) => {
    const got = Math.min(left, Math.max(0, one.premium));
    left -= got;
    return shared(one.taxLines, got === one.premium ? one.tax : one.tax - taxLeft(one, got));
  });
  return { premium: cents - left, off, left };
}

/** The tax on what stays of the premiums, at the rate that is written where it gives the tax, else in proportion. */
function taxLeft({ premium, tax, rate }: Part, taken: number): number {
  const plain = rate === null ? null : tax - taxAt(premium, rate);
  const left =
    rate !== null && plain !== null && Math.abs(plain) <= 1
      ? taxAt(premium - taken, rate) + plain
      : part(tax, premium - taken, premium);
  return Math.min(tax, Math.max(0, left));
}

/** So many cents of these lines, in proportion: together exactly as many, or all that there is. */
function shared(lines: readonly InvoiceLine[], cents: number): [InvoiceLine, number][] {
  const whole = sum(lines.map((line) => line.amountCents));
  if (whole <= 0 || cents <= 0) return [];
  const all = Math.min(cents, whole);
  let before = 0;
  let taken = 0;
  return lines.map((line) => {
    before += line.amountCents;
    const one = part(all, before, whole) - taken;
    taken += one;
    return [line, one];
  });
}

/** `cents × of ÷ whole`, half up, however large: two amounts multiplied are beyond a number's exact integers. */
function part(cents: number, of: number, whole: number): number {
  if (whole <= 0) return 0;
  const [twice, divisor] = [2n * BigInt(cents) * BigInt(of), BigInt(whole)];
  return twice < 0n ? 0 : Number((twice + divisor) / (2n * divisor));
}
