// Keys of the staff's API (S44, until people of the staff sign in): shown once, kept hashed, for one regroupement, with only the scopes they were given, until
// they expire or are revoked.
import { z } from 'zod';
import { type Actor, audited } from '../audit.ts';
import { sha256 } from '../crypto.ts';
import { sql } from '../db/sql.ts';
import { type Deps, newId, newSecret } from '../deps.ts';
import { securityEvent } from '../security-log.ts';

export const SCOPES = ['read', 'record', 'invoice', 'refund', 'links', 'import'] as const;
export type Scope = (typeof SCOPES)[number];

export interface ApiKey {
  id: string;
  regroupementId: string;
  name: string;
  scopes: readonly Scope[];
  createdAt: number;
  expiresAt: number;
  revokedAt: number | null;
  lastUsedAt: number | null;
}

/** The longest that a key may live. */
export const LONGEST_DAYS = 730;
/** Last use is written no more often than this. */
const NOTED_EVERY_MS = 60_000;
const SHAPE = /^agp_[A-Za-z0-9_-]{43}$/;

/** Makes a key and answers its secret, which stands nowhere else. */
export async function createKey(
  deps: Deps,
  regroupementId: string,
  given: { name: string; scopes: readonly Scope[]; lifeMs: number; by: Actor },
): Promise<{ id: string; secret: string; expiresAt: number }> {
  const id = newId(deps);
  const secret = `agp_${newSecret(deps)}`;
  const now = deps.now();
  await deps.db.batch([
    sql`INSERT INTO api_keys(id, regroupement_id, name, secret_hash, scopes, created_at, expires_at)
        VALUES (${id}, ${regroupementId}, ${given.name}, ${sha256(secret)}, ${JSON.stringify(given.scopes)}, ${now},
          ${now + given.lifeMs})`,
    securityEvent(deps, regroupementId, 'staff-key-created', null, { key: id, by: given.by }),
    audited(deps, {
      regroupementId,
      actor: given.by,
      act: 'key-created',
      target: `api_keys:${id}`,
      before: null,
      after: { name: given.name, scopes: given.scopes, expiresAt: now + given.lifeMs },
    }),
  ]);
  return { id, secret, expiresAt: now + given.lifeMs };
}

/** The regroupement's living key with this secret, or null. Notes that it was used. */
export async function keyOf(deps: Deps, regroupementId: string, secret: string): Promise<ApiKey | null> {
  if (!SHAPE.test(secret)) return null;
  const [key] = await keysWhere(deps, 'secret_hash = ? AND regroupement_id = ?', [
    sha256(secret),
    regroupementId,
  ]);
  const now = deps.now();
  if (key === undefined || key.revokedAt !== null || key.expiresAt <= now) return null;
  if (key.lastUsedAt === null || now - key.lastUsedAt > NOTED_EVERY_MS)
    await deps.db.execute('UPDATE api_keys SET last_used_at = ? WHERE id = ?', [now, key.id]);
  return key;
}

/** The keys that open something now, with whoever made each: `staff:…`, `cli:…`; null where the journal does not say. */
export async function livingKeys(
  deps: Pick<Deps, 'db' | 'now'>,
  regroupementId: string,
): Promise<(ApiKey & { madeBy: string | null })[]> {
  const keys = await keysWhere(
    deps,
    'regroupement_id = ? AND revoked_at IS NULL AND expires_at > ? ORDER BY created_at DESC',
    [regroupementId, deps.now()],
  );
  const { rows } = await deps.db.execute<{ id: string; by: string }>(
    `SELECT substr(a.target, 10) AS id, a.actor AS by FROM json_each(?) x
     JOIN audit a ON a.target = 'api_keys:' || x.value AND a.act = 'key-created'`,
    [JSON.stringify(keys.map(({ id }) => id))],
  );
  const makers = new Map(rows.map(({ id, by }) => [id, by]));
  return keys.map((key) => ({ ...key, madeBy: makers.get(key.id) ?? null }));
}

/** The regroupement's keys, without secrets, newest first. */
export async function listKeys(deps: Pick<Deps, 'db'>, regroupementId: string): Promise<ApiKey[]> {
  return keysWhere(deps, 'regroupement_id = ? ORDER BY created_at DESC', [regroupementId]);
}

/** Ends a key at once, and says so on the record. False when there is none; an ended one stays ended. */
export async function revokeKey(deps: Deps, regroupementId: string, id: string, by: Actor): Promise<boolean> {
  const [, , , ended] = await deps.db.batch([
    {
      sql: 'UPDATE api_keys SET revoked_at = ? WHERE id = ? AND regroupement_id = ? AND revoked_at IS NULL',
      args: [deps.now(), id, regroupementId],
    },
    securityEvent(deps, regroupementId, 'staff-key-revoked', null, { key: id, by }, { ifChanged: true }),
    audited(
      deps,
      {
        regroupementId,
        actor: by,
        act: 'key-revoked',
        target: `api_keys:${id}`,
        before: { revoked: false },
        after: { revoked: true },
      },
      { ifChanged: true },
    ),
    {
      sql: 'SELECT 1 FROM api_keys WHERE id = ? AND regroupement_id = ? AND revoked_at IS NOT NULL',
      args: [id, regroupementId],
    },
  ]);
  return ended?.rows.length === 1;
}

async function keysWhere(
  deps: Pick<Deps, 'db'>,
  condition: string,
  args: (string | number)[],
): Promise<ApiKey[]> {
  const { rows } = await deps.db.execute<Omit<ApiKey, 'scopes'> & { scopes: string }>(
    `SELECT id, regroupement_id AS regroupementId, name, scopes, created_at AS createdAt, expires_at AS expiresAt,
       revoked_at AS revokedAt, last_used_at AS lastUsedAt FROM api_keys WHERE ${condition}`,
    args,
  );
  return rows.map((row) => ({ ...row, scopes: z.array(z.enum(SCOPES)).parse(JSON.parse(row.scopes)) }));
}
