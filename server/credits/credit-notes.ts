// « Note de crédit »: a numbered document that takes a part off an invoice, and names it. She reads it in the invoice's detail, as a
// line; what she had paid of it stands as a credit.
import { audited } from '../audit.ts';
import { sha256 } from '../crypto.ts';
import { isGuardFailure, isUniqueViolation, type Statement } from '../db/db.ts';
import { sql } from '../db/sql.ts';
import { type Deps, newId } from '../deps.ts';
import type { Lang } from '../fields.ts';
import { post } from '../ledger/entries.ts';
import type { InvoiceLine } from '../ledger/invoices.ts';
import { nextNumber, numberUsed } from '../ledger/issue.ts';
import { torontoDay } from '../ledger/toronto.ts';
import { Problem } from '../problems/problem.ts';
import type { InvoiceAct } from './cancel.ts';
import { type Credit, type CreditAsked, creditOf } from './credit-lines.ts';
import {
  asRead,
  madeByKey,
  notUnderWay,
  readStanding,
  refuseOther,
  refuseUnderWay,
  revise,
  type Standing,
} from './state.ts';

/** How often something may come between a look and its batch. */
const TRIES = 5;

/** A note as it was made. */
export interface CreditNote {
  id: string;
  number: string;
  invoiceId: string;
  invoiceNumber: string;
  /** Toronto day. */
  day: string;
  reason: string;
  days: number | null;
  ofDays: number | null;
  amountCents: number;
  lines: InvoiceLine[];
  createdBy: string;
  createdAt: number;
}

/** What a note would be now, and what it leaves. */
export interface CreditPreview {
  /** As it would be now. */
  number: string;
  amountCents: number;
  lines: InvoiceLine[];
  /** The invoice's, with it. */
  invoiceLines: InvoiceLine[];
  totalCents: number;
  balanceCents: number;
}

export type CreditRequest = CreditAsked & { reason: string };

/** Throws `not-found`, `invoice-cancelled`, `validation` of what is more than the invoice charges. */
export async function previewCreditNote(
  deps: Pick<Deps, 'db' | 'now'>,
  regroupementId: string,
  invoiceId: string,
  request: CreditRequest,
): Promise<CreditPreview> {
  const standing = await readStanding(deps, regroupementId, invoiceId);
  const { number, credit } = await drawUp(deps, regroupementId, standing, request);
  const { totalCents, balanceCents } = standing.invoice;
  return {
    number,
    amountCents: credit.cents,
    lines: credit.lines,
    invoiceLines: credit.left,
    totalCents: totalCents - credit.cents,
    balanceCents: balanceCents - credit.cents,
  };
}

/**
 * Makes the note, once a key; answers its id. Throws as the preview, and `changed-meanwhile`, `payment-in-progress`,
 * `payment-disputed`, `idempotency-mismatch`.
 */
export async function makeCreditNote(
  deps: Deps,
  regroupementId: string,
  invoiceId: string,
  request: CreditRequest & InvoiceAct,
): Promise<string> {
  const asked = 'cents' in request ? [request.cents] : [request.days, request.ofDays];
  const hash = sha256(JSON.stringify([invoiceId, asked, request.reason]));
  for (let attempt = 1; ; attempt++) {
    const known = await madeByKey(deps, 'credit_notes', regroupementId, { ...request, hash });
    if (known !== undefined) return known;
    const standing = await readStanding(deps, regroupementId, invoiceId);
    refuseOther(standing, request.version);
    await refuseUnderWay(deps, standing);
    const note = await drawUp(deps, regroupementId, standing, request);
    const id = newId(deps);
    try {
      await deps.db.batch(statements(deps, regroupementId, standing, { ...request, ...note, id, hash }));
      return id;
    } catch (error) {
      // The number was taken, a payment began, or somebody was faster.
      if (!isGuardFailure(error) && !isUniqueViolation(error)) throw error;
      if (attempt === TRIES) throw new Problem('busy', { retryAfter: 1 });
    }
  }
}

