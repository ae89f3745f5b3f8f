// What an import writes, kept row by row beside it, in the same transactions, so that it can be undone (undo/).
import type { Statement } from '../../db/db.ts';
import { CHANGEABLE, type Changed, type Target } from '../rows/targets.ts';
import { TABLES } from './tables.ts';

/** Each pile of an import holds fewer rows, and each import fewer piles. */
const ROWS_A_PILE = 2 ** 12;
const PILES_AN_IMPORT = 2 ** 20;
const SEQS = ROWS_A_PILE * PILES_AN_IMPORT;

/** The rows of `import_changes` of an import, by their `seq`: from the first to before the second. */
export function changesOf(no: number): [from: number, to: number] {
  return [no * SEQS, (no + 1) * SEQS];
}

/**
 * The statement that keeps what a part of a pile writes; it stands before the one that writes. Asked twice, it keeps once, and what
 * was before the first time.
 */
export function kept(
  { seq, target, changes, rows }: { seq: number; target: Target; changes: 0 | 1; rows: string },
  from: number,
  to: number,
  no: number,
): Statement[] {
  // Lines go with their invoice.
  if (target === 'invoice_lines') return [];
  const [first] = changesOf(no);
  const args = [rows, from, to, no, first + seq * ROWS_A_PILE];
  if (changes === 0)
    return [
      {
        sql: `INSERT INTO import_changes(seq, import_no, target, row_id)
              SELECT ?5 + key, ?4, '${target}', value ->> 0 FROM json_each(?1) WHERE key >= ?2 AND key < ?3 ON CONFLICT DO NOTHING`,
        args,
      },
    ];
  const columns = CHANGEABLE[target as Changed];
  const was = columns.map(
    (column) => `'${column}', iif(z.next_no = ?4, z.next ->> '${column}', z.${column})`,
  );
  const is = columns.map((column) => `'${column}', w.value ->> '${column}'`);
  return [
    {
      sql: `INSERT INTO import_changes(seq, import_no, target, row_id, before, after)
            SELECT ?5 + w.key, ?4, '${target}', z.id, json_object(${was.join(', ')}), json_object(${is.join(', ')})
            FROM (SELECT key, value FROM json_each(?1) WHERE key >= ?2 AND key < ?3) w JOIN ${TABLES[target]} z ON z.id = w.value ->> 'id'
            WHERE true ON CONFLICT DO NOTHING`,
      args,
    },
  ];
}
