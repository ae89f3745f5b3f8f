// A forgotten password (S13): asked for, and set anew by the e-mailed link. The answer never tells whether an account exists (I3).
import { Hono } from 'hono';
import { z } from 'zod';
import type { Deps } from '../../deps.ts';
import { email, lang, page, token } from '../../fields.ts';
import { describe, validate } from '../../http/validate.ts';
import type { TenantEnv } from '../../regroupements/tenant.ts';
import { linkCheck, sent } from '../emailed-link-routes.ts';
import { browserOf, opened } from '../sessions/session-routes.ts';
import { checkReset, completeReset, requestReset } from './password-resets.ts';
import { newPassword } from './password-rules.ts';

const ResetRequest = z.strictObject({ email, lang, page: page.optional() });
/** A link that sets a new password, and the password. */
export const ResetCompletion = z.strictObject({ token, password: newPassword });

const tags: [string] = ['accounts'];

export function passwordResetRoutes(deps: Deps) {
  return new Hono<TenantEnv>()
    .post(
      '/password-resets',
      describe({ summary: 'Ask for a new password', tags, ok: sent, problems: ['too-many-requests'] }),
      validate('json', ResetRequest),
      async (c) => {
        await requestReset(deps, c.get('regroupement'), c.req.valid('json'), c.get('clientAddress'));
        return c.json({ email: 'sent' as const }, 202);
      },
    )
    .route(
      '/',
      linkCheck('/password-resets/check', 'Whether a reset link can be used', (regroupement, link) =>
        checkReset(deps, regroupement, link),
      ),
    )
    .post(
      '/password-resets/complete',
      describe({
        summary: 'Set a new password with the link; every other session ends',
        tags,
        ok: opened,
        problems: ['dpop-nonce', 'dpop-invalid', 'link-invalid', 'link-used', 'too-many-requests', 'busy'],
      }),
      validate('json', ResetCompletion),
      async (c) => {
        const given = c.req.valid('json');
        const browser = await browserOf(deps, c);
        return c.json(
          await completeReset(deps, c.get('regroupement'), given, c.get('clientAddress'), browser),
          201,
        );
      },
    );
}
