// How a person comes to her second factor, before which she sees nothing: by the link of an invitation or of a reset, always
// with her password; a passkey or an app, then ten recovery codes of which one is typed back.

import { tryNewPassword } from '../../accounts/account-limits.ts';
import { type LinkRow, live, stillValid } from '../../accounts/emailed-links.ts';
import { checkPassword } from '../../accounts/passwords/password-rules.ts';
import { hashPassword, passwordFits } from '../../accounts/passwords/passwords.ts';
import type { NewBrowser } from '../../accounts/sessions/sessions.ts';
import { type Actor, audited } from '../../audit.ts';
import { sha256 } from '../../crypto.ts';
import { guard, isGuardFailure, type Statement } from '../../db/db.ts';
import { sql } from '../../db/sql.ts';
import { type Deps, newId, newSecret } from '../../deps.ts';
import { emailKey, type Lang } from '../../fields.ts';
import { type Limit, limited, orGiveBack, type Try } from '../../limits.ts';
import { enqueueMail } from '../../mail/outbox.ts';
import { Problem } from '../../problems/problem.ts';
import { regroupementById } from '../../regroupements/regroupements.ts';
import { invitationById, invitationOf, isKnown, joining } from '../people/invitations.ts';
import { saveUnenrolled, staffByEmail, staffById } from '../people/users.ts';
import { passkeysOf } from './passkeys.ts';
import { confirmRecoveryCodes } from './recovery-codes.ts';
import { endStaffSessions, openStaffSession, type StaffSession, type StaffTokens } from './sessions.ts';
import { staffEvent } from './staff-events.ts';
import { hasTotp } from './totp.ts';

const ENROLMENT_LINK_MS = 60 * 60_000;
const GUESSES_BY_LINK: Limit = { burst: 10, periodMs: 15 * 60_000 };

/**
 * The invited person chooses her name and password, and may set up a second factor; she becomes a member when that is done.
 * Throws `link-invalid`, `link-used`; `sign-in-needed` when her e-mail is somebody's who can sign in; `validation` for the
 * password; `too-many-requests`, `busy`.
 */
export async function acceptInvitation(
  deps: Deps,
  given: { token: string; name: string; password: string; lang: Lang },
  clientAddress: string,
  browser: NewBrowser,
): Promise<StaffTokens> {
  const invitation = await invitationOf(deps, given.token);
  if (await isKnown(deps, invitation)) throw new Problem('sign-in-needed');
  await tryNewPassword(deps, clientAddress);
  const regroupement = await regroupementById(deps, invitation.regroupementId);
  checkPassword(given.password, { email: invitation.email, regroupement });
  await browser.take();
  const passwordHash = await hashPassword(deps, given.password);
  const known = await staffByEmail(deps, invitation.email);
  const id = known?.id ?? newId(deps);
  const { name, lang } = given;
  try {
    return await openStaffSession(deps, id, browser, {
      enrols: `invitation:${invitation.id}`,
      also: [
        guard(`EXISTS (SELECT 1 FROM staff_invitations WHERE id = ?1 AND ${live('?2')})`, [
          invitation.id,
          deps.now(),
        ]),
        saveUnenrolled({ id, name, email: invitation.email, passwordHash, lang }, deps.now()),
        // Two at once for one new address: one of them is the person.
        guard('EXISTS (SELECT 1 FROM staff_users WHERE id = ? AND enrolled_at IS NULL)', [id]),
        endStaffSessions(id, 'enrolled-again', deps.now()),
      ],
    });
  } catch (error) {
    if (!isGuardFailure(error)) throw error;
    throw new Problem('link-invalid');
  }
}

/**
 * Somebody who is signed in gains the access that she was invited to. Throws `link-invalid`, `link-used`; `wrong-account`
 * when the invitation is to another e-mail.
 */
export async function joinSignedIn(deps: Deps, staffId: string, secret: string): Promise<void> {
  const invitation = await invitationOf(deps, secret);
  const staff = await staffById(deps, staffId);
  if (emailKey(staff.email) !== emailKey(invitation.email)) throw new Problem('wrong-account');
  try {
    await deps.db.batch(joining(deps, invitation, staffId));
  } catch (error) {
    if (!isGuardFailure(error)) throw error;
    throw new Problem('link-used');
  }
}

/**
 * Takes away every second factor of hers and all that is signed in, and sends her the link by which she sets up another.
 * `owner`: who asks for it, and must answer for every regroupement that the other works for (I1); on the server nobody must.
 * Throws `not-found`, `works-elsewhere`; `last-owner` when an owner asks and nobody else who can sign in answers for one of them.
 */
