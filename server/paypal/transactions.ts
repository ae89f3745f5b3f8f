// PayPal's own books of a regroupement's account (Transaction Search), for comparing a day of theirs with ours. It knows
// captures, refunds, reversals and fees, ours or not. PayPal may take three hours to list a transaction, and keeps three years.
import type { Regroupement } from '../regroupements/regroupements.ts';
import type { PayPal } from './client.ts';
import { PayPalFailure } from './errors.ts';
import type { Money, TransactionInfo } from './wire.ts';

/**
 * What a movement on the account is. Of payments: `capture` received, `refund` made by the merchant, `reversal` taken back by
 * a bank or PayPal, `return` of what was taken back; `hold` and `release` move nothing but what may be spent. Of the account:
 * `payout` to the bank, or from it, `fee` that no payment carries, `other`.
 */
export const MOVEMENT_KINDS = [
  'capture',
  'refund',
  'reversal',
  'return',
  'hold',
  'release',
  'payout',
  'fee',
  'other',
] as const;
type MovementKind = (typeof MOVEMENT_KINDS)[number];

const DAY_MS = 86_400_000;
/** PayPal's clock and ours. */
const MARGIN_MS = 3_600_000;
/** PayPal's longest period for one search. */
const WINDOW_MS = 31 * DAY_MS;
/** Below this a period with too many transactions is not cut again. */
const SMALLEST_MS = 60_000;

export interface PayPalTransaction {
  /** Of a capture or a refund: its id. Not unique: one id may have several rows, of different event codes. */
  id: string;
  /** What it refers to: a refund's capture, a capture's order. */
  referenceId: string | null;
  /** Such as T0006 (a capture), T1107 (a refund), T1106 and T1201 (reversal, chargeback). */
  eventCode: string;
  kind: MovementKind;
  /** S done, P pending, D denied, V reversed. */
  status: string;
  /** Milliseconds since 1970, UTC. */
  at: number;
  currency: string;
  /** Signed: what came in is positive, what went out negative. Null when not in CAD. */
  grossCents: number | null;
  /** Signed, usually negative; 0 when PayPal took none. Null when not in CAD. */
  feeCents: number | null;
  invoiceId: string | null;
  customId: string | null;
}

/**
 * Every balance-affecting transaction from `fromMs` (included) to `toMs` (excluded), each row once, window after window.
 * Throws PayPalFailure; `unknown` when an answer is not understood, so that no day is ever called complete by mistake.
 */
export async function* transactionsOf(
  paypal: PayPal,
  regroupement: Regroupement,
  fromMs: number,
  toMs: number,
): AsyncGenerator<PayPalTransaction> {
  // A row on the edge of two windows, or pushed to the next page by a newcomer, comes twice.
  const seen = new Set<string>();
  for (let from = fromMs; from < toMs; from += WINDOW_MS) {
    for await (const info of windowOf(paypal, regroupement, from, Math.min(from + WINDOW_MS, toMs))) {
      const row = JSON.stringify(info);
      const transaction = read(info);
      // Whether PayPal includes the end is not documented.
      if (seen.has(row) || transaction.at >= toMs) continue;
      seen.add(row);
      yield transaction;
    }
  }
}

/** Everything in CAD that PayPal lists of one capture beside itself: what refers to it, or to something that does. Throws PayPalFailure. */
export async function movementsAfter(
  paypal: PayPal,
  regroupement: Regroupement,
  capture: { id: string; at: number },
  now: number,
): Promise<PayPalTransaction[]> {
  const all: PayPalTransaction[] = [];
  for await (const one of transactionsOf(paypal, regroupement, capture.at - MARGIN_MS, now + 1000))
    if (one.grossCents !== null && one.status !== 'D' && one.status !== 'P') all.push(one);
  const ids = new Set([capture.id]);
  // A chargeback lifted may refer to the chargeback.
  for (let before = 0; before < ids.size; ) {
    before = ids.size;
    for (const one of all) if (one.referenceId !== null && ids.has(one.referenceId)) ids.add(one.id);
  }
  ids.delete(capture.id);
  return all.filter(({ id }) => ids.has(id)).sort((a, b) => a.at - b.at);
}

