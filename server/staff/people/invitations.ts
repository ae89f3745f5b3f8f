// An invitation: a link that lives a week, bound to an e-mail, by which a person gains access to a regroupement. It serves
// until she has set up her second factor; only then is she a member, so that nobody without one is seen as one.

import { type LinkRow, live, stillValid } from '../../accounts/emailed-links.ts';
import { type Actor, audited } from '../../audit.ts';
import { sha256 } from '../../crypto.ts';
import { guard, type Statement } from '../../db/db.ts';
import { sql } from '../../db/sql.ts';
import { type Deps, newId, newSecret } from '../../deps.ts';
import { emailKey, type Lang } from '../../fields.ts';
import { torontoDay } from '../../ledger/toronto.ts';
import { type Limit, limited } from '../../limits.ts';
import { enqueueMail } from '../../mail/outbox.ts';
import { Problem } from '../../problems/problem.ts';
import { REFUND_CEILING_CENTS, type Role } from '../roles.ts';
import { saveMembership } from './memberships.ts';
import { staffByEmail } from './users.ts';

const ASKED_PER_ADDRESS: Limit = { burst: 5, periodMs: 3_600_000 };
const LIVES_MS = 7 * 24 * 3_600_000;

export interface Invitation {
  id: string;
  regroupementId: string;
  email: string;
  name: string;
  role: Role;
  mayRefund: boolean;
  refundCeilingCents: number;
  /** The last Toronto day of the access; null: none is set. */
  endsOn: string | null;
}

export interface Invited {
  name: string;
  email: string;
  role: Role;
  mayRefund?: boolean;
  /** Never with the role `owner`: the last one must not lapse. */
  endsOn?: string | null;
  lang: Lang;
}

/** Invites by e-mail; an earlier invitation of that address to the regroupement ends. Answers its id and its last instant. */
export async function invite(
  deps: Deps,
  regroupementId: string,
  given: Invited,
  by: Actor,
): Promise<{ id: string; expiresAt: number }> {
  const id = newId(deps);
  const secret = newSecret(deps);
  const now = deps.now();
  const expiresAt = now + LIVES_MS;
  const { role, mayRefund = false, endsOn = null } = given;
  await deps.db.batch([
    sql`UPDATE staff_invitations SET ended_at = ${now} WHERE regroupement_id = ${regroupementId}
          AND email_key = ${emailKey(given.email)} AND id <> ${id} AND used_at IS NULL AND ended_at IS NULL`,
    sql`INSERT INTO staff_invitations(id, regroupement_id, email, email_key, name, role, may_refund, refund_ceiling_cents,
          ends_on, lang, token_hash, invited_by, created_at, expires_at)
        VALUES (${id}, ${regroupementId}, ${given.email}, ${emailKey(given.email)}, ${given.name}, ${role},
          ${mayRefund ? 1 : 0}, ${REFUND_CEILING_CENTS}, ${endsOn}, ${given.lang}, ${sha256(secret)}, ${by},
          ${now}, ${expiresAt})
        ON CONFLICT DO NOTHING`,
    enqueueMail(deps, {
      regroupementId,
      dedupeKey: `staff-invitation:${id}`,
      kind: 'staff-invitation',
      recipient: given.email,
      lang: given.lang,
      payload: { token: secret },
    }),
    audited(deps, {
      regroupementId,
      actor: by,
      act: 'staff-invited',
      target: `staff_invitations:${id}`,
      before: null,
      after: { role, mayRefund, refundCeilingCents: REFUND_CEILING_CENTS, endsOn },
      words: { after: { name: given.name, email: given.email } },
    }),
  ]);
  return { id, expiresAt };
}

/**
 * Invites the same person again, to the same access; the invitation before ends, whether its week is over or not. Throws
 * `not-found` for one that was used or replaced, or is to another regroupement.
 */
export async function inviteAgain(
  deps: Deps,
  regroupementId: string,
  id: string,
  by: Actor,
): Promise<{ id: string; expiresAt: number }> {
  const { rows } = await deps.db.execute<Required<Omit<Invited, 'mayRefund'>> & { mayRefund: number }>(
    `SELECT name, email, role, may_refund AS mayRefund, ends_on AS endsOn, lang FROM staff_invitations
     WHERE id = ? AND regroupement_id = ? AND used_at IS NULL AND ended_at IS NULL`,
    [id, regroupementId],
  );
  const [former] = rows;
  if (former === undefined) throw new Problem('not-found');
  return await invite(deps, regroupementId, { ...former, mayRefund: former.mayRefund === 1 }, by);
}

/** The invitation of a link that can be used. Throws `link-used`, `link-invalid`. */
export async function invitationOf(deps: Pick<Deps, 'db' | 'now'>, secret: string): Promise<Invitation> {
  return await invitationWhere(deps, sql`token_hash = ${sha256(secret)}`);
}

