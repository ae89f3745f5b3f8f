// A sign-in of a person of the staff on one browser: as the payers' (tokens bound to the browser's key, refresh tokens that
// rotate), shorter, and of no regroupement: what she may do is her memberships', read at each call.
import { z } from 'zod';
import { issueBoundToken } from '../../accounts/sessions/bound-tokens.ts';
import type { Proof } from '../../accounts/sessions/dpop.ts';
import { rotateToken } from '../../accounts/sessions/rotation.ts';
import type { Browser } from '../../accounts/sessions/sessions.ts';
import { ACCESS_TOKEN_S } from '../../accounts/sessions/signing-keys.ts';
import { sha256 } from '../../crypto.ts';
import type { Statement } from '../../db/db.ts';
import { sql } from '../../db/sql.ts';
import { type Deps, newId, newSecret } from '../../deps.ts';
import { lang } from '../../fields.ts';
import { Problem } from '../../problems/problem.ts';
import { staffById } from '../people/users.ts';
import { staffEvent } from './staff-events.ts';

/** What a staff token is for: nothing of a payer's opens with it, nor the other way. */
export const AUDIENCE = 'bureau';
export const TOKEN_TYPE = 'staff+jwt';

const MINUTE = 60_000;
/** « Poste partagé ». */
const SHARED_IDLE_MS = 15 * MINUTE;
const ABSOLUTE_MS = 12 * 60 * MINUTE;
/** Setting up a second factor takes minutes. */
const ENROLMENT_MS = 60 * MINUTE;
/** So long a proof of the second factor counts for what asks for one. */
export const FRESH_MS = 5 * MINUTE;

/** Who is signed in, read from the database at each call. */
export interface StaffSession {
  sessionId: string;
  staffId: string;
  /** When the second factor was last proven, UTC milliseconds; null: not in this session. */
  freshAt: number | null;
  /** By which link she may set up factors, and nothing else; null: she is signed in. */
  enrols: Enrols | null;
}
/** `invitation:{id}` or `link:{id}`. */
export type Enrols = `invitation:${string}` | `link:${string}`;

export const StaffTokens = z
  .object({
    accessToken: z.string(),
    expiresIn: z.int().positive().describe('seconds that the access token lives'),
    refreshToken: z.string(),
    endsIn: z.int().describe('seconds until the session ends when it is not used'),
    me: z.object({ name: z.string(), email: z.string(), lang }),
    enrolling: z.boolean().describe('she has yet to set up her second factor; nothing else opens'),
  })
  .meta({ ref: 'StaffTokens' });
export type StaffTokens = z.infer<typeof StaffTokens>;

/** Opens a session, with `also` in the same batch (and before it, so that a guard in it opens nothing). */
export async function openStaffSession(
  deps: Deps,
  staffId: string,
  browser: Browser,
  {
    enrols = null,
    shared = false,
    also = [],
  }: { enrols?: Enrols | null; shared?: boolean; also?: readonly Statement[] } = {},
): Promise<StaffTokens> {
  const id = newId(deps);
  const refreshToken = newSecret(deps);
  const now = deps.now();
  const idle = deps.config.staffIdleMinutes * MINUTE;
  const idleMs = shared ? Math.min(SHARED_IDLE_MS, idle) : idle;
  const expiresAt = now + (enrols === null ? ABSOLUTE_MS : ENROLMENT_MS);
  await deps.db.batch([
    ...also,
    sql`INSERT INTO staff_sessions(id, staff_id, jkt, browser, enrols, idle_ms, fresh_at, created_at, last_used_at, expires_at)
        VALUES (${id}, ${staffId}, ${browser.jkt}, ${browser.name}, ${enrols}, ${idleMs}, ${enrols === null ? now : null},
          ${now}, ${now}, ${expiresAt}) ON CONFLICT DO NOTHING`,
    sql`INSERT INTO staff_refresh_tokens(token_hash, session_id, created_at) VALUES (${sha256(refreshToken)}, ${id}, ${now})
        ON CONFLICT DO NOTHING`,
    ...(enrols === null ? [staffEvent(deps, staffId, 'staff-signed-in')] : []),
  ]);
  return await tokens(deps, { id, staffId, jkt: browser.jkt }, refreshToken);
}

/** Changes a refresh token for its successor and a new access token. Throws as `rotateToken`. */
export async function refreshStaffSession(
  deps: Deps,
  refreshToken: string,
  proof: Proof,
  clientAddress: string,
): Promise<StaffTokens> {
  const live = (now: number) =>
    sql`s.ended_at IS NULL AND s.expires_at > ${now} AND s.last_used_at > ${now} - s.idle_ms AND s.jkt = ${proof.jkt}`;
  const rotated = await rotateToken(
    deps,
    { sessions: 'staff_sessions', tokens: 'staff_refresh_tokens', live },
    refreshToken,
    proof,
    clientAddress,
  );
  const { rows } = await deps.db.execute<{ staffId: string }>(
    'SELECT staff_id AS staffId FROM staff_sessions WHERE id = ?',
    [rotated.sessionId],
  );
  const staffId = rows[0]?.staffId ?? '';
  if (rotated.reused) {
    deps.log.warn('refresh-reused', { session: rotated.sessionId });
    await endStaffSession(deps, staffId, rotated.sessionId, 'refresh-reused');
    throw new Problem('session-ended');
  }
  return await tokens(deps, { id: rotated.sessionId, staffId, jkt: proof.jkt }, rotated.successor);
}

