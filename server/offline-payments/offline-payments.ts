// Money that came otherwise (S32: an invoice paid meanwhile): cheque, Interac, pre-authorized debit, cash, written down by staff. A mistake is corrected
// by a row and an entry that reverse it; nothing is changed. What an online payment holds is not paid twice.
import { type Actor, audited } from '../audit.ts';
import { sha256 } from '../crypto.ts';
import { guard, isGuardFailure, isUniqueViolation, type Statement } from '../db/db.ts';
import { type Deps, newId } from '../deps.ts';
import { count } from '../exceptions/counters.ts';
import type { Lang } from '../fields.ts';
import { post } from '../ledger/entries.ts';
import { type Issued, issue, nextNumber } from '../ledger/issue.ts';
import { taxAsOf } from '../ledger/premium-tax.ts';
import { daysBefore, noon, torontoDay, yearsBefore } from '../ledger/toronto.ts';
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
  /** Of a row that takes one back: the bank gave it back (NSF). */
  returned: boolean;
  /** The invoice of the fee for that. */
  feeInvoiceNumber: string | null;
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

/** Why money that was written down is not there. */
export interface Reversal {
  recordedBy: Actor;
  /** The reason, in staff's words. */
  reference: string;
  /** The bank gave it back (NSF), on this Toronto day; without it, it was written down by mistake. */
  returned?: {
    on: string;
    /** What she is charged for it, by an invoice of its own; 0: nothing. */
    feeCents: number;
  };
}

interface Original {
  id: string;
  invoice_id: string;
  method: RecordedMethod;
  amount_cents: number;
  received_on: string;
  reverses: string | null;
  back: string | null;
}

/**
 * Takes back what was recorded by mistake, or what the bank gave back, once. Throws `not-found`, `reversal-final`,
 * `payment-in-progress`; `validation` for a day before the payment's or to come.
 */
export async function reverseRecorded(
  deps: Deps,
  regroupementId: string,
  id: string,
  by: Reversal,
): Promise<RecordedPayment> {
  for (let attempt = 1; ; attempt++) {
    const { rows } = await deps.db.execute<Original>(
      `SELECT p.id, p.invoice_id, p.method, p.amount_cents, p.received_on, p.reverses, b.id AS back FROM recorded_payments p
       LEFT JOIN recorded_payments b ON b.reverses = p.id WHERE p.id = ? AND p.regroupement_id = ?`,
      [id, regroupementId],
    );
    const [row] = rows;
    if (row === undefined) throw new Problem('not-found');
    if (row.reverses !== null) throw new Problem('reversal-final');
    if (row.back !== null) return read(deps, regroupementId, row.back);
    const today = torontoDay(deps.now());
    const day = by.returned?.on ?? today;
    const code = day > today ? 'in-the-future' : day < row.received_on ? 'too-old' : null;
    if (by.returned !== undefined && code !== null)
      throw new Problem('validation', { errors: [{ pointer: '/returnedOn', code }] });
    const fee = await feeInvoice(deps, regroupementId, row.invoice_id, by);
    const reversal = newId(deps);
    try {
      await deps.db.batch(takingBack(deps, regroupementId, row, { ...by, id: reversal, day, fee }));
      return await read(deps, regroupementId, reversal);
    } catch (error) {
      if (isGuardFailure(error)) throw new Problem('payment-in-progress', HELD);
      // Somebody took it back meanwhile, or took the fee's number.
      if (!isUniqueViolation(error)) throw error;
      if (attempt === TRIES) throw new Problem('busy', { retryAfter: 1 });
    }
  }
}

