// /v1/staff/password and /v1/staff/password-resets.
import { Hono } from 'hono';
import { z } from 'zod';
import { sent } from '../../accounts/emailed-link-routes.ts';
import { newPassword } from '../../accounts/passwords/password-rules.ts';
import type { Deps } from '../../deps.ts';
import { email, lang, password, token } from '../../fields.ts';
import type { BaseEnv } from '../../http/context.ts';
import { describe, validate } from '../../http/validate.ts';
import { type SignedInStaffEnv, staffSignedIn } from '../signed-in.ts';
import { changeStaffPassword, checkStaffReset, completeStaffReset, requestStaffReset } from './passwords.ts';
import { tags } from './session-routes.ts';

export function staffResetRoutes(deps: Deps) {
  return new Hono<BaseEnv>()
    .post(
      '/password-resets',
      describe({ summary: 'Ask for a new password', tags, ok: sent, problems: ['too-many-requests'] }),
      validate('json', z.strictObject({ email, lang })),
      async (c) => {
        await requestStaffReset(deps, c.req.valid('json'), c.get('clientAddress'));
        return c.json({ email: 'sent' as const }, 202);
      },
    )
    .post(
      '/password-resets/check',
      describe({
        summary: 'Whether a link to a new password can be used',
        tags,
        ok: {
          status: 200,
          description: 'The link can be used',
          schema: z.object({ state: z.literal('valid') }),
        },
        problems: ['link-invalid', 'link-used'],
      }),
      validate('json', z.strictObject({ token })),
      async (c) => {
        await checkStaffReset(deps, c.req.valid('json').token);
        return c.json({ state: 'valid' as const }, 200);
      },
    )
    .post(
      '/password-resets/complete',
      describe({
        summary:
          'Set a new password with the link; every session ends, and the second factor stays what it was',
        tags,
        ok: { status: 204, description: 'It is set; she signs in with it' },
        problems: ['link-invalid', 'link-used', 'too-many-requests', 'busy'],
      }),
      validate('json', z.strictObject({ token, password: newPassword })),
      async (c) => {
        await completeStaffReset(deps, c.req.valid('json'), c.get('clientAddress'));
        return c.body(null, 204);
      },
    );
}

/** Of who is signed in. */
export function staffPasswordRoutes(deps: Deps) {
  return new Hono<SignedInStaffEnv>().post(
    '/password',
    describe({
      summary: 'Change the password; every other session ends',
      tags,
      ok: { status: 204, description: 'Changed' },
      staff: true,
      problems: ['fresh-factor-needed', 'password-wrong', 'too-many-requests', 'busy'],
    }),
    staffSignedIn(deps, 'fresh'),
    validate('json', z.strictObject({ currentPassword: password, password: newPassword })),
    async (c) => {
      await changeStaffPassword(deps, c.get('staff'), c.req.valid('json'), c.get('clientAddress'));
      return c.body(null, 204);
    },
  );
}