async function tokens(
  deps: Deps,
  session: { id: string; staffId: string; jkt: string },
  refreshToken: string,
): Promise<StaffTokens> {
  const { rows } = await deps.db.execute<{ expiresAt: number; idleMs: number; enrols: string | null }>(
    'SELECT expires_at AS expiresAt, idle_ms AS idleMs, enrols FROM staff_sessions WHERE id = ?',
    [session.id],
  );
  const [row] = rows;
  if (row === undefined) throw new Problem('session-ended');
  const { name, email, lang } = await staffById(deps, session.staffId);
  const facts = { sessionId: session.id, subject: session.staffId, audience: AUDIENCE };
  return {
    accessToken: await issueBoundToken(deps, TOKEN_TYPE, facts, session.jkt),
    expiresIn: ACCESS_TOKEN_S,
    refreshToken,
    endsIn: Math.floor(Math.min(row.idleMs, row.expiresAt - deps.now()) / 1000),
    me: { name, email, lang },
    enrolling: row.enrols !== null,
  };
}

/** The session that a token speaks of, as it is now; undefined when it has ended or expired. */
export async function staffSessionNow(
  deps: Pick<Deps, 'db' | 'now'>,
  sessionId: string,
  staffId: string,
): Promise<StaffSession | undefined> {
  const { rows } = await deps.db.execute<{ freshAt: number | null; enrols: Enrols | null }>(
    `SELECT fresh_at AS freshAt, enrols FROM staff_sessions
     WHERE id = ? AND staff_id = ? AND ended_at IS NULL AND expires_at > ?`,
    [sessionId, staffId, deps.now()],
  );
  return rows[0] === undefined ? undefined : { sessionId, staffId, ...rows[0] };
}

/** Whether her identity was confirmed in the last five minutes. */
export function isFresh(deps: Pick<Deps, 'now'>, { freshAt }: StaffSession): boolean {
  return freshAt !== null && deps.now() - freshAt <= FRESH_MS;
}

/** Notes that the second factor was proven now. */
export async function confirmFresh(deps: Pick<Deps, 'db' | 'now'>, session: StaffSession): Promise<void> {
  await deps.db.execute('UPDATE staff_sessions SET fresh_at = ? WHERE id = ? AND ended_at IS NULL', [
    deps.now(),
    session.sessionId,
  ]);
}

/** Ends a session of hers: its tokens open nothing from now on. False when there was none to end. */
export async function endStaffSession(
  deps: Deps,
  staffId: string,
  sessionId: string,
  reason: 'signed-out' | 'refresh-reused' | 'ended-elsewhere',
): Promise<boolean> {
  const [ended] = await deps.db.batch([
    {
      sql: 'UPDATE staff_sessions SET ended_at = ?, end_reason = ? WHERE id = ? AND staff_id = ? AND ended_at IS NULL',
      args: [deps.now(), reason, sessionId, staffId],
    },
    staffEvent(deps, staffId, 'staff-signed-out', { session: sessionId, reason }),
  ]);
  return (ended?.changes ?? 0) > 0;
}

/** The statement that ends all of her sessions but `kept`, for the batch of what makes it necessary. */
export function endStaffSessions(
  staffId: string,
  reason: string,
  now: number,
  kept: string | null = null,
): Statement {
  return sql`UPDATE staff_sessions SET ended_at = ${now}, end_reason = ${reason}
    WHERE staff_id = ${staffId} AND ended_at IS NULL AND id IS NOT ${kept}`;
}

export const OpenStaffSession = z
  .object({
    id: z.string(),
    browser: z.string(),
    openedAt: z.iso.datetime(),
    lastUsedAt: z.iso.datetime(),
    current: z.boolean().describe('the one that asks'),
  })
  .meta({ ref: 'OpenStaffSession' });

/** Where she is signed in, the one that asks first. */
export async function openStaffSessions(
  deps: Pick<Deps, 'db' | 'now'>,
  session: StaffSession,
): Promise<z.infer<typeof OpenStaffSession>[]> {
  const { rows } = await deps.db.execute<{
    id: string;
    browser: string;
    createdAt: number;
    lastUsedAt: number;
  }>(
    `SELECT id, browser, created_at AS createdAt, last_used_at AS lastUsedAt FROM staff_sessions
     WHERE staff_id = ?1 AND ended_at IS NULL AND expires_at > ?2 AND last_used_at > ?2 - idle_ms
     ORDER BY id = ?3 DESC, last_used_at DESC LIMIT 100`,
    [session.staffId, deps.now(), session.sessionId],
  );
  return rows.map(({ id, browser, createdAt, lastUsedAt }) => ({
    id,
    browser,
    openedAt: new Date(createdAt).toISOString(),
    lastUsedAt: new Date(lastUsedAt).toISOString(),
    current: id === session.sessionId,
  }));
}
