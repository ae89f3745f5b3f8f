// Work that one process at a time may do: a row of the database names who does it, and until when.
import { sql } from './db/sql.ts';
import type { Deps } from './deps.ts';

/**
 * Takes the lease for `ms`, or keeps it for as long again; false while somebody else has it. `process` says who holds it,
 * where others may look whether it still runs.
 */
export async function takeLease(
  deps: Pick<Deps, 'db' | 'now'>,
  name: string,
  holder: string,
  ms: number,
  process: string | null = null,
): Promise<boolean> {
  const now = deps.now();
  const taken = sql`INSERT INTO leases(name, holder, until, process) VALUES (${name}, ${holder}, ${now + ms}, ${process})
    ON CONFLICT(name) DO UPDATE SET holder = excluded.holder, until = excluded.until, process = excluded.process
    WHERE holder = excluded.holder OR until < ${now} RETURNING name`;
  const { rows } = await deps.db.execute(taken.sql, taken.args);
  return rows.length > 0;
}

/** Gives back every lease of the holder. */
export async function endLeases(deps: Pick<Deps, 'db'>, holder: string): Promise<void> {
  await deps.db.execute('DELETE FROM leases WHERE holder = ?', [holder]);
}
