// What the database, and the rows already staged, know of the certificates, holders and invoices that a chunk of rows
// speaks of: a few queries a chunk.

import { type FileName, foldName, namesMatch } from '../../certificates/names.ts';
import { certificateKey } from '../../certificates/number.ts';
import { holdersWithEmail } from '../../db/holders-with-email.ts';
import { LINES_OF_I } from '../../ledger/invoices.ts';
import { plain } from '../reading/columns/fields.ts';
import type { ImportContext } from './context.ts';
import type { Edited } from './edited.ts';

export interface KnownHolder {
  id: string;
  externalId: string | null;
  firstName: string;
  lastName: string;
  usualName: string;
  email: string | null;
  lang: string;
  status: string;
  /** Her coordinating office. */
  officeId: string | null;
  /** What the last file said of her, if staff have edited her since. */
  imported: Edited | null;
}
export interface KnownCertificate {
  id: string;
  regroupementId: string;
  holderId: string;
  numberKey: string;
  number: string;
  kind: string;
  periodStart: string;
  periodEnd: string;
  status: string;
  /** Of a certificate that an earlier row of this file made. */
  stagedHolder: KnownHolder | null;
}
export interface KnownInvoice {
  id: string;
  certificateId: string;
  certificate: string;
  certificateKey: string;
  firstName: string;
  lastName: string;
  usualName: string;
  imported: Edited | null;
  number: string;
  kind: string;
  issuedOn: string;
  dueOn: string;
  periodStart: string;
  periodEnd: string;
  status: string;
  noAdminFee: number;
  manualAmount: number;
  revision: number;
  createdAt: number;
  totalCents: number;
  balanceCents: number;
  openingCents: number;
  /** What the premium tax has risen by since a file last changed the invoice (M6): no file knows of that. */
  raisedCents: number;
  /** What credit notes of staff's changed it by: no file knows of that either. */
  creditedCents: number;
  /** Staff cancelled it here. */
  cancelledHere: number;
  held: number;
  lines: { code: string; description: string; amountCents: number; rate: string | null }[];
}

// Read of the row itself: what imports before had changed is taken over by now.
const IMPORTED = `'imported', json((SELECT imported FROM holder_rows WHERE rowid = h.rowid))`;
const HOLDER = `'id', h.id, 'externalId', h.external_id, 'firstName', h.first_name, 'lastName', h.last_name,
  'usualName', h.usual_name, 'email', h.email, 'lang', h.lang, 'status', h.status, 'officeId', h.office_id, ${IMPORTED}`;

/** Rows as objects of these names and values, in one JSON text: the driver takes long to hand over row by row. */
async function inOne<T>(
  ctx: ImportContext,
  names: string,
  from: string,
  args: readonly string[],
): Promise<T[]> {
  const { rows } = await ctx.deps.db.execute<{ found: string }>(
    `SELECT json_group_array(json_object(${names})) AS found FROM ${from}`,
    args,
  );
  return rows.flatMap(({ found }) => JSON.parse(found) as T[]);
}

export async function certificatesByNumber(
  ctx: ImportContext,
  regroupementId: string,
  numbers: readonly string[],
): Promise<KnownCertificate[]> {
  const keys = [...new Set(numbers.map(certificateKey))];
  const rows = await inOne<Omit<KnownCertificate, 'stagedHolder'>>(
    ctx,
    `'id', id, 'regroupementId', regroupement_id, 'holderId', holder_id, 'numberKey', number_key, 'number', number,
     'kind', kind, 'periodStart', period_start, 'periodEnd', period_end, 'status', status`,
    'certificates WHERE regroupement_id = ? AND number_key IN (SELECT value FROM json_each(?))',
    [regroupementId, JSON.stringify(keys)],
  );
  const staged = await ctx.staged(
    'certificates',
    keys.map((key) => `${regroupementId}|${key}`),
  );
  return [
    ...rows.map((row) => ({ ...row, stagedHolder: null })),
    ...staged.map(({ data }) => certificateOf(data)),
  ];
}

export function certificateOf(data: Record<string, string | number | null>): KnownCertificate {
  return {
    id: String(data.id),
    regroupementId: String(data.regroupement_id),
    holderId: String(data.holder_id),
    numberKey: String(data.number_key),
    number: String(data.number),
    kind: String(data.kind),
    periodStart: String(data.period_start),
    periodEnd: String(data.period_end),
    status: String(data.status),
    stagedHolder: JSON.parse(String(data.holder ?? 'null')) as KnownHolder | null,
  };
}

