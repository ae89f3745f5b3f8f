// A session: one sign-in on one browser, kept alive by refresh tokens that rotate (rotation.ts, I7).
import { z } from 'zod';
import { sha256 } from '../../crypto.ts';
import { guard, isGuardFailure, type Statement } from '../../db/db.ts';
import { madeOnce, sql } from '../../db/sql.ts';
import { type Deps, newId, newSecret } from '../../deps.ts';
import { Problem } from '../../problems/problem.ts';
import type { Regroupement } from '../../regroupements/regroupements.ts';
import { securityEvent } from '../../security-log.ts';
import { Me, readMe } from '../accounts.ts';
import { issueAccessToken, type Session } from './access-tokens.ts';
import type { Proof } from './dpop.ts';
import { rotateToken } from './rotation.ts';
import { ACCESS_TOKEN_S } from './signing-keys.ts';

/** Half a day without use ends a session: a payment left open over lunch survives, a shared computer's does not. */
export const IDLE_MS = 12 * 3_600_000;
/** A month after signing in she signs in again, however busy the session was (ASVS 5.0 7.3.2, 10.4.8). */
const ABSOLUTE_MS = 30 * 24 * 3_600_000;
/** What opens the signed-in routes and keeps them open. */
export const Tokens = z
  .object({
    accessToken: z.string(),
    expiresIn: z.int().positive().describe('seconds that the access token lives'),
    refreshToken: z.string(),
    endsIn: z.int().describe('seconds until the session ends when it is not used'),
    me: Me,
    returnPage: z.url().nullable().describe('the registered page that an e-mailed link was asked from'),
  })
  .meta({ ref: 'Tokens' });
export type Tokens = z.infer<typeof Tokens>;

/** SQL: the session `s` of this regroupement and browser has neither ended nor been left alone too long. */
function livesIn(regroupementId: string, jkt: string, now: number): Statement {
  return sql`s.ended_at IS NULL AND s.expires_at > ${now} AND s.last_used_at > ${now - IDLE_MS}
    AND s.regroupement_id = ${regroupementId} AND s.jkt = ${jkt}`;
}

/** The browser that asks: the thumbprint of its key, and a name for her to recognise it by. */
export interface Browser {
  jkt: string;
  name: string;
}
/** One that asks for a session to be opened: `take` its proof once the call is within its limits, before anything is done. */
export type NewBrowser = Browser & Pick<Proof, 'take'>;

/**
 * Opens a session for the account, bound to the browser's key. `also` happens with it. With `provenBy`, the hash that
 * her password fitted, only while that is still the account's: a sign-in that raced with a password reset opens
 * nothing. Throws `sign-in-failed` then.
 */
export async function openSession(
  deps: Deps,
  regroupement: Pick<Regroupement, 'id'>,
  accountId: string,
  { jkt, name }: Browser,
  { provenBy, also = [] }: { provenBy?: string; also?: readonly Statement[] } = {},
): Promise<Tokens> {
  const session = { sessionId: newId(deps), accountId, regroupementId: regroupement.id };
  const refreshToken = newSecret(deps);
  const now = deps.now();
  try {
    await deps.db.batch([
      guard(
        `EXISTS (SELECT 1 FROM accounts WHERE id = ?1 AND regroupement_id = ?2 AND password_hash = coalesce(?3, password_hash))`,
        [accountId, regroupement.id, provenBy ?? null],
      ),
      sql`INSERT INTO sessions(id, regroupement_id, account_id, created_at, last_used_at, expires_at, jkt, browser)
          VALUES (${session.sessionId}, ${regroupement.id}, ${accountId}, ${now}, ${now}, ${now + ABSOLUTE_MS}, ${jkt}, ${name})
          ON CONFLICT DO NOTHING`,
      {
        sql: 'UPDATE accounts SET last_seen_at = ?, ending_told_at = NULL WHERE id = ? AND regroupement_id = ?',
        args: [now, accountId, regroupement.id],
      },
      {
        sql: 'INSERT INTO refresh_tokens(token_hash, session_id, created_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
        args: [sha256(refreshToken), session.sessionId, now],
      },
      securityEvent(deps, regroupement.id, 'signed-in', accountId),
      ...also,
    ]);
  } catch (error) {
    if (isGuardFailure(error)) throw new Problem('sign-in-failed');
    throw error;
  }
  return await tokens(deps, session, jkt, refreshToken, now + ABSOLUTE_MS);
}

/**
 * Changes a refresh token for its successor and a new access token. `proof`: of the browser that asks; a copy of the token
 * elsewhere changes nothing, neither there nor here. A token that opens nothing writes nothing; how many an address may
 * send does not concern a living session. Throws `session-ended`, `too-many-requests`, and as `Proof.take`.
 */
