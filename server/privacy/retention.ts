// How long each thing is kept (P-39.1, s. 23; I9), as a table: the hourly job does what it says, the assessment page
// shows it. What is not in it stays as long as the regroupement uses the service: its books, and the files it brought.
import { guard, isGuardFailure } from '../db/db.ts';
import { type Deps, newId } from '../deps.ts';
import type { Lang } from '../fields.ts';
import { torontoDay } from '../ledger/toronto.ts';
import { enqueueMail } from '../mail/outbox.ts';
import { Problem } from '../problems/problem.ts';
import { eraseAccount } from './erase.ts';

const DAY = 24 * 3_600_000;

/** An account that nobody signs in to is told, and erased so long after. She pays once a year. */
export const UNUSED_MS = 3 * 366 * DAY;
export const NOTICE_MS = 30 * DAY;

interface Rule {
  /** The table it is about. */
  table: string;
  /** So long after what `since` says, in days; 0: as soon as it is so. */
  days: number;
  since: Readonly<Record<'fr' | 'en', string>>;
  /** ?1: the instant before which it goes. */
  sql: string;
}

const DEAD_STAFF_SESSIONS = 'SELECT id FROM staff_sessions WHERE coalesce(ended_at, expires_at) < ?1';
const DEAD_SESSIONS = 'SELECT id FROM sessions WHERE coalesce(ended_at, expires_at) < ?1';

export const RULES: readonly Rule[] = [
  {
    table: 'sign_ups',
    // A dead link is still known for what it was: used, so that she signs in instead of asking for another.
    days: 7,
    since: { fr: 'la fin du lien d’activation', en: 'the end of the activation link' },
    sql: 'DELETE FROM sign_ups WHERE expires_at < ?1',
  },
  {
    table: 'password_resets',
    days: 7,
    since: { fr: 'la fin du lien', en: 'the end of the link' },
    sql: 'DELETE FROM password_resets WHERE expires_at < ?1',
  },
  {
    table: 'email_changes',
    // As long as the messages to the address that was hers: the account's end finds them by it.
    days: 90,
    since: { fr: 'le changement, ou la fin du lien', en: 'the change, or the end of the link' },
    sql: 'DELETE FROM email_changes WHERE coalesce(used_at, expires_at) < ?1',
  },
  {
    table: 'refresh_tokens',
    // So long a dead session tells a stolen refresh token from an unknown one.
    days: 7,
    since: { fr: 'la fin de la connexion', en: 'the end of the session' },
    sql: `DELETE FROM refresh_tokens WHERE session_id IN (${DEAD_SESSIONS})`,
  },
  {
    table: 'sessions',
    days: 7,
    since: {
      fr: 'la fin de la connexion (30 jours au plus)',
      en: 'the end of the session (30 days at most)',
    },
    sql: `DELETE FROM sessions WHERE id IN (${DEAD_SESSIONS}) AND NOT EXISTS (SELECT 1 FROM refresh_tokens WHERE session_id = sessions.id)`,
  },
  {
    table: 'staff_refresh_tokens',
    days: 7,
    since: { fr: 'la fin de la connexion', en: 'the end of the session' },
    sql: `DELETE FROM staff_refresh_tokens WHERE session_id IN (${DEAD_STAFF_SESSIONS})`,
  },
  {
    table: 'staff_sessions',
    days: 7,
    since: {
      fr: 'la fin de la connexion (12 heures au plus)',
      en: 'the end of the session (12 hours at most)',
    },
    sql: `DELETE FROM staff_sessions WHERE id IN (${DEAD_STAFF_SESSIONS}) AND NOT EXISTS (SELECT 1 FROM staff_refresh_tokens WHERE session_id = staff_sessions.id)`,
  },
  {
    table: 'staff_invitations',
    days: 366,
    since: { fr: 'la fin de l’invitation', en: 'the end of the invitation' },
    sql: 'DELETE FROM staff_invitations WHERE expires_at < ?1',
  },
  {
    table: 'staff_links',
    days: 7,
    since: { fr: 'la fin du lien', en: 'the end of the link' },
    sql: 'DELETE FROM staff_links WHERE expires_at < ?1',
  },
  {
    table: 'staff_challenges',
    days: 0,
    since: { fr: 'la fin de la question (5 minutes)', en: 'the end of the question (5 minutes)' },
    sql: 'DELETE FROM staff_challenges WHERE expires_at < ?1',
  },
  {
    table: 'signing_keys',
    days: 1,
    since: { fr: 'le remplacement de la clé', en: 'the key’s replacement' },
    sql: 'DELETE FROM signing_keys WHERE retired_at < ?1',
  },
  {
    table: 'dpop_proofs',
    days: 0,
    since: { fr: 'la fin de la preuve (10 minutes)', en: 'the end of the proof (10 minutes)' },
    sql: 'DELETE FROM dpop_proofs WHERE expires_at < ?1',
  },
  {
    table: 'rate_limits',
    days: 0,
    since: { fr: 'la fin de l’attente', en: 'the end of the wait' },
    sql: 'DELETE FROM rate_limits WHERE tat <= ?1',
  },
  {
    table: 'link_challenges',
    days: 7,
    since: { fr: 'la fin du code', en: 'the end of the code' },
    sql: 'DELETE FROM link_challenges WHERE expires_at < ?1',
  },
  {
    table: 'link_requests',
    days: 365,
    since: { fr: 'la réponse du regroupement', en: 'the association’s answer' },
    sql: 'DELETE FROM link_requests WHERE decided_at < ?1',
  },
  {
    table: 'import_rows',
    days: 1,
    since: { fr: 'une importation interrompue', en: 'an import that was cut short' },
    sql: 'DELETE FROM import_rows WHERE import_id IN (SELECT id FROM imports WHERE started_at < ?1)',
  },
  {
    table: 'import_writes',
    days: 1,
    since: { fr: 'une importation interrompue', en: 'an import that was cut short' },
    sql: 'DELETE FROM import_writes WHERE import_id IN (SELECT id FROM imports WHERE started_at < ?1)',
  },
  {
    table: 'outbox',
    // The row stays: its key keeps the message from being written twice.
    days: 90,
    since: { fr: 'l’envoi du courriel (l’adresse est effacée)', en: 'the sending (the address is erased)' },
    sql: "UPDATE outbox SET recipient = '', payload = '{}' WHERE state <> 'waiting' AND recipient <> '' AND coalesce(sent_at, next_at) < ?1",
  },
  {
    table: 'webhook_events',
    days: 90,
    since: {
      fr: 'le message de PayPal (ses numéros sont effacés)',
      en: 'PayPal’s message (its numbers are erased)',
    },
    sql: "UPDATE webhook_events SET body = '' WHERE state <> 'waiting' AND body <> '' AND coalesce(done_at, next_at) < ?1",
  },
  {
    table: 'counters',
    days: 730,
    since: { fr: 'le jour compté', en: 'the day counted' },
    sql: "DELETE FROM counters WHERE day < date(?1 / 1000, 'unixepoch')",
  },
  {
    table: 'security_log',
    // Five years: as long as the register of incidents below, which it proves.
    days: 5 * 366,
    since: { fr: 'l’événement', en: 'the event' },
    sql: 'DELETE FROM security_log WHERE at < ?1',
  },
  {
    table: 'incidents',
    // A correction is newer than what it corrects: from the last one back, one a round.
    days: 5 * 366,
    since: { fr: 'la dernière inscription sur l’incident', en: 'the last entry about the incident' },
    sql: 'DELETE FROM incidents WHERE recorded_at < ?1 AND NOT EXISTS (SELECT 1 FROM incidents c WHERE c.corrects = incidents.id)',
  },
  {
    table: 'api_keys',
    days: 5 * 366,
    since: { fr: 'la fin de la clé', en: 'the end of the key' },
    sql: 'DELETE FROM api_keys WHERE min(coalesce(revoked_at, expires_at), expires_at) < ?1',
  },
];

