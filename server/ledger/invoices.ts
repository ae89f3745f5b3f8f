// Invoices as they stand, line by line (S18, S34, S35): the lines of the revision in force, what the ledger says was paid and is left, and who
// holds them. Read-only; who may see which is decided in certificates/access.ts.
import type { Deps } from '../deps.ts';
import type { PaymentMethod } from './entries.ts';
import { sum } from './money.ts';
import {
  type Instalment,
  type InstalmentStanding,
  type Movement,
  type NextInstalment,
  nextInstalment,
  standingOf,
} from './plans/standing.ts';
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
  /** Something is left to pay and the due day is over in Toronto; with a plan, that of its next instalment. */
  overdue: boolean;
  periodStart: string;
  periodEnd: string;
  status: 'open' | 'cancelled';
  lines: InvoiceLine[];
  /** What the invoice says, adjustments included; negative on a credit note. */
  totalCents: number;
  /** Payments less refunds, online fees apart, and credits: applied to it, less those applied from it to others. */
  paidCents: number;
  /** What is left (« solde »); negative is a credit. */
  balanceCents: number;
  /** Open, with something left to pay. A held invoice is payable still, but not by another payment. */
  payable: boolean;
  /** The payment under way that holds it. */
  heldBy: string | null;
  /** The account asked about has paid on it, here. */
  paidByAccount: boolean;
  /** The plan that it is paid off by; null: none, or nothing may be paid in parts. */
  plan: InvoicePlan | null;
}
/** A plan of instalments as it stands. */
export interface InvoicePlan {
  id: string;
  instalments: InstalmentStanding[];
  /** Null: nothing is left. */
  next: NextInstalment | null;
}
interface StoredPlan {
  id: string;
  minimumCents: number;
  instalments: Instalment[];
  movements: Movement[];
}

/** What the database knows; the rest follows from it. */
export type StoredInvoice = Omit<Invoice, 'overdue' | 'paidCents' | 'payable' | 'paidByAccount' | 'plan'> & {
  paidByAccount: 0 | 1;
  plan: StoredPlan | null;
};

/**
 * The lines of the invoice `i` in their order, as JSON. Sorted in a subquery: a libSQL server's parser knows no ORDER BY
 * inside a function (its sqld 0.24.32 answers with a syntax error).
 */
export const LINES_OF_I = `(SELECT json_group_array(json(line)) FROM (
  SELECT json_object('code', code, 'description', description, 'amountCents', amount_cents, 'rate', rate) AS line
  FROM invoice_lines WHERE invoice_id = i.id AND revision = i.revision ORDER BY position))`;

// The open plan of the invoice `i`, as a StoredPlan, where parts of an invoice may be paid. Of ledger_rows, whose order is known within a
// millisecond: what is spread by a new rate of tax stands before what is then paid.
const PLAN_OF_I = `(SELECT json_object('id', p.id, 'minimumCents', r.instalments ->> '$.minimumCents',
    'instalments', (SELECT json_group_array(json(one)) FROM (
      SELECT json_object('dueOn', due_on, 'amountCents', amount_cents) AS one FROM instalments WHERE plan_id = p.id ORDER BY no)),
    'movements', (SELECT json_group_array(json(one)) FROM (
      SELECT json_array(m.kind, m.amount_cents) AS one FROM ledger_rows m
      WHERE m.invoice_id = i.id AND m.posted_at >= p.made_at
        AND (m.import_no IS NULL OR m.import_no NOT IN (SELECT no FROM hidden_imports))
      ORDER BY m.posted_at, m.rowid)))
  FROM instalment_plans p JOIN regroupements r ON r.id = p.regroupement_id
  WHERE p.invoice_id = i.id AND p.ended_at IS NULL AND r.instalments ->> '$.kind' = 'free')`;

// The invoice `i` of the certificate `c`, as a StoredInvoice; `e` are its entries, ?2 the account that may have paid.
const INVOICE = `json_object(
  'id', i.id, 'certificateId', i.certificate_id, 'certificateNumber', c.number, 'number', i.number, 'kind', i.kind,
  'issuedOn', i.issued_on, 'dueOn', i.due_on, 'periodStart', i.period_start, 'periodEnd', i.period_end,
  'status', i.status,
  'lines', ${LINES_OF_I},
  'totalCents', COALESCE(SUM(e.amount_cents) FILTER (WHERE e.kind IN ('charge', 'adjustment')), 0),
  'balanceCents', COALESCE(SUM(e.amount_cents), 0),
  'heldBy', (SELECT payment_id FROM invoice_holds WHERE invoice_id = i.id),
  'paidByAccount', EXISTS (SELECT 1 FROM allocations a JOIN payments p ON p.id = a.payment_id
    WHERE a.invoice_id = i.id AND p.account_id = ?2 AND p.completed_at IS NOT NULL),
  'plan', json(${PLAN_OF_I}))`;

/** SQL: the invoices of the certificate `c`, oldest due first, as a JSON list of StoredInvoice; ?1 = regroupement, ?2 = account. */
export const INVOICES_OF_C = `(SELECT json_group_array(json(invoice)) FROM (
  SELECT ${INVOICE} AS invoice
  FROM invoices i LEFT JOIN ledger_entries e ON e.invoice_id = i.id AND e.regroupement_id = i.regroupement_id
  WHERE +i.regroupement_id = ?1 AND i.certificate_id = c.id
  GROUP BY i.id
  ORDER BY i.due_on, i.number))`;

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
    `SELECT ${INVOICE} AS invoice
     FROM invoices i
     JOIN certificates c ON c.id = i.certificate_id
     LEFT JOIN ledger_entries e ON e.invoice_id = i.id AND e.regroupement_id = i.regroupement_id
     WHERE +i.regroupement_id = ?1 AND ${column} IN (SELECT value FROM json_each(?3))
     GROUP BY i.id
     ORDER BY i.due_on, i.number`,
    [regroupementId, accountId, JSON.stringify(ids)],
  );
  return derivedInvoices(
    rows.map((row) => JSON.parse(row.invoice) as StoredInvoice),
    deps.now(),
  );
}

/** Invoices as they were stored, with what follows at `now`. */
export function derivedInvoices(stored: readonly StoredInvoice[], now: number): Invoice[] {
  const today = torontoDay(now);
  return stored.map((invoice) => derived(invoice, today));
}

function derived(stored: StoredInvoice, today: string): Invoice {
  const { status, dueOn, lines, totalCents, balanceCents } = stored;
  const payable = status === 'open' && balanceCents > 0;
  const plan = status === 'cancelled' ? null : planOf(stored, today);
  return {
    ...stored,
    plan,
    // Cancelling brings what is charged to zero; the paper still says what its lines say.
    totalCents: status === 'cancelled' ? sum(lines.map(({ amountCents }) => amountCents)) : totalCents,
    paidCents: totalCents - balanceCents,
    payable,
    overdue: payable && (plan?.next?.dueOn ?? dueOn) < today,
    paidByAccount: stored.paidByAccount === 1,
  };
}

function planOf({ plan, balanceCents }: StoredInvoice, today: string): InvoicePlan | null {
  if (plan === null) return null;
  const instalments = standingOf(plan.instalments, plan.movements, balanceCents);
  return { id: plan.id, instalments, next: nextInstalment(instalments, plan.minimumCents, today) };
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
