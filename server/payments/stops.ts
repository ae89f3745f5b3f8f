// After a restore our books lack what happened since the backup (S22, S29): no money moves until PayPal's record of that time
// is in them (recover.ts), or staff say that they have looked.
import { type Actor, audited } from '../audit.ts';
import type { Statement } from '../db/db.ts';
import { type Deps, newId } from '../deps.ts';
import { Problem } from '../problems/problem.ts';

export interface PaymentStop {
  id: string;
  regroupementId: string;
  /** When the restored backup was made: from here on our books may lack something. */
  backupAt: number;
  /** When it was restored: until here the lost server may have taken money. */
  stoppedAt: number;
}

/** Why the regroupement's payments wait, or null when they do not. */
export async function paymentStop(
  deps: Pick<Deps, 'db'>,
  regroupementId: string,
): Promise<PaymentStop | null> {
  const { rows } = await deps.db.execute<PaymentStop>(
    `SELECT id, regroupement_id AS regroupementId, backup_at AS backupAt, stopped_at AS stoppedAt
     FROM payment_stops WHERE regroupement_id = ? AND resumed_at IS NULL`,
    [regroupementId],
  );
  return rows[0] ?? null;
}

/** Those whose payments wait. */
export async function stoppedRegroupements(deps: Pick<Deps, 'db'>): Promise<string[]> {
  const { rows } = await deps.db.execute<{ id: string }>(
    'SELECT regroupement_id AS id FROM payment_stops WHERE resumed_at IS NULL ORDER BY regroupement_id',
  );
  return rows.map((row) => row.id);
}

/**
 * Throws `payments-stopped` during a stop. No guard in the batch that takes money is needed beside it: a stop begins
 * only while no server runs.
 */
export async function refuseWhileStopped(deps: Pick<Deps, 'db'>, regroupementId: string): Promise<void> {
  if ((await paymentStop(deps, regroupementId)) !== null) throw new Problem('payments-stopped');
}

/** The statement that stops every regroupement that can be paid. A stop that the backup brought along reaches further back. */
export async function stopAll(
  deps: Pick<Deps, 'db' | 'now' | 'randomBytes'>,
  times: { backupAt: number; stoppedAt: number },
): Promise<Statement[]> {
  const { rows } = await deps.db.execute<{ id: string }>(
    'SELECT DISTINCT regroupement_id AS id FROM paypal_accounts',
  );
  return rows.map(({ id }) => ({
    sql: `INSERT INTO payment_stops(id, regroupement_id, backup_at, stopped_at) VALUES (?, ?, ?, ?)
          ON CONFLICT(regroupement_id) WHERE resumed_at IS NULL
          DO UPDATE SET backup_at = MIN(backup_at, excluded.backup_at), stopped_at = excluded.stopped_at`,
    args: [newId(deps), id, times.backupAt, times.stoppedAt],
  }));
}

/** Payments go on. False when they were not stopped. */
export async function resumePayments(
  deps: Pick<Deps, 'db' | 'now' | 'randomBytes'>,
  regroupementId: string,
  by: { name: Actor; note: string },
): Promise<boolean> {
  const [resumed] = await deps.db.batch([
    {
      sql: 'UPDATE payment_stops SET resumed_at = ?, resumed_by = ?, note = ? WHERE regroupement_id = ? AND resumed_at IS NULL',
      args: [deps.now(), by.name, by.note, regroupementId],
    },
    audited(
      deps,
      {
        regroupementId,
        actor: by.name,
        act: 'payments-resumed',
        target: `regroupements:${regroupementId}`,
        before: { paymentsStopped: true },
        after: { paymentsStopped: false },
        words: { reason: by.note },
      },
      { ifChanged: true },
    ),
  ]);
  return (resumed?.changes ?? 0) > 0;
}