/** A holder that an earlier row made. */
export function holderOf(data: Record<string, string | number | null>): KnownHolder {
  const text = (value: string | number | null | undefined) => (value === null ? null : String(value));
  return {
    id: String(data.id),
    externalId: text(data.external_id),
    firstName: String(data.first_name),
    lastName: String(data.last_name),
    usualName: String(data.usual_name),
    email: text(data.email),
    lang: String(data.lang),
    status: String(data.status),
    officeId: text(data.office_id),
    imported: null,
  };
}

export async function holdersById(ctx: ImportContext, ids: readonly string[]): Promise<KnownHolder[]> {
  return await inOne(ctx, HOLDER, 'holders h WHERE h.id IN (SELECT value FROM json_each(?))', [
    JSON.stringify(ids),
  ]);
}

/** By e-mail key, for rows that name a person whose certificate is new. */
export async function holdersByEmail(
  ctx: ImportContext,
  regroupementId: string,
  emailKeys: readonly string[],
): Promise<(KnownHolder & { emailKey: string })[]> {
  if (emailKeys.length === 0) return [];
  return await inOne(
    ctx,
    `${HOLDER}, 'emailKey', h.email_key`,
    `holders h
     WHERE +h.regroupement_id = ?1 AND h.id IN ${holdersWithEmail('?1', 'IN (SELECT value FROM json_each(?2))')}
       AND h.email_key IN (SELECT value FROM json_each(?2))`,
    [regroupementId, JSON.stringify(emailKeys)],
  );
}

/** By the numbers of their files, whatever their letters and spaces. */
export async function holdersByExternalId(
  ctx: ImportContext,
  regroupementId: string,
  externalIds: readonly string[],
): Promise<KnownHolder[]> {
  return await inOne(
    ctx,
    HOLDER,
    `holders h WHERE h.regroupement_id = ? AND h.external_id IS NOT NULL
       AND upper(replace(h.external_id, ' ', '')) IN (SELECT value FROM json_each(?))`,
    [regroupementId, JSON.stringify(externalIds.map(invoiceKey))],
  );
}

/** Whether the names are hers, however they are written, or were when a file last said them. */
export function samePerson(
  known: FileName & { imported?: Edited | null },
  typed: { firstName: string; lastName: string },
): boolean {
  const { imported = null } = known;
  return (
    (imported !== null && samePerson({ ...imported, imported: null }, typed)) ||
    (known.firstName === typed.firstName && known.lastName === typed.lastName) ||
    namesMatch(known, typed) ||
    plain(`${known.firstName}${known.lastName}`) === plain(`${typed.firstName}${typed.lastName}`)
  );
}

/** How the same person is recognised in a list that has no file numbers: folded name and e-mail. */
export function personKey(
  regroupementId: string,
  firstName: string,
  lastName: string,
  emailKey: string,
): string {
  return `${regroupementId}|${foldName(`${firstName} ${lastName}`)}|${emailKey}`;
}

/**
 * What « F 1 », « f1 » and « F1 » have in common: the generated column `invoices.number_key`, and what other numbers of files
 * are found by (server/db/migrations/0036_imported_numbers.sql).
 */
export function invoiceKey(number: string): string {
  return number.replace(/\s/gu, '').replace(/[a-z]/g, (letter) => letter.toUpperCase());
}

/** The number with plain hyphens, digits and letters, where a word processor drew others: how a new one is kept. */
export function plainNumber(number: string): string {
  return number.normalize('NFKC').replace(/[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]/g, '-');
}

/** Where the year stands in what is put before numbers. */
export const YEAR = /\{(?:année|annee|year)\}/i;

/** The number as the books have it, where a setting puts a year or a word before those of files. */
export function prefixedNumber(prefix: string | null, number: string, year: string): string {
  if (prefix === null || prefix === '') return number;
  const before = prefix.replace(YEAR, year);
  return invoiceKey(number).startsWith(invoiceKey(before)) ? number : `${before}${number}`;
}

