// Passwords at rest: argon2id, off the event loop, a few at a time (I2). What a password may be stands in
// password-rules.ts.
import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { hash, parseOptions, verify } from '@node-rs/argon2';
import { BoundedQueue } from '../../bounded-queue.ts';
import type { Deps } from '../../deps.ts';

// OWASP Password Storage Cheat Sheet: argon2id (the library's default algorithm), 19 MiB, 2 passes, 1 lane.
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
const SALT_BYTES = 16;

/** Of the four that Node has beside the event loop's one remains free: proofs are verified there, and must not wait for a hash. */
const MOST_THREADS = 3;

// The event loop keeps a core for itself; each at work holds 19 MiB. Whoever signs in and cannot be served is told so within two seconds.
const hashQueue = new BoundedQueue({
  atOnce: Math.min(MOST_THREADS, Math.max(1, availableParallelism() - 1)),
  places: 200,
  // She followed a link, or is signed in: worth a longer wait than to do it all again.
  patienceMs: 10_000,
});

/** Of whoever signs in, and may come back. */
export const SIGN_IN_PATIENCE_MS = 1_500;

/** Throws `busy` when a sign-in would have to wait too long: before other work is done for it. */
export function refuseIfTooMany(): void {
  hashQueue.refuseIfFull(SIGN_IN_PATIENCE_MS);
}

/** The text that is hashed: the same keys typed on another system give the same code points (NIST 800-63B). */
function normalised(password: string): string {
  return password.normalize('NFKC');
}

/** The PHC string to store. Throws `busy` when too many wait. */
export async function hashPassword(deps: Pick<Deps, 'randomBytes'>, password: string): Promise<string> {
  return await hashQueue.run(() =>
    hash(normalised(password), { ...PARAMETERS, salt: deps.randomBytes(SALT_BYTES) }),
  );
}

let hashOfNobody: Promise<string> | undefined;

/**
 * Whether the password fits. Without a stored hash (no such account) it takes as long, and says no: the answer's
 * time tells nothing (I3). Throws `busy` when too many wait, or its turn does not come in `patienceMs`.
 */
export async function passwordFits(
  stored: string | undefined,
  password: string,
  patienceMs?: number,
): Promise<boolean> {
  hashOfNobody ??= hash(randomBytes(32), PARAMETERS);
  const against = stored ?? (await hashOfNobody);
  const fits = await hashQueue.run(() => verify(against, normalised(password)), patienceMs);
  return fits && stored !== undefined;
}

/** True when the hash was made with less than today's parameters: hash the password again while it is at hand. */
export function isOutdated(stored: string): boolean {
  const made = parseOptions(stored);
  return made.memoryCost < PARAMETERS.memoryCost || made.timeCost < PARAMETERS.timeCost;
}
