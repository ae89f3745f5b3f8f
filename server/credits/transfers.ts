// « Appliquer un crédit »: what was paid too much on one invoice of a holder's pays another of hers. Two entries in one batch, whose sum is
// zero: no money moves, so neither is a payment or a refund.
import { type Actor, audited } from '../audit.ts';
import { sha256 } from '../crypto.ts';
import { guard, isGuardFailure, isUniqueViolation, type Statement } from '../db/db.ts';
import { sql } from '../db/sql.ts';
import { type Deps, newId } from '../deps.ts';
import { post } from '../ledger/entries.ts';
import { taxAsOf } from '../ledger/premium-tax.ts';
import { torontoDay } from '../ledger/toronto.ts';
import { Problem } from '../problems/problem.ts';
import type { InvoiceAct } from './cancel.ts';
import {
  asRead,
  madeByKey,
  notUnderWay,
  readStanding,
  refuseOther,
  refuseUnderWay,
  type Standing,
} from './state.ts';

/** How often something may come between a look and its batch. */
const TRIES = 5;

export interface CreditTransfer {
  id: string;
  fromInvoiceId: string;
  fromInvoiceNumber: string;
  toInvoiceId: string;
  toInvoiceNumber: string;
  amountCents: number;
  /** The transfer that this one undoes. */
  undoes: string | null;
  /** It is undone since. */
  undone: boolean;
  createdBy: string;
  createdAt: number;
}

/**
 * Applies a credit of one invoice to another of the same holder, once a key: so many `cents`, or all that the one has and
 * the other takes. What had been applied before may go back where it came from. Answers the transfer's id. Throws `not-found`,
 * `changed-meanwhile`, `no-credit`, `nothing-to-pay`, `invoice-cancelled`, `payment-in-progress`, `payment-disputed`,
 * `idempotency-mismatch`; `validation` of a sum that is more than both have, or of another person's invoice.
 */
export async function applyCredit(
  deps: Deps,
  regroupementId: string,
  fromId: string,
  request: InvoiceAct & { toId: string; cents: number | null },
): Promise<string> {
  const hash = sha256(JSON.stringify([fromId, request.toId, request.cents]));
  for (let attempt = 1; ; attempt++) {
    const known = await madeByKey(deps, 'credit_transfers', regroupementId, { ...request, hash });
    if (known !== undefined) return known;
    const from = await readStanding(deps, regroupementId, fromId);
    refuseOther(from, request.version);
    const named = await target(deps, regroupementId, from, request.toId);
    for (const one of [from, named]) await refuseUnderWay(deps, one);
    await refuseRefunding(deps, from);
    // What it pays, it pays at the rate of today (M6).
    await taxAsOf(deps, regroupementId, request.toId, torontoDay(deps.now()));
    const to = await target(deps, regroupementId, from, request.toId);
    const cents = await amountOf(deps, from, to, request.cents);
    const id = newId(deps);
    try {
      await deps.db.batch(statements(deps, regroupementId, { ...request, id, hash, from, to, cents }));
      return id;
    } catch (error) {
      // A payment or a refund began, or somebody was faster.
      if (!isGuardFailure(error) && !isUniqueViolation(error)) throw error;
      if (attempt === TRIES) throw new Problem('busy', { retryAfter: 1 });
    }
  }
}

async function target(
  deps: Pick<Deps, 'db' | 'now'>,
  regroupementId: string,
  from: Standing,
  id: string,
): Promise<Standing> {
  const wrong = new Problem('validation', { errors: [{ pointer: '/toInvoiceId', code: 'invalid' }] });
  const to = await readStanding(deps, regroupementId, id).catch((error: unknown) => {
    throw error instanceof Problem && error.kind === 'not-found' ? wrong : error;
  });
  if (to.holderId !== from.holderId || id === from.invoice.id) throw wrong;
  return to;
}

async function amountOf(
  deps: Pick<Deps, 'db'>,
  { invoice: from }: Standing,
  { invoice: to }: Standing,
  asked: number | null,
): Promise<number> {
  const creditCents = Math.max(0, -from.balanceCents);
  if (creditCents === 0) throw new Problem('no-credit', { invoiceNumber: from.number });
  const owed = to.status === 'open' ? Math.max(0, to.balanceCents) : 0;
  const takes = Math.max(owed, await appliedFrom(deps, to.id));
  if (takes === 0)
    throw new Problem(to.status === 'cancelled' ? 'invoice-cancelled' : 'nothing-to-pay', {
      invoiceNumber: to.number,
    });
  const most = Math.min(creditCents, takes);
  if (asked !== null && asked > most)
    throw new Problem('validation', {
      errors: [{ pointer: '/amountCents', code: 'too-large' }],
      mostCents: most,
    });
  return asked ?? most;
}

