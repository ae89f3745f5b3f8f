// The tax on premiums follows the day of payment where a regroupement asks for that (M6, `by-payment-date`): what is
// still unpaid when the rate changes is re-quoted, as a new revision of the invoice's lines and an adjustment for the
// difference. An order made before, at the old amount, is then refused at « Confirmer » like any other change (M4).
import { guard, isGuardFailure, type Statement } from '../db/db.ts';
import type { Deps } from '../deps.ts';
import { post } from './entries.ts';
import { type Invoice, type InvoiceLine, readInvoices } from './invoices.ts';
import { roundedQuotient, sum } from './money.ts';
import { premiumTax, premiumTaxRate } from './rates.ts';
import { torontoDay } from './toronto.ts';

const AT_ONCE = 500;

export interface TaxChange {
  invoiceId: string;
  invoiceNumber: string;
  /** In thousandths of a percent. */
  fromRate: number;
  toRate: number;
  /** What the invoice's tax is, and would be. */
  taxCents: number;
  newTaxCents: number;
  /** What is left to pay rises by so much. */
  differenceCents: number;
}

/**
 * What paying what is left of this invoice on `day` (Toronto) changes of its premium tax; null when nothing does, or
 * when the tax on it is not the plain rate on its premiums, so that nobody can say.
 */
export function taxChange(
  invoice: Pick<Invoice, 'id' | 'number' | 'lines' | 'totalCents' | 'balanceCents' | 'payable'>,
  day: string,
): TaxChange | null {
  const taxLine = onlyTaxLine(invoice.lines);
  if (!invoice.payable || taxLine === null || invoice.totalCents <= 0) return null;
  const premiumLines = invoice.lines.filter(
    ({ code }) => code === 'PRIME' || code === 'AVEN' || code === 'CRED',
  );
  const premiums = sum(premiumLines.map(({ amountCents }) => amountCents));
  const fromRate = rateOf(taxLine, premiums, premiumLines.length);
  const toRate = premiumTaxRate(day);
  if (fromRate === null || fromRate === toRate) return null;
  // What was paid before was paid at the old rate.
  const whole = premiumTax(premiums, day) - roundedQuotient(premiums * fromRate, 100_000);
  const differenceCents = roundedQuotient(whole * invoice.balanceCents, invoice.totalCents);
  if (differenceCents === 0) return null;
  return {
    invoiceId: invoice.id,
    invoiceNumber: invoice.number,
    fromRate,
    toRate,
    taxCents: taxLine.amountCents,
    newTaxCents: taxLine.amountCents + differenceCents,
    differenceCents,
  };
}

/** Brings these invoices to the rate of today. Answers how many changed; one that a payment holds waits. */
export async function followTaxRate(
  deps: Pick<Deps, 'db' | 'now' | 'randomBytes'>,
  regroupementId: string,
  invoices: readonly Invoice[],
): Promise<number> {
  const day = torontoDay(deps.now());
  let changed = 0;
  for (const invoice of invoices) {
    const change = taxChange(invoice, day);
    if (change === null || invoice.heldBy !== null) continue;
    try {
      await deps.db.batch(revision(deps, regroupementId, invoice, change));
      changed++;
    } catch (error) {
      // A payment began, or another process was faster.
      if (!isGuardFailure(error)) throw error;
    }
  }
  return changed;
}

/** The job: every unpaid invoice of the regroupements that re-quote. */
export async function followTaxRates(deps: Pick<Deps, 'db' | 'now' | 'randomBytes'>): Promise<number> {
  const { rows } = await deps.db.execute<{ id: string }>(
    "SELECT id FROM regroupements WHERE premium_tax_policy = 'by-payment-date'",
  );
  let changed = 0;
  for (const { id } of rows)
    for await (const invoices of unpaid(deps, id)) changed += await followTaxRate(deps, id, invoices);
  return changed;
}

