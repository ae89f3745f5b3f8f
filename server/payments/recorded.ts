// Money that came otherwise: cheque, Interac, pre-authorized debit, cash, written down by staff. A mistake is corrected
// by a row and an entry that reverse it; nothing is changed. What an online payment holds is not paid twice.
import { guard, isGuardFailure, isUniqueViolation } from '../db/db.ts';
import { type Deps, newId } from '../deps.ts';
import { sha256 } from '../hash.ts';
import { Problem } from '../http/problem.ts';
import { post } from '../ledger/entries.ts';
import { taxAsOf } from '../ledger/premium-tax.ts';
import { torontoDay, yearsBefore } from '../ledger/toronto.ts';

/** A day before is a slip of the pen. */
const OLDEST_YEARS = 10;

export const RECORDED_METHODS = ['cheque', 'interac', 'debit', 'cash'] as const;
export type RecordedMethod = (typeof RECORDED_METHODS)[number];

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
}

export interface RecordRequest {
  invoiceNumber: string;
  method: RecordedMethod;
  cents: number;
  /** Toronto day, not in the future. */
  receivedOn: string;
  reference: string;
  recordedBy: string;
  idempotencyKey: string;
}

/**
 * Posts money received otherwise, once per key. An online payment that waits for « Confirmer » will find the invoice
 * changed and take nothing. Throws `not-found`, `payment-in-progress` (PayPal may be taking it at this moment: settle
 * or release that payment first), `validation` (a day to come, or long ago), `idempotency-mismatch`.
 */
export async function recordPayment(
  deps: Deps,
  regroupementId: string,
  request: RecordRequest,
): Promise<RecordedPayment> {
  const hash = sha256(
    JSON.stringify([
      request.invoiceNumber,
      request.method,
      request.cents,
      request.receivedOn,
      request.reference,
    ]),
  );
  const known = await byKey(deps, regroupementId, request.idempotencyKey, hash);
  if (known !== undefined) return known;
  const today = torontoDay(deps.now());
  const code =
    request.receivedOn > today
      ? 'in-the-future'
      : request.receivedOn < yearsBefore(today, OLDEST_YEARS)
        ? 'too-old'
        : null;
  if (code !== null) throw new Problem('validation', { errors: [{ pointer: '/receivedOn', code }] });
  const { rows } = await deps.db.execute<{ id: string }>(
    'SELECT id FROM invoices WHERE regroupement_id = ? AND number = ?',
    [regroupementId, request.invoiceNumber],
  );
  const invoiceId = rows[0]?.id;
  if (invoiceId === undefined) throw new Problem('not-found');
  // What it pays, it pays at the rate of the day on which it came (M6).
  await taxAsOf(deps, regroupementId, invoiceId, request.receivedOn);
  const id = newId(deps);
  try {
    await deps.db.batch([
      guard('NOT EXISTS (SELECT 1 FROM invoice_holds WHERE invoice_id = ?)', [invoiceId]),
      insert(deps, regroupementId, { ...request, id, invoiceId, hash, reverses: null }),
      ...post(deps, {
        regroupementId,
        invoiceId,
        kind: 'payment',
        cents: request.cents,
        source: `recorded:${id}`,
        method: request.method,
        occurredAt: noon(request.receivedOn),
      }),
    ]);
  } catch (error) {
    if (isUniqueViolation(error)) return recordPayment(deps, regroupementId, request);
    if (!isGuardFailure(error)) throw error;
    throw new Problem('payment-in-progress');
  }
  return read(deps, regroupementId, id);
}

