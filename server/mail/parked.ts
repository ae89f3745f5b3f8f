// E-mails that were given up: staff see them, and can have them tried again once the address or the server is mended.
import { type Actor, audited } from '../audit.ts';
import type { Deps } from '../deps.ts';
import { afterRow, PAGE_SIZE } from '../next-page.ts';
import { SECRET_KINDS } from './outbox.ts';

export interface Parked {
  id: string;
  kind: string;
  attempts: number;
  /** A code, never the message. */
  why: string | null;
  createdAt: string;
}

/** The regroupement's parked messages, oldest first; from after the last of the page before. */
export async function parkedMessages(
  deps: Pick<Deps, 'db'>,
  regroupementId: string,
  after?: string,
): Promise<Parked[]> {
  const later = await afterRow(deps, ['outbox', 'o', 'created_at', 'oldest'], regroupementId, after);
  const { rows } = await deps.db.execute<Omit<Parked, 'createdAt'> & { createdAt: number }>(
    // « Not sent », as its index has it.
    `SELECT o.id, o.kind, o.attempts, o.last_error AS why, o.created_at AS createdAt FROM outbox o
     WHERE o.regroupement_id = ? AND o.state = 'parked' AND o.state <> 'sent' ${later.sql}
     ORDER BY o.created_at, o.id LIMIT ${PAGE_SIZE}`,
    [regroupementId, ...later.args],
  );
  return rows.map((row) => ({ ...row, createdAt: new Date(row.createdAt).toISOString() }));
}

/**
 * Puts a parked message back in the line. False when there is none, or when its link or code died with it:
 * she asks for a new one.
 */
export async function retryMessage(
  deps: Pick<Deps, 'db' | 'now' | 'randomBytes'>,
  regroupementId: string,
  id: string,
  by: Actor,
): Promise<boolean> {
  const [retried] = await deps.db.batch([
    {
      sql: `UPDATE outbox SET state = 'waiting', attempts = 0, next_at = ?, last_error = NULL
            WHERE id = ? AND regroupement_id = ? AND state = 'parked' AND kind NOT IN (SELECT value FROM json_each(?))`,
      args: [deps.now(), id, regroupementId, JSON.stringify(SECRET_KINDS)],
    },
    audited(
      deps,
      {
        regroupementId,
        actor: by,
        act: 'message-retried',
        target: `outbox:${id}`,
        before: { state: 'parked' },
        after: { state: 'waiting' },
      },
      { ifChanged: true },
    ),
  ]);
  return (retried?.changes ?? 0) > 0;
}
