// Her password: changed by who knows it and has just proven her second factor, or chosen anew by an e-mailed link. The link
// proves the mailbox only: it opens nothing, and no second factor goes with it.
import { tryNewPassword, tryReset } from '../../accounts/account-limits.ts';
import { type LinkRow, live, stillValid } from '../../accounts/emailed-links.ts';
import { checkPassword, type PasswordContext } from '../../accounts/passwords/password-rules.ts';
import { hashPassword, passwordFits } from '../../accounts/passwords/passwords.ts';
import { sha256 } from '../../crypto.ts';
import { guard, isGuardFailure, type Statement } from '../../db/db.ts';
import { sql } from '../../db/sql.ts';
import { type Deps, newId, newSecret } from '../../deps.ts';
import { emailKey, type Lang } from '../../fields.ts';
import { type Limit, limited, orGiveBack, type Try } from '../../limits.ts';
import { enqueueAsked, enqueueMail, type Mail, replaceWaiting } from '../../mail/outbox.ts';
import { Problem } from '../../problems/problem.ts';
import { type StaffUser, staffByEmail, staffById } from '../people/users.ts';
import { endLinks } from './enrolment.ts';
import { endStaffSessions, type StaffSession } from './sessions.ts';
import { staffEvent } from './staff-events.ts';

const RESET_MS = 3_600_000;
const GUESSES: Limit = { burst: 10, periodMs: 15 * 60_000 };

/** Puts the new password in place of the present one; every other session of hers ends. Throws `password-wrong`, `validation`. */
export async function changeStaffPassword(
  deps: Deps,
  session: StaffSession,
  given: { currentPassword: string; password: string },
  clientAddress: string,
): Promise<void> {
  const staff = await staffById(deps, session.staffId);
  const guess: Try = [`staff-password:${staff.id}`, GUESSES];
  await limited(deps, [guess]);
  if (!(await orGiveBack(deps, [guess], () => passwordFits(staff.passwordHash, given.currentPassword))))
    throw new Problem('password-wrong');
  await tryNewPassword(deps, clientAddress);
  checkPassword(given.password, await contextOf(deps, staff));
  const passwordHash = await hashPassword(deps, given.password);
  const now = deps.now();
  try {
    await deps.db.batch([
      guard('EXISTS (SELECT 1 FROM staff_users WHERE id = ? AND password_hash = ?)', [
        staff.id,
        staff.passwordHash,
      ]),
      ...(await changed(deps, staff, passwordHash)),
      endStaffSessions(staff.id, 'password-changed', now, session.sessionId),
    ]);
  } catch (error) {
    if (!isGuardFailure(error)) throw error;
    throw new Problem('password-wrong');
  }
}

/**
 * Sends a link to whoever works for a regroupement under this e-mail; else sends nothing, and does as much. Throws
 * `too-many-requests` for the caller's address.
 */
export async function requestStaffReset(
  deps: Deps,
  given: { email: string; lang: Lang },
  clientAddress: string,
): Promise<void> {
  const key = emailKey(given.email);
  const leave = await tryReset(deps, { regroupementId: 'staff', emailKey: key, clientAddress });
  const staff = await staffByEmail(deps, given.email);
  const { rows } = await deps.db.execute<{ id: string; hers: number }>(
    `SELECT r.id, EXISTS (SELECT 1 FROM memberships WHERE staff_id = ?1 AND regroupement_id = r.id AND removed_at IS NULL) AS hers
     FROM regroupements r ORDER BY hers DESC, r.id LIMIT 1`,
    [staff?.id ?? ''],
  );
  const [regroupement] = rows;
  // Nobody can be written to on a server without regroupements.
  if (regroupement === undefined) return;
  const hers = regroupement.hers === 1 && !(leave !== 'now' && leave.nothing) ? staff : undefined;
  const id = newId(deps);
  const secret = newSecret(deps);
  const now = deps.now();
  const at = leave === 'now' ? now : leave.at;
  const mail: Mail<'staff-reset'> = {
    regroupementId: regroupement.id,
    dedupeKey: `staff-reset:${leave === 'now' ? id : leave.key}`,
    kind: 'staff-reset',
    recipient: hers?.email ?? '',
    lang: hers?.lang ?? given.lang,
    payload: { token: secret },
  };
  await deps.db.batch([
    sql`INSERT INTO staff_links(id, staff_id, kind, token_hash, created_at, expires_at)
        VALUES (${id}, ${hers?.id ?? null}, 'password', ${sha256(secret)}, ${now}, ${at + RESET_MS}) ON CONFLICT DO NOTHING`,
    ...(leave === 'now' ? [] : [replaceWaiting(mail)]),
    enqueueAsked(deps, mail, { by: clientAddress, at, kept: leave !== 'now' }),
    staffEvent(deps, hers?.id ?? '', 'staff-reset-asked'),
  ]);
}

