// Ten codes on paper, for the day the phone is lost: 80 bits each, kept hashed, each for one sign-in. They count once one of
// them was typed back, so that nobody has them without having kept them.
import { sha256 } from '../../crypto.ts';
import { guard, type Statement } from '../../db/db.ts';
import { sql } from '../../db/sql.ts';
import type { Deps } from '../../deps.ts';

const HOW_MANY = 10;
const CODE_BYTES = 10;
/** Without what is taken for another when it is read from paper (Crockford). */
const LETTERS = '0123456789abcdefghjkmnpqrstvwxyz';

/** Ten new ones, as they are shown once. Those that count go on until one of these is typed back. */
export async function newRecoveryCodes(
  deps: Pick<Deps, 'db' | 'randomBytes'>,
  staffId: string,
): Promise<string[]> {
  const codes = Array.from({ length: HOW_MANY }, () => codeOf(deps.randomBytes(CODE_BYTES)));
  await deps.db.batch([
    sql`DELETE FROM staff_recovery_codes WHERE staff_id = ${staffId} AND confirmed_at IS NULL`,
    ...codes.map(
      (code) => sql`INSERT INTO staff_recovery_codes(code_hash, staff_id) VALUES (${hashOf(code)}, ${staffId})
        ON CONFLICT DO NOTHING`,
    ),
  ]);
  return codes;
}

/**
 * The statements by which new codes take the place of the old ones; they fail their batch (a guard) unless `typed` is one of
 * the new ones.
 */
export function confirmRecoveryCodes(now: number, staffId: string, typed: string): Statement[] {
  return [
    guard(
      'EXISTS (SELECT 1 FROM staff_recovery_codes WHERE staff_id = ? AND code_hash = ? AND (confirmed_at IS NULL OR confirmed_at = ?))',
      [staffId, hashOf(typed), now],
    ),
    sql`DELETE FROM staff_recovery_codes WHERE staff_id = ${staffId} AND confirmed_at < ${now}`,
    sql`UPDATE staff_recovery_codes SET confirmed_at = ${now} WHERE staff_id = ${staffId} AND confirmed_at IS NULL`,
  ];
}

/** Whether it is one of hers that has not served; then it has. */
export async function recoveryCodeFits(
  deps: Pick<Deps, 'db' | 'now'>,
  staffId: string,
  typed: string,
): Promise<boolean> {
  const { changes } = await deps.db.execute(
    `UPDATE staff_recovery_codes SET used_at = ?
     WHERE staff_id = ? AND code_hash = ? AND confirmed_at IS NOT NULL AND used_at IS NULL`,
    [deps.now(), staffId, hashOf(typed)],
  );
  return changes > 0;
}

/** How many are left to her. */
export async function recoveryCodesLeft(deps: Pick<Deps, 'db'>, staffId: string): Promise<number> {
  const { rows } = await deps.db.execute<{ n: number }>(
    'SELECT count(*) AS n FROM staff_recovery_codes WHERE staff_id = ? AND confirmed_at IS NOT NULL AND used_at IS NULL',
    [staffId],
  );
  return rows[0]?.n ?? 0;
}

/** `7k2m-9xqa-…`: sixteen letters of five bits. */
function codeOf(bytes: Uint8Array): string {
  let bits = BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
  let text = '';
  for (let n = 0; n < (CODE_BYTES * 8) / 5; n++) {
    text += LETTERS[Number(bits % 32n)];
    bits /= 32n;
  }
  return text.replace(/.{4}(?=.)/g, '$&-');
}

/** However it was typed: case, spaces and hyphens left out, o for 0, l and i for 1. */
function hashOf(typed: string): string {
  const plain = typed.toLowerCase().replace(/[\s-]/g, '').replaceAll('o', '0').replace(/[il]/g, '1');
  return sha256(`recovery code ${plain}`);
}
