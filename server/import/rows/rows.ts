// Looking things up for a chunk of rows at once.
import { certificateKey } from '../../certificates/number.ts';
import { titleOf } from '../reading/cells.ts';
import { CellRefused, type Refusal, refusal } from '../refusal.ts';
import type { ImportContext, Row } from './context.ts';
import {
  invoiceKey,
  invoicesByNumber,
  type KnownInvoice,
  possibleNumbers,
  samePerson,
  yearsBehind,
} from './known.ts';

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

/** For `loadByKey`: what bears a number under it as it is written, and whatever its letters and spaces. */
export function underBoth<T>(found: readonly T[], numberOf: (one: T) => string): [string, T][] {
  return [
    ...found.map((one): [string, T] => [invoiceKey(numberOf(one)), one]),
    ...found.map((one): [string, T] => [numberOf(one), one]),
  ];
}

/** What bears this number, in these letters or, where nothing does, in others. */
export function numbered<T>(known: ReadonlyMap<string, T>, row: Row, number: string): T | undefined {
  const of = (key: string) => known.get(`${row.regroupement.id}|${key}`);
  return of(number) ?? of(invoiceKey(number));
}

/** The invoices that the rows name, keyed `{regroupement}|{invoiceKey}`. */
export function invoicesOf(ctx: ImportContext, rows: readonly Row[]): Promise<Map<string, KnownInvoice>> {
  return loadByKey(rows, async (id, mine) => {
    const prefix = mine[0]?.regroupement.invoicePrefix ?? null;
    const years = await yearsBehind(ctx, id, prefix);
    const numbersOf = (row: Row) => possibleNumbers(prefix, years, row.cells.invoice ?? '');
    const invoices = await invoicesByNumber(ctx, id, mine.flatMap(numbersOf));
    const byKey = new Map<string, KnownInvoice>(
      invoices.map((invoice) => [invoiceKey(invoice.number), invoice]),
    );
    const lookups = mine.flatMap((row) => numbersOf(row).map((number) => `${id}|${invoiceKey(number)}`));
    for (const { id: madeId, number, certificate_key } of await ctx.madeNow('invoices', lookups))
      byKey.set(invoiceKey(String(number)), {
        id: String(madeId),
        certificateKey: String(certificate_key),
      } as KnownInvoice);
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

/** Where the row also says whose the invoice is, by certificate or name, it must be so. Throws CellRefused. */
export function refuseOthersInvoice(row: Row, invoice: KnownInvoice): void {
  const { certificate = '', firstName = '', lastName = '' } = row.cells;
  if (certificate !== '' && certificateKey(certificate) !== invoice.certificateKey)
    throw new CellRefused(otherCertificate(row, invoice));
  const all = [
    { firstName, lastName },
    // A last name or a first one alone is that of whoever has the other.
    ...(firstName === '' ? [{ firstName: invoice.firstName, lastName }] : []),
    ...(lastName === '' ? [{ firstName, lastName: invoice.lastName }] : []),
  ];
  if (`${firstName}${lastName}` === '' || all.some((names) => samePerson(invoice, names))) return;
  const [whose, named] = [`${invoice.firstName} ${invoice.lastName}`, `${firstName} ${lastName}`].map(
    (name) => name.trim(),
  );
  const title = titleOf(row, lastName === '' ? 'firstName' : 'lastName');
  throw new CellRefused(
    refusal(
      `« ${title} » : la facture ${invoice.number} est au nom de ${whose}, et non de ${named}. Corrigez le nom, ou le numéro de la facture.`,
      `“${title}”: invoice ${invoice.number} bears the name of ${whose}, not of ${named}. Correct the name, or the number of the invoice.`,
    ),
  );
}

/** What to say of an invoice that is of another certificate than the row says. */
export function otherCertificate(row: Row, invoice: KnownInvoice): Refusal {
  const [title, written] = [titleOf(row, 'certificate'), row.cells.certificate ?? ''];
  return refusal(
    `« ${title} » : la facture ${invoice.number} est celle du certificat ${invoice.certificate}, et non ${written}. Corrigez l’un des deux numéros.`,
    `“${title}”: invoice ${invoice.number} is that of certificate ${invoice.certificate}, not ${written}. Correct one of the two numbers.`,
  );
}

/** What to do about an invoice that is not there yet. */
export function invoiceUnknown(row: Row, number: string): Refusal {
  const title = titleOf(row, 'invoice');
  return refusal(
    `« ${title} » : la facture ${number} n’est pas connue, ou son numéro est celui de plusieurs années (écrivez-le alors en entier). Importez d’abord les factures.`,
    `“${title}”: invoice ${number} is not known, or its number is that of several years (then write the whole of it). Import the invoices first.`,
  );
}