/** Unpaid invoices whose tax would be another if they were paid on `day`: for staff, whatever the policy. */
export async function taxChanges(
  deps: Pick<Deps, 'db' | 'now'>,
  regroupementId: string,
  day: string,
): Promise<TaxChange[]> {
  const changes: TaxChange[] = [];
  for await (const invoices of unpaid(deps, regroupementId))
    changes.push(...invoices.flatMap((invoice) => taxChange(invoice, day) ?? []));
  return changes;
}

async function* unpaid(deps: Pick<Deps, 'db' | 'now'>, regroupementId: string): AsyncGenerator<Invoice[]> {
  let after = '';
  for (;;) {
    const { rows } = await deps.db.execute<{ id: string }>(
      `SELECT i.id FROM invoices i WHERE i.regroupement_id = ? AND i.status = 'open' AND i.id > ?
         AND (SELECT SUM(amount_cents) FROM ledger_entries WHERE invoice_id = i.id) > 0
       ORDER BY i.id LIMIT ${AT_ONCE}`,
      [regroupementId, after],
    );
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last.id;
    yield readInvoices(deps, regroupementId, '', { invoiceIds: rows.map((row) => row.id) });
  }
}

function revision(
  deps: Pick<Deps, 'now' | 'randomBytes'>,
  regroupementId: string,
  invoice: Invoice,
  change: TaxChange,
): Statement[] {
  const rate = `0.${String(change.toRate).padStart(5, '0')}`;
  const lines = invoice.lines.map((line) =>
    line.code === 'TPA' ? { ...line, amountCents: change.newTaxCents, rate } : line,
  );
  return [
    // As it was read: the same balance, the same tax, and nobody paying.
    guard(
      `(SELECT COALESCE(SUM(amount_cents), 0) FROM ledger_entries WHERE invoice_id = ?1) = ?2
       AND NOT EXISTS (SELECT 1 FROM invoice_holds WHERE invoice_id = ?1)
       AND EXISTS (SELECT 1 FROM invoice_lines l JOIN invoices i ON i.id = l.invoice_id AND i.revision = l.revision
         WHERE i.id = ?1 AND i.regroupement_id = ?3 AND l.code = 'TPA' AND l.amount_cents = ?4)`,
      [invoice.id, invoice.balanceCents, regroupementId, change.taxCents],
    ),
    {
      sql: 'UPDATE invoices SET revision = revision + 1, updated_at = ? WHERE id = ?',
      args: [deps.now(), invoice.id],
    },
    ...lines.map((line, index) => ({
      sql: `INSERT INTO invoice_lines(invoice_id, revision, position, code, description, amount_cents, rate)
            SELECT id, revision, ?, ?, ?, ?, ? FROM invoices WHERE id = ?`,
      args: [index + 1, line.code, line.description, line.amountCents, line.rate, invoice.id],
    })),
    ...post(deps, {
      regroupementId,
      invoiceId: invoice.id,
      kind: 'adjustment',
      cents: change.differenceCents,
      // A later import may bring the old amount back: then it is re-quoted again.
      source: `premium-tax:${invoice.id}:${change.toRate}:${deps.now()}`,
      occurredAt: deps.now(),
    }),
  ];
}

function onlyTaxLine(lines: readonly InvoiceLine[]): InvoiceLine | null {
  const tax = lines.filter(({ code }) => code === 'TPA');
  return tax.length === 1 ? (tax[0] ?? null) : null;
}

// As written on the line, when it gives the line's amount, line by line or in one; or else the rate that gives it.
function rateOf(line: InvoiceLine, premiums: number, premiumLines: number): number | null {
  if (line.rate !== null) {
    const thousandths = Math.round(Number(line.rate) * 100_000);
    if (!Number.isSafeInteger(thousandths) || thousandths <= 0) return null;
    const off = Math.abs(roundedQuotient(premiums * thousandths, 100_000) - line.amountCents);
    return off < Math.max(1, premiumLines) ? thousandths : null;
  }
  const issued = premiumTaxRate('2026-12-31');
  return premiums > 0 && roundedQuotient(premiums * issued, 100_000) === line.amountCents ? issued : null;
}
