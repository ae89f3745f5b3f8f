// The links of a change of e-mail: the new address confirms it, the old one takes the account back.
import { Hono } from 'hono';
import type { Deps } from '../deps.ts';
import { describe, validate } from '../http/validate.ts';
import type { TenantEnv } from '../regroupements/tenant.ts';
import { checkEmailChange, checkEmailUndo, confirmEmailChange, undoEmailChange } from './email-changes.ts';
import { linkCheck } from './emailed-link-routes.ts';
import { ResetCompletion } from './passwords/password-reset-routes.ts';
import { browserOf, opened } from './sessions/session-routes.ts';
import { Activation } from './sign-up/sign-up-routes.ts';

const tags: [string] = ['accounts'];

export function emailChangeRoutes(deps: Deps) {
  return new Hono<TenantEnv>()
    .route(
      '/',
      linkCheck(
        '/email-changes/check',
        'Whether the link to a new e-mail can be used',
        (regroupement, link) => checkEmailChange(deps, regroupement, link),
      ),
    )
    .post(
      '/email-changes/confirm',
      describe({
        summary: 'Give the account its new e-mail, with the link and the password; every other session ends',
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
          await confirmEmailChange(deps, c.get('regroupement'), given, c.get('clientAddress'), browser),
          201,
        );
      },
    )
    .route(
      '/',
      linkCheck(
        '/email-changes/undo/check',
        'Whether the old e-mail can still take the account back',
        (regroupement, link) => checkEmailUndo(deps, regroupement, link),
      ),
    )
    .post(
      '/email-changes/undo',
      describe({
        summary: 'Take the account back with the old e-mail and a new password; every other session ends',
        tags,
        ok: opened,
        problems: ['dpop-nonce', 'dpop-invalid', 'link-invalid', 'link-used', 'too-many-requests', 'busy'],
      }),
      validate('json', ResetCompletion),
      async (c) => {
        const given = c.req.valid('json');
        const browser = await browserOf(deps, c);
        return c.json(
          await undoEmailChange(deps, c.get('regroupement'), given, c.get('clientAddress'), browser),
          201,
        );
      },
    );
}
