// Links to a receipt that work without signing in, for a quarter of an hour: an anchor or a new tab carries no token
// of the session, and in-app browsers cannot save what a script fetched. Nothing personal stands in them.
import { hkdfSync } from 'node:crypto';
import { jwtVerify, SignJWT } from 'jose';
import type { Deps } from '../deps.ts';

const LIFE_S = 15 * 60;
const AUDIENCE = 'receipt';

/** Where the receipt can be had for the next 15 minutes. */
export async function receiptUrls(
  deps: Pick<Deps, 'config' | 'now'>,
  receiptId: string,
): Promise<{ pdfUrl: string; htmlUrl: string }> {
  const token = await new SignJWT({})
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(receiptId)
    .setAudience(AUDIENCE)
    .setExpirationTime(Math.floor(deps.now() / 1000) + LIFE_S)
    .sign(keyOf(deps.config.secretKeys[0] ?? ''));
  const url = `${deps.config.publicUrl}/v1/receipts/${token}`;
  return { pdfUrl: `${url}.pdf`, htmlUrl: `${url}.html` };
}

/** The receipt's id, or null when the link is not ours or too old. */
export async function receiptOfLink(
  deps: Pick<Deps, 'config' | 'now'>,
  token: string,
): Promise<string | null> {
  for (const secret of deps.config.secretKeys) {
    try {
      const { payload } = await jwtVerify(token, keyOf(secret), {
        algorithms: ['HS256'],
        audience: AUDIENCE,
        currentDate: new Date(deps.now()),
      });
      return payload.sub ?? null;
    } catch {
      // Another key may have signed it.
    }
  }
  return null;
}

function keyOf(secret: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, '', 'amisgest-pay receipt links', 32));
}
