// All that the lists and balances of a regroupement say, as the views show it.
import type { Deps } from '../../server/deps.ts';

/** `ids`: with the ids of rows; two imports of one file agree in all but those. */
export async function booksOf({ db }: Pick<Deps, 'db'>, ids = true): Promise<unknown> {
  const id = (column: string) => (ids ? `${column}, ` : '');
  const rows = async (sql: string) => (await db.execute(sql)).rows;
  return {
    holders: await rows(
      `SELECT ${id('id')}external_id, first_name, last_name, usual_name, email, email_key, lang, status, office_id,
         (SELECT sum(e.amount_cents) FROM certificates c JOIN invoices i ON i.certificate_id = c.id
            JOIN ledger_entries e ON e.invoice_id = i.id WHERE c.holder_id = h.id) AS balance
       FROM holders h ORDER BY last_name, first_name, external_id`,
    ),
    certificates: await rows(
      `SELECT ${id('id')}number, number_key, kind, period_start, period_end, status FROM certificates ORDER BY number_key, period_start`,
    ),
    invoices: await rows(
      `SELECT ${id('id')}number, kind, issued_on, due_on, period_start, period_end, status, no_admin_fee, manual_amount,
         (SELECT number FROM certificates WHERE id = i.certificate_id) AS certificate,
         (SELECT json_group_array(json_array(code, description, amount_cents, rate)) FROM (SELECT * FROM invoice_lines
            WHERE invoice_id = i.id AND revision = i.revision ORDER BY position)) AS lines,
         (SELECT coalesce(sum(amount_cents), 0) FROM ledger_entries WHERE invoice_id = i.id) AS balance,
         (SELECT coalesce(sum(amount_cents), 0) FROM ledger_entries WHERE invoice_id = i.id AND kind IN ('charge', 'adjustment')) AS charged,
         (SELECT coalesce(sum(amount_cents), 0) FROM ledger_entries WHERE invoice_id = i.id AND source LIKE 'import-opening:%') AS opening
       FROM invoices i ORDER BY number`,
    ),
    endorsements: await rows(
      `SELECT ${id('id')}external_id, effective_on, description, amount_cents, manual_amount,
         (SELECT number FROM invoices WHERE id = d.invoice_id) AS invoice FROM endorsements d ORDER BY external_id`,
    ),
    owed: await rows('SELECT coalesce(sum(amount_cents), 0) AS cents FROM ledger_entries'),
  };
}
