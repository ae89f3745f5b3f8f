// Which e-mails a person of the office wants (S44, S45): of each payment or once a day, of exceptions at once or once a day. What
// comes at once is written beside the message to the office (server/db/migrations/0032_staff_alerts.sql).
import { type Actor, audited } from '../../audit.ts';
import { sql } from '../../db/sql.ts';
import type { Deps } from '../../deps.ts';
import type { Lang } from '../../fields.ts';
import { HAS_A_DAY } from '../../ledger/entries.ts';
import { torontoBounds, torontoDateTime, torontoYesterday } from '../../ledger/toronto.ts';
import { enqueueMail } from '../../mail/outbox.ts';
import { Problem } from '../../problems/problem.ts';
import { membershipsOf } from './memberships.ts';

export const PAYMENT_ALERTS = ['each', 'daily', 'none'] as const;
export const EXCEPTION_ALERTS = ['at-once', 'daily', 'none'] as const;

export interface Alerts {
  payments: (typeof PAYMENT_ALERTS)[number];
  exceptions: (typeof EXCEPTION_ALERTS)[number];
}
const NONE: Alerts = { payments: 'none', exceptions: 'none' };
/** When the day before is told, in Toronto. */
const TOLD_FROM = '08:00';

/** What she wants of each regroupement that she works for; nothing, until she says so. */
export async function alertsOf(
  deps: Pick<Deps, 'db' | 'now'>,
  staffId: string,
): Promise<(Alerts & { slug: string })[]> {
  const memberships = await membershipsOf(deps, staffId);
  const { rows } = await deps.db.execute<Alerts & { regroupementId: string }>(
    'SELECT regroupement_id AS regroupementId, payments, exceptions FROM staff_alerts WHERE staff_id = ?',
    [staffId],
  );
  return memberships.map(({ slug, regroupementId }) => {
    const { payments, exceptions } = rows.find((row) => row.regroupementId === regroupementId) ?? NONE;
    return { slug, payments, exceptions };
  });
}

/** Sets what she wants of one of them. Throws `not-found` for one that she does not work for. */
export async function setAlerts(
  deps: Deps,
  staffId: string,
  slug: string,
  { payments, exceptions }: Alerts,
): Promise<void> {
  const membership = (await membershipsOf(deps, staffId)).find((one) => one.slug === slug);
  if (membership === undefined) throw new Problem('not-found');
  const before = (await alertsOf(deps, staffId)).find((one) => one.slug === slug) ?? NONE;
  if (before.payments === payments && before.exceptions === exceptions) return;
  const { regroupementId } = membership;
  const actor: Actor = `staff:${staffId}`;
  await deps.db.batch([
    sql`INSERT INTO staff_alerts(staff_id, regroupement_id, payments, exceptions)
        VALUES (${staffId}, ${regroupementId}, ${payments}, ${exceptions})
        ON CONFLICT DO UPDATE SET payments = excluded.payments, exceptions = excluded.exceptions`,
    audited(deps, {
      regroupementId,
      actor,
      act: 'alerts-set',
      target: `staff_users:${staffId}`,
      before: { payments: before.payments, exceptions: before.exceptions },
      after: { payments, exceptions },
    }),
  ]);
}

/** Tells, from eight o'clock on, what happened the Toronto day before, to whoever wants it once a day; nothing of a day of nothing. */
export async function sendDigests(deps: Deps): Promise<void> {
  if (torontoDateTime(deps.now()).time < TOLD_FROM) return;
  const day = torontoYesterday(deps.now());
  const { rows } = await deps.db.execute<
    Alerts & { staffId: string; email: string; lang: Lang; regroupementId: string }
  >(
    `SELECT a.staff_id AS staffId, u.email, u.lang, a.regroupement_id AS regroupementId, a.payments, a.exceptions
     FROM staff_alerts a JOIN staff_users u ON u.id = a.staff_id AND u.enrolled_at IS NOT NULL
     JOIN memberships m ON m.staff_id = a.staff_id AND m.regroupement_id = a.regroupement_id AND m.removed_at IS NULL
       AND (m.ends_on IS NULL OR m.ends_on > ?)
     WHERE 'daily' IN (a.payments, a.exceptions)`,
    [day],
  );
  for (const [regroupementId, people] of Map.groupBy(rows, (row) => row.regroupementId)) {
    const happened = await dayOf(deps, regroupementId, day);
    const messages = people.flatMap(({ staffId, email, lang, payments, exceptions }) => {
      const payload = {
        day,
        ...(payments === 'daily'
          ? { payments: happened.payments, cents: happened.cents }
          : { payments: 0, cents: 0 }),
        exceptions: exceptions === 'daily' ? happened.exceptions : 0,
      };
      if (payload.payments === 0 && payload.exceptions === 0) return [];
      const dedupeKey = `digest:${staffId}:${regroupementId}:${day}`;
      return [
        enqueueMail(deps, {
          regroupementId,
          dedupeKey,
          kind: 'staff-digest',
          recipient: email,
          lang,
          payload,
        }),
      ];
    });
    if (messages.length > 0) await deps.db.batch(messages);
  }
}

async function dayOf(
  deps: Pick<Deps, 'db'>,
  regroupementId: string,
  day: string,
): Promise<{ payments: number; cents: number; exceptions: number }> {
  const { from, to } = torontoBounds(day);
  const { rows: money } = await deps.db.execute<{ payments: number; cents: number }>(
    `SELECT count(DISTINCT coalesce(e.payment_id, b.group_id, e.source)) AS payments, coalesce(-sum(e.amount_cents), 0) AS cents
     FROM ledger_entries e LEFT JOIN recorded_payments b
       ON e.source LIKE 'recorded:%' AND b.id = substr(e.source, length('recorded:') + 1)
     WHERE e.regroupement_id = ? AND e.occurred_at >= ? AND e.occurred_at < ? AND e.kind = 'payment' AND ${HAS_A_DAY}`,
    [regroupementId, from, to],
  );
  const { rows: opened } = await deps.db.execute<{ n: number }>(
    'SELECT count(*) AS n FROM exceptions WHERE regroupement_id = ? AND opened_at >= ? AND opened_at < ?',
    [regroupementId, from, to],
  );
  return { payments: 0, cents: 0, ...money[0], exceptions: opened[0]?.n ?? 0 };
}
