// DPoP (RFC 9449): each call of a signed-in browser carries a proof, signed by a key that never leaves that browser.
// A token that was copied elsewhere is worth nothing. Freshness is the server's nonce, so that a phone whose clock is
// wrong by days works as well.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { officeUrlOf } from '../../config.ts';
import { sha256 } from '../../crypto.ts';
import { type Deps, newId } from '../../deps.ts';
import { derivedKey } from '../../derived-key.ts';
import { spent, type Try, takingTry } from '../../limits.ts';
import { Problem } from '../../problems/problem.ts';
import { readSignedProof } from './signed-proofs.ts';

/** A nonce is given out for so long, and taken for as long again. */
const WINDOW_MS = 300_000;
const ID = /^[\w-]{16,100}$/;

/** What is asked of Hono's context. */
export interface Call {
  req: { method: string; path: string; url: string; header(name: string): string | undefined };
  header(name: string, value: string): void;
}

/** The nonce to put in proofs from now on: the same in every process, nobody's to guess. */
export function dpopNonce(deps: Pick<Deps, 'config' | 'now'>): string {
  return nonceOf(deps, deps.config.secretKeys[0] ?? '', 0);
}

// While a new SECRET_KEY is put first, one process after the other, each takes what another gave out.
function isRecent(deps: Pick<Deps, 'config' | 'now'>, nonce: unknown): boolean {
  return deps.config.secretKeys.some((secret) =>
    [0, 1].some((windowsAgo) => same(nonce, nonceOf(deps, secret, windowsAgo))),
  );
}

// Each call needs two or three of them. Two windows of a few secrets are in use at a time.
const nonces = new Map<string, string>();
const KEPT_NONCES = 16;

function nonceOf(deps: Pick<Deps, 'now'>, secret: string, windowsAgo: number): string {
  const window = String(Math.floor(deps.now() / WINDOW_MS) - windowsAgo);
  const name = `${window} ${secret}`;
  const known = nonces.get(name);
  if (known !== undefined) return known;
  const made = createHmac('sha256', derivedKey(secret, 'DPoP nonces')).update(window).digest('base64url');
  if (nonces.size >= KEPT_NONCES) nonces.clear();
  nonces.set(name, made.slice(0, 22));
  return made.slice(0, 22);
}

/** A sound proof of this call. */
export interface Proof {
  /** The thumbprint (RFC 7638) of the key that made it. */
  jkt: string;
  /**
   * Takes it, so that it serves once; with `limit`, only while that lasts. Throws `dpop-invalid` when it has served
   * before, `too-many-requests`. What a stranger may send without end is limited before it comes to this.
   */
  take(limit?: Try): Promise<void>;
}

/**
 * The proof that this call carries; nothing is written. `accessToken`: the one that the call carries, which the proof must
 * name. Throws `dpop-nonce` when the browser must make another with the nonce in the answer's `DPoP-Nonce`,
 * `dpop-invalid` for whatever else is wrong with it.
 */
export async function readProof(
  deps: Deps,
  c: Call,
  { accessToken }: { accessToken?: string } = {},
): Promise<Proof> {
  const read = await readSignedProof(c.req.header('DPoP') ?? '', deps.now());
  if (read === undefined) throw refused(c, 'dpop-invalid');
  const { jkt, claims } = read;
  const sound =
    claims.htm === c.req.method &&
    isAddressOf(claims.htu, deps, c) &&
    typeof claims.jti === 'string' &&
    ID.test(claims.jti) &&
    (accessToken === undefined || claims.ath === sha256(accessToken));
  if (!sound) throw refused(c, 'dpop-invalid');
  if (!isRecent(deps, claims.nonce)) throw refused(c, 'dpop-nonce');
  return {
    jkt,
    async take(limit) {
      if (!(await taken(deps, sha256(`${jkt} ${claims.jti}`), limit))) throw refused(c, 'dpop-invalid');
    },
  };
}

/** The answer's header that says what a proof lacks (RFC 9449, 7.1 and 9). */
export function refused(c: Call, kind: 'dpop-nonce' | 'dpop-invalid'): Problem {
  const error = kind === 'dpop-nonce' ? 'use_dpop_nonce' : 'invalid_dpop_proof';
  c.header('WWW-Authenticate', `DPoP error="${error}", algs="ES256"`);
  return new Problem(kind);
}

/** RFC 9449, 4.3: without query and fragment, as addresses are compared. */
// What is asked for after the `?` need not stand in a proof; where it does, it is that of the call.
function isAddressOf(given: unknown, { config }: Pick<Deps, 'config'>, { req }: Call): boolean {
  // As our widget writes it; to take two addresses apart costs a tenth of verifying the proof.
  if (given === config.publicUrl + req.path) return true;
  if (typeof given !== 'string' || !URL.canParse(given)) return false;
  const { origin, pathname, search, hash } = new URL(given);
  const { pathname: path } = new URL(config.publicUrl + req.path);
  const asked = search === '' || search === new URL(req.url).search;
  return (
    [config.publicUrl, officeUrlOf(config)].includes(origin) && pathname === path && asked && hash === ''
  );
}

function same(given: unknown, expected: string): boolean {
  const bytes = Buffer.from(typeof given === 'string' ? given : '');
  return bytes.length === expected.length && timingSafeEqual(bytes, Buffer.from(expected));
}

async function taken(deps: Deps, key: string, limit?: Try): Promise<boolean> {
  // Who took it is written down, since a write may be asked of the database twice.
  const call = newId(deps);
  const now = deps.now();
  const results = await deps.db.batch([
    ...(limit === undefined ? [] : [takingTry(limit, now)]),
    {
      sql: `INSERT INTO dpop_proofs(key, call, expires_at)
            SELECT ?, ?, ? WHERE ${limit === undefined ? 'true' : 'changes() > 0'} ON CONFLICT DO NOTHING`,
      args: [key, call, now + 2 * WINDOW_MS],
    },
    { sql: 'SELECT call FROM dpop_proofs WHERE key = ?', args: [key] },
  ]);
  const holder = results.at(-1)?.rows[0]?.call;
  // Nobody holds it: the limit is spent.
  if (holder === undefined && limit !== undefined) throw spent(limit);
  return holder === call;
}