export async function resetFactors(
  deps: Deps,
  regroupementId: string,
  staffId: string,
  by: Actor,
  owner: string | null = null,
): Promise<void> {
  const { rows } = await deps.db.execute(
    'SELECT 1 FROM memberships WHERE staff_id = ? AND regroupement_id = ? AND removed_at IS NULL',
    [staffId, regroupementId],
  );
  if (rows.length === 0) throw new Problem('not-found');
  const answersForAll = ownsAll(staffId, owner);
  const leavesAnOwner = othersAnswer(staffId);
  const staff = await staffById(deps, staffId);
  const now = deps.now();
  const id = newId(deps);
  const secret = newSecret(deps);
  const statements = [
    guard(answersForAll.sql, answersForAll.args),
    ...(owner === null ? [] : [guard(leavesAnOwner.sql, leavesAnOwner.args)]),
    ...['staff_passkeys', 'staff_totp', 'staff_recovery_codes'].map((table) => ({
      sql: `DELETE FROM ${table} WHERE staff_id = ?`,
      args: [staffId],
    })),
    { sql: 'UPDATE staff_users SET enrolled_at = NULL, updated_at = ? WHERE id = ?', args: [now, staffId] },
    endStaffSessions(staffId, 'factor-reset', now),
    endLinks(staffId, 'enrolment', now),
    sql`INSERT INTO staff_links(id, staff_id, kind, token_hash, created_at, expires_at)
        VALUES (${id}, ${staffId}, 'enrolment', ${sha256(secret)}, ${now}, ${now + ENROLMENT_LINK_MS}) ON CONFLICT DO NOTHING`,
    enqueueMail(deps, {
      regroupementId,
      dedupeKey: `staff-enrolment:${id}`,
      kind: 'staff-enrolment',
      recipient: staff.email,
      lang: staff.lang,
      payload: { token: secret },
    }),
    audited(deps, {
      regroupementId,
      actor: by,
      act: 'staff-factor-reset',
      target: `staff_users:${staffId}`,
      before: { enrolled: staff.enrolledAt !== null },
      after: { enrolled: false },
    }),
    staffEvent(deps, staffId, 'staff-factor-reset', { by }),
  ];
  try {
    await deps.db.batch(statements);
  } catch (error) {
    if (!isGuardFailure(error)) throw error;
    const ask = sql`SELECT 1 WHERE ${answersForAll}`;
    const answers = await deps.db.execute(ask.sql, ask.args);
    throw new Problem(answers.rows.length > 0 ? 'last-owner' : 'works-elsewhere');
  }
}

/** SQL: wherever she is an owner, another one can sign in. */
function othersAnswer(staffId: string): Required<Statement> {
  return sql`NOT EXISTS (SELECT 1 FROM memberships m WHERE m.staff_id = ${staffId} AND m.removed_at IS NULL AND m.role = 'owner'
    AND NOT EXISTS (SELECT 1 FROM memberships o JOIN staff_users w ON w.id = o.staff_id
      WHERE o.regroupement_id = m.regroupement_id AND o.staff_id <> m.staff_id AND o.role = 'owner'
        AND o.removed_at IS NULL AND w.enrolled_at IS NOT NULL))`;
}

/** SQL: every regroupement that she works for is one that the owner answers for. */
function ownsAll(staffId: string, owner: string | null): Required<Statement> {
  return sql`${owner} IS NULL OR NOT EXISTS (SELECT 1 FROM memberships m WHERE m.staff_id = ${staffId} AND m.removed_at IS NULL
    AND NOT EXISTS (SELECT 1 FROM memberships o WHERE o.staff_id = ${owner} AND o.regroupement_id = m.regroupement_id
      AND o.role = 'owner' AND o.removed_at IS NULL))`;
}

/** The statement that ends her other links of this kind. */
export function endLinks(staffId: string, kind: 'password' | 'enrolment', now: number): Statement {
  return sql`UPDATE staff_links SET ended_at = ${now}
    WHERE staff_id = ${staffId} AND kind = ${kind} AND used_at IS NULL AND ended_at IS NULL`;
}

/**
 * With the link of a reset and her password she may set up a second factor. Throws `link-invalid`, `link-used`,
 * `sign-in-failed` for the password, `too-many-requests`, `busy`.
 */
