// What every request passes first: an id, the caller's address, a size limit, security headers, one log line.
import { getConnInfo } from '@hono/node-server/conninfo';
import type { Hono, MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { etag } from 'hono/etag';
import { routePath } from 'hono/route';
import { clientAddress } from '../addresses.ts';
import { storageFault } from '../db/db.ts';
import { type Deps, newId } from '../deps.ts';
import { Problem } from '../problems/problem.ts';
import { forRequest } from '../request-id.ts';
import type { BaseEnv } from './context.ts';
import { answerProblem, asProblem } from './errors.ts';

export const MAX_BODY_BYTES = 64 * 1024;
/**
 * Have a limit of their own, behind their guards: nobody without a key makes us hold a long list, and a page that may call
 * may read that it sent too much.
 */
const BEHIND_GUARDS = /^\/v1\/(backoffice\/[^/]+\/(imports|import-files|upserts)$|regroupements\/)/;

/** Mounts it on the whole app; first, so that everything below has a request id and an honest error. */
export function mountMiddleware(app: Hono<BaseEnv>, deps: Deps): void {
  app.use(identify(deps));
  const body = bodyOf(MAX_BODY_BYTES);
  app.use(async (c, next) => {
    // Before the answer is made, which may say otherwise: to put a header on one that is made costs as much as all else here.
    c.header('X-Content-Type-Options', 'nosniff');
    c.header('Referrer-Policy', 'no-referrer');
    c.header('Cross-Origin-Resource-Policy', 'same-origin');
    c.header('Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'");
    // A cache may keep an answer that says nothing of it for as long as it likes (RFC 9111, 4.2.2).
    c.header('Cache-Control', 'no-store');
    if (deps.config.publicUrl.startsWith('https:')) {
      c.header('Strict-Transport-Security', 'max-age=31536000');
    }
    // The one method that a server may hear and fetch's Request cannot hold: whatever touched the body would throw.
    if (c.req.method === 'TRACE') throw new Problem('not-found');
    return await (BEHIND_GUARDS.test(c.req.path) ? next() : body(c, next));
  });
  app.notFound((c) => answerProblem(c, new Problem('not-found')));
  app.onError((error, c) => {
    const problem = asProblem(error);
    if (storageFault(error) !== undefined) deps.log.error('storage', {}, error);
    else if (problem.kind === 'internal') deps.log.error('unexpected', {}, error);
    return answerProblem(c, problem);
  });
}

/**
 * Refuses a body of more bytes as `too-large`.
 *
 * @example
 * app.post('/imports', bodyOf(10 * 1024 * 1024), importHandler);
 */
export function bodyOf(maxSize: number): MiddlewareHandler {
  const limit = bodyLimit({
    maxSize,
    onError: () => {
      throw new Problem('too-large');
    },
  });
  // Node's server gives these no body, and to look for one costs more than the rest of it.
  return (c, next) => (c.req.method === 'GET' || c.req.method === 'HEAD' ? next() : limit(c, next));
}

/**
 * For what is the same for everyone and changes with a release: kept, and asked about each time (RFC 9111, 5.2.2.4).
 *
 * @example
 * app.get('/docs', revalidated(), docsHandler);
 */
export function revalidated(): MiddlewareHandler {
  const tag = etag();
  return async (c, next) => {
    c.header('Cache-Control', 'no-cache');
    return await tag(c, next);
  };
}

function identify(deps: Deps): MiddlewareHandler<BaseEnv> {
  return async (c, next) => {
    const started = deps.now();
    const requestId = newId(deps);
    c.set('requestId', requestId);
    c.set(
      'clientAddress',
      clientAddress(c.req.header('X-Forwarded-For'), remote(c), deps.config.trustedProxies),
    );
    c.header('X-Request-Id', requestId);
    await forRequest(requestId, async () => {
      await next();
      deps.log.info('request', {
        method: c.req.method,
        // The pattern, not the address: ids and slugs are no business of the log.
        route: routePath(c, -1),
        status: c.res.status,
        ms: deps.now() - started,
      });
    });
  };
}

function remote(c: Parameters<MiddlewareHandler<BaseEnv>>[0]): string {
  try {
    return getConnInfo(c).remote.address ?? 'unknown';
  } catch {
    return 'unknown'; // app.request() in a test has no socket
  }
}
