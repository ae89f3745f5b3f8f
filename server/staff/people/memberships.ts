// What a person may do at a regroupement (S44): her access, read at every call. The last person who answers for a regroupement
// cannot be taken away.
import { type Actor, audited } from '../../audit.ts';
import { sha256 } from '../../crypto.ts';
import type { Statement } from '../../db/db.ts';
import { sql } from '../../db/sql.ts';
import type { Deps } from '../../deps.ts';
import { torontoDay } from '../../ledger/toronto.ts';
import { Problem } from '../../problems/problem.ts';
import type { Role } from '../roles.ts';

export interface Membership {
  staffId: string;
  regroupementId: string;
  role: Role;
  mayRefund: boolean;
  refundCeilingCents: number;
  /** The last Toronto day; null: none is set. */
  endsOn: string | null;
}
type Row = Omit<Membership, 'mayRefund'> & { mayRefund: number };

const COLUMNS = `m.staff_id AS staffId, m.regroupement_id AS regroupementId, m.role, m.may_refund AS mayRefund,
  m.refund_ceiling_cents AS refundCeilingCents, m.ends_on AS endsOn`;
/** SQL: the access `m` of the person `u` opens something today. */
const LIVES = (today: string): Statement =>
  sql`m.removed_at IS NULL AND (m.ends_on IS NULL OR m.ends_on >= ${today}) AND u.enrolled_at IS NOT NULL`;

/** Her access to the regroupement as it is now, or undefined. */
export async function membershipOf(
  deps: Pick<Deps, 'db' | 'now'>,
  staffId: string,
  regroupementId: string,
): Promise<Membership | undefined> {
  const ask = sql`SELECT ${{ sql: COLUMNS }} FROM memberships m JOIN staff_users u ON u.id = m.staff_id
    WHERE m.staff_id = ${staffId} AND m.regroupement_id = ${regroupementId} AND ${LIVES(torontoDay(deps.now()))}`;
  const { rows } = await deps.db.execute<Row>(ask.sql, ask.args);
  return rows[0] === undefined ? undefined : read(rows[0]);
}

/** The regroupements that she works for now, by name. */
export async function membershipsOf(
  deps: Pick<Deps, 'db' | 'now'>,
  staffId: string,
): Promise<(Membership & { slug: string; name: string })[]> {
  const ask = sql`SELECT ${{ sql: COLUMNS }}, r.slug, r.name FROM memberships m JOIN staff_users u ON u.id = m.staff_id
    JOIN regroupements r ON r.id = m.regroupement_id
    WHERE m.staff_id = ${staffId} AND ${LIVES(torontoDay(deps.now()))} ORDER BY r.name, r.slug`;
  const { rows } = await deps.db.execute<Row & { slug: string; name: string }>(ask.sql, ask.args);
  return rows.map((row) => ({ ...row, ...read(row) }));
}

function read(row: Row): Membership {
  const { staffId, regroupementId, role, mayRefund, refundCeilingCents, endsOn } = row;
  return { staffId, regroupementId, role, mayRefund: mayRefund === 1, refundCeilingCents, endsOn };
}

/** The statement that gives her this access, or another one in its place. */
export function saveMembership(membership: Membership, now: number): Statement {
  const { staffId, regroupementId, role, mayRefund, refundCeilingCents, endsOn } = membership;
  return sql`INSERT INTO memberships(staff_id, regroupement_id, role, may_refund, refund_ceiling_cents, ends_on, created_at)
    VALUES (${staffId}, ${regroupementId}, ${role}, ${mayRefund ? 1 : 0}, ${refundCeilingCents}, ${endsOn}, ${now})
    ON CONFLICT DO UPDATE SET role = excluded.role, may_refund = excluded.may_refund,
      refund_ceiling_cents = excluded.refund_ceiling_cents, ends_on = excluded.ends_on, removed_at = NULL
    WHERE removed_at IS NOT NULL OR role <> 'owner' OR excluded.role = 'owner' OR ${anotherOwner(regroupementId, staffId)}`;
}

