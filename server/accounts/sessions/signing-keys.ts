// The keys that sign access tokens (I7): made at first need, kept encrypted, published as a JWKS. Several may be in
// force: the newest signs, the others verify until what they signed has expired.
import type { JWK } from 'jose';
import { calculateJwkThumbprint } from 'jose/jwk/thumbprint';
import { exportJWK } from 'jose/key/export';
import { generateKeyPair } from 'jose/key/generate/keypair';
import { importJWK } from 'jose/key/import';
import { type Actor, audited } from '../../audit.ts';
import { decrypt, encrypt } from '../../crypto.ts';
import type { Statement } from '../../db/db.ts';
import { sql } from '../../db/sql.ts';
import type { Deps } from '../../deps.ts';

export const ALGORITHM = 'ES256';
/** Seconds that an access token lives: short, since nothing but the session's row can take it back. */
export const ACCESS_TOKEN_S = 600;

/** How long a process may go on signing with a key that another one has replaced. */
const FRESH_MS = 60_000;
/** How often tokens with a made-up `kid` may make us read the table again. */
const RELOAD_MS = 1_000;

type Key = Awaited<ReturnType<typeof importJWK>>;
interface Ring {
  /** The newest key that our SECRET_KEY opens. */
  signing: { kid: string; key: Key };
  verifying: ReadonlyMap<string, Key>;
  jwks: { keys: JWK[] };
}
interface KeyRow {
  kid: string;
  public_jwk: string;
  private_jwk: string;
  retired_at: number | null;
}

// One ring a database: the routes of one process share it, two apps in a test do not.
const rings = new WeakMap<Deps['db'], { loadedAt: number; ring: Promise<Ring> }>();

/** The key to sign with now, and its `kid`. */
export async function signingKey(deps: Deps): Promise<{ kid: string; key: Key }> {
  return (await ring(deps, FRESH_MS)).signing;
}

/** The key that verifies this `kid`, or undefined. */
export async function verifyingKey(deps: Deps, kid: string): Promise<Key | undefined> {
  const known = (await ring(deps, FRESH_MS)).verifying.get(kid);
  return known ?? (await ring(deps, RELOAD_MS)).verifying.get(kid);
}

/** The public keys, for anyone who wants to verify our tokens. */
export async function publicKeys(deps: Deps): Promise<{ keys: JWK[] }> {
  return (await ring(deps, FRESH_MS)).jwks;
}

/** Whether this database holds the key of that name, in force or not. */
export async function isSigningKey({ db }: Pick<Deps, 'db'>, kid: string): Promise<boolean> {
  return (await db.execute('SELECT 1 FROM signing_keys WHERE kid = ?', [kid])).rows.length > 0;
}

/** Puts a new key in the place of the one that signs; nobody is signed out, since the old one goes on verifying. */
export async function rotateSigningKey(deps: Deps, by: Actor): Promise<void> {
  const { kid } = (await ring(deps, 0)).signing;
  await addKey(deps, kid, by);
  rings.delete(deps.db);
}

async function ring(deps: Deps, maxAgeMs: number): Promise<Ring> {
  const held = rings.get(deps.db);
  if (held !== undefined && deps.now() - held.loadedAt < maxAgeMs) return await held.ring;
  const loading = { loadedAt: deps.now(), ring: load(deps) };
  rings.set(deps.db, loading);
  try {
    return await loading.ring;
  } catch (error) {
    if (rings.get(deps.db) === loading) rings.delete(deps.db);
    throw error;
  }
}

async function load(deps: Deps): Promise<Ring> {
  const { rows } = await deps.db.execute<KeyRow>(
    `SELECT kid, public_jwk, private_jwk, retired_at FROM signing_keys
     WHERE retired_at IS NULL OR retired_at > ? ORDER BY created_at DESC, kid`,
    [deps.now() - ACCESS_TOKEN_S * 1000 - FRESH_MS],
  );
  const newest = rows.find((row) => row.retired_at === null);
  const signing = newest === undefined ? undefined : await opened(deps, newest);
  if (signing === undefined) {
    await addKey(deps, newest?.kid ?? null);
    return await load(deps);
  }
  const published = rows.map((row) => JSON.parse(row.public_jwk) as JWK);
  const verifying = new Map<string, Key>();
  for (const [index, row] of rows.entries()) {
    verifying.set(row.kid, await importJWK(published[index] ?? {}, ALGORITHM));
  }
  return { signing, verifying, jwks: { keys: published } };
}

async function opened(deps: Deps, row: KeyRow): Promise<Ring['signing'] | undefined> {
  let jwk: JWK;
  try {
    jwk = JSON.parse(decrypt(deps, `signing-key:${row.kid}`, row.private_jwk));
  } catch {
    deps.log.warn('signing-key-unreadable', { kid: row.kid }); // SECRET_KEY was changed without its predecessor
    return undefined;
  }
  return { kid: row.kid, key: await importJWK(jwk, ALGORITHM) };
}

/** Adds a key after the one named, which it retires. Of several processes that do this at once, one does it. */
async function addKey(deps: Deps, after: string | null, by?: Actor): Promise<void> {
  const pair = await generateKeyPair(ALGORITHM, { extractable: true });
  const publicJwk = await exportJWK(pair.publicKey);
  const kid = await calculateJwkThumbprint(publicJwk);
  const now = deps.now();
  const privateJwk = encrypt(deps, `signing-key:${kid}`, JSON.stringify(await exportJWK(pair.privateKey)));
  await deps.db.batch([
    sql`INSERT INTO signing_keys(kid, algorithm, public_jwk, private_jwk, created_at)
        SELECT ${kid}, ${ALGORITHM}, ${JSON.stringify({ ...publicJwk, kid, alg: ALGORITHM, use: 'sig' })}, ${privateJwk}, ${now}
        WHERE ${after} IS (SELECT kid FROM signing_keys WHERE retired_at IS NULL ORDER BY created_at DESC, kid LIMIT 1)
        ON CONFLICT DO NOTHING`,
    {
      sql: `UPDATE signing_keys SET retired_at = ? WHERE retired_at IS NULL AND kid <> ?
            AND EXISTS (SELECT 1 FROM signing_keys WHERE kid = ?)`,
      args: [now, kid, kid],
    },
    ...(by === undefined ? [] : [rotated(deps, by, after, kid)]),
  ]);
}

function rotated(deps: Deps, actor: Actor, before: string | null, after: string): Statement {
  const states = { before: { kid: before }, after: { kid: after } };
  const act = {
    regroupementId: null,
    actor,
    act: 'signing-key-rotated',
    target: 'signing_keys',
    ...states,
  } as const;
  // The retiring of the key before is what stands just before it: the one that did it writes it down.
  return audited(deps, act, { ifChanged: true });
}
