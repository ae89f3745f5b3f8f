// The staff's API, /v1/backoffice/{regroupement}/pages: the registered pages, and one of them tried. It changes nothing.
import { Hono } from 'hono';
import { z } from 'zod';
import type { Deps } from '../../deps.ts';
import { assetsWhenAsked } from '../../embed/assets.ts';
import { describe, validate } from '../../http/validate.ts';
import { type Limit, limited } from '../../limits.ts';
import { bare, webAddress } from '../../text.ts';
import { type StaffEnv, staffGuard } from '../permission.ts';
import { CHECKS, STATES } from './check.ts';

/** A regroupement's: whoever mends a page looks at it again and again, and a site is not to be worn by us. */
const TRIES: Limit = { burst: 20, periodMs: 600_000 };

const Address = z
  .string()
  .max(2_000)
  .transform((text, ctx) => {
    const address = typedAddress(text);
    if (address === null) ctx.addIssue('not-an-address');
    return address ?? z.NEVER;
  })
  .describe('of the page, as its browser shows it; https where it does not say');
const Line = z
  .object({
    check: z.enum(CHECKS),
    state: z.enum(STATES),
    params: z
      .record(z.string(), z.union([z.string(), z.int()]))
      .describe('`why`: a code of what is the matter; and what it names'),
    title: z.string(),
    titleEn: z.string(),
  })
  .meta({ ref: 'PageCheck' });
const Tried = z.object({
  address: z.string().describe('as it was asked for'),
  hops: z
    .array(
      z.object({
        address: z.string(),
        status: z.int().nullable().describe('null: it was not asked, or did not answer'),
      }),
    )
    .describe('the redirects, one after the other; the last one is where they ended'),
  checks: z.array(Line),
});

/** An address as people write it, on paper too; null for none. */
function typedAddress(text: string): string | null {
  const typed = bare(text);
  const written = /^[a-z][a-z0-9+.-]*:(?!\d)/i.test(typed) ? typed : `https://${typed}`;
  // A name that ends with a dot is the same to the network, and another site to a browser.
  const undotted = written.replace(/^(https?:\/\/[^/?#:]+)\.(?=[/?#:]|$)/i, '$1');
  return webAddress(undotted) === null ? null : new URL(written).href;
}

export function tryPageRoutes(deps: Deps) {
  const assets = assetsWhenAsked();
  return new Hono<StaffEnv>()
    .get(
      '/pages',
      describe({
        summary: 'The registered pages: where the payment may stand',
        tags: ['backoffice'],
        staff: true,
        ok: { status: 200, description: 'Their addresses', schema: z.object({ pages: z.array(z.string()) }) },
        problems: ['forbidden', 'too-many-requests'],
      }),
      staffGuard(deps, 'read'),
      (c) => c.json({ pages: [...c.get('regroupement').pages] }, 200),
    )
    .post(
      '/pages/try',
      describe({
        summary:
          'Look at a registered page of the regroupement’s site: does it answer, is the payment in it, can it work',
        tags: ['backoffice'],
        staff: true,
        ok: { status: 200, description: 'What was found, line by line', schema: Tried },
        problems: ['forbidden', 'too-many-requests', 'busy'],
      }),
      staffGuard(deps, 'record'),
      validate('json', z.strictObject({ address: Address })),
      async (c) => {
        const regroupement = c.get('regroupement');
        const url = new URL(c.req.valid('json').address);
        url.hash = '';
        await limited(deps, [[`page-try:${regroupement.id}`, TRIES]]);
        const [{ tryPage }, { titlesOf }] = await Promise.all([
          import('./try-page.ts'),
          import('./titles.ts'),
        ]);
        const { hops, checks } = await tryPage(deps, regroupement, url, assets);
        return c.json(
          { address: url.href, hops, checks: checks.map((one) => ({ ...one, ...titlesOf(one) })) },
          200,
        );
      },
    );
}
