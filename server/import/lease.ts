// One import at a time. Its lease says which process holds it, so that the next import need not wait for the lease of one
// that was killed: on the same machine it is seen at once, elsewhere when the lease ends.
import { hostname } from 'node:os';
import { takeLease } from '../leases.ts';
import type { ImportDeps } from './import-deps.ts';

export const LEASE = 'import';
const LEASE_MS = 60_000;

/** Thrown when another import is at work: nothing was looked at. */
export class ImportBusy extends Error {}

/** Takes the lease, or keeps it. Throws ImportBusy when another import has it. */
export async function renewImportLease(deps: ImportDeps, importId: string): Promise<void> {
  if (!(await takeLease(deps, LEASE, importId, LEASE_MS, thisProcess()))) throw new ImportBusy();
}

/**
 * Takes the lease for a new import. Answers the name of the file whose import was cut short before it, when there was one,
 * and null otherwise. Throws ImportBusy.
 */
export async function takeImportLease(deps: ImportDeps, importId: string): Promise<string | null> {
  await endLeaseOfGone(deps);
  const { rows } = await deps.db.execute<{ until: number; file: string | null }>(
    `SELECT until, (SELECT file_name FROM imports WHERE id = holder AND merged_at IS NULL) AS file
     FROM leases WHERE name = ?`,
    [LEASE],
  );
  const [before] = rows;
  await renewImportLease(deps, importId);
  return before !== undefined && before.until < deps.now() ? (before.file ?? '') : null;
}

/** Whether an import holds the lease whose process is not known to have ended. */
export async function isImportAtWork(deps: ImportDeps): Promise<boolean> {
  const holder = await holderOf(deps);
  return holder !== undefined && !isGone(holder.process);
}

/** Ends the lease of an import whose process is gone. Its row stays: the next import tells of it. */
export async function endLeaseOfGone(deps: ImportDeps): Promise<void> {
  const holder = await holderOf(deps);
  if (holder !== undefined && isGone(holder.process))
    await deps.db.execute('UPDATE leases SET until = 0 WHERE name = ? AND holder = ?', [LEASE, holder.id]);
}

async function holderOf(deps: ImportDeps): Promise<{ id: string; process: string | null } | undefined> {
  const { rows } = await deps.db.execute<{ id: string; process: string | null }>(
    'SELECT holder AS id, process FROM leases WHERE name = ? AND until >= ?',
    [LEASE, deps.now()],
  );
  return rows[0];
}

// A number of a process is given again: only with the time of its start is it this one.
function thisProcess(): string {
  return JSON.stringify([hostname(), process.pid, Math.round(performance.timeOrigin)]);
}

/** Whether the process is known to have ended: one of this machine that the system does not find any more. */
function isGone(holder: string | null): boolean {
  if (holder === null || holder === thisProcess()) return false;
  const [host, pid] = JSON.parse(holder) as [string, number, number];
  if (host !== hostname()) return false;
  if (pid === process.pid) return true;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
