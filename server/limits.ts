// Rate limits held in the database, so that every process counts together. GCRA: one row a key, one statement a
// check; a key regains one try each `periodMs / burst`. Fails closed: no answer from the database is a refusal.
import { sha256 } from './crypto.ts';
import type { Row, Statement } from './db/db.ts';
import type { Deps } from './deps.ts';
import { Problem } from './problems/problem.ts';

export interface Limit {
  /** Tries at once. */
  burst: number;
  /** The time in which all of them come back, in milliseconds. */
  periodMs: number;
}

/** Takes one try of `key` (hashed before it is stored), or answers how many seconds until one is there. 0 = taken. */
export async function takeTry(deps: Pick<Deps, 'db' | 'now'>, key: string, limit: Limit): Promise<number> {
  const now = deps.now();
  const { sql, args } = takingTry([key, limit], now);
  const { rows } = await deps.db.execute<{ tat: number }>(`${sql} RETURNING tat`, args);
  if (rows.length > 0) return 0;
  const { rows: held } = await deps.db.execute<{ tat: number }>('SELECT tat FROM rate_limits WHERE key = ?', [
    sha256(key),
  ]);
  return Math.max(1, waitOf(held[0]?.tat ?? now, now, limit));
}

/**
 * Whether a try of `key` was there, and is taken; with the same statements and the same write either way, for a key that
 * only a hit has spent.
 */
export async function takeQuietly(
  deps: Pick<Deps, 'db' | 'now'>,
  key: string,
  limit: Limit,
): Promise<boolean> {
  const now = deps.now();
  const step = stepOf(limit);
  const [before] = await deps.db.batch([
    { sql: 'SELECT tat FROM rate_limits WHERE key = ?', args: [sha256(key)] },
    {
      sql: `INSERT INTO rate_limits(key, tat) VALUES (?1, ?2 + ?3)
            ON CONFLICT(key) DO UPDATE SET tat = iif(max(tat, ?2) + ?3 - ?2 <= ?4, max(tat, ?2) + ?3, tat)`,
      args: [sha256(key), now, step, limit.periodMs],
    },
  ]);
  return Math.max(Number(before?.rows[0]?.tat ?? now), now) + step - now <= limit.periodMs;
}

/**
 * The statement that takes one try, and changes a row only if it did: for a batch that goes on with `changes() > 0`, as it does
 * itself where it is `next`.
 */
export function takingTry(
  [key, limit]: Try,
  now: number,
  { next = false } = {},
): { sql: string; args: [string, number, number, number] } {
  return {
    sql: `INSERT INTO rate_limits(key, tat) SELECT ?1, ?2 + ?3 WHERE ${next ? 'changes() > 0' : 'true'}
     ON CONFLICT(key) DO UPDATE SET tat = max(tat, ?2) + ?3 WHERE max(tat, ?2) + ?3 - ?2 <= ?4`,
    args: [sha256(key), now, stepOf(limit), limit.periodMs],
  };
}

/** What a spent key answers: the next try is at most one step away. */
export function spent([, limit]: Try): Problem {
  return new Problem('too-many-requests', { retryAfter: Math.ceil(stepOf(limit) / 1000) });
}

function stepOf(limit: Limit): number {
  return Math.ceil(limit.periodMs / limit.burst);
}

/** Whole seconds until a key that holds `tat` has a try; 0 when it has one. */
function waitOf(tat: number, now: number, limit: Limit): number {
  return Math.max(0, Math.ceil((Math.max(tat, now) + stepOf(limit) - limit.periodMs - now) / 1000));
}

/** One try of a key. */
export type Try = readonly [key: string, limit: Limit];

/**
 * Takes one try of each key, or throws `too-many-requests` with the wait of the first that is spent. Then nothing is
 * written and no other key is worn: whoever is refused leaves no row behind. Keys that a caller may choose (an e-mail)
 * stand behind the one of her address, so that many calls at once make no more of them than that lets by. `counted` behind
 * them refuses nothing: answers whether a try of it was there.
 */
export async function limited(
  deps: Pick<Deps, 'db' | 'now'>,
  tries: readonly Try[],
  counted?: Try,
): Promise<boolean> {
  const now = deps.now();
  const refuseSpent = (rows: readonly Row[]) => {
    const held = new Map(rows.map(({ key, tat }) => [key, Number(tat)]));
    for (const [key, limit] of tries) {
      const wait = waitOf(held.get(sha256(key)) ?? now, now, limit);
      if (wait > 0) throw new Problem('too-many-requests', { retryAfter: wait });
    }
  };
  const held = {
    sql: 'SELECT key, tat FROM rate_limits WHERE key IN (SELECT value FROM json_each(?))',
    args: [JSON.stringify(tries.map(([key]) => sha256(key)))],
  };
  refuseSpent((await deps.db.execute(held.sql, held.args)).rows);
  // One after the other, as far as there is a try: others may have come since.
  const all = counted === undefined ? tries : [...tries, counted];
  const results = await deps.db.batch([...all.map((one, i) => takingTry(one, now, { next: i > 0 })), held]);
  const first = results.slice(0, all.length).findIndex(({ changes }) => changes === 0);
  const refused = tries[first];
  if (refused === undefined) return first === -1;
  refuseSpent(results.at(-1)?.rows ?? []);
  throw spent(refused);
}

/** The statement that gives back a try which should not have counted: where only failures do, it is taken before. */
export function givingBack([key, limit]: Try): Statement {
  return {
    sql: 'UPDATE rate_limits SET tat = tat - ? WHERE key = ?',
    args: [stepOf(limit), sha256(key)],
  };
}

/** `work`, for which these tries were taken; they are given back where it throws, since nothing was tried then. */
export async function orGiveBack<T>(
  deps: Pick<Deps, 'db'>,
  tries: readonly Try[],
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    await deps.db.batch(tries.map(givingBack));
    throw error;
  }
}

/**
 * Backs off: a key that is spent has no try for `ms` more, and then regains them one by one from none, so that whoever
 * goes on spends it again at once. Only a key that was not held back already.
 */
export async function holdBack(
  deps: Pick<Deps, 'db' | 'now'>,
  key: string,
  limit: Limit,
  ms: number,
): Promise<void> {
  const spent = deps.now() + limit.periodMs;
  await deps.db.execute('UPDATE rate_limits SET tat = ? WHERE key = ? AND tat <= ?', [
    spent + ms,
    sha256(key),
    spent,
  ]);
}
