// Invoices that staff make here: numbered in series of ours, `AV-2026-0001`, where a number that is taken is skipped.
import type { Statement } from '../db/db.ts';
import { sql } from '../db/sql.ts';
import type { Deps } from '../deps.ts';
import { post } from './entries.ts';
import type { InvoiceLine } from './invoices.ts';
import { sum } from './money.ts';
import { noon } from './toronto.ts';

export interface Issued {
  id: string;
  regroupementId: string;
  certificateId: string;
  number: string;
  kind: string;
  /** Toronto days. */
  issuedOn: string;
  dueOn: string;
  periodStart: string;
  periodEnd: string;
  lines: readonly InvoiceLine[];
  noAdminFee: boolean;
  manualAmount: boolean;
}

/** The first number of the series in the year that no invoice bears, not even one that an import still hides. */
export async function nextNumber(
  deps: Pick<Deps, 'db'>,
  regroupementId: string,
  series: 'AV' | 'NSF' | 'CR',
  year: string,
): Promise<string> {
  const name = `${series}-${year}`;
  const { rows } = await deps.db.execute<{ next: number }>(
    'SELECT next FROM invoice_series WHERE regroupement_id = ? AND name = ?',
    [regroupementId, name],
  );
  for (let n = rows[0]?.next ?? 1; ; n++) {
    const number = `${name}-${String(n).padStart(4, '0')}`;
    const taken = await deps.db.execute(
      'SELECT 1 FROM invoice_rows WHERE regroupement_id = ? AND number_key = ?',
      [regroupementId, number],
    );
    if (taken.rows.length === 0) return number;
  }
}

/** The statements that make the invoice, its lines and its charge; they fail their batch (UNIQUE) once its number is taken. */
export function issue(deps: Pick<Deps, 'now' | 'randomBytes'>, invoice: Issued): Statement[] {
  const { id, regroupementId, number } = invoice;
  const now = deps.now();
  return [
    sql`INSERT INTO invoice_rows(id, regroupement_id, certificate_id, number, kind, issued_on, due_on, period_start, period_end,
          no_admin_fee, manual_amount, created_at, updated_at)
        VALUES (${id}, ${regroupementId}, ${invoice.certificateId}, ${number}, ${invoice.kind}, ${invoice.issuedOn},
          ${invoice.dueOn}, ${invoice.periodStart}, ${invoice.periodEnd}, ${Number(invoice.noAdminFee)},
          ${Number(invoice.manualAmount)}, ${now}, ${now})`,
    ...invoice.lines.map(
      ({ code, description, amountCents, rate }, i) =>
        sql`INSERT INTO invoice_lines(invoice_id, revision, position, code, description, amount_cents, rate)
            VALUES (${id}, 1, ${i + 1}, ${code}, ${description}, ${amountCents}, ${rate})`,
    ),
    ...post(deps, {
      regroupementId,
      invoiceId: id,
      kind: 'charge',
      cents: sum(invoice.lines.map((line) => line.amountCents)),
      source: `invoice:${number}`,
      occurredAt: noon(invoice.issuedOn),
    }),
    numberUsed(regroupementId, number),
  ];
}

/** The statement that makes the number's series go on after it. */
export function numberUsed(regroupementId: string, number: string): Statement {
  const at = number.lastIndexOf('-');
  return sql`INSERT INTO invoice_series(regroupement_id, name, next)
    VALUES (${regroupementId}, ${number.slice(0, at)}, ${Number(number.slice(at + 1)) + 1})
    ON CONFLICT DO UPDATE SET next = max(next, excluded.next)`;
}
