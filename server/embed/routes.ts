// What a regroupement's page loads, the hosted page that does the same job by a link, and the guide for webmasters.
import { readFile } from 'node:fs/promises';
import { type Context, Hono } from 'hono';
import type { Deps } from '../deps.ts';
import type { Lang } from '../fields.ts';
import type { BaseEnv } from '../http/context.ts';
import { revalidated } from '../http/middleware.ts';
import { describeFile } from '../http/validate.ts';
import { Problem } from '../problems/problem.ts';
import { logoHash, readLogo } from '../regroupements/logos.ts';
import { type Regroupement, regroupementBySlug } from '../regroupements/regroupements.ts';
import { type Asset, assetsWhenAsked, pinnedAsset } from './assets.ts';
import { bureauPage, bureauPolicy } from './bureau-page.ts';
import { hostedPage, hostedPolicy, unknownPage } from './hosted-page.ts';

const PLUGIN = 'amisgest-pay-wordpress';

// Loaded when they are asked for: a payer never does.
const element = () => import('../docs/element-page.ts');
const guide = () => import('./guide-page.ts');
const wordpress = () => import('./wordpress.ts');

export function embedRoutes(deps: Deps) {
  const { publicUrl } = deps.config;
  const assets = assetsWhenAsked();
  const newNonce = () => Buffer.from(deps.randomBytes(16)).toString('base64url');
  /** The page of a regroupement, or the one that says there is none. */
  const found = async (c: Context<BaseEnv>, policy: (of: Regroupement | null) => string) => {
    const regroupement = await regroupementBySlug(deps, c.req.param('slug') ?? '').catch((error: unknown) => {
      if (error instanceof Problem && error.kind === 'regroupement-unknown') return null;
      throw error;
    });
    c.header('Content-Security-Policy', policy(regroupement));
    return regroupement;
  };
  return new Hono<BaseEnv>()
    .route('/', pluginRoutes(deps))
    .get('/v1/amisgest-pay.js', describeFile('The widget, always today’s', 'text/javascript'), async (c) =>
      serve(c, (await assets()).files.get('amisgest-pay.js')),
    )
    .get(
      '/v1/c/:name',
      describeFile('A file that the widget asks for', 'text/javascript', { problems: ['not-found'] }),
      async (c) => serve(c, (await assets()).files.get(`c/${c.req.param('name')}`)),
    )
    .get(
      '/v1/bureau/amisgest-bureau.js',
      describeFile('The staff’s page, always today’s', 'text/javascript'),
      async (c) => serve(c, (await assets()).files.get('bureau/amisgest-bureau.js')),
    )
    .get(
      '/v1/bureau/c/:name',
      describeFile('A file that the staff’s page asks for', 'text/javascript', { problems: ['not-found'] }),
      async (c) => serve(c, (await assets()).files.get(`bureau/c/${c.req.param('name')}`)),
    )
    .get('/bureau', describeFile('The staff’s page, of whoever signs in', 'text/html'), (c) => {
      const nonce = newNonce();
      c.header('Cache-Control', 'no-store');
      c.header('Content-Security-Policy', bureauPolicy(null, nonce));
      return c.html(bureauPage(null, langOf(c), nonce));
    })
    .get(
      '/bureau/:slug',
      describeFile('The staff’s page of a regroupement; 404 for an unknown one', 'text/html'),
      async (c) => {
        const nonce = newNonce();
        const regroupement = await found(c, (of) => bureauPolicy(of, nonce));
        if (regroupement === null) return c.html(bureauPage(null, langOf(c), nonce), 404);
        return c.html(bureauPage(regroupement, langOf(c), nonce));
      },
    )
    .get(
      '/v1/pinned/:release/amisgest-pay.js',
      describeFile('The widget in one file that never changes', 'text/javascript', {
        problems: ['not-found'],
      }),
      async (c) => serve(c, pinnedAsset(await assets(), c.req.param('release'))),
    )
    .get(
      '/p/:slug',
      describeFile('The hosted page; 404 for an unknown regroupement', 'text/html'),
      async (c) => {
        const nonce = newNonce();
        const regroupement = await found(c, (of) => hostedPolicy(of, of === null ? undefined : nonce));
        if (regroupement === null) return c.html(unknownPage(), 404);
        const logo = await logoHash(deps.db, regroupement.id);
        return c.html(hostedPage(regroupement, langOf(c), logo, nonce));
      },
    )
    .get(
      '/p/:slug/logo',
      describeFile('The regroupement’s picture', 'image/*', {
        problems: ['regroupement-unknown', 'not-found'],
      }),
      async (c) => {
        const { id } = await regroupementBySlug(deps, c.req.param('slug'));
        const logo = await readLogo(deps.db, id);
        if (logo === null) throw new Problem('not-found');
        c.header('Content-Type', logo.type);
        // Opened by itself, a drawing runs nothing.
        c.header('Content-Security-Policy', "default-src 'none'; style-src 'unsafe-inline'; sandbox");
        c.header('Cache-Control', 'public, max-age=31536000, immutable');
        return c.body(logo.body);
      },
    )
    .get(
      '/docs/element',
      describeFile('What the element takes, fires and shows', 'text/html'),
      revalidated(),
      async (c) => {
        const [{ elementPage }, { DOCS_POLICY }] = await Promise.all([element(), import('../docs/pages.ts')]);
        c.header('Content-Security-Policy', DOCS_POLICY);
        return c.html(await elementPage());
      },
    )
    .get(
      '/docs/custom-elements.json',
      describeFile('The same for a program (custom-elements manifest)', 'application/json'),
      revalidated(),
      async (c) => {
        c.header('Content-Type', 'application/json; charset=utf-8');
        const { MANIFEST } = await element();
        return c.body(await readFile(MANIFEST, 'utf8'));
      },
    )
    .get(
      '/embed',
      describeFile('Where the guides for webmasters are', 'text/html'),
      revalidated(),
      async (c) => {
        const { GUIDE_POLICY, guideIndex } = await guide();
        c.header('Content-Security-Policy', GUIDE_POLICY);
        return c.html(guideIndex(langOf(c)));
      },
    )
    .get('/embed/guide.js', describeFile('The script of the guide', 'text/javascript'), async (c) =>
      ownScript(c, 'guide.js'),
    )
    .get(
      '/embed/height.js',
      describeFile('The script of the hosted page in a frame', 'text/javascript'),
      async (c) => ownScript(c, 'height.js'),
    )
    .get(
      '/embed/:slug',
      describeFile('The guide for a regroupement’s webmaster; 404 for an unknown one', 'text/html'),
      async (c) => {
        const { GUIDE_POLICY, guidePage } = await guide();
        const regroupement = await found(c, (of) => (of === null ? hostedPolicy(null) : GUIDE_POLICY));
        if (regroupement === null) return c.html(unknownPage(), 404);
        return c.html(guidePage(regroupement, publicUrl, langOf(c), (await assets()).pin));
      },
    );
}

