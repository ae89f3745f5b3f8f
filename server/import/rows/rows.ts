// Looking things up for a chunk of rows at once.
import { titleOf } from '../reading/cells.ts';
import { type Refusal, refusal } from '../refusal.ts';
import type { ImportContext, Row } from './context.ts';
import { invoiceKey, invoicesByNumber, type KnownInvoice, possibleNumbers } from './known.ts';

/** One map for the rows of each regroupement, keyed `{regroupement}|{key}`. */
export async function loadByKey<T>(
  rows: readonly Row[],
  load: (regroupementId: string, rows: readonly Row[]) => Promise<[string, T][]>,
): Promise<Map<string, T>> {
  const all = new Map<string, T>();
  for (const id of new Set(rows.map((row) => row.regroupement.id))) {
    const found = await load(
      id,
      rows.filter((row) => row.regroupement.id === id),
    );
    for (const [key, value] of found) all.set(`${id}|${key}`, value);
  }
  return all;
}

/** The invoices that the rows name, keyed `{regroupement}|{invoiceKey}`. */
export function invoicesOf(ctx: ImportContext, rows: readonly Row[]): Promise<Map<string, KnownInvoice>> {
  return loadByKey(rows, async (id, mine) => {
    const numbersOf = (row: Row) => possibleNumbers(row.regroupement.invoicePrefix, row.cells.invoice ?? '');
    const invoices = await invoicesByNumber(ctx, id, mine.flatMap(numbersOf));
    const byKey = new Map(invoices.map((invoice) => [invoiceKey(invoice.number), invoice]));
    return mine.flatMap((row): [string, KnownInvoice][] => {
      const found = new Set(numbersOf(row).flatMap((number) => byKey.get(invoiceKey(number)) ?? []));
      const [invoice] = found;
      // With the year before, one number may be several invoices: none is chosen.
      return found.size === 1 && invoice !== undefined
        ? [[invoiceKey(row.cells.invoice ?? ''), invoice]]
        : [];
    });
  });
}

/** What to do about an invoice that is not there yet. */
export function invoiceUnknown(row: Row, number: string): Refusal {
  const title = titleOf(row, 'invoice');
  return refusal(
    `« ${title} » : la facture ${number} n’est pas connue, ou son numéro est celui de plusieurs années (écrivez-le alors en entier). Importez d’abord les factures.`,
    `“${title}”: invoice ${number} is not known, or its number is that of several years (then write the whole of it). Import the invoices first.`,
  );
}
