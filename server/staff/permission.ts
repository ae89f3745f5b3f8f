// The guard of the staff's API: a living key of this regroupement, with the scope that the route wants.
import type { Context, MiddlewareHandler } from 'hono';
import { routePath } from 'hono/route';
import type { Actor } from '../audit.ts';
import type { Deps } from '../deps.ts';
import { documentedGuard } from '../http/validate.ts';
import { limited } from '../limits.ts';
import { Problem } from '../problems/problem.ts';
import { regroupementBySlug } from '../regroupements/regroupements.ts';
import type { TenantEnv } from '../regroupements/tenant.ts';
import { securityEvent } from '../security-log.ts';
import { type ApiKey, keyOf, type Scope } from './api-keys.ts';

export interface StaffEnv {
  Variables: TenantEnv['Variables'] & { key: ApiKey };
}

const CALLS = { burst: 120, periodMs: 60_000 };
const MISSES = { burst: 20, periodMs: 60_000 };

/**
 * Sets `regroupement` and `key`. Throws `unauthenticated` for whatever is wrong with the key, `forbidden` when it lacks
 * the scope. Browsers of other sites are not let in: keys are for programs.
 *
 * @example
 * new Hono<StaffEnv>().get('/payments', staffKey(deps, 'read'), (c) => c.json(paymentsOf(c.get('regroupement'))));
 */
export function staffKey(deps: Deps, scope: Scope): MiddlewareHandler<StaffEnv> {
  return documentedGuard({ security: [{ staffKey: [scope] }] }, async (c, next) => {
    c.header('Cache-Control', 'no-store');
    const regroupement = await regroupementBySlug(deps, c.req.param('regroupement') ?? '');
    const secret = /^Bearer +(\S+)$/i.exec(c.req.header('Authorization') ?? '')?.[1] ?? '';
    const key = await keyOf(deps, regroupement.id, secret);
    if (key === null) {
      await limited(deps, [[`staff-miss:${c.get('clientAddress')}`, MISSES]]);
      c.header('WWW-Authenticate', 'Bearer');
      throw new Problem('unauthenticated');
    }
    await limited(deps, [[`staff:${key.id}`, CALLS]]);
    const allowed = key.scopes.includes(scope);
    // Each use, and each try beyond its scopes, is on the record before anything happens.
    const used = { key: key.id, method: c.req.method, route: routePath(c, -1) };
    await deps.db.batch([
      securityEvent(deps, regroupement.id, allowed ? 'staff-key-used' : 'staff-key-overstepped', null, used),
    ]);
    if (!allowed) throw new Problem('forbidden');
    c.set('regroupement', regroupement);
    c.set('key', key);
    await next();
  });
}

/** Who asks, for the record: the key. */
export function actor(c: Context<StaffEnv>): Actor {
  return `key:${c.get('key').id}`;
}
