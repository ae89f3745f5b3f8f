// The staff's API, below /v1/backoffice/{regroupement}/settings/paypal: an owner verifies an account at PayPal, and has it paid from
// then on. Each asks who she is again. The secret comes in and never goes out.
import { Hono } from 'hono';
import type { Deps } from '../../deps.ts';
import { describe, validate } from '../../http/validate.ts';
import { actor, type StaffEnv, staffGuard } from '../permission.ts';
import { IfMatch, versionIn } from '../schemas.ts';
import { GivenAccount, saveAccount, Verified, verifyAccount } from './paypal-account.ts';

const tags: [string] = ['backoffice'];

export function paypalAccountRoutes(deps: Deps) {
  return new Hono<StaffEnv>()
    .post(
      '/settings/paypal/verify',
      describe({
        summary:
          '«\u00a0Vérifier\u00a0»: ask PayPal about an account, line by line; nothing is saved, nothing is paid',
        tags,
        staff: true,
        ok: { status: 200, description: 'Each line, green or red with its cure', schema: Verified },
        problems: ['forbidden', 'fresh-factor-needed', 'too-many-requests'],
      }),
      staffGuard(deps, 'vault'),
      validate('json', GivenAccount),
      async (c) => c.json(await verifyAccount(deps, c.get('regroupement'), c.req.valid('json')), 200),
    )
    .put(
      '/settings/paypal',
      describe({
        summary:
          'Have another account paid, once each line of it is green, from the state that its version names (`none`: there is no account)',
        tags,
        staff: true,
        ok: { status: 200, description: 'It is so from now on', schema: Verified },
        problems: [
          'forbidden',
          'fresh-factor-needed',
          'version-needed',
          'changed-meanwhile',
          'account-unverified',
          'too-many-requests',
        ],
      }),
      staffGuard(deps, 'vault'),
      validate('header', IfMatch),
      validate('json', GivenAccount),
      async (c) => {
        const version = versionIn(c.req.valid('header'));
        const given = c.req.valid('json');
        return c.json(await saveAccount(deps, c.get('regroupement'), { version, by: actor(c), given }), 200);
      },
    );
}
