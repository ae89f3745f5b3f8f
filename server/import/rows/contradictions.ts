// Rows of one file that say different things about one thing.
import type { Deps } from '../../deps.ts';
import type { Cells } from '../reading/columns/fields.ts';
import type { Kind } from '../reading/columns/kinds.ts';
import { type DayReading, isDay, parseDay, parsePeriod } from '../reading/dates.ts';
import type { Layout } from '../reading/layout.ts';
import { chunks, KEY, NO_KEY, type StagedRow } from '../staging.ts';
import { invoiceKey, plainNumber, prefixedNumber } from './known.ts';

/** Two different rows about the same invoice, file or payment, or two e-mails for one person: neither is taken. */
export async function refuseContradictions(
  deps: Pick<Deps, 'db'>,
  importId: string,
  { kind, titles }: Pick<Layout, 'kind' | 'titles'>,
  days: DayReading,
  prefixes: ReadonlyMap<string, string>,
): Promise<void> {
  if (kind === 'lines') return;
  if (kind === 'certificates') await rekey(deps, importId, kind, certificateKeys(days));
  if ((kind === 'list' || kind === 'invoices') && prefixes.size > 0)
    await rekey(deps, importId, kind, invoiceKeys(days, prefixes));
  if (kind === 'list') await refuseTwoEmails(deps, importId, titles.email ?? 'Courriel');
  const title = titles[KEY[kind]] ?? KEY[kind];
  await deps.db.execute(
    `UPDATE import_rows SET
       reason = replace(replace(?2, '{number}', substr(cells ->> ?4, 1, 60)), '{line}', iif(line = twice.low, twice.high, twice.low)),
       reason_en = replace(replace(?3, '{number}', substr(cells ->> ?4, 1, 60)), '{line}', iif(line = twice.low, twice.high, twice.low))
     FROM (SELECT row_key, MIN(line) AS low, MAX(line) AS high FROM import_rows
       WHERE import_id = ?1 AND row_key <> '${NO_KEY}' GROUP BY row_key HAVING COUNT(*) > 1) AS twice
     WHERE import_id = ?1 AND reason IS NULL AND import_rows.row_key = twice.row_key`,
    [
      importId,
      `« ${title} » : « {number} » est aussi à la ligne {line}, qui dit autre chose sous le même numéro. Gardez la bonne ligne, ou corrigez le numéro.`,
      `“${title}”: “{number}” is also on line {line}, which says otherwise under the same number. Keep the right line, or correct the number.`,
      `$.${KEY[kind]}`,
    ],
  );
}

async function refuseTwoEmails(deps: Pick<Deps, 'db'>, importId: string, title: string): Promise<void> {
  await deps.db.execute(
    `UPDATE import_rows SET reason = ?2, reason_en = ?3
     WHERE import_id = ?1 AND reason IS NULL AND subject IN
       (SELECT subject FROM import_rows WHERE import_id = ?1 AND subject IS NOT NULL
        GROUP BY subject HAVING COUNT(DISTINCT email_key) > 1)`,
    [
      importId,
      `« ${title} » : le fichier donne deux courriels différents à cette personne. Gardez le bon sur toutes ses lignes.`,
      `“${title}”: the file gives this person two different e-mails. Keep the right one on all her rows.`,
    ],
  );
}

/** What the row is about, known now that the order of days is; null where its key stays. */
type NewKey = (row: StagedRow, cells: Cells) => string | null;

// A certificate is one of a number and a period, however each of them is written.
function certificateKeys({ order, instants }: DayReading): NewKey {
  return (row, cells) => {
    const start =
      parsePeriod(cells.period ?? '', order, instants)?.start ??
      parseDay(cells.periodStart ?? '', order, instants);
    return row.row_key === NO_KEY || !isDay(start) ? NO_KEY : `${row.row_key}|${start}`;
  };
}

// Where a year stands before the numbers of files, F1 of 2026 and F1 of 2027 are two invoices.
function invoiceKeys({ order, instants }: DayReading, prefixes: ReadonlyMap<string, string>): NewKey {
  return (row, cells) => {
    const regroupement = row.row_key.slice(0, row.row_key.indexOf('|'));
    const prefix = prefixes.get(regroupement) ?? '';
    const days = [
      parseDay(cells.issuedOn ?? '', order, instants),
      parsePeriod(cells.period ?? '', order, instants)?.start ?? '',
      parseDay(cells.periodStart ?? '', order, instants),
    ];
    const year = days.find(isDay)?.slice(0, 4);
    if (prefix === '' || year === undefined || row.row_key === NO_KEY) return null;
    return `${regroupement}|${invoiceKey(prefixedNumber(prefix, plainNumber(cells.invoice ?? ''), year))}`;
  };
}

async function rekey(deps: Pick<Deps, 'db'>, importId: string, kind: Kind, newKey: NewKey): Promise<void> {
  for await (const rows of chunks(deps, importId, kind)) {
    const keys = rows.flatMap((row) => {
      const key = newKey(row, JSON.parse(row.cells) as Cells);
      return key === null ? [] : [[row.line, key.replaceAll('\0', '')]];
    });
    await deps.db.execute(
      `UPDATE import_rows SET row_key = keys.key
       FROM (SELECT value ->> 0 AS line, value ->> 1 AS key FROM json_each(?2)) AS keys
       WHERE import_rows.import_id = ?1 AND import_rows.line = keys.line`,
      [importId, JSON.stringify(keys)],
    );
  }
}
