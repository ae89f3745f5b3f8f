// Someone who signs in, inside one regroupement (I1): her name, e-mail, language and password's hash.
import { z } from 'zod';
import type { Statement } from '../db/db.ts';
import { sql } from '../db/sql.ts';
import { type Deps, newId } from '../deps.ts';
import { emailKey, type Lang, lang } from '../fields.ts';
import type { Regroupement } from '../regroupements/regroupements.ts';
import { emailText } from '../text.ts';
import { hashPassword } from './passwords/passwords.ts';

/** What a signed-in person is told of her account. */
export const Me = z.object({ name: z.string(), email: z.string(), lang }).meta({ ref: 'Me' });
export type Me = z.infer<typeof Me>;

export interface Account {
  id: string;
  /** As she typed it; the one that e-mails go to. */
  email: string;
  lang: Lang;
  passwordHash: string;
}

/** Inserts the account; a second one with the same e-mail fails on the UNIQUE constraint. */
export function insertAccount(
  account: Account & { regroupementId: string; name: string },
  now: number,
): Statement {
  return sql`INSERT INTO accounts(id, regroupement_id, name, email, email_key, password_hash, lang, created_at, updated_at)
    VALUES (${account.id}, ${account.regroupementId}, ${account.name}, ${account.email}, ${emailKey(account.email)},
      ${account.passwordHash}, ${account.lang}, ${now}, ${now})`;
}

/**
 * An account made by us, without a verifying e-mail: sample data, tests. Answers its id; when the e-mail has an
 * account already, that one's id, unchanged.
 */
export async function createAccount(
  deps: Deps,
  given: {
    regroupement: Pick<Regroupement, 'id'>;
    name: string;
    email: string;
    password: string;
    lang: Lang;
  },
): Promise<string> {
  const regroupementId = given.regroupement.id;
  const existing = await accountByEmail(deps, regroupementId, given.email);
  if (existing !== undefined) return existing.id;
  const id = newId(deps);
  const passwordHash = await hashPassword(deps, given.password);
  const email = emailText(given.email);
  await deps.db.batch([
    insertAccount(
      { id, regroupementId, name: given.name, email, passwordHash, lang: given.lang },
      deps.now(),
    ),
  ]);
  return id;
}

/** The account of an e-mail, however it is spelled (I1), or undefined. */
export async function accountByEmail(
  deps: Pick<Deps, 'db'>,
  regroupementId: string,
  email: string,
): Promise<Account | undefined> {
  const { rows } = await deps.db.execute<Account>(
    'SELECT id, email, lang, password_hash AS passwordHash FROM accounts WHERE regroupement_id = ? AND email_key = ?',
    [regroupementId, emailKey(email)],
  );
  return rows[0];
}

/** What the account's owner sees of herself, or undefined when there is no such account in this regroupement. */
export async function readMe(
  deps: Pick<Deps, 'db'>,
  regroupementId: string,
  accountId: string,
): Promise<Me | undefined> {
  const { rows } = await deps.db.execute<Me>(
    'SELECT name, email, lang FROM accounts WHERE regroupement_id = ? AND id = ? AND erased_at IS NULL',
    [regroupementId, accountId],
  );
  return rows[0];
}

/** The account with this id, or undefined. */
export async function accountById(
  deps: Pick<Deps, 'db'>,
  regroupementId: string,
  accountId: string,
): Promise<Account | undefined> {
  const { rows } = await deps.db.execute<Account>(
    'SELECT id, email, lang, password_hash AS passwordHash FROM accounts WHERE regroupement_id = ? AND id = ? AND erased_at IS NULL',
    [regroupementId, accountId],
  );
  return rows[0];
}

/** Corrects her name, or keeps the language that she chose for her e-mails. What was issued before stays as it was. */
export async function changeMe(
  deps: Pick<Deps, 'db' | 'now'>,
  regroupementId: string,
  accountId: string,
  chosen: { name?: string | undefined; lang?: Lang | undefined },
): Promise<void> {
  await deps.db.execute(
    `UPDATE accounts SET name = coalesce(?, name), lang = coalesce(?, lang), updated_at = ?
     WHERE regroupement_id = ? AND id = ? AND erased_at IS NULL`,
    [chosen.name ?? null, chosen.lang ?? null, deps.now(), regroupementId, accountId],
  );
}

/** Puts another hash of the same password in place of the one read; false when it was changed meanwhile. */
export async function replaceHash(
  deps: Pick<Deps, 'db' | 'now'>,
  regroupementId: string,
  read: Account,
  passwordHash: string,
): Promise<boolean> {
  const { changes } = await deps.db.execute(
    'UPDATE accounts SET password_hash = ?, updated_at = ? WHERE regroupement_id = ? AND id = ? AND password_hash = ?',
    [passwordHash, deps.now(), regroupementId, read.id, read.passwordHash],
  );
  return changes > 0;
}
