// What was written down by mistake, or what the bank gave back (NSF): corrected by a row and an entry that reverse it; nothing
// is changed.
import { type Actor, audited } from '../audit.ts';
import { guard, isGuardFailure, isUniqueViolation, type Statement } from '../db/db.ts';
import { type Deps, newId } from '../deps.ts';
import type { Lang } from '../fields.ts';
import { post } from '../ledger/entries.ts';
import { type Issued, issue, nextNumber } from '../ledger/issue.ts';
import { sum } from '../ledger/money.ts';
import { daysBefore, noon, torontoDay } from '../ledger/toronto.ts';
import { Problem } from '../problems/problem.ts';
import { HELD } from './held.ts';
import type { RecordedMethod } from './methods.ts';
import { annulReceipt } from './receipts.ts';
import { insertRow, type RecordedPayment, recordedById } from './store.ts';

/** How often something may come between a look and its batch. */
const TRIES = 5;

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
  group_id: string | null;
  number: string;
}

/**
 * Takes back what was recorded by mistake, or what the bank gave back, once; of a cheque for several invoices, all of it.
 * Answers the row that takes back the one that was named. Throws `not-found`, `reversal-final`,
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
      `SELECT p.id, p.invoice_id, p.method, p.amount_cents, p.received_on, p.reverses, b.id AS back, p.group_id, i.number
       FROM recorded_payments p JOIN invoices i ON i.id = p.invoice_id
       LEFT JOIN recorded_payments b ON b.reverses = p.id WHERE p.id = ? AND p.regroupement_id = ?`,
      [id, regroupementId],
    );
    const [row] = rows;
    if (row === undefined) throw new Problem('not-found');
    if (row.reverses !== null) throw new Problem('reversal-final');
    if (row.back !== null) return recordedById(deps, regroupementId, row.back);
    const today = torontoDay(deps.now());
    const day = by.returned?.on ?? today;
    const code = day > today ? 'in-the-future' : day < row.received_on ? 'too-old' : null;
    if (by.returned !== undefined && code !== null)
      throw new Problem('validation', { errors: [{ pointer: '/returnedOn', code }] });
    const fee = await feeInvoice(deps, regroupementId, row.invoice_id, by);
    const reversal = newId(deps);
    try {
      const others = await othersOf(deps, row);
      const annulled = { of: row.id, recordedId: reversal, invoiceId: row.invoice_id };
      const annulment = await annulReceipt(deps, regroupementId, {
        ...{ ...annulled, cancelledOn: day, returned: by.returned !== undefined },
      });
      await deps.db.batch([
        ...takingBack(deps, regroupementId, [row, ...others], { ...by, id: reversal, day, fee }),
        ...others.flatMap((one) =>
          entryBack(deps, regroupementId, one, { ...by, id: newId(deps), day, fee: null }),
        ),
        ...annulment,
      ]);
      return await recordedById(deps, regroupementId, reversal);
    } catch (error) {
      if (isGuardFailure(error)) throw new Problem('payment-in-progress', HELD);
      // Somebody took it back meanwhile, or took the fee's number.
      if (!isUniqueViolation(error)) throw error;
      if (attempt === TRIES) throw new Problem('busy', { retryAfter: 1 });
    }
  }
}

/** The rows of the same cheque that are not taken back. */
async function othersOf(deps: Pick<Deps, 'db'>, row: Original): Promise<Original[]> {
  if (row.group_id === null) return [];
  const { rows } = await deps.db.execute<Original>(
    `SELECT p.id, p.invoice_id, p.method, p.amount_cents, p.received_on, p.reverses, NULL AS back, p.group_id, i.number
     FROM recorded_payments p JOIN invoices i ON i.id = p.invoice_id WHERE p.group_id = ? AND p.id <> ? AND p.reverses IS NULL
       AND NOT EXISTS (SELECT 1 FROM recorded_payments b WHERE b.reverses = p.id)`,
    [row.group_id, row.id],
  );
  return rows;
}

interface Back extends Reversal {
  id: string;
  day: string;
  fee: Issued | null;
}

/** The row, and the entry, that take one back. */
function entryBack(deps: Deps, regroupementId: string, row: Original, by: Back): Statement[] {
  const { id, day, fee, returned } = by;
  return [
    guard('NOT EXISTS (SELECT 1 FROM invoice_holds WHERE invoice_id = ?)', [row.invoice_id]),
    ...(fee === null ? [] : issue(deps, fee)),
    insertRow(deps, regroupementId, {
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
  ];
}

/** The row that was named, and what the journal says of the whole cheque: it is first of `cheque`. */
function takingBack(
  deps: Deps,
  regroupementId: string,
  cheque: readonly [Original, ...Original[]],
  by: Back,
): Statement[] {
  const { id, day, fee, returned } = by;
  const [row] = cheque;
  const cents = sum(cheque.map((one) => one.amount_cents));
  return [
    ...entryBack(deps, regroupementId, row, by),
    audited(deps, {
      regroupementId,
      actor: by.recordedBy,
      act: 'recorded-payment-reversed',
      target: `recorded_payments:${row.id}`,
      before: { invoice: row.invoice_id, cents, reversed: null },
      after: {
        invoice: row.invoice_id,
        cents,
        reversed: id,
        ...(cheque.length === 1 ? {} : { invoices: cheque.map((one) => one.number) }),
        ...(returned === undefined ? {} : { returnedOn: day, feeInvoice: fee?.number ?? null }),
      },
      words: { reason: by.reference },
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
