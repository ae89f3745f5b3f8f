// Money that came otherwise (S32: an invoice paid meanwhile): cheque, Interac, pre-authorized debit, cash, written down by staff. A mistake is corrected
// by a row and an entry that reverse it; nothing is changed. What an online payment holds is not paid twice.
import { type Actor, audited } from '../audit.ts';
import { sha256 } from '../crypto.ts';
import { guard, isGuardFailure, isUniqueViolation } from '../db/db.ts';
import { type Deps, newId } from '../deps.ts';
import { count } from '../exceptions/counters.ts';
import { post } from '../ledger/entries.ts';
import { taxAsOf } from '../ledger/premium-tax.ts';
import { torontoDay, yearsBefore } from '../ledger/toronto.ts';
import { afterRow, PAGE_SIZE } from '../next-page.ts';
import { Problem } from '../problems/problem.ts';
import { doubtsAbout, noOtherDoubt, type RecordDoubt, referenceKey } from './doubts.ts';
import type { RecordedMethod } from './methods.ts';

/** A day before is a slip of the pen. */
const OLDEST_YEARS = 10;

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
}

export interface RecordRequest {
  invoiceNumber: string;
  method: RecordedMethod;
  cents: number;
  /** Toronto day, not in the future. */
  receivedOn: string;
  reference: string;
  recordedBy: Actor;
  idempotencyKey: string;
  /** Doubts that the writer knows of, and writes it down all the same. */
  evenSo?: readonly RecordDoubt[];
}

/** What the problem's title says to a payer, said to staff. */
const HELD = {
  detail:
    'Un paiement en ligne est en cours pour cette facture. Attendez sa fin, ou libérez-le s’il n’est pas fait chez PayPal, puis recommencez.',
  detailEn:
    'An online payment is in progress for this invoice. Wait for its end, or release it if it is not made at PayPal, then try again.',
};
/** How often something may come between a look and its batch. */
const TRIES = 5;

/**
 * Posts money received otherwise, once per key. An online payment that waits for « Confirmer » will find the invoice
 * changed and take nothing. Throws `not-found`, `payment-in-progress` (PayPal may be taking it at this moment: settle
 * or release that payment first), `validation` (a day to come, or long ago), `idempotency-mismatch`;
 * `possible-duplicate` (with `alike`: what is there already) and `more-than-balance` (with `owedCents`), each unless it is
 * among `evenSo`, both with every doubt that stands as `doubts`.
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
  for (let attempt = 1; ; attempt++) {
    const id = await writeDown(deps, regroupementId, invoiceId, { ...request, hash });
    if (id !== null) return read(deps, regroupementId, id);
    // Someone with the same key was faster, or a doubt or a payment came between the look and the batch.
    const theirs = await byKey(deps, regroupementId, request.idempotencyKey, hash);
    if (theirs !== undefined) return theirs;
    if (attempt === TRIES) throw new Problem('busy', { retryAfter: 1 });
  }
}

// The id of the row; null when something came in between. Throws what stands in the way.
async function writeDown(
  deps: Deps,
  regroupementId: string,
  invoiceId: string,
  request: RecordRequest & { hash: string },
): Promise<string | null> {
  const { method, cents, receivedOn, reference, evenSo = [] } = request;
  const money = { regroupementId, invoiceId, method, cents, receivedOn, reference };
  const { rows } = await deps.db.execute('SELECT 1 FROM invoice_holds WHERE invoice_id = ?', [invoiceId]);
  if (rows.length > 0) throw new Problem('payment-in-progress', HELD);
  const { doubts, alike, owedCents } = await doubtsAbout(deps, money);
  const refused = doubts.find((doubt) => !evenSo.includes(doubt));
  if (refused !== undefined)
    throw new Problem(refused, {
      ...(doubts.includes('possible-duplicate') ? { alike } : {}),
      ...(doubts.includes('more-than-balance') ? { owedCents } : {}),
      doubts,
    });
  const id = newId(deps);
  try {
    await deps.db.batch([
      guard('NOT EXISTS (SELECT 1 FROM invoice_holds WHERE invoice_id = ?)', [invoiceId]),
      ...noOtherDoubt(money, doubts),
      insert(deps, regroupementId, { ...request, id, invoiceId, reverses: null, doubts }),
      ...post(deps, {
        regroupementId,
        invoiceId,
        kind: 'payment',
        cents,
        source: `recorded:${id}`,
        method,
        occurredAt: noon(receivedOn),
      }),
      ...doubts.map((doubt) => count(deps, regroupementId, `even-so:${doubt}`)),
      audited(deps, {
        regroupementId,
        actor: request.recordedBy,
        act: 'payment-recorded',
        target: `recorded_payments:${id}`,
        before: null,
        after: { invoice: invoiceId, method, cents, receivedOn, evenSo: doubts },
      }),
    ]);
  } catch (error) {
    if (isUniqueViolation(error) || isGuardFailure(error)) return null;
    throw error;
  }
  return id;
}

/** Takes back what was recorded by mistake, once. Throws `not-found`, `reversal-final`, `payment-in-progress`. */
export async function reverseRecorded(
  deps: Deps,
  regroupementId: string,
  id: string,
  by: { recordedBy: Actor; reference: string },
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
  if (row === undefined) throw new Problem('not-found');
  if (row.reverses !== null) throw new Problem('reversal-final');
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
        doubts: [],
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
      audited(deps, {
        regroupementId,
        actor: by.recordedBy,
        act: 'recorded-payment-reversed',
        target: `recorded_payments:${id}`,
        before: { invoice: row.invoice_id, cents: row.amount_cents, reversed: null },
        after: { invoice: row.invoice_id, cents: row.amount_cents, reversed: reversal },
      }),
    ]);
  } catch (error) {
    if (isUniqueViolation(error)) return reverseRecorded(deps, regroupementId, id, by);
    if (!isGuardFailure(error)) throw error;
    throw new Problem('payment-in-progress', HELD);
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
    doubts: readonly RecordDoubt[];
  },
) {
  return {
    sql: `INSERT INTO recorded_payments(id, regroupement_id, invoice_id, method, amount_cents, received_on, reference, reverses,
            recorded_by, idempotency_key, request_hash, recorded_at, reference_key, even_so)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
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
    ],
  };
}

const COLUMNS = `p.id, i.number AS invoiceNumber, p.method, p.amount_cents AS amountCents, p.received_on AS receivedOn,
  p.reference, p.reverses, p.recorded_by AS recordedBy, p.recorded_at AS recordedAt, p.even_so AS evenSo
  FROM recorded_payments p JOIN invoices i ON i.id = p.invoice_id`;

type RecordedRow = Omit<RecordedPayment, 'evenSo'> & { evenSo: string };
const readRow = (row: RecordedRow): RecordedPayment => ({
  ...row,
  evenSo: JSON.parse(row.evenSo) as RecordDoubt[],
});

async function byKey(
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

async function read(deps: Pick<Deps, 'db'>, regroupementId: string, id: string): Promise<RecordedPayment> {
  const { rows } = await deps.db.execute<RecordedRow>(
    `SELECT ${COLUMNS} WHERE p.regroupement_id = ? AND p.id = ?`,
    [regroupementId, id],
  );
  if (rows[0] === undefined) throw new Error('a recorded payment is not there any more');
  return readRow(rows[0]);
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

// Midday in Toronto, whatever the season: the entry's day is the day that staff wrote.
function noon(day: string): number {
  return Date.parse(`${day}T17:00:00Z`);
}
