// What the database knows of the certificates, people and invoices that a chunk of the list speaks of.
import { certificateKey } from '../../certificates/number.ts';
import { emailKey } from '../../fields.ts';
import { otherZeros } from '../reading/certificate-text.ts';
import type { ImportContext, Row } from './context.ts';
import {
  certificatesByNumber,
  holdersByEmail,
  holdersById,
  invoiceKey,
  invoicesByNumber,
  type KnownCertificate,
  type KnownHolder,
  type KnownInvoice,
  personKey,
  plainNumber,
  possibleNumbers,
  prefixedNumber,
  samePerson,
  YEAR,
  yearsBehind,
} from './known.ts';

/** What a chunk of rows of one regroupement looks things up in. */
export interface ListLookup {
  certificates: KnownCertificate[];
  holders: Map<string, KnownHolder>;
  people: Map<string, string>;
  invoices: Map<string, KnownInvoice>;
  /** All-digit numbers that the books know with zeros in front, and not without. */
  shortened: { certificates: ReadonlySet<string>; invoices: ReadonlySet<string> };
  /** All-digit numbers with zeros in front that the books know without them, and not with them. */
  lengthened: { certificates: ReadonlySet<string>; invoices: ReadonlySet<string> };
}

/** Looks up what a chunk of rows of one regroupement speaks of. */
export async function loadLookup(
  ctx: ImportContext,
  regroupementId: string,
  rows: readonly Row[],
): Promise<ListLookup> {
  const certificates = await certificatesByNumber(
    ctx,
    regroupementId,
    rows.map((row) => row.cells.certificate ?? ''),
  );
  const holders = await holdersById(ctx, [
    ...new Set(certificates.map((certificate) => certificate.holderId)),
  ]);
  for (const { stagedHolder } of certificates) if (stagedHolder !== null) holders.push(stagedHolder);
  const known = new Map(holders.map((holder) => [holder.id, holder]));
  const byNumber = Map.groupBy(certificates, ({ numberKey }) => numberKey);
  // Whoever is known by her certificate's number need not be looked for by her name and e-mail: most of a list that comes again.
  const strangers = rows.filter(({ cells }) => {
    const named = { firstName: cells.firstName ?? '', lastName: cells.lastName ?? '' };
    const same = byNumber.get(certificateKey(cells.certificate ?? '')) ?? [];
    return !same.some(({ holderId }) => {
      const holder = known.get(holderId);
      return holder !== undefined && samePerson(holder, named);
    });
  });
  const keys = strangers.map((row) => emailKey(row.cells.email ?? '')).filter((key) => key !== '');
  const byEmail = await holdersByEmail(ctx, regroupementId, [...new Set(keys)]);
  const people = new Map<string, string>();
  for (const holder of byEmail)
    people.set(personKey(regroupementId, holder.firstName, holder.lastName, holder.emailKey), holder.id);
  const persons = strangers.map(({ cells }) =>
    personKey(regroupementId, cells.firstName ?? '', cells.lastName ?? '', emailKey(cells.email ?? '')),
  );
  for (const staged of await ctx.staged('holders', persons))
    people.set(staged.lookup, String(staged.data.id));
  const prefix = rows[0]?.regroupement.invoicePrefix ?? null;
  const years = await yearsBehind(ctx, regroupementId, prefix);
  const invoices = await invoicesByNumber(
    ctx,
    regroupementId,
    rows.flatMap((row) => [
      ...possibleNumbers(prefix, years, row.cells.invoice ?? ''),
      ...otherZerosBehindPrefix(row),
    ]),
  );
  return {
    certificates,
    holders: new Map([...holders, ...byEmail].map((holder) => [holder.id, holder])),
    people,
    invoices: new Map(invoices.map((invoice) => [invoiceKey(invoice.number), invoice])),
    shortened: {
      certificates: await shortened(ctx, regroupementId, rows, 'certificate'),
      invoices: await shortened(ctx, regroupementId, rows, 'invoice'),
    },
    lengthened: {
      certificates: await lengthened(ctx, regroupementId, rows, 'certificate'),
      invoices: await lengthened(ctx, regroupementId, rows, 'invoice'),
    },
  };
}

/** The number with other zeros behind what stands before it, in the years that the row speaks of. */
function otherZerosBehindPrefix({ regroupement: { invoicePrefix }, cells }: Row): string[] {
  if (invoicePrefix === null || invoicePrefix === '') return [];
  const days = [cells.issuedOn, cells.period, cells.periodStart].join(' ');
  const years = YEAR.test(invoicePrefix)
    ? new Set([...days.matchAll(/(?<!\d)(?:19|20)\d\d(?!\d)/g)].map(([year]) => year))
    : [''];
  const numbers = otherZeros(plainNumber(cells.invoice ?? ''));
  return [...years].flatMap((year) => numbers.map((number) => prefixedNumber(invoicePrefix, number, year)));
}

async function shortened(
  ctx: ImportContext,
  regroupementId: string,
  rows: readonly Row[],
  field: 'certificate' | 'invoice',
): Promise<Set<string>> {
  const table = field === 'certificate' ? 'certificates' : 'invoices';
  const digits = [
    ...new Set(rows.map((row) => row.cells[field] ?? '').filter((number) => /^[1-9]\d*$/.test(number))),
  ];
  if (digits.length === 0) return new Set();
  const { rows: found } = await ctx.deps.db.execute<{ bare: string }>(
    `SELECT DISTINCT ltrim(number_key, '0') AS bare FROM ${table} c
     WHERE regroupement_id = ?1 AND number_key <> ltrim(number_key, '0')
       AND ltrim(number_key, '0') IN (SELECT value FROM json_each(?2))
       AND NOT EXISTS (SELECT 1 FROM ${table} w WHERE w.regroupement_id = ?1 AND w.number_key = ltrim(c.number_key, '0'))`,
    [regroupementId, JSON.stringify(digits)],
  );
  return new Set(found.map((row) => row.bare));
}

async function lengthened(
  ctx: ImportContext,
  regroupementId: string,
  rows: readonly Row[],
  field: 'certificate' | 'invoice',
): Promise<Set<string>> {
  const table = field === 'certificate' ? 'certificates' : 'invoices';
  const written = new Set(
    rows.map((row) => row.cells[field] ?? '').filter((number) => /^0+[1-9]\d*$/.test(number)),
  );
  if (written.size === 0) return written;
  const bare = (number: string) => number.replace(/^0+/, '');
  const { rows: found } = await ctx.deps.db.execute<{ key: string }>(
    `SELECT number_key AS key FROM ${table} WHERE regroupement_id = ? AND number_key IN (SELECT value FROM json_each(?))`,
    [regroupementId, JSON.stringify([...written].flatMap((number) => [number, bare(number)]))],
  );
  const known = new Set(found.map(({ key }) => key));
  return new Set([...written].filter((number) => known.has(bare(number)) && !known.has(number)));
}