async function drawUp(
  deps: Pick<Deps, 'db' | 'now'>,
  regroupementId: string,
  { invoice, lang }: Standing,
  request: CreditRequest,
): Promise<{ number: string; credit: Credit }> {
  if (invoice.status === 'cancelled')
    throw new Problem('invoice-cancelled', { invoiceNumber: invoice.number });
  const year = torontoDay(deps.now()).slice(0, 4);
  const number = await nextNumber(deps, regroupementId, 'CR', year);
  const { rows } = await deps.db.execute<{ cents: number }>(
    'SELECT coalesce(sum(premium_cents), 0) AS cents FROM credit_notes WHERE invoice_id = ?',
    [invoice.id],
  );
  const credit = creditOf(invoice, request, described(number, request, lang), rows[0]?.cents);
  if (credit === null)
    throw new Problem('validation', {
      errors: [{ pointer: 'cents' in request ? '/amountCents' : '/days', code: 'too-large' }],
      chargedCents: Math.max(0, invoice.totalCents),
    });
  return { number, credit };
}

function described(number: string, request: CreditRequest, lang: Lang): string {
  const days = 'cents' in request ? '' : ` (${request.days}/${request.ofDays})`;
  return `${lang === 'fr-CA' ? 'Note de crédit' : 'Credit note'} ${number} – ${request.reason}${days}`;
}

function statements(
  deps: Deps,
  regroupementId: string,
  standing: Standing,
  note: CreditRequest & InvoiceAct & { id: string; hash: string; number: string; credit: Credit },
): Statement[] {
  const { invoice } = standing;
  const { id, number, credit, reason, by, idempotencyKey, hash } = note;
  const [days, ofDays] = 'cents' in note ? [null, null] : [note.days, note.ofDays];
  const now = deps.now();
  return [
    notUnderWay(invoice.id),
    asRead(regroupementId, standing),
    sql`INSERT INTO credit_notes(id, regroupement_id, invoice_id, number, day, reason, days, of_days, premium_cents, amount_cents,
          lines, created_by, created_at, idempotency_key, request_hash)
        VALUES (${id}, ${regroupementId}, ${invoice.id}, ${number}, ${torontoDay(now)}, ${reason}, ${days}, ${ofDays},
          ${credit.premiumCents}, ${credit.cents}, ${JSON.stringify(credit.lines)}, ${by}, ${now}, ${idempotencyKey}, ${hash})`,
    numberUsed(regroupementId, number),
    ...revise(deps, standing, credit.left),
    ...post(deps, {
      ...{ regroupementId, invoiceId: invoice.id, kind: 'adjustment', cents: -credit.cents },
      source: `credit-note:${number}`,
      occurredAt: now,
    }),
    audited(deps, {
      regroupementId,
      actor: by,
      act: 'credit-note-made',
      target: `invoices:${invoice.id}`,
      before: { invoice: invoice.id, totalCents: invoice.totalCents, balanceCents: invoice.balanceCents },
      after: {
        invoice: invoice.id,
        number,
        totalCents: invoice.totalCents - credit.cents,
        balanceCents: invoice.balanceCents - credit.cents,
      },
      words: { reason },
    }),
  ];
}

/** The notes on an invoice, oldest first. */
export async function creditNotesOf(
  deps: Pick<Deps, 'db'>,
  regroupementId: string,
  invoiceId: string,
): Promise<CreditNote[]> {
  const { rows } = await deps.db.execute<Omit<CreditNote, 'lines'> & { lines: string }>(
    `SELECT n.id, n.number, n.invoice_id AS invoiceId, i.number AS invoiceNumber, n.day, n.reason, n.days, n.of_days AS ofDays,
       n.amount_cents AS amountCents, n.lines, n.created_by AS createdBy, n.created_at AS createdAt
     FROM credit_notes n JOIN invoices i ON i.id = n.invoice_id
     WHERE n.invoice_id = ? AND n.regroupement_id = ? ORDER BY n.rowid`,
    [invoiceId, regroupementId],
  );
  return rows.map(({ lines, ...note }) => ({ ...note, lines: JSON.parse(lines) as InvoiceLine[] }));
}
