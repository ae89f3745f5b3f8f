// The payer's access token: a bound token whose audience is her regroupement (I1, I7). Leaving, resetting and reuse take
// effect at once, since her session's row is read at each request.
import type { Deps } from '../../deps.ts';
import { issueBoundToken, readBoundToken } from './bound-tokens.ts';

/** Who is signed in, checked against the database at each request. */
export interface Session {
  sessionId: string;
  accountId: string;
  regroupementId: string;
}

const TYPE = 'at+jwt';

/** A signed access token for this session, of use only with the browser's key (`jkt`, RFC 9449 section 6). */
export async function issueAccessToken(deps: Deps, session: Session, jkt: string): Promise<string> {
  const { sessionId, accountId, regroupementId } = session;
  return await issueBoundToken(deps, TYPE, { sessionId, subject: accountId, audience: regroupementId }, jkt);
}

/**
 * What the token says, when we signed it for a regroupement and it has not expired; undefined otherwise. Says nothing of
 * whether the session still lives, nor whether that is the regroupement that is asked.
 */
export async function readAccessToken(
  deps: Deps,
  token: string,
): Promise<{ session: Session; jkt: string } | undefined> {
  const read = await readBoundToken(deps, TYPE, token);
  if (read === undefined) return undefined;
  const { sessionId, subject: accountId, audience: regroupementId, jkt } = read;
  return { session: { sessionId, accountId, regroupementId }, jkt };
}
