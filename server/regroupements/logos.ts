// The picture on a regroupement's hosted page: taken from a file by staff's command, told apart by its first bytes.
import { sha256 } from '../crypto.ts';
import type { Db, Statement } from '../db/db.ts';

export interface Logo {
  type: 'image/png' | 'image/jpeg' | 'image/webp' | 'image/svg+xml';
  body: Uint8Array<ArrayBuffer>;
}
/** A page's logo is small; anything above is a photograph that somebody forgot to shrink. */
export const MAX_LOGO_BYTES = 200_000;

/** The picture in a file, or null when it is none that every browser shows. */
export function logoFrom(body: Uint8Array<ArrayBuffer>): Logo | null {
  const latin = Buffer.from(body.subarray(0, 1_024)).toString('latin1');
  const type = latin.startsWith('\x89PNG\r\n\x1a\n')
    ? 'image/png'
    : latin.startsWith('\xff\xd8\xff')
      ? 'image/jpeg'
      : latin.startsWith('RIFF') && latin.slice(8, 12) === 'WEBP'
        ? 'image/webp'
        : /^(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--(?:(?!-->)[\s\S])*-->\s*)*<svg[\s>]/.test(latin)
          ? 'image/svg+xml'
          : null;
  return type === null ? null : { type, body };
}

/** Writes a regroupement's logo in place of the one it has. */
export function saveLogo(regroupementId: string, { type, body }: Logo): Statement {
  const text = Buffer.from(body).toString('base64');
  return {
    sql: `INSERT INTO logos(regroupement_id, type, body, hash) VALUES (?, ?, ?, ?)
          ON CONFLICT(regroupement_id) DO UPDATE SET type = excluded.type, body = excluded.body, hash = excluded.hash`,
    args: [regroupementId, type, text, hashOfLogo({ body })],
  };
}

/** Takes away the logo that a regroupement has. */
export function removeLogo(regroupementId: string): Statement {
  return { sql: 'DELETE FROM logos WHERE regroupement_id = ?', args: [regroupementId] };
}

/** What names the picture in its address. */
export function hashOfLogo({ body }: Pick<Logo, 'body'>): string {
  return sha256(Buffer.from(body).toString('base64')).slice(0, 16);
}

/** What names a regroupement's logo in its address, or null when it has none. */
export async function logoHash(db: Db, regroupementId: string): Promise<string | null> {
  const { rows } = await db.execute<{ hash: string }>('SELECT hash FROM logos WHERE regroupement_id = ?', [
    regroupementId,
  ]);
  return rows[0]?.hash ?? null;
}

export async function readLogo(db: Db, regroupementId: string): Promise<Logo | null> {
  const { rows } = await db.execute<{ type: Logo['type']; body: string }>(
    'SELECT type, body FROM logos WHERE regroupement_id = ?',
    [regroupementId],
  );
  const [row] = rows;
  return row === undefined ? null : { type: row.type, body: new Uint8Array(Buffer.from(row.body, 'base64')) };
}