function takingBack(
  deps: Deps,
  regroupementId: string,
  row: Original,
  by: Reversal & { id: string; day: string; fee: Issued | null },
): Statement[] {
  const { id, day, fee, returned } = by;
  return [
    guard('NOT EXISTS (SELECT 1 FROM invoice_holds WHERE invoice_id = ?)', [row.invoice_id]),
    ...(fee === null ? [] : issue(deps, fee)),
    insert(deps, regroupementId, {
      id,
      invoiceId: row.invoice_id,
      method: row.method,
      cents: row.amount_cents,
      receivedOn: day,
      reference: by.reference,
      recordedBy: by.recordedBy,
      // The space keeps it apart from any key that a caller can send.
      idempotencyKey: `reversal ${row.id}`,
      hash: '',
      reverses: row.id,
      doubts: [],
      returned: returned !== undefined,
      feeInvoiceId: fee?.id ?? null,
    }),
    ...post(deps, {
      regroupementId,
      invoiceId: row.invoice_id,
      kind: 'refund',
      cents: row.amount_cents,
      source: `recorded:${id}`,
      method: row.method,
      occurredAt: returned === undefined ? deps.now() : noon(day),
    }),
    audited(deps, {
      regroupementId,
      actor: by.recordedBy,
      act: 'recorded-payment-reversed',
      target: `recorded_payments:${row.id}`,
      before: { invoice: row.invoice_id, cents: row.amount_cents, reversed: null },
      after: {
        invoice: row.invoice_id,
        cents: row.amount_cents,
        reversed: id,
        ...(returned === undefined ? {} : { returnedOn: day, feeInvoice: fee?.number ?? null }),
      },
    }),
  ];
}

/** The invoice of the fee for what the bank gave back, on the same certificate; null: none is charged. */
async function feeInvoice(
  deps: Deps,
  regroupementId: string,
  invoiceId: string,
  { returned }: Reversal,
): Promise<Issued | null> {
  if (returned === undefined || returned.feeCents === 0) return null;
  const { rows } = await deps.db.execute<
    Pick<Issued, 'certificateId' | 'periodStart' | 'periodEnd'> & { lang: Lang }
  >(
    `SELECT i.certificate_id AS certificateId, i.period_start AS periodStart, i.period_end AS periodEnd, h.lang
     FROM invoices i JOIN certificates c ON c.id = i.certificate_id JOIN holders h ON h.id = c.holder_id WHERE i.id = ?`,
    [invoiceId],
  );
  const [of] = rows;
  if (of === undefined) throw new Error('the invoice of a recorded payment is not there');
  const { lang, ...certificate } = of;
  const issuedOn = torontoDay(deps.now());
  return {
    ...certificate,
    id: newId(deps),
    regroupementId,
    number: await nextNumber(deps, regroupementId, 'NSF', issuedOn.slice(0, 4)),
    kind: FEE_WORDS[lang].kind,
    issuedOn,
    dueOn: daysBefore(issuedOn, -FEE_DUE_DAYS),
    lines: [{ code: 'OTHER', description: FEE_WORDS[lang].line, amountCents: returned.feeCents, rate: null }],
    noAdminFee: true,
    manualAmount: false,
  };
}

const FEE_DUE_DAYS = 30;
const FEE_WORDS: Readonly<Record<Lang, { kind: string; line: string }>> = {
  'fr-CA': { kind: 'frais', line: 'Frais pour un paiement retourné par la banque' },
  'en-CA': { kind: 'fee', line: 'Fee for a payment returned by the bank' },
};

function insert(
  deps: Pick<Deps, 'now'>,
  regroupementId: string,
  row: Omit<RecordRequest, 'invoiceNumber'> & {
    id: string;
    invoiceId: string;
    hash: string;
    reverses: string | null;
    doubts: readonly RecordDoubt[];
    returned?: boolean;
    feeInvoiceId?: string | null;
  },
) {
  return {
    sql: `INSERT INTO recorded_payments(id, regroupement_id, invoice_id, method, amount_cents, received_on, reference, reverses,
            recorded_by, idempotency_key, request_hash, recorded_at, reference_key, even_so, returned, fee_invoice_id)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
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
    ],
  };
}

const COLUMNS = `p.id, i.number AS invoiceNumber, p.method, p.amount_cents AS amountCents, p.received_on AS receivedOn,
  p.reference, p.reverses, p.recorded_by AS recordedBy, p.recorded_at AS recordedAt, p.even_so AS evenSo, p.returned,
  (SELECT number FROM invoices f WHERE f.id = p.fee_invoice_id) AS feeInvoiceNumber
  FROM recorded_payments p JOIN invoices i ON i.id = p.invoice_id`;

type RecordedRow = Omit<RecordedPayment, 'evenSo' | 'returned'> & { evenSo: string; returned: number };
const readRow = (row: RecordedRow): RecordedPayment => ({
  ...row,
  evenSo: JSON.parse(row.evenSo) as RecordDoubt[],
  returned: row.returned === 1,
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
