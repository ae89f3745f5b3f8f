// How long each thing is kept (P-39.1, s. 23; I9), as a table: the hourly job does what it says, the assessment page
// shows it. What is not in it stays as long as the regroupement uses the service: its books, and the files it brought.
import { setImmediate } from 'node:timers/promises';
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
  /** Which rows, in SQL, of the table called `z`; ?1: the instant before which they go. Without it they go with those of another rule. */
  where?: string;
  /** What is emptied, where the row itself stays. */
  set?: string;
  /** Rows of another table that go with them. */
  with?: string;
  /** So many in one transaction, while everybody else who writes waits. */
  atOnce?: number;
}

const DEAD_SESSION = 'coalesce(ended_at, expires_at) < ?1';

export const RULES: readonly Rule[] = [
  {
    table: 'sign_ups',
    // A dead link is still known for what it was: used, so that she signs in instead of asking for another.
    days: 7,
    since: { fr: 'la fin du lien d’activation', en: 'the end of the activation link' },
    where: 'expires_at < ?1',
  },
  {
    table: 'password_resets',
    days: 7,
    since: { fr: 'la fin du lien', en: 'the end of the link' },
    where: 'expires_at < ?1',
  },
  {
    table: 'email_changes',
    // As long as the messages to the address that was hers: the account's end finds them by it.
    days: 90,
    since: { fr: 'le changement, ou la fin du lien', en: 'the change, or the end of the link' },
    where: 'coalesce(used_at, expires_at) < ?1',
  },
  {
    table: 'refresh_tokens',
    // So long a dead session tells a stolen refresh token from an unknown one.
    days: 7,
    since: { fr: 'la fin de la connexion', en: 'the end of the session' },
  },
  {
    table: 'sessions',
    days: 7,
    since: {
      fr: 'la fin de la connexion (30 jours au plus)',
      en: 'the end of the session (30 days at most)',
    },
    where: DEAD_SESSION,
    // A session may have thousands of them.
    with: `DELETE FROM refresh_tokens WHERE session_id IN (SELECT id FROM sessions WHERE ${DEAD_SESSION} LIMIT ?2)`,
    atOnce: 20,
  },
  {
    table: 'staff_refresh_tokens',
    days: 7,
    since: { fr: 'la fin de la connexion', en: 'the end of the session' },
  },
  {
    table: 'staff_sessions',
    days: 7,
    since: {
      fr: 'la fin de la connexion (12 heures au plus)',
      en: 'the end of the session (12 hours at most)',
    },
    where: DEAD_SESSION,
    with: `DELETE FROM staff_refresh_tokens WHERE session_id IN (SELECT id FROM staff_sessions WHERE ${DEAD_SESSION} LIMIT ?2)`,
    atOnce: 20,
  },
  {
    table: 'staff_invitations',
    days: 366,
    since: { fr: 'la fin de l’invitation', en: 'the end of the invitation' },
    where: 'expires_at < ?1',
  },
  {
    table: 'staff_links',
    days: 7,
    since: { fr: 'la fin du lien', en: 'the end of the link' },
    where: 'expires_at < ?1',
  },
  {
    table: 'staff_challenges',
    days: 0,
    since: { fr: 'la fin de la question (5 minutes)', en: 'the end of the question (5 minutes)' },
    where: 'expires_at < ?1',
  },
  {
    table: 'signing_keys',
    days: 1,
    since: { fr: 'le remplacement de la clé', en: 'the key’s replacement' },
    where: 'retired_at < ?1',
  },
  {
    table: 'dpop_proofs',
    days: 0,
    since: { fr: 'la fin de la preuve (10 minutes)', en: 'the end of the proof (10 minutes)' },
    where: 'expires_at < ?1',
  },
  {
    table: 'rate_limits',
    days: 0,
    since: { fr: 'la fin de l’attente', en: 'the end of the wait' },
    where: 'tat <= ?1',
  },
  {
    table: 'link_challenges',
    days: 7,
    since: { fr: 'la fin du code', en: 'the end of the code' },
    where: 'expires_at < ?1',
  },
  {
    table: 'link_requests',
    days: 365,
    since: { fr: 'la réponse du regroupement', en: 'the association’s answer' },
    where: 'decided_at < ?1',
  },
  {
    table: 'outbox',
    // The row stays: its key keeps the message from being written twice.
    days: 90,
    since: { fr: 'l’envoi du courriel (l’adresse est effacée)', en: 'the sending (the address is erased)' },
    where: "state <> 'waiting' AND recipient <> '' AND coalesce(sent_at, next_at) < ?1",
    set: "recipient = '', payload = '{}'",
  },
  {
    table: 'webhook_events',
    days: 90,
    since: {
      fr: 'le message de PayPal (ses numéros sont effacés)',
      en: 'PayPal’s message (its numbers are erased)',
    },
    where: "state <> 'waiting' AND body <> '' AND coalesce(done_at, next_at) < ?1",
    set: "body = ''",
  },
  {
    table: 'import_file_parts',
    days: 7,
    since: { fr: 'l’arrivée du fichier', en: 'the file’s coming' },
  },
  {
    table: 'import_files',
    days: 7,
    since: { fr: 'l’arrivée du fichier', en: 'the file’s coming' },
    where: 'created_at < ?1',
    with: 'DELETE FROM import_file_parts WHERE file_id IN (SELECT id FROM import_files WHERE created_at < ?1 LIMIT ?2)',
    // Each may be of fifty megabytes.
    atOnce: 1,
  },
  {
    table: 'import_changes',
    // So long an import can be undone.
    days: 366,
    since: { fr: 'l’import', en: 'the import' },
    where: `z.seq < (SELECT coalesce(max(no) + 1, 0) FROM imports WHERE no IS NOT NULL AND merged_at < ?1) * ${2 ** 32}`,
  },
  {
    table: 'counters',
    days: 730,
    since: { fr: 'le jour compté', en: 'the day counted' },
    where: "day < date(?1 / 1000, 'unixepoch')",
  },
  {
    table: 'security_log',
    // Five years: as long as the register of incidents below, which it proves.
    days: 5 * 366,
    since: { fr: 'l’événement', en: 'the event' },
    where: 'at < ?1',
  },
  {
    table: 'audit_words',
    // As long as somebody may be sued over the act (Civil Code of Québec, art. 2925).
    days: 3 * 366,
    since: { fr: 'l’acte (l’acte reste)', en: 'the act (the act stays)' },
    where: 'at < ?1',
  },
  {
    table: 'incidents',
    // A correction is newer than what it corrects: from the last one back, one a round.
    days: 5 * 366,
    since: { fr: 'la dernière inscription sur l’incident', en: 'the last entry about the incident' },
    where: 'recorded_at < ?1 AND NOT EXISTS (SELECT 1 FROM incidents c WHERE c.corrects = z.id)',
  },
  {
    table: 'api_keys',
    days: 5 * 366,
    since: { fr: 'la fin de la clé', en: 'the end of the key' },
    where: 'min(coalesce(revoked_at, expires_at), expires_at) < ?1',
  },
];

/** One round: what has been kept long enough goes; unused accounts are told, then erased. */
export async function keepNoLonger(deps: Deps): Promise<void> {
  for (const rule of RULES) await applyRule(deps, rule);
  await tellUnused(deps);
  await eraseUnused(deps);
}

const AT_ONCE = 500;

// In short transactions, other work of this process between them: years may have piled up while it was not running.
async function applyRule(deps: Deps, { table, days, where, set, ...rule }: Rule): Promise<void> {
  if (where === undefined) return;
  const atOnce = rule.atOnce ?? AT_ONCE;
  const args = [deps.now() - days * DAY, atOnce];
  const does = set === undefined ? `DELETE FROM ${table}` : `UPDATE ${table} SET ${set}`;
  const rows = {
    sql: `${does} WHERE rowid IN (SELECT z.rowid FROM ${table} z WHERE ${where} LIMIT ?2)`,
    args,
  };
  for (;;) {
    const results = await deps.db.batch([
      ...(rule.with === undefined ? [] : [{ sql: rule.with, args }]),
      rows,
    ]);
    if ((results.at(-1)?.changes ?? 0) < atOnce) return;
    await setImmediate();
  }
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
