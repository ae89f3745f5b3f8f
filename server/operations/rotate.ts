// New keys in the place of old ones, while the server runs and nobody is signed out.

import { decrypt, encrypt, isNewest } from '../crypto.ts';
import type { Deps } from '../deps.ts';

// Where a secret is kept: table, column, what names its row, and its purpose (see encrypt).
const PLACES = [
  ['regroupements', 'paypal_secret', 'id', 'paypal-secret'],
  ['paypal_accounts', 'secret', 'regroupement_id', 'paypal-secret'],
  ['signing_keys', 'private_jwk', 'kid', 'signing-key'],
] as const;

/**
 * Encrypts with the first SECRET_KEY whatever an older one encrypted; afterwards the older ones may go. Answers how
 * many secrets were written anew, and how many no key opens: these are left as they are.
 */
export async function reencrypt(deps: Deps): Promise<{ changed: number; unreadable: number }> {
  const counts = { changed: 0, unreadable: 0 };
  for (const [table, column, name, purpose] of PLACES) {
    const { rows } = await deps.db.execute<{ name: string; secret: string }>(
      `SELECT ${name} AS name, ${column} AS secret FROM ${table} WHERE ${column} IS NOT NULL`,
    );
    for (const { name: row, secret } of rows) {
      if (isNewest(deps, secret)) continue;
      const text = opened(deps, `${purpose}:${row}`, secret);
      if (text === undefined) {
        counts.unreadable += 1;
        continue;
      }
      // Only what was read: another process may have set a new secret meanwhile.
      const { changes } = await deps.db.execute(
        `UPDATE ${table} SET ${column} = ? WHERE ${name} = ? AND ${column} = ?`,
        [encrypt(deps, `${purpose}:${row}`, text), row, secret],
      );
      counts.changed += changes;
    }
  }
  return counts;
}

function opened(deps: Deps, purpose: string, secret: string): string | undefined {
  try {
    return decrypt(deps, purpose, secret);
  } catch {
    return undefined;
  }
}
