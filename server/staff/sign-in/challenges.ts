// What an authenticator must sign, once and soon: made by us, kept hashed.
import { sha256 } from '../../crypto.ts';
import type { Deps } from '../../deps.ts';

const LIVES_MS = 5 * 60_000;

/** Keeps a challenge for this person, or for whoever signs in (null). */
export async function keepChallenge(
  deps: Pick<Deps, 'db' | 'now'>,
  challenge: string,
  staffId: string | null,
): Promise<void> {
  await deps.db.execute(
    'INSERT INTO staff_challenges(challenge_hash, staff_id, expires_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
    [sha256(challenge), staffId, deps.now() + LIVES_MS],
  );
}

/** Whether it is a living one for this person, and takes it. */
export async function takeChallenge(
  deps: Pick<Deps, 'db' | 'now'>,
  challenge: string,
  staffId: string | null,
): Promise<boolean> {
  const { changes } = await deps.db.execute(
    'DELETE FROM staff_challenges WHERE challenge_hash = ? AND staff_id IS ? AND expires_at > ?',
    [sha256(challenge), staffId, deps.now()],
  );
  return changes > 0;
}
