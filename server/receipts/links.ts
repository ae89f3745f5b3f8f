// Links to a receipt that work without signing in, for a quarter of an hour: an anchor or a new tab carries no token
// of the session, and in-app browsers cannot save what a script fetched. Nothing personal stands in them.
import { hkdfSync } from 'node:crypto';
import { jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import type { Deps } from '../deps.ts';

const LIFE_S = 15 * 60;
const AUDIENCE = 'receipt';

/** What a link opens. */
const Opens = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('receipt'), id: z.string() }),
  z.object({ kind: z.literal('refund'), id: z.string() }),
  /** What an account paid in a calendar year. */
  z.object({
    kind: z.literal('year'),
    id: z.string(),
    year: z.number().int(),
    lang: z.enum(['fr-CA', 'en-CA']),
  }),
]);
export type Opens = z.infer<typeof Opens>;

/** Where the document can be had for the next 15 minutes. */
export async function documentUrls(
  deps: Pick<Deps, 'config' | 'now'>,
  opens: Opens,
): Promise<{ pdfUrl: string; htmlUrl: string }> {
  const token = await new SignJWT(opens)
    .setProtectedHeader({ alg: 'HS256' })
    .setAudience(AUDIENCE)
    .setExpirationTime(Math.floor(deps.now() / 1000) + LIFE_S)
    .sign(keyOf(deps.config.secretKeys[0] ?? ''));
  const url = `${deps.config.publicUrl}/v1/receipts/${token}`;
  return { pdfUrl: `${url}.pdf`, htmlUrl: `${url}.html` };
}

/** What the link opens, or null when it is not ours or too old. */
export async function openedBy(deps: Pick<Deps, 'config' | 'now'>, token: string): Promise<Opens | null> {
  for (const secret of deps.config.secretKeys) {
    try {
      const { payload } = await jwtVerify(token, keyOf(secret), {
        algorithms: ['HS256'],
        audience: AUDIENCE,
        currentDate: new Date(deps.now()),
      });
      return Opens.parse(payload);
    } catch {
      // Another key may have signed it.
    }
  }
  return null;
}

function keyOf(secret: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, '', 'amisgest-pay receipt links', 32));
}
