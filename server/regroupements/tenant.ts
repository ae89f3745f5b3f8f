// Below /v1/regroupements/:regroupement: which tenant (one instance, one organization: S46), from which site. The slug
// stands in the path so that even a
// preflight, which carries no body and no token, can be answered by the right tenant's list (I8).
import type { Context, MiddlewareHandler } from 'hono';
import type { Deps } from '../deps.ts';
import type { BaseEnv } from '../http/context.ts';
import { Problem } from '../problems/problem.ts';
import { type Along, type Regroupement, regroupementWith } from './regroupements.ts';

/** Routes below /v1/regroupements/:regroupement. */
export interface TenantEnv {
  Variables: BaseEnv['Variables'] & {
    regroupement: Regroupement;
    /** What was read with it, or NULL. */
    read: string | null;
  };
}

const ALLOW_HEADERS = 'Authorization, Content-Type, DPoP, Idempotency-Key, *';
const EXPOSE_HEADERS = 'DPoP-Nonce, Retry-After, X-Request-Id';

/** The public profile, `GET /v1/regroupements/{regroupement}`: the one answer whose refusal any site may read. */
const PROFILE = /^\/v1\/regroupements\/[^/]+$/;

/**
 * Finds the regroupement, answers preflights, refuses other sites' calls. A call without Origin is no browser's cross-site
 * call. Whatever keeps a page from the public profile, the page may read it: its webmaster mistyped a name or has not
 * registered the page, and the widget there says so before she types anything. What `along` answers for a call is read
 * with the regroupement, and set as `read`; nobody has looked at it.
 *
 * @example
 * new Hono<TenantEnv>().use(tenant(deps)).get('/', (c) => c.json({ name: c.get('regroupement').name }));
 */
export function tenant(
  deps: Deps,
  along: (c: Context) => Promise<Along | undefined> = async () => undefined,
): MiddlewareHandler<TenantEnv> {
  const own = new URL(deps.config.publicUrl).origin;
  return async (c, next) => {
    const origin = c.req.header('Origin');
    c.header('Vary', 'Origin');
    const open = c.req.method === 'GET' && PROFILE.test(c.req.path);
    if (open && origin !== undefined) c.header('Access-Control-Allow-Origin', '*');
    const slug = c.req.param('regroupement') ?? '';
    const { regroupement, read } = await regroupementWith(deps, slug, await along(c));
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
    c.set('read', read);
    await next();
  };
}