/** Passes when the link can be used; nothing is consumed. Throws `link-used`, `link-invalid`. */
export async function checkStaffReset(deps: Deps, secret: string): Promise<{ id: string; staffId: string }> {
  const { rows } = await deps.db.execute<LinkRow & { id: string; staffId: string }>(
    `SELECT id, staff_id AS staffId, expires_at, used_at, ended_at FROM staff_links
     WHERE token_hash = ? AND kind = 'password' AND staff_id IS NOT NULL`,
    [sha256(secret)],
  );
  return stillValid(rows[0], deps.now());
}

/** Sets the new password and ends every session; she signs in with her second factor. Throws as `checkStaffReset`, `validation`. */
export async function completeStaffReset(
  deps: Deps,
  given: { token: string; password: string },
  clientAddress: string,
): Promise<void> {
  const link = await checkStaffReset(deps, given.token);
  await tryNewPassword(deps, clientAddress);
  const staff = await staffById(deps, link.staffId);
  checkPassword(given.password, await contextOf(deps, staff));
  const passwordHash = await hashPassword(deps, given.password);
  const now = deps.now();
  try {
    await deps.db.batch([
      guard(`EXISTS (SELECT 1 FROM staff_links WHERE id = ?1 AND ${live('?2')})`, [link.id, now]),
      { sql: 'UPDATE staff_links SET used_at = ? WHERE id = ?', args: [now, link.id] },
      ...(await changed(deps, staff, passwordHash)),
      endStaffSessions(staff.id, 'password-reset', now),
    ]);
  } catch (error) {
    if (!isGuardFailure(error)) throw error;
    await checkStaffReset(deps, given.token);
  }
}

async function changed(deps: Deps, staff: StaffUser, passwordHash: string): Promise<Statement[]> {
  const now = deps.now();
  const { rows } = await deps.db.execute<{ id: string }>(
    'SELECT regroupement_id AS id FROM memberships WHERE staff_id = ? AND removed_at IS NULL ORDER BY created_at LIMIT 1',
    [staff.id],
  );
  return [
    sql`UPDATE staff_users SET password_hash = ${passwordHash}, updated_at = ${now} WHERE id = ${staff.id}`,
    endLinks(staff.id, 'password', now),
    ...rows.map(({ id }) =>
      enqueueMail(deps, {
        regroupementId: id,
        dedupeKey: `staff-password-changed:${newId(deps)}`,
        kind: 'staff-password-changed',
        recipient: staff.email,
        lang: staff.lang,
        payload: {},
      }),
    ),
    staffEvent(deps, staff.id, 'staff-password-changed'),
  ];
}

/** What a guesser knows: the first regroupement that she works for. */
async function contextOf(deps: Pick<Deps, 'db'>, staff: StaffUser): Promise<PasswordContext> {
  const { rows } = await deps.db.execute<{ name: string; slug: string }>(
    `SELECT r.name, r.slug FROM memberships m JOIN regroupements r ON r.id = m.regroupement_id
     WHERE m.staff_id = ? ORDER BY m.created_at LIMIT 1`,
    [staff.id],
  );
  return { email: staff.email, regroupement: rows[0] ?? { name: '', slug: '' } };
}
