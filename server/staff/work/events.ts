// What happened since somebody last asked. The rows are written by the facts themselves (server/db/migrations/0031_events.sql).
import type { Deps } from '../../deps.ts';

export const EVENT_KINDS = [
  ...['payment.completed', 'payment.refunded', 'payment.reversed', 'payment.recorded', 'payment.returned'],
  ...['invoice.created', 'invoice.changed', 'invoice.cancelled', 'holder.changed'],
  ...[
    'link.requested',
    'link.decided',
    'exception.opened',
    'exception.closed',
    'import.completed',
    'import.undone',
  ],
] as const;

interface Event {
  /** Rises; what `after` takes. */
  seq: number;
  kind: string;
  /** What it happened to, as `table:id`. */
  subject: string;
  facts: Record<string, unknown>;
  at: number;
}

/** The regroupement's events after the one with this number, in the order in which they came to stand. */
export async function eventsAfter(
  deps: Pick<Deps, 'db'>,
  regroupementId: string,
  after: number,
  limit: number,
): Promise<Event[]> {
  const { rows } = await deps.db.execute<Omit<Event, 'facts'> & { facts: string }>(
    `SELECT seq, kind, subject, facts, at FROM events WHERE regroupement_id = ? AND seq > ? ORDER BY seq LIMIT ?`,
    [regroupementId, after, limit],
  );
  return rows.map((row) => ({ ...row, facts: JSON.parse(row.facts) as Event['facts'] }));
}

/** The number of the newest one; 0: there is none. */
export async function newestEvent(deps: Pick<Deps, 'db'>, regroupementId: string): Promise<number> {
  const { rows } = await deps.db.execute<{ seq: number | null }>(
    'SELECT max(seq) AS seq FROM events WHERE regroupement_id = ?',
    [regroupementId],
  );
  return rows[0]?.seq ?? 0;
}
