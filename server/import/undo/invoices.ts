// What becomes of the invoices that an undone import made, changed or posted on.
import { torontoDay } from '../../ledger/toronto.ts';
import type { ImportContext } from '../rows/context.ts';
import { CHANGEABLE } from '../rows/targets.ts';
import type { WhyKept } from './report.ts';
import { restored } from './restored.ts';
import type { Touched } from './touched.ts';

interface Entry {
  at: number;
  id: string;
  kind: string;
  cents: number;
  source: string;
  method: string | null;
  no: number | null;
}
interface Invoice {
  id: string;
  number: string;
  regroupementId: string;
  held: 0 | 1;
  begun: 0 | 1;
  referred: 0 | 1;
  now: Record<string, string | number | null>;
  entries: Entry[];
}
export interface Outcome {
  id: string;
  number: string;
  /** Null: it goes back. */
  why: WhyKept | null;
  withdrawn: boolean;
  cents: number;
}

/** What undoes an entry of an import: once. */
const UNDONE = 'import-undone:';
const MONEY = ['payment', 'refund', 'credit', 'online-fee'];

/** The books as they stand, of these invoices. */
export async function invoicesNow(
  ctx: ImportContext,
  ids: readonly string[],
  no: number,
): Promise<Map<string, Invoice>> {
  const columns = CHANGEABLE.invoices.map((column) => `'${column}', i.${column}`).join(', ');
  const { rows } = await ctx.deps.db.execute<{ found: string }>(
    `SELECT json_group_array(json_object('id', i.id, 'number', i.number, 'regroupementId', i.regroupement_id,
       'held', EXISTS (SELECT 1 FROM invoice_holds WHERE invoice_id = i.id),
       'begun', EXISTS (SELECT 1 FROM allocations WHERE invoice_id = i.id),
       'referred', EXISTS (SELECT 1 FROM manual_invoices WHERE invoice_id = i.id)
          OR EXISTS (SELECT 1 FROM endorsement_rows d WHERE d.invoice_id = i.id
            AND abs(coalesce(d.import_no, 0)) <> ?2 AND coalesce(d.import_no, 0) NOT IN (SELECT no FROM hidden_imports)),
       'now', json_object(${columns}),
       'entries', (SELECT json_group_array(json_object('at', e.rowid, 'id', e.id, 'kind', e.kind, 'cents', e.amount_cents,
          'source', e.source, 'method', e.method, 'no', (SELECT import_no FROM ledger_rows WHERE rowid = e.rowid)))
          FROM ledger_entries e WHERE e.invoice_id = i.id))) AS found
     FROM invoices i WHERE i.id IN (SELECT value FROM json_each(?1))`,
    [JSON.stringify(ids), no],
  );
  const found = rows.flatMap((row) => JSON.parse(row.found) as Invoice[]);
  return new Map(found.map((invoice) => [invoice.id, invoice]));
}

/** Decides about one invoice, and stages its reversing entries and what of it goes back. */
export function undoInvoice(ctx: ImportContext, touched: Touched, invoice: Invoice, no: number): Outcome {
  const { id, number, entries } = invoice;
  const own = entries.filter((entry) => entry.no === no);
  const others = entries.filter((entry) => entry.no !== no);
  const kept = (why: WhyKept): Outcome => ({ id, number, why, withdrawn: false, cents: 0 });
  if (touched.made === 1) {
    const why = madeKept(invoice, others);
    if (why !== null) return kept(why);
    const cents = reverse(ctx, invoice, entries);
    return { id, number, why: null, withdrawn: true, cents };
  }
  const change = touched.before === null ? null : restored(invoice.now, touched);
  const amount =
    own.some(({ kind }) => kind === 'adjustment') || change?.changed('revision', 'status') === true;
  if (invoice.held === 1 && (amount || own.length > 0)) return kept('held');
  const last = Math.max(0, ...own.map(({ at }) => at));
  if (amount && own.length > 0 && others.some(({ at, kind }) => at > last && MONEY.includes(kind)))
    return kept('paid');
  if (amount && change?.since('revision', 'status') === true) return kept('changed-since');
  if (change?.any)
    ctx.write({
      target: 'invoices',
      changes: true,
      data: {
        id,
        was_revision: invoice.now.revision ?? 1,
        ...change.data,
        updated_at: ctx.deps.now(),
      },
    });
  const cents = reverse(ctx, invoice, own);
  return { id, number, why: change?.since() === true ? 'changed-since' : null, withdrawn: false, cents };
}

/** Why an invoice that the import made cannot go. */
function madeKept(invoice: Invoice, others: readonly Entry[]): WhyKept | null {
  if (invoice.held === 1) return 'held';
  if (invoice.begun === 1 || others.some(({ kind }) => MONEY.includes(kind))) return 'paid';
  // A rise of the premium tax (M6) goes with what it is a tax on.
  if (others.some(({ source }) => !source.startsWith('premium-tax:'))) return 'changed-since';
  return invoice.referred === 1 ? 'referred-to' : null;
}

const OPPOSITE: Readonly<Record<string, string>> = { payment: 'refund', refund: 'payment' };

function reverse(ctx: ImportContext, invoice: Invoice, entries: readonly Entry[]): number {
  const now = ctx.deps.now();
  let cents = 0;
  for (const { id, kind, cents: amount, source, method } of entries) {
    cents -= amount;
    ctx.write({
      target: 'ledger_entries',
      data: {
        id: ctx.id(),
        regroupement_id: invoice.regroupementId,
        invoice_id: invoice.id,
        kind: OPPOSITE[kind] ?? 'adjustment',
        amount_cents: -amount,
        // What a list called « déjà payé » is summed up by its source.
        source: source.startsWith('import-opening:') ? `${source}:undone:${id}` : `${UNDONE}${id}`,
        method,
        day: torontoDay(now),
        occurred_at: now,
        posted_at: now,
      },
    });
  }
  return cents;
}
