// The regroupement's public profile.
import { Hono } from 'hono';
import type { Deps } from '../deps.ts';
import { describe } from '../http/validate.ts';
import { Profile, profileOf } from './profile.ts';
import type { TenantEnv } from './tenant.ts';

export function regroupementRoutes(deps: Pick<Deps, 'config'>) {
  return new Hono<TenantEnv>().get(
    '/',
    describe({
      summary: 'The regroupement’s public profile',
      tags: ['regroupement'],
      ok: { status: 200, description: 'The profile', schema: Profile },
      problems: ['regroupement-unknown', 'origin-refused'],
    }),
    (c) => c.json(profileOf(deps, c.get('regroupement')), 200),
  );
}
