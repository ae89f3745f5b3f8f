// New keys in the place of old ones, while the server runs and nobody is signed out.

import { type Actor, audited } from '../audit.ts';
import { decrypt, encrypt, isNewest } from '../crypto.ts';
import type { Statement } from '../db/db.ts';
import type { Deps } from '../deps.ts';

// Where a secret is kept: table, column, what names its row, and its purpose (see encrypt).
const PLACES = [
  ['regroupements', 'paypal_secret', 'id', 'paypal-secret'],
  ['paypal_accounts', 'secret', 'regroupement_id', 'paypal-secret'],
  ['signing_keys', 'private_jwk', 'kid', 'signing-key'],
  ['staff_totp', 'secret', 'staff_id', 'staff-totp'],
  ['staff_totp', 'pending', 'staff_id', 'staff-totp'],
  ['import_files', 'file_key', 'id', 'import-file'],
] as const;

/**
 * Encrypts with the first SECRET_KEY whatever an older one encrypted; afterwards the older ones may go. Answers how
 * many secrets were written anew, and how many no key opens: these are left as they are.
 */
export async function reencrypt(deps: Deps, by: Actor): Promise<{ changed: number; unreadable: number }> {
  const writes: Statement[] = [];
  let unreadable = 0;
  for (const [table, column, name, purpose] of PLACES) {
    const { rows } = await deps.db.execute<{ name: string; secret: string }>(
      `SELECT ${name} AS name, ${column} AS secret FROM ${table} WHERE ${column} IS NOT NULL`,
    );
    for (const { name: row, secret } of rows) {
      if (isNewest(deps, secret)) continue;
      const text = opened(deps, `${purpose}:${row}`, secret);
      if (text === undefined) {
        unreadable += 1;
        continue;
      }
      // Only what was read: another process may have set a new secret meanwhile.
      writes.push({
        sql: `UPDATE ${table} SET ${column} = ? WHERE ${name} = ? AND ${column} = ?`,
        args: [encrypt(deps, `${purpose}:${row}`, text), row, secret],
      });
    }
  }
  if (writes.length === 0) return { changed: 0, unreadable };
  const act = {
    regroupementId: null,
    actor: by,
    act: 'secrets-reencrypted',
    target: 'server',
    before: { withOlderKey: writes.length + unreadable },
    after: { withOlderKey: unreadable },
  } as const;
  const results = await deps.db.batch([...writes, audited(deps, act)]);
  const changed = results.slice(0, writes.length).reduce((sum, { changes }) => sum + changes, 0);
  return { changed, unreadable };
}

function opened(deps: Deps, purpose: string, secret: string): string | undefined {
  try {
    return decrypt(deps, purpose, secret);
  } catch {
    return undefined;
  }
}
