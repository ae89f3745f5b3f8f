// Posting to the append-only ledger (M2, M3). One outside fact, one source, one entry: posting it again changes
// nothing, and posting something else under the same source fails the batch.
import { guard, type Statement } from '../db/db.ts';
import { sql } from '../db/sql.ts';
import { type Deps, newId } from '../deps.ts';
import { torontoDay } from './toronto.ts';

/** What each kind does to what is owed: +1 raises it, −1 lowers it. */
const SIGN = {
  charge: 1,
  adjustment: 1,
  'online-fee': 1,
  refund: 1,
  payment: -1,
  credit: -1,
} as const;
type EntryKind = keyof typeof SIGN;
const MAY_BE_NEGATIVE: readonly EntryKind[] = ['charge', 'adjustment', 'online-fee', 'refund', 'credit'];
export type PaymentMethod = 'paypal' | 'cheque' | 'interac' | 'debit' | 'cash' | 'imported';

/**
 * SQL: whether the entry `e` tells of money that came or went on its day. What an invoice list only called « déjà payé » has neither
 * day nor means of its own, nor has what takes its place once payments are told one by one.
 */
export const HAS_A_DAY = "e.source NOT LIKE 'import-opening:%'";

export interface Entry {
  regroupementId: string;
  invoiceId: string;
  kind: EntryKind;
  /**
   * As people say it: a payment of 10000 is 100,00 $ paid. Only a charge, an adjustment, an online fee (given up), a refund
   * (what had been taken back and came again) and a credit (on the invoice that it is taken from) may be negative.
   */
  cents: number;
  /** The outside fact, e.g. `paypal:{captureId}:{invoiceId}`; unique in the regroupement. */
  source: string;
  paymentId?: string;
  method?: PaymentMethod;
  /** When the fact happened; its Toronto day is the entry’s day (M5). */
  occurredAt: number;
}

/** The statements that post `entry` once; put them in the batch that records the fact. Throws RangeError on a wrong amount. */
export function post(deps: Pick<Deps, 'now' | 'randomBytes'>, entry: Entry): Statement[] {
  const mayBeNegative = MAY_BE_NEGATIVE.includes(entry.kind);
  if (!Number.isSafeInteger(entry.cents) || entry.cents === 0 || (entry.cents < 0 && !mayBeNegative)) {
    throw new RangeError(`not the amount of a ${entry.kind}`);
  }
  const amount = SIGN[entry.kind] * entry.cents;
  return [
    sql`INSERT INTO ledger_rows(id, regroupement_id, invoice_id, kind, amount_cents, source, payment_id, method,
          day, occurred_at, posted_at)
        SELECT ${newId(deps)}, i.regroupement_id, i.id, ${entry.kind}, ${amount}, ${entry.source}, ${entry.paymentId ?? null},
          ${entry.method ?? null}, ${torontoDay(entry.occurredAt)}, ${entry.occurredAt}, ${deps.now()}
        FROM invoices i WHERE i.id = ${entry.invoiceId} AND i.regroupement_id = ${entry.regroupementId}
        ON CONFLICT(regroupement_id, source) DO NOTHING`,
    guard(
      `EXISTS (SELECT 1 FROM ledger_entries WHERE regroupement_id = ? AND source = ? AND invoice_id = ?
         AND kind = ? AND amount_cents = ?)`,
      [entry.regroupementId, entry.source, entry.invoiceId, entry.kind, amount],
    ),
  ];
}
