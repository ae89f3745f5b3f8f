// Money that came otherwise (S32: an invoice paid meanwhile): cheque, Interac, pre-authorized debit, cash, written down by
// staff. What an online payment holds is not paid twice.
import { type Actor, audited } from '../audit.ts';
import { sha256 } from '../crypto.ts';
import { guard, isGuardFailure, isUniqueViolation, type Statement } from '../db/db.ts';
import { type Deps, newId } from '../deps.ts';
import { count } from '../exceptions/counters.ts';
import { post } from '../ledger/entries.ts';
import { sum } from '../ledger/money.ts';
import { taxAsOf } from '../ledger/premium-tax.ts';
import { noon, torontoDay, yearsBefore } from '../ledger/toronto.ts';
import { Problem } from '../problems/problem.ts';
import { doubtsAbout, noOtherDoubt, type RecordDoubt } from './doubts.ts';
import { HELD } from './held.ts';
import type { RecordedMethod } from './methods.ts';
import { receiptOf } from './receipts.ts';
import { insertRow, type RecordedPayment, recordedById, recordedByKey, recordedTogether } from './store.ts';

/** A day before is a slip of the pen. */
const OLDEST_YEARS = 10;
/** How often something may come between a look and its batch. */
const TRIES = 5;

export interface RecordRequest extends Received {
  invoiceNumber: string;
  cents: number;
}

/** What a cheque, a transfer, a debit or cash is, whatever it pays. */
interface Received {
  method: RecordedMethod;
  /** Toronto day, not in the future. */
  receivedOn: string;
  reference: string;
  recordedBy: Actor;
  idempotencyKey: string;
  /** Doubts that the writer knows of, and writes it down all the same. */
  evenSo?: readonly RecordDoubt[];
}

/** One cheque for several invoices of a holder, or one in a deposit. */
export interface ChequeRequest extends Received {
  parts: readonly { invoiceNumber: string; cents: number }[];
  depositId: string | null;
}

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
  { invoiceNumber, cents, ...received }: RecordRequest,
): Promise<RecordedPayment> {
  const { method, receivedOn, reference } = received;
  const hash = sha256(JSON.stringify([invoiceNumber, method, cents, receivedOn, reference]));
  return await record(deps, regroupementId, {
    ...received,
    ...{ parts: [{ invoiceNumber, cents }], depositId: null, hash },
  });
}

/**
 * The same of one cheque for several invoices of one holder, or in an open deposit: all of its rows or none. Answers
 * them. Throws as well `deposit-closed`, `not-found` for the deposit too, `validation` of an invoice that is named twice or is another
 * person's; with what is doubted, `invoiceNumber`.
 */
export async function recordCheque(
  deps: Deps,
  regroupementId: string,
  request: ChequeRequest,
): Promise<RecordedPayment[]> {
  const { parts, depositId, method, receivedOn, reference } = request;
  const named = parts.map(({ invoiceNumber, cents }) => [invoiceNumber, cents]);
  const hash = sha256(JSON.stringify([named, depositId, method, receivedOn, reference]));
  const { id } = await record(deps, regroupementId, { ...request, hash });
  return await recordedTogether(deps, regroupementId, id);
}

/** Answers the first of its rows. */
async function record(
  deps: Deps,
  regroupementId: string,
  request: ChequeRequest & { hash: string },
): Promise<RecordedPayment> {
  const known = await recordedByKey(deps, regroupementId, request.idempotencyKey, request.hash);
  if (known !== undefined) return known;
  const today = torontoDay(deps.now());
  const code =
    request.receivedOn > today
      ? 'in-the-future'
      : request.receivedOn < yearsBefore(today, OLDEST_YEARS)
        ? 'too-old'
        : null;
  if (code !== null) throw new Problem('validation', { errors: [{ pointer: '/receivedOn', code }] });
  const parts = await partsOf(deps, regroupementId, request.parts);
  // What it pays, it pays at the rate of the day on which it came (M6).
  for (const { invoiceId } of parts) await taxAsOf(deps, regroupementId, invoiceId, request.receivedOn);
  for (let attempt = 1; ; attempt++) {
    const id = await writeDown(deps, regroupementId, parts, request);
    if (id !== null) return recordedById(deps, regroupementId, id);
    // Someone with the same key was faster, or a doubt or a payment came between the look and the batch.
    const theirs = await recordedByKey(deps, regroupementId, request.idempotencyKey, request.hash);
    if (theirs !== undefined) return theirs;
    if (attempt === TRIES) throw new Problem('busy', { retryAfter: 1 });
  }
}

interface Part {
  invoiceId: string;
  invoiceNumber: string;
  cents: number;
}

async function partsOf(
  deps: Pick<Deps, 'db'>,
  regroupementId: string,
  asked: ChequeRequest['parts'],
): Promise<Part[]> {
  const { rows } = await deps.db.execute<{ id: string; number: string; holder: string }>(
    `SELECT i.id, i.number, c.holder_id AS holder FROM invoices i JOIN certificates c ON c.id = i.certificate_id
     WHERE i.regroupement_id = ? AND i.number IN (SELECT value FROM json_each(?))`,
    [regroupementId, JSON.stringify(asked.map(({ invoiceNumber }) => invoiceNumber))],
  );
  const parts = asked.map(({ invoiceNumber, cents }) => {
    const found = rows.find(({ number }) => number === invoiceNumber);
    if (found === undefined) throw new Problem('not-found');
    return { invoiceId: found.id, invoiceNumber, cents };
  });
  const [first] = rows;
  const wrong = asked.findIndex(
    ({ invoiceNumber }, i) =>
      asked.findIndex((one) => one.invoiceNumber === invoiceNumber) !== i ||
      rows.find(({ number }) => number === invoiceNumber)?.holder !== first?.holder,
  );
  if (wrong !== -1)
    throw new Problem('validation', {
      errors: [{ pointer: `/invoices/${wrong}/invoiceNumber`, code: 'invalid' }],
    });
  return parts;
}