export async function refreshSession(
  deps: Deps,
  regroupement: Pick<Regroupement, 'id'>,
  refreshToken: string,
  proof: Proof,
  clientAddress: string,
): Promise<Tokens> {
  const rotated = await rotateToken(
    deps,
    {
      sessions: 'sessions',
      tokens: 'refresh_tokens',
      live: (now) => livesIn(regroupement.id, proof.jkt, now),
    },
    refreshToken,
    proof,
    clientAddress,
  );
  const { rows } = await deps.db.execute<{ accountId: string }>(
    'SELECT account_id AS accountId FROM sessions WHERE id = ?',
    [rotated.sessionId],
  );
  const session = {
    sessionId: rotated.sessionId,
    accountId: rows[0]?.accountId ?? '',
    regroupementId: regroupement.id,
  };
  if (rotated.reused) {
    deps.log.warn('refresh-reused', { session: session.sessionId });
    await endSession(deps, session, 'refresh-reused');
    throw new Problem('session-ended');
  }
  return await tokens(deps, session, proof.jkt, rotated.successor, rotated.expiresAt);
}

/** Why a session ended before its time. */
export type EndReason =
  | 'signed-out'
  | 'refresh-reused'
  | 'password-reset'
  | 'password-changed'
  | 'email-changed'
  | 'ended-elsewhere'
  | 'ended-by-staff';

/** Ends the session: its access token opens nothing from now on, its refresh tokens are dead. */
export async function endSession(
  deps: Deps,
  session: Session,
  reason: 'signed-out' | 'refresh-reused',
): Promise<void> {
  await deps.db.batch([
    {
      sql: 'UPDATE sessions SET ended_at = ?, end_reason = ? WHERE id = ? AND regroupement_id = ? AND ended_at IS NULL',
      args: [deps.now(), reason, session.sessionId, session.regroupementId],
    },
    securityEvent(deps, session.regroupementId, reason, session.accountId),
  ]);
}

/** A statement that ends every session of the account with this e-mail, for the batch of what makes it necessary. */
export function endSessionsOf(
  regroupementId: string,
  emailKey: string,
  reason: EndReason,
  now: number,
): Statement {
  return {
    sql: `UPDATE sessions SET ended_at = ?, end_reason = ? WHERE ended_at IS NULL AND account_id IN
            (SELECT id FROM accounts WHERE regroupement_id = ? AND email_key = ?)`,
    args: [now, reason, regroupementId, emailKey],
  };
}

/** A statement that ends every session of the account but `kept`. */
export function endSessionsBut(
  account: { regroupementId: string; accountId: string },
  kept: string | null,
  reason: EndReason,
  now: number,
): Statement {
  return {
    sql: `UPDATE sessions SET ended_at = ?, end_reason = ?
          WHERE ended_at IS NULL AND regroupement_id = ? AND account_id = ? AND id IS NOT ?`,
    args: [now, reason, account.regroupementId, account.accountId, kept],
  };
}

/** A statement that ends every session of the regroupement. */
export function endAllSessions(regroupementId: string, reason: EndReason, now: number): Statement {
  return {
    sql: 'UPDATE sessions SET ended_at = ?, end_reason = ? WHERE regroupement_id = ? AND ended_at IS NULL',
    args: [now, reason, regroupementId],
  };
}

const whereItLives = madeOnce(
  (expression) => `(SELECT ${expression} FROM sessions
      WHERE id = ?4 AND regroupement_id = ?1 AND account_id = ?2 AND ended_at IS NULL AND expires_at > ?3)`,
);

/**
 * SQL: what `expression` (of text; ?1 = regroupement, ?2 = account, ?3 = now) says, where the session that a token speaks of
 * has neither ended nor expired; else NULL, and nothing else is read.
 */
export function inLivingSession(
  { sessionId, regroupementId, accountId }: Session,
  now: number,
  expression = "''",
): Required<Statement> {
  return { sql: whereItLives(expression), args: [regroupementId, accountId, now, sessionId] };
}

/** Whether the session that a token speaks of has neither ended nor expired. */
export async function sessionLives(deps: Pick<Deps, 'db' | 'now'>, session: Session): Promise<boolean> {
  const living = inLivingSession(session, deps.now());
  const { rows } = await deps.db.execute<{ read: string | null }>(
    `SELECT ${living.sql} AS read`,
    living.args,
  );
  return typeof rows[0]?.read === 'string';
}

async function tokens(
  deps: Deps,
  session: Session,
  jkt: string,
  refreshToken: string,
  expiresAt: number,
): Promise<Tokens> {
  const me = await readMe(deps, session.regroupementId, session.accountId);
  if (me === undefined) throw new Problem('session-ended');
  const accessToken = await issueAccessToken(deps, session, jkt);
  const endsIn = Math.floor(Math.min(IDLE_MS, expiresAt - deps.now()) / 1000);
  return { accessToken, expiresIn: ACCESS_TOKEN_S, refreshToken, endsIn, me, returnPage: null };
}
