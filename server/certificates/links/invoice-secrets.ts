// The secret that a regroupement prints on an invoice, as letters and in a QR code (NAMES §4.3-1): with it, a name
// and a number open the whole file, and guessing is over. 45 random bits and a check character that catches every
// wrong letter and every two swapped, so that a slip is told before anything is compared.
import { createHash, scrypt } from 'node:crypto';
import type { Statement } from '../../db/db.ts';
import { sql } from '../../db/sql.ts';
import type { Deps } from '../../deps.ts';
import type { Lang } from '../../fields.ts';
import { bare, plainDigits } from '../../text.ts';

// Crockford's base 32: no I, L, O, U.
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const DATA_LENGTH = 9;

/** A new secret: ten characters, without a hyphen. */
export function newInvoiceSecret(deps: Pick<Deps, 'randomBytes'>): string {
  const data = [...deps.randomBytes(DATA_LENGTH)].map((byte) => byte & 31);
  return [...data, doubled(checkOf(data))].map((value) => ALPHABET[value]).join('');
}

/** As it is printed: two groups of five. */
export function printedSecret(secret: string): string {
  return `${secret.slice(0, 5)}-${secret.slice(5)}`;
}

/** The secret that was typed, without its dress and with the letters that people mistake; null when there is a slip in it. */
export function readInvoiceSecret(typed: string): string | null {
  const written = plainDigits(bare(typed.normalize('NFKC')))
    .toUpperCase()
    .replace(/[\s\p{Pd}]/gu, '')
    .replaceAll('O', '0')
    .replace(/[IL]/g, '1');
  const values = [...written].map((character) => ALPHABET.indexOf(character));
  return values.length === DATA_LENGTH + 1 && !values.includes(-1) && checkOf(values) === 0 ? written : null;
}

/**
 * What is stored. One salt for a regroupement, so that a search costs one hash whatever it finds; made slow because a
 * copy of the database must not be worth its printed secrets.
 */
export function invoiceSecretHash(regroupementId: string, secret: string): Promise<string> {
  const salt = createHash('sha256').update(`invoice-secret:${regroupementId}`).digest();
  return new Promise((resolve, reject) => {
    // 4 MiB, about 10 ms off the event loop: times 2^45, enough.
    scrypt(secret, salt, 32, { N: 4_096, r: 8, p: 1 }, (error, key) =>
      error === null ? resolve(key.toString('base64url')) : reject(error),
    );
  });
}

export interface CertificateForSecret {
  holderId: string;
  numberKey: string;
  number: string;
  /** First and last name. */
  holder: string;
  lang: Lang;
}

/** The certificates of this regroupement that a secret is made for: the named ones, or those that have none yet. */
export async function certificatesForSecrets(
  deps: Pick<Deps, 'db'>,
  regroupementId: string,
  numberKeys: readonly string[] | null,
): Promise<CertificateForSecret[]> {
  const { rows } = await deps.db.execute<CertificateForSecret>(
    `SELECT c.holder_id AS holderId, c.number_key AS numberKey, max(c.number) AS number, h.lang,
       trim(h.first_name || ' ' || h.last_name) AS holder
     FROM certificates c JOIN holders h ON h.id = c.holder_id
     WHERE c.regroupement_id = ?1 AND c.number_key <> '' AND ${
       numberKeys === null
         ? `NOT EXISTS (SELECT 1 FROM invoice_secrets s WHERE s.regroupement_id = ?1 AND s.number_key = c.number_key
                        AND s.holder_id = c.holder_id)`
         : 'c.number_key IN (SELECT value FROM json_each(?2))'
     }
     GROUP BY c.holder_id, c.number_key ORDER BY number, c.holder_id`,
    [regroupementId, ...(numberKeys === null ? [] : [JSON.stringify(numberKeys)])],
  );
  return rows;
}

/** The statement that stores a secret: in the place of the one before, or only where there is none. */
export function saveInvoiceSecret(
  deps: Pick<Deps, 'now'>,
  secret: { regroupementId: string; holderId: string; numberKey: string; hash: string; madeBy: string },
  { replaces }: { replaces: boolean },
): Statement {
  return sql`INSERT INTO invoice_secrets(regroupement_id, holder_id, number_key, secret_hash, made_at, made_by)
    VALUES (${secret.regroupementId}, ${secret.holderId}, ${secret.numberKey}, ${secret.hash}, ${deps.now()}, ${secret.madeBy})
    ON CONFLICT(regroupement_id, number_key, holder_id)
    DO UPDATE SET secret_hash = excluded.secret_hash, made_at = excluded.made_at, made_by = excluded.made_by
    WHERE ${replaces ? 1 : 0} = 1`;
}

/** Which of these hashes are stored: the others gave way to a secret that somebody else made at the same time. */
export async function storedHashes(
  deps: Pick<Deps, 'db'>,
  regroupementId: string,
  hashes: readonly string[],
): Promise<Set<string>> {
  const { rows } = await deps.db.execute<{ hash: string }>(
    `SELECT secret_hash AS hash FROM invoice_secrets
     WHERE regroupement_id = ? AND secret_hash IN (SELECT value FROM json_each(?))`,
    [regroupementId, JSON.stringify(hashes)],
  );
  return new Set(rows.map(({ hash }) => hash));
}

// Σ xⁱ·valueᵢ over GF(32), x⁵ + x² + 1: zero for a whole secret. Each place has its own power of x, so no single
// change and no swap keeps it zero.
function checkOf(values: readonly number[]): number {
  return values.reduce((sum, value) => doubled(sum) ^ value, 0);
}

function doubled(value: number): number {
  return (value << 1) ^ (value >= 16 ? 0b100101 : 0);
}
