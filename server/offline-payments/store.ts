// What staff wrote down of money that came otherwise, and of what was taken back of it: the table's rows, written and read.
import type { Actor } from '../audit.ts';
import type { Statement } from '../db/db.ts';
import type { Deps } from '../deps.ts';
import { afterRow, PAGE_SIZE } from '../next-page.ts';
import { Problem } from '../problems/problem.ts';
import { numberOf } from '../receipts/recorded.ts';
import { type RecordDoubt, referenceKey } from './doubts.ts';
import type { RecordedMethod } from './methods.ts';

export interface RecordedPayment {
  id: string;
  invoiceNumber: string;
  method: RecordedMethod;
  amountCents: number;
  /** Toronto day. */
  receivedOn: string;
  reference: string;
  /** The row that this one takes back. */
  reverses: string | null;
  recordedBy: string;
  recordedAt: number;
  /** The doubts that stood, and that its writer confirmed. */
  evenSo: RecordDoubt[];
  /** Of a row that takes one back: the bank gave it back (NSF). */
  returned: boolean;
  /** The invoice of the fee for that. */
  feeInvoiceNumber: string | null;
  /** Of a cheque for several invoices: what its rows share. */
  groupId: string | null;
  /** The deposit that it was taken to the bank with. */
  depositId: string | null;
  /** Of the document that was issued of it: its receipt, or of a row that takes one back, what annuls that. */
  receiptNumber: string | null;
}

/** A row to be written: of money that came, or of what takes one back. */
export interface NewRow {
  id: string;
  invoiceId: string;
  method: RecordedMethod;
  cents: number;
  /** Toronto day. */
  receivedOn: string;
  reference: string;
  recordedBy: Actor;
  idempotencyKey: string;
  /** Of the request; the same key with another one is refused. */
  hash: string;
  reverses: string | null;
  doubts: readonly RecordDoubt[];
  returned?: boolean;
  feeInvoiceId?: string | null;
  groupId?: string | null;
  depositId?: string | null;
}

