// The last step: everything staged becomes visible in one batch, or nothing does.
import { type Actor, audited } from '../audit.ts';
import { guard, type Statement } from '../db/db.ts';
import type { Deps } from '../deps.ts';
import type { Target } from './rows/context.ts';

const COLUMNS: Readonly<Record<Target, readonly string[]>> = {
  holders: [
    'id',
    'regroupement_id',
    'external_id',
    'first_name',
    'last_name',
    'usual_name',
    'email',
    'email_key',
    'lang',
    'status',
    'created_at',
    'updated_at',
  ],
  certificates: [
    'id',
    'regroupement_id',
    'holder_id',
    'number',
    'number_key',
    'kind',
    'period_start',
    'period_end',
    'status',
    'created_at',
    'updated_at',
  ],
  invoices: [
    'id',
    'regroupement_id',
    'certificate_id',
    'number',
    'kind',
    'issued_on',
    'due_on',
    'period_start',
    'period_end',
    'status',
    'no_admin_fee',
    'manual_amount',
    'revision',
    'created_at',
    'updated_at',
  ],
  invoice_lines: ['invoice_id', 'revision', 'position', 'code', 'description', 'amount_cents', 'rate'],
  endorsements: [
    'id',
    'regroupement_id',
    'certificate_id',
    'external_id',
    'effective_on',
    'description',
    'amount_cents',
    'manual_amount',
    'invoice_id',
    'created_at',
    'updated_at',
  ],
  ledger_entries: [
    'id',
    'regroupement_id',
    'invoice_id',
    'kind',
    'amount_cents',
    'source',
    'method',
    'day',
    'occurred_at',
    'posted_at',
  ],
};
/** In the order in which each refers to the one before. */
const ORDER: readonly Target[] = [
  'holders',
  'certificates',
  'invoices',
  'invoice_lines',
  'endorsements',
  'ledger_entries',
];
const SWEEP_AT_ONCE = 2_000;

/** How many rows the file has, and what became of them. */
interface Counts {
  rows: number;
  accepted: number;
  refused: number;
  /** What was let through, and how often. */
  evenSo: Readonly<Record<string, number>>;
}
/** Whose import it is, for the audit. */
interface Importing {
  regroupementId: string;
  actor: Actor;
}

/** One write transaction. Throws (guard) when a payment began to hold an invoice whose amount would change. */
export async function merge(deps: Deps, importId: string, report: Counts, act: Importing): Promise<void> {
  await deps.db.batch([
    // Whoever lost the lease may have lost staged rows too: nothing half is merged.
    guard("EXISTS (SELECT 1 FROM leases WHERE name = 'import' AND holder = ?)", [importId]),
    guard(
      `NOT EXISTS (SELECT 1 FROM import_writes w JOIN invoice_holds h ON h.invoice_id = w.data ->> 'invoice_id'
         WHERE w.import_id = ? AND w.target = 'ledger_entries' AND w.data ->> 'kind' = 'adjustment')`,
      [importId],
    ),
    ...ORDER.map((target) => statement(target, importId)),
    {
      sql: 'UPDATE imports SET merged_at = ?, report = ? WHERE id = ?',
      args: [deps.now(), JSON.stringify(report), importId],
    },
    audited(deps, {
      ...act,
      act: 'file-imported',
      target: `imports:${importId}`,
      before: null,
      after: { ...report, evenSo: Object.keys(report.evenSo) },
    }),
  ]);
}

function statement(target: Target, importId: string): Statement {
  const columns = COLUMNS[target];
  const changeable = columns.filter((column) => !['id', 'regroupement_id', 'created_at'].includes(column));
  const onConflict =
    target === 'invoice_lines' || target === 'ledger_entries'
      ? 'ON CONFLICT DO NOTHING'
      : `ON CONFLICT(id) DO UPDATE SET ${changeable.map((column) => `${column} = excluded.${column}`).join(', ')}`;
  return {
    sql: `INSERT INTO ${target}(${columns.join(', ')})
          SELECT ${columns.map((column) => `data ->> '${column}'`).join(', ')} FROM import_writes
          WHERE import_id = ? AND target = '${target}' ORDER BY seq ${onConflict}`,
    args: [importId],
  };
}

/** Removes staged rows: this import's when it is over, and those that a killed one left behind. */
export async function sweepStaging(deps: Deps, importId: string | null = null): Promise<void> {
  for (const table of ['import_rows', 'import_writes']) {
    for (;;) {
      const { changes } = await deps.db.execute(
        `DELETE FROM ${table} WHERE rowid IN
           (SELECT z.rowid FROM ${table} z ${importId === null ? '' : 'WHERE z.import_id = ?'} LIMIT ${SWEEP_AT_ONCE})`,
        importId === null ? [] : [importId],
      );
      if (changes === 0) break;
    }
  }
}
