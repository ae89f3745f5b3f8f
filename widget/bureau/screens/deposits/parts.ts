// What a cheque pays of a file: each invoice in full before the next.
import type { Holder } from '../../office.ts';

export type Invoice = Holder['certificates'][number]['invoices'][number];
export interface Part {
  invoiceNumber: string;
  amountCents: number;
}

/** The invoices of a file that a cheque can pay: the one that is named first, then as they fall due. */
export function payableOf({ certificates }: Holder, named: string): Invoice[] {
  const name = named.toLowerCase();
  return certificates
    .flatMap(({ invoices }) => invoices)
    .filter(({ payable, held }) => payable && !held)
    .toSorted((a, b) => {
      const first = Number(b.number.toLowerCase() === name) - Number(a.number.toLowerCase() === name);
      return first || a.dueOn.localeCompare(b.dueOn);
    });
}

/** What so many cents pay of them; what is more than all of them, on the first. */
export function partsOf(invoices: readonly Invoice[], cents: number): Part[] {
  let left = cents;
  const parts = invoices.flatMap(({ number, balanceCents }) => {
    const amountCents = Math.min(left, Math.max(0, balanceCents));
    left -= amountCents;
    return amountCents > 0 ? [{ invoiceNumber: number, amountCents }] : [];
  });
  const [first, ...others] = parts;
  if (first !== undefined) return [{ ...first, amountCents: first.amountCents + left }, ...others];
  const [invoice] = invoices;
  return invoice === undefined || cents <= 0 ? [] : [{ invoiceNumber: invoice.number, amountCents: cents }];
}
