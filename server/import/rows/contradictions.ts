// Rows of one file that say different things about one thing.
import type { Deps } from '../../deps.ts';
import type { Cells, Kind } from '../reading/columns.ts';
import { type DayOrder, isDay, parseDay, parsePeriod } from '../reading/dates.ts';
import { chunks } from '../staging.ts';

/** Two different rows about the same invoice, file or payment, or two e-mails for one person: neither is taken. */
export async function refuseContradictions(
  deps: Pick<Deps, 'db'>,
  importId: string,
  kind: Kind,
  dayOrder: DayOrder,
): Promise<void> {
  if (kind === 'lines') return;
  if (kind === 'certificates') await rekeyCertificates(deps, importId, dayOrder);
  if (kind === 'list') {
    await deps.db.execute(
      `UPDATE import_rows SET reason = ?2, reason_en = ?3
       WHERE import_id = ?1 AND reason IS NULL AND subject IN
         (SELECT subject FROM import_rows WHERE import_id = ?1 AND subject IS NOT NULL
          GROUP BY subject HAVING COUNT(DISTINCT email_key) > 1)`,
      [
        importId,
        'Le fichier donne deux courriels différents à cette personne. Gardez le bon sur toutes ses lignes.',
        'The file gives this person two different e-mails. Keep the right one on all her rows.',
      ],
    );
  }
  await deps.db.execute(
    `UPDATE import_rows SET reason = ?2, reason_en = ?3
     WHERE import_id = ?1 AND reason IS NULL AND row_key NOT LIKE '%|' AND row_key IN
       (SELECT row_key FROM import_rows WHERE import_id = ?1 GROUP BY row_key HAVING COUNT(*) > 1)`,
    [
      importId,
      'Une autre ligne du fichier dit autre chose sous le même numéro. Gardez la bonne.',
      'Another row of the file says otherwise under the same number. Keep the right one.',
    ],
  );
}

// A certificate is one of a number and a period, however each of them is written.
async function rekeyCertificates(
  deps: Pick<Deps, 'db'>,
  importId: string,
  dayOrder: DayOrder,
): Promise<void> {
  for await (const rows of chunks(deps, importId, 'certificates')) {
    const keys = rows.map((row) => {
      const cells = JSON.parse(row.cells) as Cells;
      const start =
        parsePeriod(cells.period ?? '', dayOrder)?.start ?? parseDay(cells.periodStart ?? '', dayOrder);
      return [row.line, row.row_key.endsWith('|') || !isDay(start) ? '|' : `${row.row_key}|${start}`];
    });
    await deps.db.execute(
      `UPDATE import_rows SET row_key = keys.key
       FROM (SELECT value ->> 0 AS line, value ->> 1 AS key FROM json_each(?2)) AS keys
       WHERE import_rows.import_id = ?1 AND import_rows.line = keys.line`,
      [importId, JSON.stringify(keys)],
    );
  }
}
