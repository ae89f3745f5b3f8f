// What a regroupement's page loads, and the hosted page that does the same job by a link.
import { type Context, Hono } from 'hono';
import type { Deps } from '../deps.ts';
import type { BaseEnv } from '../http/context.ts';
import { Problem } from '../http/problem.ts';
import { regroupementBySlug } from '../regroupements/regroupements.ts';
import { type Asset, readAssets } from './assets.ts';
import { hostedPage, styleSource, unknownPage } from './hosted-page.ts';

export function embedRoutes(deps: Deps) {
  let assets: Promise<Map<string, Asset>> | undefined;
  const file = async (c: Context<BaseEnv>, path: string): Promise<Response> => {
    assets ??= readAssets().catch((error: unknown) => {
      assets = undefined;
      throw error;
    });
    const asset = (await assets).get(path);
    if (asset === undefined) throw new Problem('not-found');
    return serve(c, asset);
  };
  return new Hono<BaseEnv>()
    .get('/v1/amisgest-pay.js', (c) => file(c, 'amisgest-pay.js'))
    .get('/v1/c/:name', (c) => file(c, `c/${c.req.param('name')}`))
    .get('/p/:slug', async (c) => {
      const regroupement = await regroupementBySlug(deps, c.req.param('slug')).catch((error: unknown) => {
        if (error instanceof Problem && error.kind === 'regroupement-unknown') return null;
        throw error;
      });
      c.header('Cache-Control', 'no-store');
      c.header(
        'Content-Security-Policy',
        [
          "default-src 'none'",
          "script-src 'self'",
          `style-src ${styleSource(regroupement?.theme ?? {})}`,
          "connect-src 'self'",
          "img-src 'self' data:",
          "base-uri 'none'",
          "form-action 'none'",
          "frame-ancestors 'none'",
          "require-trusted-types-for 'script'",
          'trusted-types amisgest-pay',
        ].join('; '),
      );
      if (regroupement === null) return c.html(unknownPage(), 404);
      return c.html(hostedPage(regroupement, c.req.query('lang') === 'en-CA' ? 'en-CA' : 'fr-CA'));
    });
}

function serve(c: Context, asset: Asset): Response {
  // A module script of another site is fetched in CORS mode.
  c.header('Access-Control-Allow-Origin', '*');
  c.header('Cross-Origin-Resource-Policy', 'cross-origin');
  c.header(
    'Cache-Control',
    asset.immutable
      ? 'public, max-age=31536000, immutable'
      : 'public, max-age=300, stale-while-revalidate=86400',
  );
  c.header('ETag', asset.etag);
  c.header('Vary', 'Accept-Encoding');
  if (c.req.header('If-None-Match') === asset.etag) return c.body(null, 304);
  c.header('Content-Type', 'text/javascript; charset=utf-8');
  const accepted = c.req.header('Accept-Encoding') ?? '';
  if (accepts(accepted, 'br')) {
    c.header('Content-Encoding', 'br');
    return c.body(asset.brotli);
  }
  if (accepts(accepted, 'gzip')) {
    c.header('Content-Encoding', 'gzip');
    return c.body(asset.gzip);
  }
  return c.body(asset.body);
}

function accepts(header: string, coding: string): boolean {
  return header.split(',').some((part) => {
    const [name, ...parameters] = part.split(';').map((word) => word.trim());
    return name === coding && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
  });
}
