// The combined list, one invoice a row, and the invoices of separate files: finds or makes the certificate and its
// holder, then the invoice.

import { namesMatch } from '../../certificates/names.ts';
import { certificateKey } from '../../certificates/number.ts';
import { emailKey } from '../../http/fields.ts';
import {
  Bad,
  certificateCell,
  dayCell,
  emailCell,
  moneyCell,
  periodCells,
  requiredMoney,
  textCell,
  titleOf,
  yes,
} from './cells.ts';
import { lostZerosRefusal } from './certificate-text.ts';
import { plain } from './columns.ts';
import type { ImportContext, Row, Verdict } from './context.ts';
import { type InvoiceInFile, writeInvoice } from './invoice-writes.ts';
import {
  certificateOf,
  certificatesByNumber,
  holdersByEmail,
  holdersById,
  invoicesByNumber,
  type KnownCertificate,
  type KnownHolder,
  type KnownInvoice,
  personKey,
} from './known.ts';
import { refusal } from './refusal.ts';
import { missing } from './text.ts';

/** What a chunk of rows of one regroupement looks things up in. */
interface Shelf {
  certificates: KnownCertificate[];
  holders: Map<string, KnownHolder>;
  people: Map<string, string>;
  invoices: Map<string, KnownInvoice>;
  shortened: ReadonlySet<string>;
}

/** Decides about rows of the combined list (`people`), or of separate invoices, which need their certificate first. */
export async function invoiceRows(
  ctx: ImportContext,
  rows: readonly Row[],
  people: boolean,
): Promise<Verdict[]> {
  const shelves = new Map<string, Shelf>();
  for (const id of new Set(rows.map((row) => row.regroupement.id))) {
    shelves.set(
      id,
      await shelfOf(
        ctx,
        id,
        rows.filter((row) => row.regroupement.id === id),
      ),
    );
  }
  return rows.map((row): Verdict => {
    const shelf = shelves.get(row.regroupement.id);
    if (shelf === undefined) throw new Error('a row has no shelf');
    try {
      return decide(ctx, row, shelf, people);
    } catch (error) {
      if (error instanceof Bad) return { refused: error.why };
      throw error;
    }
  });
}

async function shelfOf(ctx: ImportContext, regroupementId: string, rows: readonly Row[]): Promise<Shelf> {
  const certificates = await certificatesByNumber(
    ctx,
    regroupementId,
    rows.map((row) => row.cells.certificate ?? ''),
  );
  const holders = await holdersById(ctx, [
    ...new Set(certificates.map((certificate) => certificate.holderId)),
  ]);
  for (const { stagedHolder } of certificates) if (stagedHolder !== null) holders.push(stagedHolder);
  const keys = [...new Set(rows.map((row) => emailKey(row.cells.email ?? '')).filter((key) => key !== ''))];
  const byEmail = await holdersByEmail(ctx, regroupementId, keys);
  const people = new Map<string, string>();
  for (const holder of byEmail)
    people.set(personKey(regroupementId, holder.firstName, holder.lastName, holder.emailKey), holder.id);
  const persons = rows.map((row) =>
    personKey(
      regroupementId,
      row.cells.firstName ?? '',
      row.cells.lastName ?? '',
      emailKey(row.cells.email ?? ''),
    ),
  );
  for (const staged of await ctx.staged('holders', persons))
    people.set(staged.lookup, String(staged.data.id));
  const invoices = await invoicesByNumber(
    ctx,
    regroupementId,
    rows.map((row) => row.cells.invoice ?? ''),
  );
  return {
    certificates,
    holders: new Map([...holders, ...byEmail].map((holder) => [holder.id, holder])),
    people,
    invoices: new Map(invoices.map((invoice) => [invoice.number, invoice])),
    shortened: await shortened(ctx, regroupementId, rows),
  };
}

/** All-digit numbers of these rows that our books know with zeros in front, and not without. */
async function shortened(
  ctx: ImportContext,
  regroupementId: string,
  rows: readonly Row[],
): Promise<Set<string>> {
  const digits = [
    ...new Set(rows.map((row) => row.cells.certificate ?? '').filter((number) => /^[1-9]\d*$/.test(number))),
  ];
  if (digits.length === 0) return new Set();
  const { rows: found } = await ctx.deps.db.execute<{ bare: string }>(
    `SELECT DISTINCT ltrim(number_key, '0') AS bare FROM certificates c
     WHERE regroupement_id = ?1 AND number_key LIKE '0%' AND ltrim(number_key, '0') IN (SELECT value FROM json_each(?2))
       AND NOT EXISTS (SELECT 1 FROM certificates w WHERE w.regroupement_id = ?1 AND w.number_key = ltrim(c.number_key, '0'))`,
    [regroupementId, JSON.stringify(digits)],
  );
  return new Set(found.map((row) => row.bare));
}

