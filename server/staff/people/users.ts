// People of the regroupements' offices: each is one person with one e-mail, whatever regroupements she works for.
import type { Statement } from '../../db/db.ts';
import { sql } from '../../db/sql.ts';
import type { Deps } from '../../deps.ts';
import { emailKey, type Lang } from '../../fields.ts';

export interface StaffUser {
  id: string;
  name: string;
  /** As it was written; the one that e-mails go to. */
  email: string;
  lang: Lang;
  passwordHash: string;
  /** Since when she has a second factor; null: nothing opens to her. */
  enrolledAt: number | null;
}

const COLUMNS = 'id, name, email, lang, password_hash AS passwordHash, enrolled_at AS enrolledAt';

/** The person with this e-mail, however it is spelled, or undefined. */
export async function staffByEmail(deps: Pick<Deps, 'db'>, email: string): Promise<StaffUser | undefined> {
  const { rows } = await deps.db.execute<StaffUser>(
    `SELECT ${COLUMNS} FROM staff_users WHERE email_key = ?`,
    [emailKey(email)],
  );
  return rows[0];
}

/** The person with this id. Throws when there is none: ids come from rows that refer to her. */
export async function staffById(deps: Pick<Deps, 'db'>, id: string): Promise<StaffUser> {
  const { rows } = await deps.db.execute<StaffUser>(`SELECT ${COLUMNS} FROM staff_users WHERE id = ?`, [id]);
  const [user] = rows;
  if (user === undefined) throw new Error('a person of the staff is not there any more');
  return user;
}

/** The statement that makes a person, or gives the one who has no second factor yet another name and password. */
export function saveUnenrolled(user: Omit<StaffUser, 'enrolledAt'>, now: number): Statement {
  return sql`INSERT INTO staff_users(id, name, email, email_key, password_hash, lang, created_at, updated_at)
    VALUES (${user.id}, ${user.name}, ${user.email}, ${emailKey(user.email)}, ${user.passwordHash}, ${user.lang}, ${now}, ${now})
    ON CONFLICT(email_key) DO UPDATE SET name = excluded.name, password_hash = excluded.password_hash, lang = excluded.lang,
      updated_at = excluded.updated_at WHERE enrolled_at IS NULL`;
}