/** SQL: somebody else answers for the regroupement, and can sign in. An invitation is nobody yet. */
function anotherOwner(regroupementId: string, staffId: string): Statement {
  return sql`EXISTS (SELECT 1 FROM memberships o JOIN staff_users w ON w.id = o.staff_id
    WHERE o.regroupement_id = ${regroupementId} AND o.staff_id <> ${staffId} AND o.role = 'owner'
      AND o.removed_at IS NULL AND w.enrolled_at IS NOT NULL)`;
}

/** What of an access an owner may change. */
export type MembershipChange = Partial<
  Pick<Membership, 'role' | 'mayRefund' | 'refundCeilingCents' | 'endsOn'>
>;

/** Names the state of an access: another one as soon as anything of it that an owner may change has changed. */
export function versionOf(membership: Membership): string {
  return sha256(JSON.stringify(told(membership))).slice(0, 22);
}

/**
 * Changes her role, what she may refund, and when her access ends, from the state `version` on; at once, as it is read at every
 * call. Who becomes an owner has no end, and who is not of the office no right to refund of her own. Throws `not-found`;
 * `changed-meanwhile` with `current`, what her access is now, and its `version`; `last-owner` where nobody else who can sign in
 * answers for the regroupement; `validation` for what does not go with the role.
 */
export async function changeMember(
  deps: Deps,
  regroupementId: string,
  staffId: string,
  { version, by, ...given }: MembershipChange & { version: string; by: Actor },
): Promise<void> {
  const before = await accessOf(deps, regroupementId, staffId);
  if (versionOf(before) !== version) throw changedMeanwhile(before);
  const role = given.role ?? before.role;
  const after: Membership = {
    ...before,
    ...given,
    mayRefund: given.mayRefund ?? (role === 'office' && before.mayRefund),
    endsOn: given.endsOn === undefined ? (role === 'owner' ? null : before.endsOn) : given.endsOn,
  };
  const pointer =
    after.mayRefund && role !== 'office'
      ? '/mayRefund'
      : after.endsOn !== null && (role === 'owner' || after.endsOn < torontoDay(deps.now()))
        ? '/endsOn'
        : null;
  if (pointer !== null) throw new Problem('validation', { errors: [{ pointer, code: 'invalid' }] });
  if (JSON.stringify(told(after)) === JSON.stringify(told(before))) return;
  const [changed] = await deps.db.batch([
    sql`UPDATE memberships SET role = ${role}, may_refund = ${Number(after.mayRefund)},
          refund_ceiling_cents = ${after.refundCeilingCents}, ends_on = ${after.endsOn}
        WHERE staff_id = ${staffId} AND regroupement_id = ${regroupementId} AND removed_at IS NULL
          AND role = ${before.role} AND may_refund = ${Number(before.mayRefund)}
          AND refund_ceiling_cents = ${before.refundCeilingCents} AND ends_on IS ${before.endsOn}
          AND (role <> 'owner' OR ${role} = 'owner' OR ${anotherOwner(regroupementId, staffId)})`,
    audited(
      deps,
      {
        regroupementId,
        actor: by,
        act: 'staff-changed',
        target: `staff_users:${staffId}`,
        before: told(before),
        after: told(after),
      },
      { ifChanged: true },
    ),
  ]);
  if ((changed?.changes ?? 0) > 0) return;
  const now = await accessOf(deps, regroupementId, staffId);
  // The database may be asked twice.
  if (versionOf(now) === versionOf(after)) return;
  throw versionOf(now) === version ? new Problem('last-owner') : changedMeanwhile(now);
}

/** Her access, whether it opens something today or not. Throws `not-found`. */
async function accessOf(
  deps: Pick<Deps, 'db'>,
  regroupementId: string,
  staffId: string,
): Promise<Membership> {
  const ask = sql`SELECT ${{ sql: COLUMNS }} FROM memberships m
    WHERE m.staff_id = ${staffId} AND m.regroupement_id = ${regroupementId} AND m.removed_at IS NULL`;
  const { rows } = await deps.db.execute<Row>(ask.sql, ask.args);
  if (rows[0] === undefined) throw new Problem('not-found');
  return read(rows[0]);
}