/** Takes back what was recorded by mistake, once. Throws `not-found`, `payment-in-progress`. */
export async function reverseRecorded(
  deps: Deps,
  regroupementId: string,
  id: string,
  by: { recordedBy: string; reference: string },
): Promise<RecordedPayment> {
  const { rows } = await deps.db.execute<{
    invoice_id: string;
    method: RecordedMethod;
    amount_cents: number;
    received_on: string;
    reverses: string | null;
    back: string | null;
  }>(
    `SELECT p.invoice_id, p.method, p.amount_cents, p.received_on, p.reverses, b.id AS back FROM recorded_payments p
     LEFT JOIN recorded_payments b ON b.reverses = p.id WHERE p.id = ? AND p.regroupement_id = ?`,
    [id, regroupementId],
  );
  const [row] = rows;
  if (row === undefined || row.reverses !== null) throw new Problem('not-found');
  if (row.back !== null) return read(deps, regroupementId, row.back);
  const reversal = newId(deps);
  try {
    await deps.db.batch([
      guard('NOT EXISTS (SELECT 1 FROM invoice_holds WHERE invoice_id = ?)', [row.invoice_id]),
      insert(deps, regroupementId, {
        id: reversal,
        invoiceId: row.invoice_id,
        method: row.method,
        cents: row.amount_cents,
        receivedOn: torontoDay(deps.now()),
        reference: by.reference,
        recordedBy: by.recordedBy,
        // The space keeps it apart from any key that a caller can send.
        idempotencyKey: `reversal ${id}`,
        hash: '',
        reverses: id,
      }),
      ...post(deps, {
        regroupementId,
        invoiceId: row.invoice_id,
        kind: 'refund',
        cents: row.amount_cents,
        source: `recorded:${reversal}`,
        method: row.method,
        occurredAt: deps.now(),
      }),
    ]);
  } catch (error) {
    if (isUniqueViolation(error)) return reverseRecorded(deps, regroupementId, id, by);
    if (!isGuardFailure(error)) throw error;
    throw new Problem('payment-in-progress');
  }
  return read(deps, regroupementId, reversal);
}

function insert(
  deps: Pick<Deps, 'now'>,
  regroupementId: string,
  row: Omit<RecordRequest, 'invoiceNumber'> & {
    id: string;
    invoiceId: string;
    hash: string;
    reverses: string | null;
  },
) {
  return {
    sql: `INSERT INTO recorded_payments(id, regroupement_id, invoice_id, method, amount_cents, received_on, reference, reverses,
            recorded_by, idempotency_key, request_hash, recorded_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
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
    ],
  };
}

const COLUMNS = `p.id, i.number AS invoiceNumber, p.method, p.amount_cents AS amountCents, p.received_on AS receivedOn,
  p.reference, p.reverses, p.recorded_by AS recordedBy, p.recorded_at AS recordedAt
  FROM recorded_payments p JOIN invoices i ON i.id = p.invoice_id`;

async function byKey(
  deps: Pick<Deps, 'db'>,
  regroupementId: string,
  key: string,
  hash: string,
): Promise<RecordedPayment | undefined> {
  const { rows } = await deps.db.execute<RecordedPayment & { hash: string }>(
    `SELECT p.request_hash AS hash, ${COLUMNS} WHERE p.regroupement_id = ? AND p.idempotency_key = ?`,
    [regroupementId, key],
  );
  const [row] = rows;
  if (row === undefined) return undefined;
  const { hash: before, ...recorded } = row;
  if (before !== hash) throw new Problem('idempotency-mismatch');
  return recorded;
}

async function read(deps: Pick<Deps, 'db'>, regroupementId: string, id: string): Promise<RecordedPayment> {
  const { rows } = await deps.db.execute<RecordedPayment>(
    `SELECT ${COLUMNS} WHERE p.regroupement_id = ? AND p.id = ?`,
    [regroupementId, id],
  );
  if (rows[0] === undefined) throw new Error('a recorded payment is not there any more');
  return rows[0];
}

/** What staff recorded on a regroupement's invoices, newest first; of one invoice when its number is given. */
export async function recordedPayments(
  deps: Pick<Deps, 'db'>,
  regroupementId: string,
  invoiceNumber?: string,
): Promise<RecordedPayment[]> {
  const { rows } = await deps.db.execute<RecordedPayment>(
    `SELECT ${COLUMNS} WHERE p.regroupement_id = ? ${invoiceNumber === undefined ? '' : 'AND i.number = ?'}
     ORDER BY p.recorded_at DESC LIMIT 1000`,
    invoiceNumber === undefined ? [regroupementId] : [regroupementId, invoiceNumber],
  );
  return rows;
}

// Midday in Toronto, whatever the season: the entry's day is the day that staff wrote.
function noon(day: string): number {
  return Date.parse(`${day}T17:00:00Z`);
}
