// Rows that nothing will ask for again. Personal data is kept no longer than it serves (I9).
import type { Deps } from '../deps.ts';

const DAY = 24 * 3_600_000;
/** So long a dead link is still known for what it was: used, so that she signs in instead of asking for another. */
const LINKS_MS = 7 * DAY;
/** So long a dead session tells a stolen refresh token from an unknown one. */
const SESSIONS_MS = 7 * DAY;

/** Deletes long-dead sign-ups, resets, sessions and retired keys; for the process's periodic job. */
export async function sweepAccounts(deps: Pick<Deps, 'db' | 'now'>): Promise<void> {
  const now = deps.now();
  const deadSessions = 'SELECT id FROM sessions WHERE coalesce(ended_at, expires_at) < ?';
  await deps.db.batch([
    { sql: 'DELETE FROM sign_ups WHERE expires_at < ?', args: [now - LINKS_MS] },
    { sql: 'DELETE FROM password_resets WHERE expires_at < ?', args: [now - LINKS_MS] },
    { sql: `DELETE FROM refresh_tokens WHERE session_id IN (${deadSessions})`, args: [now - SESSIONS_MS] },
    { sql: `DELETE FROM sessions WHERE id IN (${deadSessions})`, args: [now - SESSIONS_MS] },
    { sql: 'DELETE FROM signing_keys WHERE retired_at < ?', args: [now - DAY] },
  ]);
}