function changedMeanwhile(current: Membership): Problem {
  return new Problem('changed-meanwhile', { current: told(current), version: versionOf(current) });
}

function told({ role, mayRefund, refundCeilingCents, endsOn }: Membership) {
  return { role, mayRefund, refundCeilingCents, endsOn };
}

/**
 * Takes her access away, at once: it is read at every call. Invitations of her to the regroupement, and those that
 * she sent, end with it, and her sessions when it was the last one. Throws `not-found`; `last-owner` when nobody else who can sign in answers for the
 * regroupement.
 */
export async function removeMember(
  deps: Deps,
  regroupementId: string,
  staffId: string,
  by: Actor,
): Promise<void> {
  const now = deps.now();
  const of = { staffId, regroupementId };
  const [removed] = await deps.db.batch([
    sql`UPDATE memberships SET removed_at = ${now}
        WHERE staff_id = ${staffId} AND regroupement_id = ${regroupementId} AND removed_at IS NULL
          AND (role <> 'owner' OR ${anotherOwner(regroupementId, staffId)}
            OR NOT EXISTS (SELECT 1 FROM staff_users WHERE id = ${staffId} AND enrolled_at IS NOT NULL))`,
    audited(
      deps,
      {
        regroupementId,
        actor: by,
        act: 'staff-removed',
        target: `staff_users:${staffId}`,
        before: { member: true },
        after: { member: false },
      },
      { ifChanged: true },
    ),
    sql`UPDATE staff_invitations SET ended_at = ${now} WHERE regroupement_id = ${regroupementId} AND used_at IS NULL
          AND ended_at IS NULL
          AND (email_key = (SELECT email_key FROM staff_users WHERE id = ${staffId}) OR invited_by = ${`staff:${staffId}`})
          AND ${isRemoved(of)}`,
    sql`UPDATE staff_sessions SET ended_at = ${now}, end_reason = 'removed' WHERE staff_id = ${staffId} AND ended_at IS NULL
          AND NOT EXISTS (SELECT 1 FROM memberships WHERE staff_id = ${staffId} AND removed_at IS NULL)`,
  ]);
  if ((removed?.changes ?? 0) > 0) return;
  const { rows } = await deps.db.execute<{ removedAt: number | null }>(
    'SELECT removed_at AS removedAt FROM memberships WHERE staff_id = ? AND regroupement_id = ?',
    [staffId, regroupementId],
  );
  const [row] = rows;
  // The database may be asked twice.
  if (row?.removedAt === now) return;
  throw new Problem(row !== undefined && row.removedAt === null ? 'last-owner' : 'not-found');
}

function isRemoved({ staffId, regroupementId }: { staffId: string; regroupementId: string }): Statement {
  return sql`EXISTS (SELECT 1 FROM memberships WHERE staff_id = ${staffId} AND regroupement_id = ${regroupementId}
    AND removed_at IS NOT NULL)`;
}

export interface Member extends Membership {
  name: string;
  email: string;
  /** Whether she has a second factor, without which nothing opens. */
  enrolled: boolean;
  /** UTC milliseconds of her last call that renewed a session; null: never. */
  lastSeenAt: number | null;
}

/** Everyone who has access to the regroupement or had it until its end date, by name. */
export async function members(deps: Pick<Deps, 'db'>, regroupementId: string): Promise<Member[]> {
  const { rows } = await deps.db.execute<
    Row & { name: string; email: string; enrolled: number; lastSeenAt: number | null }
  >(
    `SELECT ${COLUMNS}, u.name, u.email, u.enrolled_at IS NOT NULL AS enrolled,
       (SELECT max(last_used_at) FROM staff_sessions s WHERE s.staff_id = u.id) AS lastSeenAt
     FROM memberships m JOIN staff_users u ON u.id = m.staff_id
     WHERE m.regroupement_id = ? AND m.removed_at IS NULL ORDER BY u.name, u.id`,
    [regroupementId],
  );
  return rows.map((row) => ({
    ...read(row),
    name: row.name,
    email: row.email,
    enrolled: row.enrolled === 1,
    lastSeenAt: row.lastSeenAt,
  }));
}