/** What undoing a transfer would leave. */
export interface UndoPreview {
  amountCents: number;
  fromInvoiceNumber: string;
  /** After it; negative: a credit. */
  fromBalanceCents: number;
  toInvoiceNumber: string;
  toBalanceCents: number;
}

/** Throws as `undoTransfer`. */
export async function previewUndo(
  deps: Pick<Deps, 'db' | 'now'>,
  regroupementId: string,
  id: string,
): Promise<UndoPreview> {
  const { from, to, cents } = await undoable(deps, regroupementId, id);
  return {
    amountCents: cents,
    fromInvoiceNumber: from.invoice.number,
    fromBalanceCents: from.invoice.balanceCents - cents,
    toInvoiceNumber: to.invoice.number,
    toBalanceCents: to.invoice.balanceCents + cents,
  };
}

/**
 * « Défaire »: what was applied goes back, by two entries against the first, once; again, nothing more is done. Answers the
 * invoice that the credit is on again. Throws `not-found`; `reversal-final` of what undoes one; `no-credit` where it went back
 * another way since; `invoice-cancelled` where the invoice that it paid is cancelled, and would be owed;
 * `payment-in-progress`, `payment-disputed`.
 */
export async function undoTransfer(
  deps: Deps,
  regroupementId: string,
  id: string,
  by: Actor,
): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    const transfer = await transferById(deps, regroupementId, id);
    if (transfer.undone) return transfer.fromInvoiceId;
    const found = await undoable(deps, regroupementId, id).catch(async (error: unknown) => {
      // Somebody undid it between the two looks.
      if ((await transferById(deps, regroupementId, id)).undone) return null;
      throw error;
    });
    if (found === null) return transfer.fromInvoiceId;
    const { from, to, cents } = found;
    const undo = newId(deps);
    // From where it went, to where it came from; the space keeps the key apart from any that a caller can send.
    const made = { id: undo, undoes: id, from: to, to: from, cents, by };
    try {
      await deps.db.batch(
        statements(deps, regroupementId, { ...made, version: '', idempotencyKey: `undo ${id}`, hash: '' }),
      );
      return transfer.fromInvoiceId;
    } catch (error) {
      // A payment began, or somebody was faster.
      if (!isGuardFailure(error) && !isUniqueViolation(error)) throw error;
      if (attempt === TRIES) throw new Problem('busy', { retryAfter: 1 });
    }
  }
}

async function undoable(
  deps: Pick<Deps, 'db' | 'now'>,
  regroupementId: string,
  id: string,
): Promise<{ from: Standing; to: Standing; cents: number }> {
  const transfer = await transferById(deps, regroupementId, id);
  if (transfer.undoes !== null) throw new Problem('reversal-final');
  const from = await readStanding(deps, regroupementId, transfer.fromInvoiceId);
  const to = await readStanding(deps, regroupementId, transfer.toInvoiceId);
  const cents = transfer.amountCents;
  const applied = await creditsOn(deps, from.invoice.id);
  // What the other invoice has given on or back since is its no more: without it, it would owe more than it is.
  const received = -(await creditsOn(deps, to.invoice.id));
  if (transfer.undone || Math.min(applied, received) < cents)
    throw new Problem('no-credit', { invoiceNumber: to.invoice.number });
  if (to.invoice.status === 'cancelled' && to.invoice.balanceCents + cents > 0)
    throw new Problem('invoice-cancelled', { invoiceNumber: to.invoice.number });
  for (const one of [from, to]) await refuseUnderWay(deps, one);
  return { from, to, cents };
}

/** What of an invoice's money is applied to others: so much may come back to it. */
async function appliedFrom(deps: Pick<Deps, 'db'>, invoiceId: string): Promise<number> {
  return Math.max(0, await creditsOn(deps, invoiceId));
}

/** In cents, what was applied from an invoice, less what was applied to it. */
async function creditsOn(deps: Pick<Deps, 'db'>, invoiceId: string): Promise<number> {
  const { rows } = await deps.db.execute<{ cents: number }>(
    "SELECT coalesce(sum(amount_cents), 0) AS cents FROM ledger_entries WHERE invoice_id = ? AND kind = 'credit'",
    [invoiceId],
  );
  return rows[0]?.cents ?? 0;
}

// Of invoice ?1: its money is on its way back, and the books do not say so yet.
const REFUNDING = `EXISTS (SELECT 1 FROM allocations a JOIN refunds g ON g.payment_id = a.payment_id
  WHERE a.invoice_id = ?1 AND g.state NOT IN ('completed', 'failed'))`;

