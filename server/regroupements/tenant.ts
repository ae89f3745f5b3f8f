// Below /v1/regroupements/:regroupement: which tenant, from which site. The slug stands in the path so that even a
// preflight, which carries no body and no token, can be answered by the right tenant's list (I8).
import type { MiddlewareHandler } from 'hono';
import type { Deps } from '../deps.ts';
import type { TenantEnv } from '../http/context.ts';
import { dpopNonce } from '../http/dpop.ts';
import { Problem } from '../http/problem.ts';
import { regroupementBySlug } from './regroupements.ts';

const ALLOW_HEADERS = 'Authorization, Content-Type, DPoP, Idempotency-Key';
const EXPOSE_HEADERS = 'DPoP-Nonce, Retry-After, X-Request-Id';

/** Finds the regroupement, answers preflights, refuses other sites' calls. A call without Origin is no browser's cross-site call. */
export function tenant(deps: Deps): MiddlewareHandler<TenantEnv> {
  const own = new URL(deps.config.publicUrl).origin;
  return async (c, next) => {
    const regroupement = await regroupementBySlug(deps, c.req.param('regroupement') ?? '');
    c.header('Vary', 'Origin');
    const origin = c.req.header('Origin');
    if (origin !== undefined) {
      if (origin !== own && !regroupement.origins.includes(origin)) throw new Problem('origin-refused');
      c.header('Access-Control-Allow-Origin', origin);
      c.header('Access-Control-Expose-Headers', EXPOSE_HEADERS);
      c.header('Cross-Origin-Resource-Policy', 'cross-origin');
    }
    if (c.req.method === 'OPTIONS') {
      c.header('Access-Control-Allow-Methods', 'GET, POST, PATCH, DELETE');
      c.header('Access-Control-Allow-Headers', ALLOW_HEADERS);
      c.header('Access-Control-Max-Age', '600');
      return c.body(null, 204);
    }
    c.set('regroupement', regroupement);
    c.header('DPoP-Nonce', dpopNonce(deps));
    c.header('Cache-Control', 'no-store');
    await next();
  };
}
