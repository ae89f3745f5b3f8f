// From the pile into the books: new rows in short batches that nobody sees, changes laid ready, then one batch that makes
// all of it visible, or nothing.
import { type Db, guard, type Statement } from '../db/db.ts';
import type { ImportDeps } from './import-deps.ts';
import { COLUMNS, ORDER, type Target } from './rows/targets.ts';

const TABLES: Readonly<Record<Target, string>> = {
  holders: 'holder_rows',
  certificates: 'certificate_rows',
  invoices: 'invoice_rows',
  invoice_lines: 'invoice_lines',
  endorsements: 'endorsement_rows',
  ledger_entries: 'ledger_rows',
};
/** Bears the number of the import that hides it. Lines are seen once their invoice says that they are in force. */
const isHidden = (target: Target): boolean => target !== 'invoice_lines';
/** Between two batches, whoever waits for the lock gets it. */
const PAUSE_MS = 5;
const SWEEP_AT_ONCE = 500;

interface Pile {
  seq: number;
  target: Target;
  changes: 0 | 1;
  rows: string;
}

/**
 * Brings in what the staging database holds. Throws (guard), with nothing visible, when another import has taken over, or
 * when a payment began to hold an invoice whose amount would change, or the premium tax has changed it meanwhile.
 */
export async function merge(
  deps: ImportDeps,
  staging: Db,
  importId: string,
  { report, progress }: { report: string; progress: () => Promise<void> },
): Promise<void> {
  const no = await hide(deps, importId);
  // Whoever lost the lease may have lost hidden rows too: nothing more is written, and nothing half is shown.
  const alive = [
    guard("EXISTS (SELECT 1 FROM leases WHERE name = 'import' AND holder = ?)", [importId]),
    guard('EXISTS (SELECT 1 FROM hidden_imports WHERE no = ? AND abandoned = 0)', [no]),
  ];
  for (let after = 0; ; ) {
    const { rows } = await staging.execute<Pile & { last: number }>(
      `SELECT seq, target, changes, rows FROM import_writes WHERE seq > ?
       ORDER BY seq LIMIT ${ORDER.length}`,
      [after],
    );
    const last = rows.at(-1);
    if (last === undefined) break;
    after = last.seq;
    await deps.db.batch([...alive, ...rows.map((pile) => added(pile, importId, no))]);
    await progress();
    await deps.sleep(PAUSE_MS);
  }
  await deps.db.batch([
    ...alive,
    guard(
      `NOT EXISTS (SELECT 1 FROM invoice_holds h JOIN ledger_rows e ON e.invoice_id = h.invoice_id
         WHERE e.import_no = ? AND e.kind = 'adjustment')`,
      [no],
    ),
    guard(
      `NOT EXISTS (SELECT 1 FROM import_changes w JOIN invoice_rows i ON i.id = w.data ->> 'id'
         WHERE w.import_id = ? AND w.target = 'invoices' AND i.revision <> w.data ->> 'was_revision')`,
      [importId],
    ),
    ...ORDER.filter(isHidden).map((target) => changed(target, importId)),
    {
      sql: 'UPDATE imports SET merged_at = ?, report = ? WHERE id = ?',
      args: [deps.now(), report, importId],
    },
    { sql: 'DELETE FROM hidden_imports WHERE no = ?', args: [no] },
  ]);
}

async function hide(deps: ImportDeps, importId: string): Promise<number> {
  await deps.db.execute('INSERT INTO hidden_imports(import_id) VALUES (?) ON CONFLICT DO NOTHING', [
    importId,
  ]);
  const { rows } = await deps.db.execute<{ no: number }>(
    'SELECT no FROM hidden_imports WHERE import_id = ?',
    [importId],
  );
  const [hidden] = rows;
  if (hidden === undefined) throw new Error('an import that was begun is not there');
  return hidden.no;
}