/** The WordPress plugin: everyone's, and with a regroupement's name in it, so that nobody types it. */
function pluginRoutes(deps: Deps) {
  const { publicUrl } = deps.config;
  const slugOf = async (c: Context<BaseEnv>) => {
    const slug = c.req.param('slug');
    return slug === undefined ? undefined : (await regroupementBySlug(deps, slug)).slug;
  };
  const routes = new Hono<BaseEnv>();
  for (const [below, whose, problems] of [
    ['/embed', '', []],
    ['/embed/:slug', ', with a regroupement’s name in it', ['regroupement-unknown']],
  ] as const)
    routes
      .get(
        `${below}/${PLUGIN}.php`,
        describeFile(`The WordPress plugin, one PHP file${whose}`, 'text/plain', { problems: [...problems] }),
        revalidated(),
        async (c) => {
          c.header('Content-Disposition', `attachment; filename="${PLUGIN}.php"`);
          const { wordpressPlugin } = await wordpress();
          return c.text(await wordpressPlugin(publicUrl, await slugOf(c)));
        },
      )
      .get(
        `${below}/${PLUGIN}.zip`,
        describeFile(`The WordPress plugin as WordPress takes it${whose}`, 'application/zip', {
          problems: [...problems],
        }),
        revalidated(),
        async (c) => {
          c.header('Content-Disposition', `attachment; filename="${PLUGIN}.zip"`);
          c.header('Content-Type', 'application/zip');
          const { wordpressPlugin, zipOf } = await wordpress();
          return c.body(zipOf(await wordpressPlugin(publicUrl, await slugOf(c))));
        },
      )
      .get(
        `${below}/${PLUGIN}.json`,
        describeFile(`Its newest version, as WordPress asks for it${whose}`, 'application/json', {
          problems: [...problems],
        }),
        revalidated(),
        async (c) => c.json(await (await wordpress()).wordpressUpdate(publicUrl, await slugOf(c))),
      );
  return routes;
}

async function ownScript(c: Context<BaseEnv>, name: string): Promise<Response> {
  c.header('Content-Type', 'text/javascript; charset=utf-8');
  c.header('Cache-Control', 'public, max-age=300');
  return c.body(await readFile(new URL(`./browser/${name}`, import.meta.url), 'utf8'));
}

function langOf(c: Context<BaseEnv>): Lang {
  return c.req.query('lang') === 'en-CA' ? 'en-CA' : 'fr-CA';
}

async function serve(c: Context, asset: Asset | undefined): Promise<Response> {
  if (asset === undefined) throw new Problem('not-found');
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
  const coding = (['br', 'gzip'] as const).find((one) => accepts(accepted, one));
  if (coding === undefined) return c.body(asset.body);
  c.header('Content-Encoding', coding);
  return c.body(await asset.packed(coding));
}

function accepts(header: string, coding: string): boolean {
  return header.split(',').some((part) => {
    const [name, ...parameters] = part.split(';').map((word) => word.trim());
    return name === coding && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
  });
}