/** The years of which the books have numbers behind this prefix; one empty year where it has none to put in. */
export async function yearsBehind(
  ctx: ImportContext,
  regroupementId: string,
  prefix: string | null,
): Promise<readonly string[]> {
  if (prefix === null || !YEAR.test(prefix)) return [''];
  const key = `${regroupementId}|${prefix}`;
  const known = ctx.yearsBehind.get(key);
  if (known !== undefined) return known;
  const befores = Array.from({ length: 111 }, (_, i) => String(1990 + i)).map((year) => [
    year,
    invoiceKey(prefix.replace(YEAR, year)),
  ]);
  const { rows } = await ctx.deps.db.execute<{ year: string }>(
    `SELECT value ->> 0 AS year FROM json_each(?2) WHERE EXISTS (SELECT 1 FROM invoices i WHERE i.regroupement_id = ?1
       AND i.number_key >= value ->> 1 AND i.number_key < (value ->> 1) || char(1114111))`,
    [regroupementId, JSON.stringify(befores)],
  );
  const years = rows.map(({ year }) => year);
  ctx.yearsBehind.set(key, years);
  return years;
}

/** What a number in a file may be in the books: itself, or itself with what stands before, of any of these years. */
export function possibleNumbers(prefix: string | null, years: readonly string[], number: string): string[] {
  const plain = plainNumber(number);
  const written = plain === number ? [number] : [number, plain];
  if (prefix === null || prefix === '') return written;
  return [...written, ...years.map((year) => prefixedNumber(prefix, plain, year))];
}

export async function invoicesByNumber(
  ctx: ImportContext,
  regroupementId: string,
  numbers: readonly string[],
): Promise<KnownInvoice[]> {
  // Its sums in one walk over its entries: most of a list that comes again is spent here.
  const found = await inOne<KnownInvoice & { sums: object }>(
    ctx,
    `'id', i.id, 'certificateId', i.certificate_id, 'certificate', c.number, 'certificateKey', c.number_key,
     'firstName', h.first_name, 'lastName', h.last_name, 'usualName', h.usual_name, ${IMPORTED}, 'number', i.number, 'kind', i.kind,
     'issuedOn', i.issued_on, 'dueOn', i.due_on, 'periodStart', i.period_start, 'periodEnd', i.period_end,
     'status', i.status, 'noAdminFee', i.no_admin_fee, 'manualAmount', i.manual_amount, 'revision', i.revision,
     'createdAt', i.created_at, 'held', EXISTS (SELECT 1 FROM invoice_holds WHERE invoice_id = i.id),
     'cancelledHere', EXISTS (SELECT 1 FROM cancellations WHERE invoice_id = i.id),
     'sums', (SELECT json_object(
        'totalCents', COALESCE(SUM(amount_cents) FILTER (WHERE kind IN ('charge', 'adjustment')), 0),
        'balanceCents', COALESCE(SUM(amount_cents) FILTER (WHERE regroupement_id = i.regroupement_id), 0),
        'openingCents', COALESCE(-SUM(amount_cents) FILTER (WHERE source LIKE 'import-opening:%'), 0),
        'creditedCents', COALESCE(SUM(amount_cents) FILTER (WHERE source LIKE 'credit-note:%'), 0),
        'raisedCents', CASE WHEN SUM(source LIKE 'premium-tax:%') > 0 THEN ${RAISED} ELSE 0 END)
      FROM ledger_entries WHERE invoice_id = i.id),
     'lines', ${LINES_OF_I}`,
    `invoices i JOIN certificates c ON c.id = i.certificate_id JOIN holders h ON h.id = c.holder_id
     WHERE i.regroupement_id = ? AND i.number_key IN (SELECT value FROM json_each(?))`,
    [regroupementId, JSON.stringify([...new Set(numbers.map(invoiceKey))])],
  );
  return found.map(({ sums, ...known }) => ({ ...known, ...sums }));
}

/** SQL: what the premium tax has raised invoice i by since a file last changed it, in cents. */
const RAISED = `(SELECT COALESCE(SUM(amount_cents), 0) FROM ledger_entries WHERE invoice_id = i.id AND source LIKE 'premium-tax:%'
  AND rowid > COALESCE((SELECT MAX(rowid) FROM ledger_entries WHERE invoice_id = i.id AND source LIKE 'import-adjustment:%'), 0))`;