/** The same by its id. Throws as `invitationOf`. */
export async function invitationById(deps: Pick<Deps, 'db' | 'now'>, id: string): Promise<Invitation> {
  return await invitationWhere(deps, sql`id = ${id}`);
}

async function invitationWhere(deps: Pick<Deps, 'db' | 'now'>, condition: Statement): Promise<Invitation> {
  const ask = sql`SELECT id, regroupement_id AS regroupementId, email, name, role, may_refund AS mayRefund,
      refund_ceiling_cents AS refundCeilingCents, ends_on AS endsOn, expires_at, used_at, ended_at
    FROM staff_invitations WHERE ${condition}`;
  const { rows } = await deps.db.execute<LinkRow & Omit<Invitation, 'mayRefund'> & { mayRefund: number }>(
    ask.sql,
    ask.args,
  );
  const { expires_at: _expires, used_at: _used, ended_at: _ended, ...row } = stillValid(rows[0], deps.now());
  return { ...row, mayRefund: row.mayRefund === 1 };
}

/**
 * The statements by which the invited person becomes a member, once; they fail their batch (a guard) when the invitation
 * cannot be used any more.
 */
export function joining(deps: Deps, invitation: Invitation, staffId: string): Statement[] {
  const now = deps.now();
  const { id, regroupementId, role, mayRefund, refundCeilingCents, endsOn } = invitation;
  return [
    guard(`EXISTS (SELECT 1 FROM staff_invitations WHERE id = ?1 AND ${live('?2')})`, [id, now]),
    { sql: 'UPDATE staff_invitations SET used_at = ? WHERE id = ?', args: [now, id] },
    saveMembership({ staffId, regroupementId, role, mayRefund, refundCeilingCents, endsOn }, now),
    audited(
      deps,
      {
        regroupementId,
        actor: `staff:${staffId}`,
        act: 'staff-joined',
        target: `staff_users:${staffId}`,
        before: null,
        after: { invitation: id, role, mayRefund, refundCeilingCents, endsOn },
      },
      { ifChanged: true },
    ),
  ];
}

/**
 * Tells the owners that whoever has this link, which cannot be used any more, asks for another one: once a day. Says
 * nothing of whether there ever was such a link.
 */
export async function askForAnother(deps: Deps, secret: string, clientAddress: string): Promise<void> {
  await limited(deps, [[`staff-invitation-asked:${clientAddress}`, ASKED_PER_ADDRESS]]);
  const { rows } = await deps.db.execute<{ id: string; regroupementId: string }>(
    'SELECT id, regroupement_id AS regroupementId FROM staff_invitations WHERE token_hash = ?',
    [sha256(secret)],
  );
  const [invitation] = rows;
  if (invitation === undefined) return;
  const { id: invitationId, regroupementId } = invitation;
  const { rows: owners } = await deps.db.execute<{ id: string; email: string; lang: Lang }>(
    `SELECT u.id, u.email, u.lang FROM memberships m JOIN staff_users u ON u.id = m.staff_id
     WHERE m.regroupement_id = ? AND m.role = 'owner' AND m.removed_at IS NULL AND u.enrolled_at IS NOT NULL`,
    [regroupementId],
  );
  const day = torontoDay(deps.now());
  await deps.db.batch(
    owners.map(({ id, email, lang }) =>
      enqueueMail(deps, {
        regroupementId,
        dedupeKey: `staff-invitation-asked:${invitationId}:${id}:${day}`,
        kind: 'staff-invitation-asked',
        recipient: email,
        lang,
        payload: { invitationId },
      }),
    ),
  );
}

/** Whether the invited e-mail is somebody's who can sign in: then she does, and is asked for no password. */
export async function isKnown(deps: Pick<Deps, 'db'>, { email }: Invitation): Promise<boolean> {
  const known = await staffByEmail(deps, email);
  return known !== undefined && known.enrolledAt !== null;
}

/** Invitations that nobody took up or replaced, newest first: they wait, or their week is over. */
export async function openInvitations(
  deps: Pick<Deps, 'db'>,
  regroupementId: string,
): Promise<{ id: string; email: string; name: string; role: Role; expiresAt: number }[]> {
  const { rows } = await deps.db.execute<{
    id: string;
    email: string;
    name: string;
    role: Role;
    expiresAt: number;
  }>(
    `SELECT id, email, name, role, expires_at AS expiresAt FROM staff_invitations
     WHERE regroupement_id = ? AND used_at IS NULL AND ended_at IS NULL ORDER BY created_at DESC`,
    [regroupementId],
  );
  return rows;
}