/** The instant up to which PayPal's list is whole; null when PayPal does not say. Throws PayPalFailure. */
export async function refreshedAt(
  paypal: PayPal,
  regroupement: Regroupement,
  now: number,
): Promise<number | null> {
  const page = await paypal.searchTransactions(regroupement, { fromMs: now - DAY_MS, toMs: now, page: 1 });
  return page.last_refreshed_datetime === undefined ? null : instantOf(page.last_refreshed_datetime);
}

async function* windowOf(
  paypal: PayPal,
  regroupement: Regroupement,
  fromMs: number,
  toMs: number,
): AsyncGenerator<TransactionInfo> {
  try {
    for (let page = 1, pages = 1; page <= pages; page++) {
      const found = await paypal.searchTransactions(regroupement, { fromMs, toMs, page });
      const details = found.transaction_details ?? [];
      if (details.length === 0 && found.total_items > 0 && page <= found.total_pages)
        throw new PayPalFailure('unknown');
      pages = found.total_pages;
      for (const { transaction_info } of details) yield transaction_info;
    }
  } catch (error) {
    const tooMany = error instanceof PayPalFailure && error.issue === 'RESULTSET_TOO_LARGE';
    if (!tooMany || toMs - fromMs <= SMALLEST_MS) throw error;
    const middle = Math.floor((fromMs + toMs) / 2);
    yield* windowOf(paypal, regroupement, fromMs, middle);
    yield* windowOf(paypal, regroupement, middle, toMs);
  }
}

function read(info: TransactionInfo): PayPalTransaction {
  const at = instantOf(info.transaction_initiation_date);
  const currency = info.transaction_amount.currency_code;
  const grossCents = centsOf(info.transaction_amount);
  return {
    id: info.transaction_id,
    referenceId: info.paypal_reference_id ?? null,
    eventCode: info.transaction_event_code,
    kind: kindOf(info.transaction_event_code, grossCents ?? 0),
    status: info.transaction_status,
    at,
    currency,
    grossCents,
    feeCents: info.fee_amount === undefined ? (currency === 'CAD' ? 0 : null) : centsOf(info.fee_amount),
    invoiceId: info.invoice_id ?? null,
    customId: info.custom_field ?? null,
  };
}

// PayPal's event codes (T-codes): the group says the kind of event, the sign which way it went.
function kindOf(code: string, grossCents: number): MovementKind {
  if (/^T00/.test(code)) return grossCents > 0 ? 'capture' : 'other';
  if (code === 'T1107') return grossCents <= 0 ? 'refund' : 'other';
  if (code === 'T1110') return 'hold';
  if (code === 'T1111') return 'release';
  if (/^T1106$|^T1118$|^T120[0125]$/.test(code)) return grossCents <= 0 ? 'reversal' : 'return';
  if (/^T0[34]/.test(code)) return 'payout';
  if (/^T01|^T110[89]$/.test(code)) return 'fee';
  return 'other';
}

// PayPal writes « +0000 » where its description says « +00:00 ».
function instantOf(text: string): number {
  const at = Date.parse(text.replace(/([+-]\d\d)(\d\d)$/, '$1:$2'));
  if (Number.isNaN(at)) throw new PayPalFailure('unknown');
  return at;
}

function centsOf(money: Money): number | null {
  if (money.currency_code !== 'CAD') return null;
  const match = /^(-?)(\d{0,9})(?:\.(\d{1,2}))?$/.exec(money.value);
  if (match === null || `${match[2] ?? ''}${match[3] ?? ''}` === '') throw new PayPalFailure('unknown');
  const cents = Number(match[2]) * 100 + Number((match[3] ?? '').padEnd(2, '0'));
  return match[1] === '-' && cents > 0 ? -cents : cents;
}
