// Creating an account and activating it by the e-mailed link (S3–S12). Answers to strangers never tell whether an account
// exists (I3).
import { Hono } from 'hono';
import { z } from 'zod';
import type { Deps } from '../../deps.ts';
import { email, lang, line, page, password, token } from '../../fields.ts';
import { describe, validate } from '../../http/validate.ts';
import type { TenantEnv } from '../../regroupements/tenant.ts';
import { linkCheck, sent } from '../emailed-link-routes.ts';
import { newPassword } from '../passwords/password-rules.ts';
import { browserOf, opened } from '../sessions/session-routes.ts';
import { activate, checkActivation, resendActivation, signUp } from './sign-up.ts';

/** A random name that a browser gives to its sign-up, and tells nobody else. */
const attempt = token.optional();
const SignUp = z.strictObject({
  name: line(120),
  email,
  password: newPassword,
  lang,
  page: page.optional(),
  attempt,
});
const Resend = z.strictObject({ email, lang, attempt });
export const Activation = z.strictObject({ token, password });

const tags: [string] = ['accounts'];

export function signUpRoutes(deps: Deps) {
  return new Hono<TenantEnv>()
    .post(
      '/accounts',
      describe({ summary: 'Sign up', tags, ok: sent, problems: ['too-many-requests', 'busy'] }),
      validate('json', SignUp),
      async (c) => {
        await signUp(deps, c.get('regroupement'), c.req.valid('json'), c.get('clientAddress'));
        return c.json({ email: 'sent' as const }, 202);
      },
    )
    .post(
      '/accounts/resend',
      describe({
        summary: 'Send the activation e-mail again, at most once a minute',
        tags,
        ok: sent,
        problems: ['too-many-requests'],
      }),
      validate('json', Resend),
      async (c) => {
        await resendActivation(deps, c.get('regroupement'), c.req.valid('json'), c.get('clientAddress'));
        return c.json({ email: 'sent' as const }, 202);
      },
    )
    .route(
      '/',
      linkCheck('/activations/check', 'Whether an activation link can be used', (regroupement, link) =>
        checkActivation(deps, regroupement, link),
      ),
    )
    .post(
      '/activations',
      describe({
        summary: 'Activate the account with the link and its password',
        tags,
        ok: opened,
        problems: [
          'dpop-nonce',
          'dpop-invalid',
          'sign-in-failed',
          'link-invalid',
          'link-used',
          'too-many-requests',
          'busy',
        ],
      }),
      validate('json', Activation),
      async (c) => {
        const given = c.req.valid('json');
        const browser = await browserOf(deps, c);
        return c.json(
          await activate(deps, c.get('regroupement'), given, c.get('clientAddress'), browser),
          201,
        );
      },
    );
}