export async function enrolByLink(
  deps: Deps,
  given: { token: string; password: string },
  browser: NewBrowser,
): Promise<StaffTokens> {
  const hash = sha256(given.token);
  const { rows } = await deps.db.execute<LinkRow & { id: string; staffId: string }>(
    `SELECT id, staff_id AS staffId, expires_at, used_at, ended_at FROM staff_links
     WHERE token_hash = ? AND kind = 'enrolment'`,
    [hash],
  );
  const link = stillValid(rows[0], deps.now());
  const guess: Try = [`staff-enrolment:${hash}`, GUESSES_BY_LINK];
  await limited(deps, [guess]);
  await browser.take();
  const staff = await staffById(deps, link.staffId);
  if (!(await orGiveBack(deps, [guess], () => passwordFits(staff.passwordHash, given.password)))) {
    await deps.db.batch([staffEvent(deps, staff.id, 'staff-sign-in-failed')]);
    throw new Problem('sign-in-failed');
  }
  return await openStaffSession(deps, staff.id, browser, { enrols: `link:${link.id}` });
}

/**
 * One of the new recovery codes was typed back: they count. A session that enrols becomes one that is signed in, and its
 * invitation a membership. Throws `code-wrong`; `factor-needed` before there is a passkey or an app; `link-used`,
 * `link-invalid` when the link ended meanwhile.
 */
export async function confirmCodes(deps: Deps, session: StaffSession, typed: string): Promise<void> {
  const now = deps.now();
  const { staffId } = session;
  if (!(await hasFactor(deps, staffId))) throw new Problem('factor-needed');
  const codes = confirmRecoveryCodes(now, staffId, typed);
  if (session.enrols === null) {
    await deps.db
      .batch([...codes, staffEvent(deps, staffId, 'staff-factor-changed', { factor: 'codes' })])
      .catch(asCodeWrong);
    return;
  }
  const [kind, id = ''] = session.enrols.split(':');
  const invitation = kind === 'invitation' ? await invitationById(deps, id) : null;
  const link =
    invitation === null
      ? [
          guard(`EXISTS (SELECT 1 FROM staff_links WHERE id = ?1 AND ${live('?2')})`, [id, now]),
          { sql: 'UPDATE staff_links SET used_at = ? WHERE id = ?', args: [now, id] },
        ]
      : joining(deps, invitation, staffId);
  await deps.db
    .batch([
      ...codes,
      sql`UPDATE staff_users SET enrolled_at = ${now}, updated_at = ${now} WHERE id = ${staffId} AND enrolled_at IS NULL`,
      ...link,
      sql`UPDATE staff_sessions SET enrols = NULL, fresh_at = ${now} WHERE id = ${session.sessionId} AND ended_at IS NULL`,
      staffEvent(deps, staffId, 'staff-enrolled'),
    ])
    .catch(async (error: unknown) => {
      // The other thing that may have failed.
      if (invitation !== null && isGuardFailure(error)) await invitationById(deps, id);
      asCodeWrong(error);
    });
}

function asCodeWrong(error: unknown): never {
  if (isGuardFailure(error)) throw new Problem('code-wrong');
  throw error;
}

/** Whether she has a passkey or an app. */
async function hasFactor(deps: Pick<Deps, 'db'>, staffId: string): Promise<boolean> {
  return (await passkeysOf(deps, staffId)).length > 0 || (await hasTotp(deps, staffId));
}

/** Takes a passkey of hers away. Throws `not-found`, `last-factor`. */
export async function removePasskey(deps: Deps, staffId: string, id: string): Promise<void> {
  await removed(
    deps,
    staffId,
    'passkey',
    sql`DELETE FROM staff_passkeys WHERE staff_id = ${staffId} AND credential_id = ${id} AND (
      EXISTS (SELECT 1 FROM staff_passkeys WHERE staff_id = ${staffId} AND credential_id <> ${id})
      OR EXISTS (SELECT 1 FROM staff_totp WHERE staff_id = ${staffId} AND secret IS NOT NULL))`,
    sql`SELECT 1 FROM staff_passkeys WHERE staff_id = ${staffId} AND credential_id = ${id}`,
  );
}

/** Takes her app away. Throws `not-found`, `last-factor`. */
export async function removeTotp(deps: Deps, staffId: string): Promise<void> {
  await removed(
    deps,
    staffId,
    'totp',
    sql`DELETE FROM staff_totp WHERE staff_id = ${staffId}
      AND EXISTS (SELECT 1 FROM staff_passkeys WHERE staff_id = ${staffId})`,
    sql`SELECT 1 FROM staff_totp WHERE staff_id = ${staffId}`,
  );
}

async function removed(
  deps: Deps,
  staffId: string,
  factor: string,
  remove: Required<Statement>,
  stillThere: Required<Statement>,
): Promise<void> {
  const [gone] = await deps.db.batch([
    remove,
    staffEvent(deps, staffId, 'staff-factor-changed', { factor }, { ifChanged: true }),
  ]);
  if ((gone?.changes ?? 0) > 0) return;
  const { rows } = await deps.db.execute(stillThere.sql, stillThere.args);
  throw new Problem(rows.length > 0 ? 'last-factor' : 'not-found');
}
