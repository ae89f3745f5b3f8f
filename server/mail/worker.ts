// Sends what waits in the outbox: at least once, each row claimed by one process at a time, the same Message-ID at
// every try. What is refused for good, or too often, is parked for staff to see; nothing is forgotten.
import type { Deps } from '../deps.ts';
import { sha256 } from '../hash.ts';
import { compose } from './compose.ts';
import { type OutboxRow, SECRET_KINDS } from './outbox.ts';
import { MailError } from './transport.ts';

const AT_ONCE = 20;
/** Longer than a send can take (smtp.ts): after that another process may try. */
const CLAIM_MS = 2 * 60_000;
const MAX_ATTEMPTS = 12;
const FIRST_WAIT_MS = 30_000;
const LONGEST_WAIT_MS = 4 * 3_600_000;

/** One round: sends what is due. Answers what became of it. */
export async function sendDueMail(deps: Deps): Promise<{ sent: number; failed: number }> {
  const results = { sent: 0, failed: 0 };
  for (let n = 0; n < AT_ONCE; n++) {
    const row = await claim(deps);
    if (row === undefined) break;
    try {
      const message = await compose(deps, row, sha256(row.dedupeKey));
      await deps.mail.send(message);
      await deps.db.execute(
        `UPDATE outbox SET state = 'sent', sent_at = ?, attempts = attempts + 1, claim_until = NULL, last_error = NULL,
           payload = ? WHERE id = ?`,
        [deps.now(), withoutSecrets(row), row.id],
      );
      results.sent++;
    } catch (error) {
      await later(deps, row, error);
      results.failed++;
    }
  }
  return results;
}

// One at a time: rows claimed together would wait for each other behind a slow server, and outlive their claims.
async function claim(deps: Deps): Promise<OutboxRow | undefined> {
  const now = deps.now();
  // The clause on claim_until repeats the inner one, so that two processes never take the same row.
  const { rows } = await deps.db.execute<OutboxRow>(
    `UPDATE outbox SET claim_until = ?1
     WHERE id = (SELECT id FROM outbox WHERE state = 'waiting' AND next_at <= ?2 AND (claim_until IS NULL OR claim_until <= ?2)
                 ORDER BY next_at LIMIT 1)
       AND (claim_until IS NULL OR claim_until <= ?2)
     RETURNING id, regroupement_id AS regroupementId, dedupe_key AS dedupeKey, kind, recipient, lang, payload, attempts`,
    [now + CLAIM_MS, now],
  );
  return rows[0];
}

async function later(deps: Deps, row: OutboxRow, error: unknown): Promise<void> {
  const attempts = row.attempts + 1;
  const parked = (error instanceof MailError && error.permanent) || attempts >= MAX_ATTEMPTS;
  const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** row.attempts);
  // A MailError's text is a code; any other error may quote the message, so only its name is kept.
  const why = error instanceof MailError ? error.message : error instanceof Error ? error.name : 'Error';
  deps.log.warn('mail-not-sent', { outbox: row.id, kind: row.kind, attempts, parked, why });
  if (!(error instanceof MailError))
    deps.log.error('mail-compose', { outbox: row.id, kind: row.kind }, error);
  await deps.db.execute(
    'UPDATE outbox SET state = ?, attempts = ?, next_at = ?, claim_until = NULL, last_error = ?, payload = ? WHERE id = ?',
    [
      parked ? 'parked' : 'waiting',
      attempts,
      deps.now() + wait,
      why,
      parked ? withoutSecrets(row) : row.payload,
      row.id,
    ],
  );
}

// A link's secret is stored hashed where it counts; once its message has gone, or never will, it stands nowhere else.
function withoutSecrets(row: OutboxRow): string {
  return SECRET_KINDS.includes(row.kind) ? '{}' : row.payload;
}