/** The statement that writes it; it fails its batch (UNIQUE) once its key is taken, or what it takes back is taken back. */
export function insertRow(deps: Pick<Deps, 'now'>, regroupementId: string, row: NewRow): Statement {
  return {
    sql: `INSERT INTO recorded_payments(id, regroupement_id, invoice_id, method, amount_cents, received_on, reference, reverses,
            recorded_by, idempotency_key, request_hash, recorded_at, reference_key, even_so, returned, fee_invoice_id, group_id,
            deposit_id)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    args: [
      row.id,
      regroupementId,
      row.invoiceId,
      row.method,
      row.cents,
      row.receivedOn,
      row.reference,
      row.reverses,
      row.recordedBy,
      row.idempotencyKey,
      row.hash,
      deps.now(),
      row.reverses === null ? referenceKey(row.reference) : '',
      JSON.stringify(row.doubts),
      row.returned === true ? 1 : 0,
      row.feeInvoiceId ?? null,
      row.groupId ?? null,
      row.depositId ?? null,
    ],
  };
}

const COLUMNS = `p.id, i.number AS invoiceNumber, p.method, p.amount_cents AS amountCents, p.received_on AS receivedOn,
  p.reference, p.reverses, p.recorded_by AS recordedBy, p.recorded_at AS recordedAt, p.even_so AS evenSo, p.returned,
  p.group_id AS groupId, p.deposit_id AS depositId,
  (SELECT ${numberOf('t')} FROM recorded_receipts t WHERE t.recorded_id = coalesce(p.group_id, p.id)) AS receiptNumber,
  (SELECT number FROM invoices f WHERE f.id = p.fee_invoice_id) AS feeInvoiceNumber
  FROM recorded_payments p JOIN invoices i ON i.id = p.invoice_id`;

type RecordedRow = Omit<RecordedPayment, 'evenSo' | 'returned'> & { evenSo: string; returned: number };
const readRow = (row: RecordedRow): RecordedPayment => ({
  ...row,
  evenSo: JSON.parse(row.evenSo) as RecordDoubt[],
  returned: row.returned === 1,
});

/** What the key wrote. Throws `idempotency-mismatch` where it was with another request. */
export async function recordedByKey(
  deps: Pick<Deps, 'db'>,
  regroupementId: string,
  key: string,
  hash: string,
): Promise<RecordedPayment | undefined> {
  const { rows } = await deps.db.execute<RecordedRow & { hash: string }>(
    `SELECT p.request_hash AS hash, ${COLUMNS} WHERE p.regroupement_id = ? AND p.idempotency_key = ?`,
    [regroupementId, key],
  );
  const [row] = rows;
  if (row === undefined) return undefined;
  const { hash: before, ...recorded } = row;
  if (before !== hash) throw new Problem('idempotency-mismatch');
  return readRow(recorded);
}

/** The row, which must be there. */
export async function recordedById(
  deps: Pick<Deps, 'db'>,
  regroupementId: string,
  id: string,
): Promise<RecordedPayment> {
  const { rows } = await deps.db.execute<RecordedRow>(
    `SELECT ${COLUMNS} WHERE p.regroupement_id = ? AND p.id = ?`,
    [regroupementId, id],
  );
  if (rows[0] === undefined) throw new Error('a recorded payment is not there any more');
  return readRow(rows[0]);
}

/** A row, and those of the same cheque, in the order in which they were written. */
export async function recordedTogether(
  deps: Pick<Deps, 'db'>,
  regroupementId: string,
  id: string,
): Promise<RecordedPayment[]> {
  const { groupId, ...alone } = await recordedById(deps, regroupementId, id);
  if (groupId === null) return [{ ...alone, groupId }];
  const { rows } = await deps.db.execute<RecordedRow>(
    `SELECT ${COLUMNS} WHERE p.group_id = ? AND +p.regroupement_id = ? AND p.reverses IS NULL ORDER BY p.rowid`,
    [groupId, regroupementId],
  );
  return rows.map(readRow);
}

/** The cheques of a deposit, in the order in which they were typed, each with what was taken back of it since. */
export async function recordedIn(
  deps: Pick<Deps, 'db'>,
  regroupementId: string,
  depositId: string,
): Promise<(RecordedPayment & { holderName: string; reversedBy: 'mistake' | 'bank' | null })[]> {
  const { rows } = await deps.db.execute<RecordedRow & { holderName: string; back: number | null }>(
    `SELECT (SELECT trim(h.first_name || ' ' || h.last_name) FROM certificates c JOIN holders h ON h.id = c.holder_id
         WHERE c.id = i.certificate_id) AS holderName,
       (SELECT b.returned FROM recorded_payments b WHERE b.reverses = p.id) AS back, ${COLUMNS}
     WHERE p.deposit_id = ? AND +p.regroupement_id = ? ORDER BY p.rowid`,
    [depositId, regroupementId],
  );
  return rows.map(({ holderName, back, ...row }) => ({
    ...readRow(row),
    holderName,
    reversedBy: back === null ? null : back === 1 ? 'bank' : 'mistake',
  }));
}

/** What staff recorded on the invoices of a holder, newest first. */
export async function recordedFor(
  deps: Pick<Deps, 'db'>,
  regroupementId: string,
  holderId: string,
): Promise<RecordedPayment[]> {
  const { rows } = await deps.db.execute<RecordedRow>(
    `SELECT ${COLUMNS} WHERE p.regroupement_id = ?1 AND p.invoice_id IN
       (SELECT o.id FROM certificates c JOIN invoices o ON o.certificate_id = c.id
        WHERE c.holder_id = ?2 AND c.regroupement_id = ?1)
     ORDER BY p.recorded_at DESC, p.rowid DESC LIMIT ${PAGE_SIZE}`,
    [regroupementId, holderId],
  );
  return rows.map(readRow);
}

/** The rows with these ids, and those that take them back. */
export async function recordedWithReversals(
  deps: Pick<Deps, 'db'>,
  ids: readonly string[],
): Promise<RecordedPayment[]> {
  const { rows } = await deps.db.execute<RecordedRow>(
    `SELECT ${COLUMNS} WHERE p.id IN (SELECT value FROM json_each(?1)) OR p.reverses IN (SELECT value FROM json_each(?1))`,
    [JSON.stringify(ids)],
  );
  return rows.map(readRow);
}

/**
 * What staff recorded on a regroupement's invoices, newest first; from after the last of the page before.
 */
export async function recordedPayments(
  deps: Pick<Deps, 'db'>,
  regroupementId: string,
  after?: string,
): Promise<RecordedPayment[]> {
  const earlier = await afterRow(
    deps,
    ['recorded_payments', 'p', 'recorded_at', 'newest'],
    regroupementId,
    after,
  );
  const { rows } = await deps.db.execute<RecordedRow>(
    `SELECT ${COLUMNS} WHERE p.regroupement_id = ? ${earlier.sql}
     ORDER BY p.recorded_at DESC, p.rowid DESC LIMIT ${PAGE_SIZE}`,
    [regroupementId, ...earlier.args],
  );
  return rows.map(readRow);
}