/** The statement that writes a pile; asked twice, it writes once. */
function added({ seq, target, changes, rows }: Pile, importId: string, no: number): Statement {
  if (changes === 1)
    return {
      sql: `INSERT INTO import_changes(import_id, seq, target, data)
            SELECT ?1, ?2 * 10000 + key, ?3, jsonb(value) FROM json_each(?4) WHERE true ON CONFLICT DO NOTHING`,
      args: [importId, seq, target, rows],
    };
  const columns = COLUMNS[target];
  const values = columns.map((_, i) => `value ->> ${i}`);
  const once = target === 'invoice_lines' || target === 'ledger_entries' ? '' : '(id)';
  return isHidden(target)
    ? {
        sql: `INSERT INTO ${TABLES[target]}(${columns.join(', ')}, import_no)
              SELECT ${values.join(', ')}, ?2 FROM json_each(?1) WHERE true ON CONFLICT${once} DO NOTHING`,
        args: [rows, no],
      }
    : {
        sql: `INSERT INTO ${TABLES[target]}(${columns.join(', ')})
              SELECT ${values.join(', ')} FROM json_each(?1) WHERE true ON CONFLICT${once} DO NOTHING`,
        args: [rows],
      };
}

/** Rows of before as the file has them. */
function changed(target: Target, importId: string): Statement {
  const columns = COLUMNS[target];
  const changeable = columns.filter((column) => !['id', 'regroupement_id', 'created_at'].includes(column));
  return {
    sql: `INSERT INTO ${TABLES[target]}(${columns.join(', ')})
          SELECT ${columns.map((column) => `data ->> '${column}'`).join(', ')} FROM import_changes
          WHERE import_id = ? AND target = '${target}' ORDER BY seq
          ON CONFLICT(id) DO UPDATE SET ${changeable.map((column) => `${column} = excluded.${column}`).join(', ')}`,
    args: [importId],
  };
}

/**
 * Removes what an import leaves behind: its changes once they are made, and the rows of one that ended before they were
 * visible. Without `importId`, of all, which whoever holds the lease may ask.
 */
export async function sweepImports(deps: ImportDeps, importId: string | null = null): Promise<void> {
  const { rows } = await deps.db.execute<{ no: number; import_id: string }>(
    'SELECT no, import_id FROM hidden_imports WHERE ?1 IS NULL OR import_id = ?1',
    [importId],
  );
  for (const hidden of rows) await removeHidden(deps, hidden.no, hidden.import_id);
  for (;;) {
    const { changes } = await deps.db.execute(
      `DELETE FROM import_changes WHERE (import_id, seq) IN
         (SELECT import_id, seq FROM import_changes WHERE ?1 IS NULL OR import_id = ?1 LIMIT ${SWEEP_AT_ONCE * 4})`,
      [importId],
    );
    if (changes === 0) break;
    await deps.sleep(PAUSE_MS);
  }
}

async function removeHidden(deps: ImportDeps, no: number, importId: string): Promise<void> {
  await deps.db.execute('UPDATE hidden_imports SET abandoned = 1 WHERE no = ?', [no]);
  for (const target of ORDER.filter(isHidden).toReversed()) {
    const table = TABLES[target];
    for (let after = 0; ; ) {
      const { rows } = await deps.db.execute<{ at: number }>(
        `SELECT rowid AS at FROM ${table} WHERE rowid > ? AND import_no = ? ORDER BY rowid LIMIT ${SWEEP_AT_ONCE}`,
        [after, no],
      );
      const last = rows.at(-1);
      if (last === undefined) break;
      after = last.at;
      const these = `IN (SELECT rowid FROM ${table} WHERE rowid IN (SELECT value FROM json_each(?1)) AND import_no = ?2)`;
      const args = [JSON.stringify(rows.map(({ at }) => at)), no];
      await deps.db.batch([
        ...(target === 'invoices'
          ? [
              {
                sql: `DELETE FROM invoice_lines WHERE invoice_id IN (SELECT id FROM invoice_rows WHERE rowid ${these})`,
                args,
              },
            ]
          : []),
        { sql: `DELETE FROM ${table} WHERE rowid ${these}`, args },
      ]);
      await deps.sleep(PAUSE_MS);
    }
  }
  await deps.db.batch([
    // Lines that were laid ready for invoices of before, and came never in force.
    {
      sql: `DELETE FROM invoice_lines WHERE (invoice_id, revision) IN
              (SELECT w.data ->> 'id', w.data ->> 'revision' FROM import_changes w JOIN invoice_rows i ON i.id = w.data ->> 'id'
               WHERE w.import_id = ? AND w.target = 'invoices' AND i.revision <> w.data ->> 'revision')`,
      args: [importId],
    },
    { sql: 'DELETE FROM hidden_imports WHERE no = ? AND abandoned = 1', args: [no] },
  ]);
}