/** One round: what has been kept long enough goes; unused accounts are told, then erased. */
export async function keepNoLonger(deps: Deps): Promise<void> {
  for (const { sql, days } of RULES) await deps.db.execute(sql, [deps.now() - days * DAY]);
  await tellUnused(deps);
  await eraseUnused(deps);
}

const A_ROUND = 200;

const NOT_WARNED = 'erased_at IS NULL AND ending_told_at IS NULL AND max(last_seen_at, created_at) < ?';

async function tellUnused(deps: Deps): Promise<void> {
  const now = deps.now();
  const { rows } = await deps.db.execute<{ id: string; regroupementId: string; email: string; lang: Lang }>(
    `SELECT id, regroupement_id AS regroupementId, email, lang FROM accounts WHERE ${NOT_WARNED} LIMIT ?`,
    [now - UNUSED_MS, A_ROUND],
  );
  for (const account of rows)
    await deps.db
      .batch([
        guard(`EXISTS (SELECT 1 FROM accounts WHERE id = ? AND email = ? AND ${NOT_WARNED})`, [
          account.id,
          account.email,
          now - UNUSED_MS,
        ]),
        { sql: 'UPDATE accounts SET ending_told_at = ? WHERE id = ?', args: [now, account.id] },
        enqueueMail(deps, {
          regroupementId: account.regroupementId,
          dedupeKey: `account-ending:${account.id}:${newId(deps)}`,
          kind: 'account-ending',
          recipient: account.email,
          lang: account.lang,
          payload: { on: torontoDay(now + NOTICE_MS) },
        }),
      ])
      .catch((error: unknown) => {
        // She came back, or another process has told her.
        if (!isGuardFailure(error)) throw error;
      });
}

async function eraseUnused(deps: Deps): Promise<void> {
  const { rows } = await deps.db.execute<{ id: string; regroupementId: string }>(
    `SELECT id, regroupement_id AS regroupementId FROM accounts
     WHERE erased_at IS NULL AND ending_told_at < ? AND max(last_seen_at, created_at) < ? LIMIT ?`,
    [deps.now() - NOTICE_MS, deps.now() - UNUSED_MS, A_ROUND],
  );
  for (const { id, regroupementId } of rows)
    await eraseAccount(deps, regroupementId, id, { why: 'unused' }).catch((error: unknown) => {
      // Money of hers is under way, after all this time: a later round.
      if (!(error instanceof Problem)) throw error;
    });
}