function decide(ctx: ImportContext, row: Row, shelf: Shelf, people: boolean): Verdict {
  const number = textCell(row, 'invoice', true);
  const certificateNumber = certificateCell(ctx, row);
  if (shelf.shortened.has(certificateNumber)) throw new Bad(lostZerosRefusal(certificateNumber));
  const totalCents = requiredMoney(row, 'total');
  const paid = moneyCell(row, 'paid');
  const balance = moneyCell(row, 'balance');
  const status = plain(row.cells.status ?? '');
  const cancelled = /^(annulee?|cancelled|canceled|void)$/.test(status);
  checkSums(row, totalCents, paid, balance, cancelled);
  const issuedOn = dayCell(ctx, row, 'issuedOn');
  const dueOn = dayCell(ctx, row, 'dueOn');
  const known = shelf.invoices.get(number);
  const period =
    periodCells(ctx, row) ??
    (known === undefined ? null : { start: known.periodStart, end: known.periodEnd });
  const issued = issuedOn ?? known?.issuedOn ?? dueOn;
  if (issued === null || issued === undefined) throw new Bad(missing(titleOf('issuedOn')));
  if (period === null) throw new Bad(missing(titleOf('period')));
  // Read before anything is written for this row: a refused row leaves nothing.
  const kind = row.cells.type === undefined ? null : textCell(row, 'type');
  const certificate = certificateFor(ctx, row, shelf, certificateNumber, period, people);
  const invoice: InvoiceInFile = {
    number,
    certificateId: certificate.id,
    kind,
    issuedOn: issued,
    dueOn: dueOn ?? issued,
    periodStart: period.start,
    periodEnd: period.end,
    cancelled,
    noAdminFee: row.cells.noAdminFee === undefined ? null : Number(yes(row.cells.noAdminFee)),
    manualAmount: row.cells.manualAmount === undefined ? null : Number(yes(row.cells.manualAmount)),
    totalCents,
    balanceCents: balance ?? (paid === null ? null : totalCents - paid),
    lines: linesOf(row, totalCents),
  };
  return writeInvoice(ctx, row, invoice, known);
}

function checkSums(
  row: Row,
  total: number,
  paid: number | null,
  balance: number | null,
  cancelled: boolean,
): void {
  const parts = (['premium', 'premiumTax', 'fees'] as const).map((field) => moneyCell(row, field));
  if (parts.some((part) => part !== null)) {
    const sum = parts.reduce<number>((all, part) => all + (part ?? 0), 0);
    if (sum !== total) {
      throw new Bad(
        refusal(
          `Les montants ne s’additionnent pas : ${dollars(sum)} en tout, mais le total dit ${dollars(total)}.`,
          `The amounts do not add up: ${dollars(sum)} in all, but the total says ${dollars(total)}.`,
        ),
      );
    }
  }
  if (balance !== null && balance > total && total >= 0 && !cancelled) {
    throw new Bad(
      refusal(
        `Le solde (${dollars(balance)}) dépasse le total (${dollars(total)}).`,
        `The balance (${dollars(balance)}) is more than the total (${dollars(total)}).`,
      ),
    );
  }
  if (paid !== null && balance !== null && !cancelled && total - paid !== balance) {
    throw new Bad(
      refusal(
        '« Total », « Payé » et « Solde » ne s’accordent pas.',
        '“Total”, “Payé” and “Solde” do not agree.',
      ),
    );
  }
}

function linesOf(row: Row, total: number): InvoiceInFile['lines'] {
  const premium = moneyCell(row, 'premium');
  const tax = moneyCell(row, 'premiumTax');
  const fees = moneyCell(row, 'fees');
  if (premium === null && tax === null && fees === null) return null;
  const lines = [
    {
      code: total < 0 ? 'CRED' : 'PRIME',
      description: total < 0 ? 'Crédit' : 'Prime',
      amountCents: premium ?? 0,
      rate: null,
    },
    { code: 'TPA', description: 'Taxe sur les primes d’assurance', amountCents: tax ?? 0, rate: null },
    { code: 'FADM', description: 'Frais d’administration', amountCents: fees ?? 0, rate: null },
  ];
  const present = lines.filter((line) => line.amountCents !== 0);
  return present.length > 0 ? present : lines.slice(0, 1);
}

