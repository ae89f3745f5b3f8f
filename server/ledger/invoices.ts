// Invoices as they stand: the lines of the revision in force, what the ledger says was paid and is left, and who
// holds them. Read-only; who may see which is decided in certificates/access.ts.
import type { Deps } from '../deps.ts';
import { sum } from './money.ts';
import { torontoDay } from './toronto.ts';

export type LineCode = 'PRIME' | 'AVEN' | 'CRED' | 'TPA' | 'FADM' | 'TPS' | 'TVQ' | 'OTHER';
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

interface InvoiceRow {
  id: string;
  certificate_id: string;
  certificate_number: string;
  number: string;
  kind: string;
  issued_on: string;
  due_on: string;
  period_start: string;
  period_end: string;
  status: Invoice['status'];
  lines: string;
  total: number;
  balance: number;
  held_by: string | null;
  paid_by_account: number;
}

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
  const { rows } = await deps.db.execute<InvoiceRow>(
    `SELECT i.id, i.certificate_id, c.number AS certificate_number, i.number, i.kind, i.issued_on, i.due_on,
       i.period_start, i.period_end, i.status,
       (SELECT json_group_array(json_array(code, description, amount_cents, rate) ORDER BY position)
          FROM invoice_lines WHERE invoice_id = i.id AND revision = i.revision) AS lines,
       COALESCE(SUM(e.amount_cents) FILTER (WHERE e.kind IN ('charge', 'adjustment')), 0) AS total,
       COALESCE(SUM(e.amount_cents), 0) AS balance,
       (SELECT payment_id FROM invoice_holds WHERE invoice_id = i.id) AS held_by,
       EXISTS (SELECT 1 FROM allocations a JOIN payments p ON p.id = a.payment_id
          WHERE a.invoice_id = i.id AND p.account_id = ?2 AND p.completed_at IS NOT NULL) AS paid_by_account
     FROM invoices i
     JOIN certificates c ON c.id = i.certificate_id
     LEFT JOIN ledger_entries e ON e.invoice_id = i.id AND e.regroupement_id = i.regroupement_id
     WHERE i.regroupement_id = ?1 AND ${column} IN (SELECT value FROM json_each(?3))
     GROUP BY i.id
     ORDER BY i.due_on, i.number`,
    [regroupementId, accountId, JSON.stringify(ids)],
  );
  const today = torontoDay(deps.now());
  return rows.map((row) => fromRow(row, today));
}

function fromRow(row: InvoiceRow, today: string): Invoice {
  const payable = row.status === 'open' && row.balance > 0;
  const lines = JSON.parse(row.lines) as [LineCode, string, number, string | null][];
  return {
    id: row.id,
    certificateId: row.certificate_id,
    certificateNumber: row.certificate_number,
    number: row.number,
    kind: row.kind,
    issuedOn: row.issued_on,
    dueOn: row.due_on,
    overdue: payable && row.due_on < today,
    periodStart: row.period_start,
    periodEnd: row.period_end,
    status: row.status,
    lines: lines.map(([code, description, amountCents, rate]) => ({ code, description, amountCents, rate })),
    // Cancelling brings what is charged to zero; the paper still says what its lines say.
    totalCents: row.status === 'cancelled' ? sum(lines.map(([, , cents]) => cents)) : row.total,
    paidCents: row.total - row.balance,
    balanceCents: row.balance,
    payable,
    heldBy: row.held_by,
    paidByAccount: row.paid_by_account === 1,
  };
}