// The id of the first row; null when something came in between. Throws what stands in the way.
async function writeDown(
  deps: Deps,
  regroupementId: string,
  parts: readonly Part[],
  request: ChequeRequest & { hash: string },
): Promise<string | null> {
  const { method, receivedOn, reference, depositId } = request;
  if (depositId !== null) await refuseClosed(deps, regroupementId, depositId);
  const money = [];
  for (const part of parts) {
    const one = { ...part, regroupementId, method, receivedOn, reference, id: newId(deps) };
    money.push({ ...one, doubts: await confirmed(deps, one, request) });
  }
  const [first] = money;
  if (first === undefined) throw new Error('a cheque for no invoice');
  const groupId = money.length > 1 ? first.id : null;
  const cheque = { id: first.id, method, receivedOn, reference, parts: money };
  const receipt = await receiptOf(deps, regroupementId, cheque);
  try {
    await deps.db.batch([
      ...(depositId === null
        ? []
        : [guard('EXISTS (SELECT 1 FROM deposits WHERE id = ? AND closed_at IS NULL)', [depositId])]),
      // Before any row is written: the parts of one cheque are no duplicates of each other.
      ...money.flatMap((one) => [
        guard('NOT EXISTS (SELECT 1 FROM invoice_holds WHERE invoice_id = ?)', [one.invoiceId]),
        ...noOtherDoubt(one, one.doubts),
      ]),
      ...receipt.asRead,
      ...money.flatMap((one, n) => written(deps, regroupementId, request, { ...one, n, groupId })),
      ...receipt.issue,
      audited(deps, {
        regroupementId,
        actor: request.recordedBy,
        act: 'payment-recorded',
        target: `recorded_payments:${first.id}`,
        before: null,
        after: {
          ...{ invoice: first.invoiceId, method, cents: sum(money.map(({ cents }) => cents)), receivedOn },
          evenSo: [...new Set(money.flatMap(({ doubts }) => doubts))],
          ...(groupId === null ? {} : { invoices: money.map(({ invoiceNumber }) => invoiceNumber) }),
          ...(depositId === null ? {} : { deposit: depositId }),
        },
        words: { after: { reference } },
      }),
    ]);
  } catch (error) {
    if (isUniqueViolation(error) || isGuardFailure(error)) return null;
    throw error;
  }
  return first.id;
}

function written(
  deps: Deps,
  regroupementId: string,
  request: ChequeRequest & { hash: string },
  one: Part & { id: string; n: number; doubts: readonly RecordDoubt[]; groupId: string | null },
): Statement[] {
  const { id, n, invoiceId, cents, doubts, groupId } = one;
  // The space keeps it apart from any key that a caller can send.
  const idempotencyKey = n === 0 ? request.idempotencyKey : `${request.idempotencyKey} ${n}`;
  const { method, receivedOn } = request;
  return [
    insertRow(deps, regroupementId, {
      ...request,
      ...{ id, invoiceId, cents, idempotencyKey, reverses: null, doubts, groupId },
    }),
    ...post(deps, {
      ...{ regroupementId, invoiceId, kind: 'payment', cents, method },
      source: `recorded:${id}`,
      occurredAt: noon(receivedOn),
    }),
    ...doubts.map((doubt) => count(deps, regroupementId, `even-so:${doubt}`)),
  ];
}

async function refuseClosed(deps: Pick<Deps, 'db'>, regroupementId: string, id: string): Promise<void> {
  const { rows } = await deps.db.execute<{ closed: 0 | 1 }>(
    'SELECT closed_at IS NOT NULL AS closed FROM deposits WHERE id = ? AND regroupement_id = ?',
    [id, regroupementId],
  );
  if (rows[0] === undefined) throw new Problem('not-found');
  if (rows[0].closed === 1) throw new Problem('deposit-closed');
}

/** The doubts that stand, all of which the writer has confirmed. Throws what is not, and `payment-in-progress`. */
async function confirmed(
  deps: Pick<Deps, 'db'>,
  money: Part & Parameters<typeof doubtsAbout>[1],
  { evenSo = [], parts }: ChequeRequest,
): Promise<RecordDoubt[]> {
  const about = parts.length > 1 ? { invoiceNumber: money.invoiceNumber } : {};
  const { rows } = await deps.db.execute('SELECT 1 FROM invoice_holds WHERE invoice_id = ?', [
    money.invoiceId,
  ]);
  if (rows.length > 0) throw new Problem('payment-in-progress', { ...HELD, ...about });
  const { doubts, alike, owedCents } = await doubtsAbout(deps, money);
  const refused = doubts.find((doubt) => !evenSo.includes(doubt));
  if (refused !== undefined)
    throw new Problem(refused, {
      ...about,
      ...(doubts.includes('possible-duplicate') ? { alike } : {}),
      ...(doubts.includes('more-than-balance') ? { owedCents } : {}),
      doubts,
    });
  return doubts;
}
