// Links that work for a few minutes without signing in: an anchor or a new tab carries no token of the session, and
// in-app browsers cannot save what a script fetched. What a link opens is signed, not hidden: nothing personal stands in it.
import type { JWTPayload } from 'jose';
import { SignJWT } from 'jose/jwt/sign';
import { jwtVerify } from 'jose/jwt/verify';
import type { z } from 'zod';
import type { Deps } from './deps.ts';
import { derivedKey } from './derived-key.ts';

/** What the links are for: one purpose's links open nothing of another's. */
type Purpose = 'receipt' | 'export';

/** A token for the link that opens `what` for `lifeS` seconds. */
export async function signLink(
  deps: Pick<Deps, 'config' | 'now'>,
  purpose: Purpose,
  what: JWTPayload,
  lifeS: number,
): Promise<string> {
  return await new SignJWT(what)
    .setProtectedHeader({ alg: 'HS256' })
    .setAudience(purpose)
    .setExpirationTime(Math.floor(deps.now() / 1000) + lifeS)
    .sign(keyOf(purpose, deps.config.secretKeys[0] ?? ''));
}

/** What the token opens, or null when it is not ours, for something else, or too old. */
export async function readLink<Schema extends z.ZodType>(
  deps: Pick<Deps, 'config' | 'now'>,
  purpose: Purpose,
  schema: Schema,
  token: string,
): Promise<z.infer<Schema> | null> {
  for (const secret of deps.config.secretKeys) {
    try {
      const { payload } = await jwtVerify(token, keyOf(purpose, secret), {
        algorithms: ['HS256'],
        audience: purpose,
        currentDate: new Date(deps.now()),
      });
      return schema.parse(payload);
    } catch {
      // Another key may have signed it.
    }
  }
  return null;
}

function keyOf(purpose: Purpose, secret: string): Uint8Array {
  return derivedKey(secret, `${purpose} links`);
}
