// What makes it doubtful that money received otherwise is new (S32): it looks like what is written down already, or is more
// than is owed. Refused, unless whoever writes it names the doubt (`evenSo`, `--even-so`); that stands in the row.
import { guard, type Statement } from '../db/db.ts';
import type { Deps } from '../deps.ts';
import { balanceOf } from '../ledger/balance.ts';
import type { RecordedMethod } from './methods.ts';

/** The doubts, by the names of their problem types. */
export const RECORD_DOUBTS = ['possible-duplicate', 'more-than-balance'] as const;
export type RecordDoubt = (typeof RECORD_DOUBTS)[number];

/** What is about to be written down. */
export interface Doubtful {
  regroupementId: string;
  invoiceId: string;
  method: RecordedMethod;
  cents: number;
  /** Toronto day. */
  receivedOn: string;
  reference: string;
}

/** What is there already. */
export interface Alike {
  /** The recorded payment's id; null for one that a file brought. */
  id: string | null;
  invoiceNumber: string;
  amountCents: number;
  /** Toronto day. */
  receivedOn: string;
  reference: string;
  /** Null for one that a file brought. */
  recordedBy: string | null;
}

/** Words that people write right before a number, as in « CHQ417 »; a word by itself needs no list. */
const BEFORE_NUMBER = /^(?:CHEQUES?|CHECKS?|CHEQ|CHQ|CHK|CH|CK|NUMERO|NUM|NO|NR|REF|N)(?=\d)/;
/** Words that name nothing: « virement », « aucune », « n/a ». */
const NOTHING =
  /^(?:\p{L}?|AUCUNE?|SANS|NEANT|NONE|NIL|NA|ND|SO|CHEQUES?|CHECKS?|CHEQ|CHQ|CHK|CH|CK|NUMERO|NUMBER|NUM|NO|NR|REFERENCE|REF|INTERAC|VIREMENT|TRANSFER|DEBIT|COMPTANT|CASH)$/u;

/**
 * What « 0417 », « 417 (BNC) », « # 0417 » and « chèque no 0417 » have in common: the words with a digit in them, without
 * the zeros in front; where none has one, those that name something. Empty where there is nothing to compare.
 */
export function referenceKey(reference: string): string {
  const words = reference
    .normalize('NFKD')
    .replace(/[\p{M}\p{Default_Ignorable_Code_Point}]/gu, '')
    .toUpperCase()
    .split(/[^\p{L}\p{N}]+/u);
  const numbers = words.filter((word) => /\d/.test(word)).map((word) => word.replace(BEFORE_NUMBER, ''));
  const significant = numbers.length > 0 ? numbers : words.filter((word) => !NOTHING.test(word));
  return significant.join('').replace(/^0+/, '');
}

// The row `m` is what is about to be written down. Alike is what was recorded and not taken back, in the whole
// regroupement: a cheque has one number. Where either has no reference, nothing distinguishes one person's money from another's,
// nor two cheques of one person from one: the same invoice counts then.
const M = `(SELECT ?1 AS regroupement_id, ?2 AS invoice_id, ?3 AS method, ?4 AS cents, ?5 AS day, ?6 AS reference_key) m`;
const RECORDED = `p.regroupement_id = m.regroupement_id AND p.reverses IS NULL AND p.method = m.method
  AND p.amount_cents = m.cents AND (p.reference_key = m.reference_key OR '' IN (p.reference_key, m.reference_key))
  AND (p.invoice_id = m.invoice_id OR '' NOT IN (p.reference_key, m.reference_key))
  AND p.received_on BETWEEN date(m.day, '-12 months') AND date(m.day, '+12 months')
  AND NOT EXISTS (SELECT 1 FROM recorded_payments b WHERE b.reverses = p.id)`;
// A file has numbers of its own: what it brought is known by invoice, amount, day and, where it says, method.
const IMPORTED = `e.invoice_id = m.invoice_id AND e.regroupement_id = m.regroupement_id AND e.kind = 'payment'
  AND e.method IN (m.method, 'imported') AND e.amount_cents = -m.cents AND e.day = m.day AND e.source LIKE 'import:%'`;
const BALANCE = balanceOf('m.invoice_id', 'm.regroupement_id');

/** SQL: whether the doubt is there. */
const STANDS: Readonly<Record<RecordDoubt, string>> = {
  'possible-duplicate': `(EXISTS (SELECT 1 FROM recorded_payments p WHERE ${RECORDED})
    OR EXISTS (SELECT 1 FROM ledger_entries e WHERE ${IMPORTED}))`,
  'more-than-balance': `${BALANCE} < m.cents`,
};

function argsOf(money: Doubtful): (string | number)[] {
  const { regroupementId, invoiceId, method, cents, receivedOn, reference } = money;
  return [regroupementId, invoiceId, method, cents, receivedOn, referenceKey(reference)];
}

/** The doubts that stand now, with what is there already and what is owed. */
export async function doubtsAbout(
  deps: Pick<Deps, 'db'>,
  money: Doubtful,
): Promise<{ doubts: RecordDoubt[]; alike: Alike[]; owedCents: number }> {
  const args = argsOf(money);
  const { rows } = await deps.db.execute<Record<RecordDoubt | 'owedCents', number>>(
    `SELECT ${RECORD_DOUBTS.map((doubt) => `${STANDS[doubt]} AS "${doubt}"`).join()}, ${BALANCE} AS owedCents FROM ${M}`,
    args,
  );
  const [now] = rows;
  if (now === undefined) throw new Error('one row was selected');
  const doubts = RECORD_DOUBTS.filter((doubt) => now[doubt] === 1);
  if (!doubts.includes('possible-duplicate')) return { doubts, alike: [], owedCents: now.owedCents };
  const { rows: alike } = await deps.db.execute<Alike>(
    `SELECT p.id, i.number AS invoiceNumber, p.amount_cents AS amountCents, p.received_on AS receivedOn, p.reference,
       p.recorded_by AS recordedBy
     FROM ${M} CROSS JOIN recorded_payments p JOIN invoices i ON i.id = p.invoice_id WHERE ${RECORDED}
     UNION ALL
     SELECT NULL, i.number, -e.amount_cents, e.day, substr(e.source, 8), NULL
     FROM ${M} CROSS JOIN ledger_entries e JOIN invoices i ON i.id = e.invoice_id WHERE ${IMPORTED}
     ORDER BY receivedOn DESC LIMIT 5`,
    args,
  );
  return { doubts, alike, owedCents: now.owedCents };
}

/** Fails its batch if a doubt is there that was not among `known`. Put it before the row and its entry. */
export function noOtherDoubt(money: Doubtful, known: readonly RecordDoubt[]): Statement[] {
  return RECORD_DOUBTS.filter((doubt) => !known.includes(doubt)).map((doubt) =>
    guard(`SELECT NOT ${STANDS[doubt]} FROM ${M}`, argsOf(money)),
  );
}
