// Invoices as they stand, line by line (S18, S34, S35): the lines of the revision in force, what the ledger says was paid and is left, and who
// holds them. Read-only; who may see which is decided in certificates/access.ts.
import type { Deps } from '../deps.ts';
import type { PaymentMethod } from './entries.ts';
import { sum } from './money.ts';
import { torontoDay } from './toronto.ts';

type LineCode = 'PRIME' | 'AVEN' | 'CRED' | 'TPA' | 'FADM' | 'TPS' | 'TVQ' | 'OTHER';
export interface InvoiceLine {
  code: LineCode;
  description: string;
  amountCents: number;
  /** Exact decimal fraction, e.g. 0.09975. */
  rate: string | null;
}
export interface Invoice {
  id: string;
  certificateId: string;
  certificateNumber: string;
  number: string;
  kind: string;
  issuedOn: string;
  dueOn: string;
  /** Something is left to pay and the due day is over in Toronto. */
  overdue: boolean;
  periodStart: string;
  periodEnd: string;
  status: 'open' | 'cancelled';
  lines: InvoiceLine[];
  /** What the invoice says, adjustments included; negative on a credit note. */
  totalCents: number;
  /** Payments less refunds, online fees apart. */
  paidCents: number;
  /** What is left (« solde »); negative is a credit. */
  balanceCents: number;
  /** Open, with something left to pay. A held invoice is payable still, but not by another payment. */
  payable: boolean;
  /** The payment under way that holds it. */
  heldBy: string | null;
  /** The account asked about has paid on it, here. */
  paidByAccount: boolean;
}

/** What the database knows; the rest follows from it. */
type StoredInvoice = Omit<Invoice, 'overdue' | 'paidCents' | 'payable' | 'paidByAccount'> & {
  paidByAccount: 0 | 1;
};

/**
 * The lines of the invoice `i` in their order, as JSON. Sorted in a subquery: a libSQL server's parser knows no ORDER BY
 * inside a function (its sqld 0.24.32 answers with a syntax error).
 */
export const LINES_OF_I = `(SELECT json_group_array(json(line)) FROM (
  SELECT json_object('code', code, 'description', description, 'amountCents', amount_cents, 'rate', rate) AS line
  FROM invoice_lines WHERE invoice_id = i.id AND revision = i.revision ORDER BY position))`;

/**
 * The invoices of these certificates or with these ids, in this regroupement; oldest due first. `accountId` is for
 * `paidByAccount` only: it grants nothing.
 */
export async function readInvoices(
  deps: Pick<Deps, 'db' | 'now'>,
  regroupementId: string,
  accountId: string,
  of: { certificateIds: readonly string[] } | { invoiceIds: readonly string[] },
): Promise<Invoice[]> {
  const [column, ids] =
    'certificateIds' in of ? ['i.certificate_id', of.certificateIds] : ['i.id', of.invoiceIds];
  if (ids.length === 0) return [];
  // The + keeps SQLite from walking all the regroupement's invoices instead of looking these up. One JSON value a
  // row, because the driver takes longer to hand over twenty columns than SQLite to sum them.
  const { rows } = await deps.db.execute<{ invoice: string }>(
    `SELECT json_object(
       'id', i.id, 'certificateId', i.certificate_id, 'certificateNumber', c.number, 'number', i.number, 'kind', i.kind,
       'issuedOn', i.issued_on, 'dueOn', i.due_on, 'periodStart', i.period_start, 'periodEnd', i.period_end,
       'status', i.status,
       'lines', ${LINES_OF_I},
       'totalCents', COALESCE(SUM(e.amount_cents) FILTER (WHERE e.kind IN ('charge', 'adjustment')), 0),
       'balanceCents', COALESCE(SUM(e.amount_cents), 0),
       'heldBy', (SELECT payment_id FROM invoice_holds WHERE invoice_id = i.id),
       'paidByAccount', EXISTS (SELECT 1 FROM allocations a JOIN payments p ON p.id = a.payment_id
          WHERE a.invoice_id = i.id AND p.account_id = ?2 AND p.completed_at IS NOT NULL)) AS invoice
     FROM invoices i
     JOIN certificates c ON c.id = i.certificate_id
     LEFT JOIN ledger_entries e ON e.invoice_id = i.id AND e.regroupement_id = i.regroupement_id
     WHERE +i.regroupement_id = ?1 AND ${column} IN (SELECT value FROM json_each(?3))
     GROUP BY i.id
     ORDER BY i.due_on, i.number`,
    [regroupementId, accountId, JSON.stringify(ids)],
  );
  const today = torontoDay(deps.now());
  return rows.map((row) => derived(JSON.parse(row.invoice) as StoredInvoice, today));
}

function derived(stored: StoredInvoice, today: string): Invoice {
  const { status, dueOn, lines, totalCents, balanceCents } = stored;
  const payable = status === 'open' && balanceCents > 0;
  return {
    ...stored,
    // Cancelling brings what is charged to zero; the paper still says what its lines say.
    totalCents: status === 'cancelled' ? sum(lines.map(({ amountCents }) => amountCents)) : totalCents,
    paidCents: totalCents - balanceCents,
    payable,
    overdue: payable && dueOn < today,
    paidByAccount: stored.paidByAccount === 1,
  };
}

/**
 * How an invoice was paid: the Toronto day of the last payment; the means, and whether by this account here, where all of
 * it came so. What was taken back since was not paid; what an invoice list only called « déjà payé » has neither day nor means.
 */
export async function howPaid(
  deps: Pick<Deps, 'db'>,
  regroupementId: string,
  accountId: string,
  invoiceId: string,
): Promise<{ method?: PaymentMethod; paidOn?: string; yours?: boolean }> {
  const { rows } = await deps.db.execute<{
    method: PaymentMethod;
    day: string;
    yours: 0 | 1;
    detailed: 0 | 1;
  }>(
    `SELECT COALESCE(e.method, 'imported') AS method, e.day, COALESCE(p.account_id = ?3, 0) AS yours,
       e.source NOT LIKE 'import-opening:%' AS detailed
     FROM ledger_entries e LEFT JOIN payments p ON p.id = e.payment_id
     WHERE e.invoice_id = ?1 AND e.regroupement_id = ?2 AND e.kind = 'payment'
       AND COALESCE(p.state, '') NOT IN ('refunded', 'reversed')
       AND NOT EXISTS (SELECT 1 FROM recorded_payments b WHERE b.reverses = substr(e.source, length('recorded:') + 1)
         AND e.source = 'recorded:' || b.reverses)
     ORDER BY e.posted_at DESC, e.rowid DESC`,
    [invoiceId, regroupementId, accountId],
  );
  const [last] = rows;
  if (last === undefined || last.detailed === 0) return {};
  const alike = rows.every(
    ({ method, yours, detailed }) => detailed && method === last.method && yours === last.yours,
  );
  return { paidOn: last.day, ...(alike ? { method: last.method, yours: last.yours === 1 } : {}) };
}
