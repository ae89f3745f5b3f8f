// Where she is signed in, and ending it from here (ASVS 5.0 7.5.2).
import { z } from 'zod';
import type { Statement } from '../../db/db.ts';
import type { Deps } from '../../deps.ts';
import { Problem } from '../../problems/problem.ts';
import { securityEvent } from '../../security-log.ts';
import type { Session } from './access-tokens.ts';
import { endSessionsBut, IDLE_MS } from './sessions.ts';

export const OpenSession = z
  .object({
    id: z.string(),
    browser: z.string().describe('«\u00a0Safari, iPhone\u00a0»; empty when it is not known'),
    openedAt: z.iso.datetime(),
    lastUsedAt: z.iso.datetime(),
    current: z.boolean().describe('the one that asks'),
  })
  .meta({ ref: 'OpenSession' });
export type OpenSession = z.infer<typeof OpenSession>;

/** The sessions that are open, the one that asks first, then the one last used. */
export async function openSessions(deps: Pick<Deps, 'db' | 'now'>, session: Session): Promise<OpenSession[]> {
  const now = deps.now();
  const { rows } = await deps.db.execute<{
    id: string;
    browser: string;
    created_at: number;
    last_used_at: number;
  }>(
    `SELECT id, browser, created_at, last_used_at FROM sessions
     WHERE regroupement_id = ?1 AND account_id = ?2 AND ended_at IS NULL AND expires_at > ?3
       AND (last_used_at > ?4 OR id = ?5)
     ORDER BY id = ?5 DESC, last_used_at DESC`,
    [session.regroupementId, session.accountId, now, now - IDLE_MS, session.sessionId],
  );
  return rows.map((row) => ({
    id: row.id,
    browser: row.browser,
    openedAt: new Date(row.created_at).toISOString(),
    lastUsedAt: new Date(row.last_used_at).toISOString(),
    current: row.id === session.sessionId,
  }));
}

/** Ends one of her sessions; one that has ended already stays so. Throws `not-found` for anybody else's. */
export async function endOneOfMine(deps: Deps, session: Session, sessionId: string): Promise<void> {
  const now = deps.now();
  const mine = [sessionId, session.regroupementId, session.accountId];
  const [found] = await deps.db.batch([
    { sql: 'SELECT 1 FROM sessions WHERE id = ? AND regroupement_id = ? AND account_id = ?', args: mine },
    {
      sql: `UPDATE sessions SET ended_at = ?4, end_reason = 'ended-elsewhere'
            WHERE id = ?1 AND regroupement_id = ?2 AND account_id = ?3 AND ended_at IS NULL`,
      args: [...mine, now],
    },
    endedElsewhere(deps, session),
  ]);
  if (found?.rows.length !== 1) throw new Problem('not-found');
}

/** Ends every session of hers but the one that asks. */
export async function endMyOthers(deps: Deps, session: Session): Promise<void> {
  await deps.db.batch([
    endSessionsBut(session, session.sessionId, 'ended-elsewhere', deps.now()),
    endedElsewhere(deps, session),
  ]);
}

function endedElsewhere(deps: Deps, session: Session): Statement {
  const { regroupementId, accountId } = session;
  return securityEvent(deps, regroupementId, 'session-ended-elsewhere', accountId, {}, { ifChanged: true });
}