/** The certificate of this number and period; a renewal keeps its holder; a new one is made where people are named. */
function certificateFor(
  ctx: ImportContext,
  row: Row,
  shelf: Shelf,
  number: string,
  period: { start: string; end: string },
  people: boolean,
): KnownCertificate {
  const key = certificateKey(number);
  const same = shelf.certificates.filter((certificate) => certificate.numberKey === key);
  const contains = ({ periodStart, periodEnd }: KnownCertificate) =>
    periodStart <= period.start && period.start <= periodEnd;
  const named = { firstName: row.cells.firstName ?? '', lastName: row.cells.lastName ?? '' };
  const hers = ({ holderId }: KnownCertificate) => {
    const holder = shelf.holders.get(holderId);
    return !people || holder === undefined || samePerson(holder, named);
  };
  // An invoice in the middle of a period (an endorsement) belongs to the certificate of that period.
  const exact =
    same.find((certificate) => certificate.periodStart === period.start) ??
    same.find((certificate) => contains(certificate) && hers(certificate));
  if (!people) {
    if (exact !== undefined) return exact;
    throw new Bad(
      refusal(
        `Le certificat ${number} n’est pas connu pour cette période. Importez d’abord les certificats.`,
        `Certificate ${number} is not known for this period. Import the certificates first.`,
      ),
    );
  }
  // Another period's certificate of this number is hers only if she is the same person: numbers are used again.
  const holderId = holderFor(
    ctx,
    row,
    shelf,
    exact?.holderId,
    same.map((certificate) => certificate.holderId),
  );
  if (exact !== undefined) return exact;
  const certificate = {
    id: ctx.id(),
    regroupement_id: row.regroupement.id,
    holder_id: holderId,
    number,
    number_key: key,
    kind: '',
    period_start: period.start,
    period_end: period.end,
    status: '',
    created_at: ctx.deps.now(),
    updated_at: ctx.deps.now(),
  };
  // With its holder, for the later rows of this file: she is not in the database yet.
  const holder = JSON.stringify(shelf.holders.get(holderId) ?? null);
  ctx.write({
    target: 'certificates',
    lookup: `${row.regroupement.id}|${key}`,
    data: { ...certificate, holder },
  });
  const made = certificateOf(certificate);
  shelf.certificates.push(made);
  return made;
}

function holderFor(
  ctx: ImportContext,
  row: Row,
  shelf: Shelf,
  knownId: string | undefined,
  otherPeriods: readonly string[],
): string {
  const firstName = textCell(row, 'firstName');
  const lastName = textCell(row, 'lastName');
  if (firstName === '' && lastName === '') throw new Bad(missing('Nom'));
  const usualName = textCell(row, 'usualName');
  const email = emailCell(ctx, row);
  const key = email === null ? null : emailKey(email);
  const person = personKey(row.regroupement.id, firstName, lastName, key ?? '');
  const renewed = otherPeriods.find((holderId) => {
    const holder = shelf.holders.get(holderId);
    return holder !== undefined && samePerson(holder, { firstName, lastName });
  });
  const id = knownId ?? renewed ?? (key === null ? undefined : shelf.people.get(person));
  const known = id === undefined ? undefined : shelf.holders.get(id);
  if (id !== undefined && known === undefined) return id; // staged by an earlier row of this file
  if (known !== undefined) {
    if (knownId !== undefined && !samePerson(known, { firstName, lastName })) {
      throw new Bad(
        refusal(
          'Ce # de certificat est déjà au nom d’une autre personne. Vérifiez le numéro et le nom.',
          'This certificate number already belongs to another person. Check the number and the name.',
        ),
      );
    }
    const same =
      known.firstName === firstName &&
      known.lastName === lastName &&
      (row.cells.email === undefined || email === null || email === known.email) &&
      (usualName === '' || usualName === known.usualName);
    if (same) return known.id;
    writeHolder(ctx, row, {
      ...known,
      firstName,
      lastName,
      usualName: usualName || known.usualName,
      email: email ?? known.email,
    });
    shelf.holders.set(known.id, { ...known, firstName, lastName, email: email ?? known.email });
    return known.id;
  }
  const made: KnownHolder = {
    id: ctx.id(),
    externalId: null,
    firstName,
    lastName,
    usualName,
    email,
    lang: 'fr-CA',
    status: 'active',
  };
  writeHolder(ctx, row, made, person);
  shelf.holders.set(made.id, made);
  shelf.people.set(person, made.id);
  return made.id;
}

function samePerson(known: KnownHolder, typed: { firstName: string; lastName: string }): boolean {
  return (
    namesMatch(known, typed) ||
    plain(`${known.firstName}${known.lastName}`) === plain(`${typed.firstName}${typed.lastName}`)
  );
}

/** A holder, new or changed. */
export function writeHolder(ctx: ImportContext, row: Row, holder: KnownHolder, lookup?: string): void {
  const now = ctx.deps.now();
  ctx.write({
    target: 'holders',
    ...(lookup === undefined ? {} : { lookup }),
    data: {
      id: holder.id,
      regroupement_id: row.regroupement.id,
      external_id: holder.externalId,
      first_name: holder.firstName,
      last_name: holder.lastName,
      usual_name: holder.usualName,
      email: holder.email,
      email_key: holder.email === null ? null : emailKey(holder.email),
      lang: holder.lang,
      status: holder.status,
      created_at: now,
      updated_at: now,
    },
  });
}

function dollars(cents: number): string {
  return new Intl.NumberFormat('fr-CA', { style: 'currency', currency: 'CAD' }).format(cents / 100);
}
