// What an import says of its file as a whole, beside its rows: rows that go to another regroupement, lines taken for notes, and
// invoices that the file does not have any more.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { balanceOf } from '../ledger/balance.ts';
import { refusal } from './refusal.ts';
import { listed, say } from './report.ts';
import { invoiceKey, YEAR } from './rows/known.ts';
import type { Run } from './run.ts';
import type { Tenant, Tenants } from './tenants.ts';

/** Warns of rows that name another regroupement than was asked for. */
export function warnOfOthers({ request, report, lang }: Run): void {
  for (const slug of Object.keys(report.byRegroupement)) {
    if (slug === request.regroupement) continue;
    report.warnings.push({
      message: say(
        refusal(
          `Des lignes nomment le regroupement ${slug} : elles vont chez lui, pas chez ${request.regroupement}.`,
          `Some rows name the association ${slug}: they go there, not to ${request.regroupement}.`,
        ),
        lang,
      ),
    });
  }
}

/** Names the lines that were taken for notes, so that nobody misses a row. */
export function warnOfNotes({ report, lang }: Run, lines: readonly number[]): void {
  const why = refusal(
    lines.length === 1
      ? `La ligne ${lines[0]} n’a ni numéro ni montant : elle est prise pour une note, et laissée de côté.`
      : `Les lignes ${listed(lines, 'et')} n’ont ni numéro ni montant : elles sont prises pour des notes, et laissées de côté.`,
    lines.length === 1
      ? `Line ${lines[0]} has neither number nor amount: it is taken for a note, and left aside.`
      : `Lines ${listed(lines, 'and')} have neither number nor amount: they are taken for notes, and left aside.`,
  );
  report.warnings.push({ message: say(why, lang) });
}

/** Says how many open invoices the file does not have any more: they are paid elsewhere, renumbered or forgotten. */
export async function warnOfVanished(run: Run, { byName }: Tenants): Promise<void> {
  const { report, lang } = run;
  for (const slug of Object.keys(report.byRegroupement)) {
    const tenant = [...byName.values()].find((one) => one.slug === slug);
    if (tenant === undefined) continue;
    const { n, first } = await vanished(run, tenant);
    if (n === 0) continue;
    const some = `${first.join(', ')}${n > first.length ? '…' : ''}`;
    const why =
      n === 1
        ? refusal(
            `1 facture ouverte de ${slug} n’est pas dans ce fichier : ${some}. Elle reste due.`,
            `1 open invoice of ${slug} is not in this file: ${some}. It is still owed.`,
          )
        : refusal(
            `${n} factures ouvertes de ${slug} ne sont pas dans ce fichier : ${some}. Elles restent dues.`,
            `${n} open invoices of ${slug} are not in this file: ${some}. They are still owed.`,
          );
    report.warnings.push({ message: say(why, lang) });
  }
}

const INVOICES_AT_ONCE = 1_000;

/** How many open invoices of the regroupement, with a balance, the file does not have, and the first of their numbers. */
async function vanished(
  { deps, staging, importId }: Run,
  tenant: Tenant,
): Promise<{ n: number; first: string[] }> {
  const prefix = invoiceKey((tenant.invoicePrefix ?? '').replace(YEAR, '{}'));
  // In the file an invoice may stand by its number, or by the one that it had before its year was put before it.
  const withYear = (year: string) =>
    prefix === '' ? '?3' : `?1 || '|' || replace(?3, '{}', substr(${year}, 1, 4)) || number_key`;
  let [n, first] = [0, [] as string[]];
  for (let after = ''; ; ) {
    // One value for them all: the driver takes long to hand over rows.
    const { rows } = await deps.db.execute<{ found: string; last: string | null }>(
      `SELECT MAX(number_key) AS last, json_group_array(json_array(
         id, ?1 || '|' || number_key, ${withYear('issued_on')}, ${withYear('period_start')})) AS found
       FROM (SELECT id, number_key, issued_on, period_start FROM invoices
             WHERE regroupement_id = ?1 AND status = 'open' AND number_key > ?2
             ORDER BY number_key LIMIT ${INVOICES_AT_ONCE})`,
      [tenant.id, after, prefix],
    );
    const [page] = rows;
    if (page === undefined || page.last === null) return { n, first };
    after = page.last;
    const absent = await staging.execute<{ id: string }>(
      `SELECT value ->> 0 AS id FROM json_each(?2) WHERE NOT EXISTS (SELECT 1 FROM import_rows
         WHERE import_id = ?1 AND row_key IN ${prefix === '' ? '(value ->> 1)' : '(value ->> 1, value ->> 2, value ->> 3)'})`,
      [importId, page.found],
    );
    await nextTurn();
    if (absent.rows.length === 0) continue;
    const owed = await deps.db.execute<{ number: string }>(
      `SELECT number FROM invoices i WHERE id IN (SELECT value FROM json_each(?)) AND ${balanceOf('i.id', 'i.regroupement_id')} > 0`,
      [JSON.stringify(absent.rows.map(({ id }) => id))],
    );
    n += owed.rows.length;
    first = [...first, ...owed.rows.map(({ number }) => number)].sort().slice(0, 5);
  }
}
