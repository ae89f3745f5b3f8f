// The receipts of money that staff wrote down, and what annuls them, as they were issued: C-2026-0001, CA-2026-0001.

import { z } from 'zod';
import type { Statement } from '../db/db.ts';
import { sql } from '../db/sql.ts';
import type { Deps } from '../deps.ts';
import type { Lang } from '../fields.ts';
import { torontoDay } from '../ledger/toronto.ts';
import type { Content } from '../pdf/content.ts';
import { CancelledDocument, RecordedDocument } from './document.ts';
import { documentUrls } from './links.ts';
import { cancelledContent, recordedContent, recordedTitle } from './recorded-content.ts';

/** SQL: the number as people read it, of the row `t` of `recorded_receipts`. */
export const numberOf = (t: string): string =>
  `(${t}.series || '-' || ${t}.year || '-' || printf('%04d', ${t}.number))`;

/** An issued document: of what came, or what annuls it. */
export type Issued =
  | { number: string; kind: 'receipt'; document: RecordedDocument }
  | { number: string; kind: 'cancellation'; document: CancelledDocument };

interface NewReceipt {
  id: string;
  regroupementId: string;
  /** The first row of the cheque, or the row that takes it back. */
  recordedId: string;
  document: RecordedDocument;
}

/** The statement that issues a receipt, under the next number of the year. */
export function issueReceipt(
  deps: Pick<Deps, 'now'>,
  { id, regroupementId, ...made }: NewReceipt,
): Statement {
  return inSeries(deps, 'C', { ...made, id, regroupementId, cancels: null });
}

/** The same of what annuls the receipt `cancels`. */
export function issueCancellation(
  deps: Pick<Deps, 'now'>,
  made: Omit<NewReceipt, 'document'> & { document: CancelledDocument; cancels: string },
): Statement {
  return inSeries(deps, 'CA', made);
}

function inSeries(
  deps: Pick<Deps, 'now'>,
  series: 'C' | 'CA',
  made: Omit<NewReceipt, 'document'> & { document: object; cancels: string | null },
): Statement {
  const { id, regroupementId, recordedId, cancels, document } = made;
  const now = deps.now();
  const year = torontoDay(now).slice(0, 4);
  return sql`INSERT INTO recorded_receipts(id, regroupement_id, series, year, number, recorded_id, cancels, issued_at, document)
    SELECT ${id}, ${regroupementId}, ${series}, ${year}, coalesce(max(number), 0) + 1, ${recordedId}, ${cancels}, ${now},
      ${JSON.stringify(document)}
    FROM recorded_receipts WHERE regroupement_id = ${regroupementId} AND series = ${series} AND year = ${year}`;
}

/** The document with this id; undefined: there is none. */
export async function issuedById(deps: Pick<Deps, 'db'>, id: string): Promise<Issued | undefined> {
  const { rows } = await deps.db.execute<{ number: string; series: 'C' | 'CA'; document: string }>(
    `SELECT ${numberOf('r')} AS number, r.series, r.document FROM recorded_receipts r WHERE r.id = ?`,
    [id],
  );
  const [row] = rows;
  if (row === undefined) return undefined;
  const { number, series } = row;
  const document: unknown = JSON.parse(row.document);
  return series === 'C'
    ? { number, kind: 'receipt', document: RecordedDocument.parse(document) }
    : { number, kind: 'cancellation', document: CancelledDocument.parse(document) };
}

/** What it says, and what its file is called, without extension. */
export function contentOf(issued: Issued): { content: Content; name: string } {
  const { number, kind, document } = issued;
  const fr = document.lang === 'fr-CA';
  return kind === 'receipt'
    ? { content: recordedContent(number, document), name: `${fr ? 'recu' : 'receipt'}-${number}` }
    : {
        content: cancelledContent(number, document),
        name: `${fr ? 'annulation' : 'cancellation'}-${number}`,
      };
}

/** The receipts of a deposit's cheques that stand, as they were typed. */
export async function contentsOfDeposit(deps: Pick<Deps, 'db'>, depositId: string): Promise<Content[]> {
  const { rows } = await deps.db.execute<{ id: string }>(
    `SELECT r.id FROM recorded_payments p CROSS JOIN recorded_receipts r ON r.recorded_id = p.id
     WHERE p.deposit_id = ? AND NOT EXISTS (SELECT 1 FROM recorded_receipts x WHERE x.cancels = r.id) ORDER BY p.rowid`,
    [depositId],
  );
  const issued = await Promise.all(rows.map(({ id }) => issuedById(deps, id)));
  return issued.flatMap((one) => (one === undefined ? [] : contentOf(one).content));
}

/** A document as lists show it, with links that live for a while. */
export const RecordedReceipt = z
  .object({
    number: z.string().describe('C-2026-0001 a receipt, CA-2026-0001 what annuls one'),
    title: z.object({ 'fr-CA': z.string(), 'en-CA': z.string() }),
    pdfUrl: z.string(),
    htmlUrl: z.string(),
  })
  .meta({ ref: 'RecordedReceipt' });

/** The documents with these ids, in this order, to be had for a quarter of an hour. */
export async function recordedReceipts(
  deps: Pick<Deps, 'db' | 'config' | 'now'>,
  ids: readonly string[],
): Promise<z.infer<typeof RecordedReceipt>[]> {
  return await Promise.all(
    ids.map(async (id) => {
      const issued = await issuedById(deps, id);
      if (issued === undefined) throw new Error('a receipt to show is not there');
      const { number, document } = issued;
      const title = (lang: Lang) => recordedTitle(number, document, lang);
      return {
        ...{ number, title: { 'fr-CA': title('fr-CA'), 'en-CA': title('en-CA') } },
        ...(await documentUrls(deps, { kind: 'recorded', id })),
      };
    }),
  );
}

/** The ids of the receipt of a recorded payment of the regroupement, and of what annuls it, by any of its rows. */
export async function issuedFor(
  deps: Pick<Deps, 'db'>,
  regroupementId: string,
  recordedId: string,
): Promise<{ id: string; number: string; kind: Issued['kind'] }[]> {
  const { rows } = await deps.db.execute<{ id: string; number: string; kind: Issued['kind'] }>(
    `SELECT r.id, ${numberOf('r')} AS number, iif(r.series = 'C', 'receipt', 'cancellation') AS kind
     FROM recorded_payments p LEFT JOIN recorded_payments b ON b.id = p.reverses
     CROSS JOIN recorded_receipts c ON c.recorded_id = coalesce(b.group_id, b.id, p.group_id, p.id)
     CROSS JOIN recorded_receipts r ON r.id = c.id OR r.cancels = c.id
     WHERE p.id = ? AND p.regroupement_id = ? ORDER BY r.series`,
    [recordedId, regroupementId],
  );
  return rows;
}
