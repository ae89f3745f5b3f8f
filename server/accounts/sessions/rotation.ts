// Refresh tokens that rotate (I7), the payers' and the staff's alike. A token is used once; the next is derived from it, so
// that a lost answer or a second tab gets the same one instead of losing its session.
import { createHmac, hkdfSync } from 'node:crypto';
import { sha256 } from '../../crypto.ts';
import type { Statement } from '../../db/db.ts';
import { sql } from '../../db/sql.ts';
import type { Deps } from '../../deps.ts';
import type { Limit } from '../../limits.ts';
import { Problem } from '../../problems/problem.ts';
import { tryDeadToken } from '../account-limits.ts';
import type { Proof } from './dpop.ts';

/** For so long a used refresh token is a lost answer or a second tab; after that, a stolen copy. */
const GRACE_MS = 60_000;
/** A tab renews every ten minutes, and when it wakes; each leaves a row. */
const REFRESHES: Limit = { burst: 120, periodMs: 60_000 };

/** Where sessions of one sort stand. */
interface SessionTables {
  sessions: 'sessions' | 'staff_sessions';
  tokens: 'refresh_tokens' | 'staff_refresh_tokens';
  /** SQL: the session `s` may go on at `now`, in the browser that asks. */
  live: (now: number) => Statement;
}

interface Rotated {
  sessionId: string;
  /** The session's absolute end. */
  expiresAt: number;
  successor: string;
  /** The token had served before, longer ago than an answer is lost: the caller ends the session. */
  reused: boolean;
}

/**
 * Takes a refresh token and answers its successor. A token that opens nothing writes nothing; how many an address may send
 * does not concern a living session. Throws `session-ended`, `too-many-requests`, and as `Proof.take`.
 */
export async function rotateToken(
  deps: Deps,
  of: SessionTables,
  refreshToken: string,
  proof: Proof,
  clientAddress: string,
): Promise<Rotated> {
  const now = deps.now();
  const parent = sha256(refreshToken);
  const [sessions, tokens] = [{ sql: of.sessions }, { sql: of.tokens }];
  const known = sql`FROM ${tokens} t JOIN ${sessions} s ON s.id = t.session_id
    WHERE t.token_hash = ${parent} AND ${of.live(now)}`;
  const ask = sql`SELECT s.id ${known}`;
  const { rows: living } = await deps.db.execute<{ id: string }>(ask.sql, ask.args);
  if (living[0] === undefined) {
    await tryDeadToken(deps, clientAddress);
    throw new Problem('session-ended');
  }
  await proof.take([`refresh:${living[0].id}`, REFRESHES]);
  // By the newest SECRET_KEY; one that was handed out before the key was replaced stays the one.
  const successors = deps.config.secretKeys.map((secret) => successorOf(secret, refreshToken));
  // The second and third act for whoever set `used_at` at this instant; twice is as good as once.
  await deps.db.batch([
    sql`UPDATE ${tokens} SET used_at = ${now}
        WHERE token_hash = ${parent} AND used_at IS NULL AND EXISTS (SELECT 1 ${known})`,
    sql`INSERT INTO ${tokens}(token_hash, session_id, created_at)
        SELECT ${sha256(successors[0] ?? '')}, session_id, used_at FROM ${tokens}
        WHERE token_hash = ${parent} AND used_at = ${now} ON CONFLICT DO NOTHING`,
    sql`UPDATE ${sessions} SET last_used_at = ${now}
        WHERE id = (SELECT session_id FROM ${tokens} WHERE token_hash = ${parent} AND used_at = ${now})`,
  ]);
  const hashes = JSON.stringify(successors.map(sha256));
  const answer = sql`SELECT s.id AS sessionId, s.expires_at AS expiresAt, t.used_at AS usedAt,
      (SELECT token_hash FROM ${tokens} WHERE session_id = s.id AND token_hash IN (SELECT value FROM json_each(${hashes}))) AS next
    ${known} AND t.used_at IS NOT NULL`;
  const { rows } = await deps.db.execute<Row>(answer.sql, answer.args);
  const [found] = rows;
  const successor = successors.find((token) => sha256(token) === found?.next);
  if (found === undefined || successor === undefined) throw new Problem('session-ended');
  const { sessionId, expiresAt, usedAt } = found;
  return { sessionId, expiresAt, successor, reused: now - usedAt > GRACE_MS };
}

interface Row {
  sessionId: string;
  expiresAt: number;
  usedAt: number;
  next: string;
}

// Whoever holds a token cannot work out the next: that takes SECRET_KEY.
function successorOf(secret: string, refreshToken: string): string {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'amisgest-pay refresh tokens', 32));
  return createHmac('sha256', key).update(refreshToken).digest('base64url');
}
