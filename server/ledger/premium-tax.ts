// The tax on premiums follows the day of payment where a regroupement asks for that (M6, `by-payment-date`): what is
// still unpaid when the rate changes is re-quoted, as a new revision of the invoice's lines and an adjustment for the
// difference. An order made before, at the old amount, is then refused at « Confirmer » like any other change (M4).
import { guard, isGuardFailure, type Statement } from '../db/db.ts';
import { sql } from '../db/sql.ts';
import { type Deps, newId } from '../deps.ts';
import { balanceOf } from './balance.ts';
import { post } from './entries.ts';
import { type Invoice, readInvoices } from './invoices.ts';
import { PREMIUM_TAX_RATES } from './rates.ts';
import { requoted, type TaxChange, taxChange } from './tax-change.ts';
import { torontoDay } from './toronto.ts';

const AT_ONCE = 500;

/**
 * Brings these invoices to the rate of today where the regroupement asks for that; one that a payment holds waits. True
 * when some had another one: they may have changed, by this call or another, and are to be read again.
 */
export async function followTaxRate(
  deps: Pick<Deps, 'db' | 'now' | 'randomBytes'>,
  regroupementId: string,
  invoices: readonly Invoice[],
): Promise<boolean> {
  const today = torontoDay(deps.now());
  const due = invoices.filter((invoice) => taxChange(invoice, today) !== null);
  if (due.length === 0 || !(await byPaymentDate(deps, regroupementId))) return false;
  await requote(deps, regroupementId, due, today, today);
  return true;
}

/**
 * Brings what is left of an invoice to the rate of `day`, where the regroupement asks for that: for money that came
 * that day and is written down now. What is still left afterwards follows today's rate again.
 */
export async function taxAsOf(
  deps: Pick<Deps, 'db' | 'now' | 'randomBytes'>,
  regroupementId: string,
  invoiceId: string,
  day: string,
): Promise<void> {
  if (!(await byPaymentDate(deps, regroupementId))) return;
  const invoices = await readInvoices(deps, regroupementId, '', { invoiceIds: [invoiceId] });
  await requote(deps, regroupementId, invoices, day);
}

async function byPaymentDate(deps: Pick<Deps, 'db'>, regroupementId: string): Promise<boolean> {
  const { rows } = await deps.db.execute(
    "SELECT 1 FROM regroupements WHERE id = ? AND premium_tax_policy = 'by-payment-date'",
    [regroupementId],
  );
  return rows.length > 0;
}

/**
 * Answers how many changed. `notAfter`: not what was re-quoted on a later day: a process whose clock is behind midnight
 * does not take back what another one has done after it.
 */
async function requote(
  deps: Pick<Deps, 'db' | 'now' | 'randomBytes'>,
  regroupementId: string,
  invoices: readonly Invoice[],
  day: string,
  notAfter?: string,
): Promise<number> {
  let changed = 0;
  for (const invoice of invoices) {
    const made = requoted(invoice, day);
    if (made === null || invoice.heldBy !== null) continue;
    try {
      await deps.db.batch(revision(deps, regroupementId, invoice, made, notAfter));
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
  const today = torontoDay(deps.now());
  let changed = 0;
  for (const { id } of rows)
    for await (const invoices of unpaid(deps, id)) changed += await requote(deps, id, invoices, today, today);
  return changed;
}

/** Unpaid invoices whose tax would be another if they were paid on `day`: for staff, whatever the policy. */
export async function taxChanges(
  deps: Pick<Deps, 'db' | 'now'>,
  regroupementId: string,
  day: string,
  rates = PREMIUM_TAX_RATES,
): Promise<TaxChange[]> {
  const changes: TaxChange[] = [];
  for await (const invoices of unpaid(deps, regroupementId))
    changes.push(...invoices.flatMap((invoice) => taxChange(invoice, day, rates) ?? []));
  return changes;
}

async function* unpaid(deps: Pick<Deps, 'db' | 'now'>, regroupementId: string): AsyncGenerator<Invoice[]> {
  let after: string | undefined;
  for (;;) {
    // Paid ones too: to look for so many unpaid could take as long as there are invoices.
    const { rows } = await deps.db.execute<{ id: string; key: string; unpaid: 0 | 1 }>(
      `SELECT i.id, i.number_key AS key, ${balanceOf('i.id', 'i.regroupement_id')} > 0 AS unpaid
       FROM invoices i WHERE i.regroupement_id = ? ${after === undefined ? '' : 'AND i.number_key > ?'} AND i.status = 'open'
       ORDER BY i.number_key LIMIT ${AT_ONCE}`,
      [regroupementId, ...(after === undefined ? [] : [after])],
    );
    const invoiceIds = rows.filter(({ unpaid }) => unpaid === 1).map(({ id }) => id);
    if (invoiceIds.length > 0) yield readInvoices(deps, regroupementId, '', { invoiceIds });
    if (rows.length < AT_ONCE) return;
    after = rows.at(-1)?.key;
  }
}

function revision(
  deps: Pick<Deps, 'now' | 'randomBytes'>,
  regroupementId: string,
  invoice: Invoice,
  { change, lines }: NonNullable<ReturnType<typeof requoted>>,
  notAfter = '9999-12-31',
): Statement[] {
  return [
    // As it was read: the same balance, the same tax, and nobody paying.
    guard(
      `${balanceOf('?1', '?3')} = ?2
       AND NOT EXISTS (SELECT 1 FROM invoice_holds WHERE invoice_id = ?1)
       AND EXISTS (SELECT 1 FROM invoices WHERE id = ?1 AND regroupement_id = ?3)
       AND (SELECT SUM(l.amount_cents) FROM invoice_lines l JOIN invoices i ON i.id = l.invoice_id AND i.revision = l.revision
         WHERE i.id = ?1 AND l.code = 'TPA') = ?4
       AND NOT EXISTS (SELECT 1 FROM ledger_entries WHERE invoice_id = ?1 AND source LIKE 'premium-tax:%' AND day > ?5)`,
      [invoice.id, invoice.balanceCents, regroupementId, change.taxCents, notAfter],
    ),
    {
      sql: 'UPDATE invoices SET revision = revision + 1, updated_at = ? WHERE id = ?',
      args: [deps.now(), invoice.id],
    },
    ...lines.map(
      (line, index) =>
        sql`INSERT INTO invoice_lines(invoice_id, revision, position, code, description, amount_cents, rate)
            SELECT id, revision, ${index + 1}, ${line.code}, ${line.description}, ${line.amountCents}, ${line.rate}
            FROM invoices WHERE id = ${invoice.id}`,
    ),
    ...post(deps, {
      regroupementId,
      invoiceId: invoice.id,
      kind: 'adjustment',
      cents: change.differenceCents,
      // Once by the guard above; a later import may bring the old amount back, and then it is re-quoted again.
      source: `premium-tax:${invoice.id}:${newId(deps)}`,
      occurredAt: deps.now(),
    }),
  ];
}