async function refuseRefunding(deps: Pick<Deps, 'db'>, { invoice }: Standing): Promise<void> {
  const { rows } = await deps.db.execute(`SELECT 1 WHERE ${REFUNDING}`, [invoice.id]);
  if (rows.length > 0)
    throw new Problem('payment-in-progress', {
      invoiceNumber: invoice.number,
      detail:
        'Un remboursement de cette facture est en cours chez PayPal. Attendez sa fin, puis recommencez.',
      detailEn: 'A refund of this invoice is in progress at PayPal. Wait for its end, then try again.',
    });
}

function statements(
  deps: Deps,
  regroupementId: string,
  made: InvoiceAct & {
    id: string;
    hash: string;
    from: Standing;
    to: Standing;
    cents: number;
    undoes?: string;
  },
): Statement[] {
  const { id, from, to, cents, undoes = null } = made;
  const [fromId, toId] = [from.invoice.id, to.invoice.id];
  const now = deps.now();
  const entry = { regroupementId, kind: 'credit', occurredAt: now } as const;
  return [
    ...[from, to].flatMap((one) => [notUnderWay(one.invoice.id), asRead(regroupementId, one)]),
    ...(undoes === null ? [guard(`NOT ${REFUNDING}`, [fromId])] : []),
    sql`INSERT INTO credit_transfers(id, regroupement_id, from_invoice_id, to_invoice_id, amount_cents, created_by, created_at,
          idempotency_key, request_hash, undoes)
        VALUES (${id}, ${regroupementId}, ${fromId}, ${toId}, ${cents}, ${made.by}, ${now}, ${made.idempotencyKey}, ${made.hash}, ${undoes})`,
    ...post(deps, { ...entry, invoiceId: fromId, cents: -cents, source: `credit-transfer:${id}:from` }),
    ...post(deps, { ...entry, invoiceId: toId, cents, source: `credit-transfer:${id}:to` }),
    ...[from, to].map(
      ({ invoice }) =>
        sql`INSERT INTO events(regroupement_id, kind, subject, facts, at)
            VALUES (${regroupementId}, 'invoice.changed', ${`invoices:${invoice.id}`},
              ${JSON.stringify({ invoiceNumber: invoice.number })}, ${now})`,
    ),
    audited(deps, {
      regroupementId,
      actor: made.by,
      act: undoes === null ? 'credit-applied' : 'credit-transfer-undone',
      target: `invoices:${fromId}`,
      before: {
        invoice: fromId,
        balanceCents: from.invoice.balanceCents,
        toBalanceCents: to.invoice.balanceCents,
      },
      after: {
        ...{ invoice: fromId, to: toId, toNumber: to.invoice.number, cents },
        balanceCents: from.invoice.balanceCents + cents,
        toBalanceCents: to.invoice.balanceCents - cents,
      },
    }),
  ];
}

const TRANSFERS = `SELECT t.id, t.from_invoice_id AS fromInvoiceId, f.number AS fromInvoiceNumber, t.to_invoice_id AS toInvoiceId,
  o.number AS toInvoiceNumber, t.amount_cents AS amountCents, t.undoes,
  EXISTS (SELECT 1 FROM credit_transfers u WHERE u.undoes = t.id) AS undone, t.created_by AS createdBy, t.created_at AS createdAt
  FROM credit_transfers t JOIN invoices f ON f.id = t.from_invoice_id JOIN invoices o ON o.id = t.to_invoice_id`;
type TransferRow = Omit<CreditTransfer, 'undone'> & { undone: 0 | 1 };

/** The transfers from and to an invoice, oldest first. */
export async function transfersOf(
  deps: Pick<Deps, 'db'>,
  regroupementId: string,
  invoiceId: string,
): Promise<CreditTransfer[]> {
  const { rows } = await deps.db.execute<TransferRow>(
    `${TRANSFERS} WHERE (t.from_invoice_id = ?1 OR t.to_invoice_id = ?1) AND +t.regroupement_id = ?2
     ORDER BY t.created_at, t.rowid`,
    [invoiceId, regroupementId],
  );
  return rows.map((row) => ({ ...row, undone: row.undone === 1 }));
}

async function transferById(
  deps: Pick<Deps, 'db'>,
  regroupementId: string,
  id: string,
): Promise<CreditTransfer> {
  const { rows } = await deps.db.execute<TransferRow>(
    `${TRANSFERS} WHERE t.id = ? AND t.regroupement_id = ?`,
    [id, regroupementId],
  );
  const [row] = rows;
  if (row === undefined) throw new Problem('not-found');
  return { ...row, undone: row.undone === 1 };
}
