// Codes of six digits from an authenticator app (RFC 6238). A code serves once, and so does every one before it.
import { Secret, TOTP } from 'otpauth';
import { decrypt, encrypt } from '../../crypto.ts';
import type { Statement } from '../../db/db.ts';
import { sql } from '../../db/sql.ts';
import type { Deps } from '../../deps.ts';

const PERIOD_S = 30;
/** One period before and after: a phone's clock is nearly right. */
const WINDOW = 1;
const SECRET_BYTES = 20;
const ISSUER = 'Amisgest';

const purpose = (staffId: string) => `staff-totp:${staffId}`;

/** Gives her a new secret, which counts once a code of it was typed. Answers it for the app: as text and as an address. */
export async function newTotp(
  deps: Pick<Deps, 'db' | 'config' | 'randomBytes'>,
  staff: { id: string; email: string },
): Promise<{ secret: string; uri: string }> {
  const totp = appOf(new Secret({ buffer: bytes(deps.randomBytes(SECRET_BYTES)) }), staff.email);
  const secret = totp.secret.base32;
  // The app that counts goes on until a code of this one is typed.
  await deps.db.execute(
    `INSERT INTO staff_totp(staff_id, pending) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET pending = excluded.pending`,
    [staff.id, encrypt(deps, purpose(staff.id), secret)],
  );
  return { secret, uri: totp.toString() };
}

/** The statement that gives her an app with this secret, which counts at once: no code of it was typed. */
export function addTotp(
  deps: Pick<Deps, 'config' | 'randomBytes'>,
  staffId: string,
  secret: string,
): Statement {
  return sql`INSERT INTO staff_totp(staff_id, secret) VALUES (${staffId}, ${encrypt(deps, purpose(staffId), secret)})`;
}

/** Whether the code is the new app's now; then that app counts, and the one before no more. */
export async function confirmTotp(
  deps: Pick<Deps, 'db' | 'config' | 'now'>,
  staffId: string,
  code: string,
): Promise<boolean> {
  const { rows } = await deps.db.execute<{ pending: string }>(
    'SELECT pending FROM staff_totp WHERE staff_id = ? AND pending IS NOT NULL',
    [staffId],
  );
  const [row] = rows;
  const step = row === undefined ? null : stepOf(deps, staffId, row.pending, code);
  if (row === undefined || step === null) return false;
  const { changes } = await deps.db.execute(
    'UPDATE staff_totp SET secret = pending, pending = NULL, last_step = ? WHERE staff_id = ? AND pending = ?',
    [step, staffId, row.pending],
  );
  return changes > 0;
}

/** Whether the code is that of her app now, and takes it. */
export async function totpFits(
  deps: Pick<Deps, 'db' | 'config' | 'now'>,
  staffId: string,
  code: string,
): Promise<boolean> {
  const { rows } = await deps.db.execute<{ secret: string }>(
    'SELECT secret FROM staff_totp WHERE staff_id = ? AND secret IS NOT NULL',
    [staffId],
  );
  const [row] = rows;
  const step = row === undefined ? null : stepOf(deps, staffId, row.secret, code);
  if (row === undefined || step === null) return false;
  const { changes } = await deps.db.execute(
    'UPDATE staff_totp SET last_step = ?1 WHERE staff_id = ?2 AND secret = ?3 AND last_step < ?1',
    [step, staffId, row.secret],
  );
  return changes > 0;
}

/** Which step of time the code is of, or null when it is of none that is near. */
function stepOf(
  deps: Pick<Deps, 'config' | 'now'>,
  staffId: string,
  encrypted: string,
  code: string,
): number | null {
  const secret = Secret.fromBase32(decrypt(deps, purpose(staffId), encrypted));
  const delta = appOf(secret, '').validate({ token: code, timestamp: deps.now(), window: WINDOW });
  return delta === null ? null : Math.floor(deps.now() / 1000 / PERIOD_S) + delta;
}

/** Whether she has an app that counts. */
export async function hasTotp(deps: Pick<Deps, 'db'>, staffId: string): Promise<boolean> {
  const { rows } = await deps.db.execute(
    'SELECT 1 FROM staff_totp WHERE staff_id = ? AND secret IS NOT NULL',
    [staffId],
  );
  return rows.length > 0;
}

function appOf(secret: Secret, label: string): TOTP {
  return new TOTP({ issuer: ISSUER, label, algorithm: 'SHA1', digits: 6, period: PERIOD_S, secret });
}

function bytes(given: Uint8Array): ArrayBuffer {
  return new Uint8Array(given).buffer;
}
