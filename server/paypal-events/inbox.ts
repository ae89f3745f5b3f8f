// PayPal's webhooks as they wait (S31, S32, and after): stored before anything is done about them, applied once, tried again while
// PayPal's own record cannot be read, parked where staff see them. Only what is done makes a repeat a repeat.
import type { Deps } from '../deps.ts';
import { newId } from '../deps.ts';
import { openException } from '../exceptions/exceptions.ts';
import type { PayPal } from '../paypal/client.ts';
import { PayPalFailure } from '../paypal/errors.ts';
import { regroupementById } from '../regroupements/regroupements.ts';
import { currentRequest, forRequest } from '../request-id.ts';
import { applyEvent, WebhookEvent } from './apply.ts';

const AT_ONCE = 50;
/** Longer than applying one can take. */
const CLAIM_MS = 2 * 60_000;
const MAX_ATTEMPTS = 20;
const FIRST_WAIT_MS = 30_000;
const LONGEST_WAIT_MS = 4 * 3_600_000;

/**
 * Keeps a verified event; false when this event is here already. Of what PayPal signed only the ids are kept: the
 * payer's name, e-mail and address that stand beside them are nobody's business here (I9).
 */
export async function keepEvent(deps: Deps, regroupementId: string, event: WebhookEvent): Promise<boolean> {
  const now = deps.now();
  const { changes } = await deps.db.execute(
    `INSERT INTO webhook_events(id, regroupement_id, event_id, event_type, body, next_at, received_at, request_id)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, ?7) ON CONFLICT(regroupement_id, event_id) DO NOTHING`,
    [newId(deps), regroupementId, event.id, event.event_type, JSON.stringify(event), now, currentRequest()],
  );
  return changes > 0;
}

/** One round over what is due. Answers how many events were applied. */
export async function applyDueEvents(deps: Deps, paypal: PayPal): Promise<number> {
  let applied = 0;
  for (let n = 0; n < AT_ONCE; n++) {
    const row = await claim(deps);
    if (row === undefined) break;
    if (await forRequest(row.requestId, () => applyDue(deps, paypal, row))) applied++;
  }
  return applied;
}

async function applyDue(deps: Deps, paypal: PayPal, row: DueEvent): Promise<boolean> {
  try {
    await applyEvent(deps, paypal, row.regroupementId, WebhookEvent.parse(JSON.parse(row.body)));
    await deps.db.execute(
      "UPDATE webhook_events SET state = 'done', done_at = ?, attempts = attempts + 1, claim_until = NULL, last_error = NULL WHERE id = ?",
      [deps.now(), row.id],
    );
    deps.log.info('webhook-applied', { webhook: row.id, kind: row.eventType });
    return true;
  } catch (error) {
    await later(deps, row, error);
    return false;
  }
}

interface DueEvent {
  id: string;
  regroupementId: string;
  eventId: string;
  eventType: string;
  body: string;
  attempts: number;
  /** The request that brought it. */
  requestId: string | null;
}

async function claim(deps: Deps): Promise<DueEvent | undefined> {
  const now = deps.now();
  // The clause on claim_until repeats the inner one, so that two processes never take the same row.
  const { rows } = await deps.db.execute<DueEvent>(
    `UPDATE webhook_events SET claim_until = ?1
     WHERE id = (SELECT id FROM webhook_events WHERE state = 'waiting' AND next_at <= ?2 AND (claim_until IS NULL OR claim_until <= ?2)
                 ORDER BY next_at LIMIT 1)
       AND (claim_until IS NULL OR claim_until <= ?2)
     RETURNING id, regroupement_id AS regroupementId, event_id AS eventId, event_type AS eventType, body, attempts,
       request_id AS requestId`,
    [now + CLAIM_MS, now],
  );
  return rows[0];
}

async function later(deps: Deps, row: DueEvent, error: unknown): Promise<void> {
  const attempts = row.attempts + 1;
  const parked = attempts >= MAX_ATTEMPTS;
  const why = error instanceof PayPalFailure ? error.message : error instanceof Error ? error.name : 'Error';
  if (error instanceof PayPalFailure)
    deps.log.warn('webhook-later', { webhook: row.id, attempts, parked, why });
  else deps.log.error('webhook', { webhook: row.id, attempts, parked }, error);
  const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** row.attempts);
  await deps.db.batch([
    {
      sql: 'UPDATE webhook_events SET state = ?, attempts = ?, next_at = ?, claim_until = NULL, last_error = ? WHERE id = ?',
      args: [parked ? 'parked' : 'waiting', attempts, deps.now() + wait, why, row.id],
    },
    ...(parked
      ? openException(deps, await regroupementById(deps, row.regroupementId), {
          kind: 'unconfirmed-event',
          about: row.eventId,
          detail: { eventId: row.eventId, eventType: row.eventType },
        })
      : []),
  ]);
}
