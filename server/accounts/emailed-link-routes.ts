// What the routes behind e-mailed links have in common (I4): a link is checked without being used, and whoever asks for one
// is answered the same, whatever was sent (I3).
import { Hono } from 'hono';
import { z } from 'zod';
import { token } from '../fields.ts';
import { describe, validate } from '../http/validate.ts';
import type { Regroupement } from '../regroupements/regroupements.ts';
import type { TenantEnv } from '../regroupements/tenant.ts';

const Link = z.strictObject({ token });
export const Sent = z.object({ email: z.literal('sent') });
const Valid = z.object({ state: z.literal('valid') });

/** The answer to whoever asks for an e-mail. */
export const sent = { status: 202, description: 'The same, whatever was sent', schema: Sent };

/** `POST {path}`: whether a link can be used. `check` throws `link-invalid` or `link-used`, and changes nothing. */
export function linkCheck<const Path extends string>(
  path: Path,
  summary: string,
  check: (regroupement: Regroupement, token: string) => Promise<unknown>,
) {
  return new Hono<TenantEnv>().post(
    path,
    describe({
      summary,
      tags: ['accounts'],
      ok: { status: 200, description: 'The link can be used', schema: Valid },
      problems: ['link-invalid', 'link-used'],
    }),
    validate('json', Link),
    async (c) => {
      await check(c.get('regroupement'), c.req.valid('json').token);
      return c.json({ state: 'valid' as const }, 200);
    },
  );
}
