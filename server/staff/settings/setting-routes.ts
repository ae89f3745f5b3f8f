// The staff's API, below /v1/backoffice/{regroupement}/settings: what an owner sets of her regroupement, read and changed; each
// form is the command line's (regroupements/setting-forms.ts). The account that is paid has routes of its own.
import { type Context, Hono } from 'hono';
import { createMiddleware } from 'hono/factory';
import { z } from 'zod';
import { openedByNameAlone } from '../../certificates/links/link-undo.ts';
import type { Deps } from '../../deps.ts';
import { bodyOf } from '../../http/middleware.ts';
import { describe, documentedGuard, validate } from '../../http/validate.ts';
import { plain } from '../../import/reading/columns/fields.ts';
import { tenantsOf } from '../../import/tenants.ts';
import { webhookAddress } from '../../paypal/account-check.ts';
import { Problem } from '../../problems/problem.ts';
import { logoFrom, MAX_LOGO_BYTES } from '../../regroupements/logos.ts';
import type { Regroupement } from '../../regroupements/regroupements.ts';
import { SETTINGS, type SettingName, type Settings } from '../../regroupements/setting-forms.ts';
import { changeSettings, readSettings, versionOf } from '../../regroupements/settings-changes.ts';
import { actor, refuseStale, type StaffEnv, staffGuard } from '../permission.ts';
import { IfMatch, versionIn } from '../schemas.ts';
import { accountOf, PayPalAccount } from './paypal-account.ts';

const tags: [string] = ['backoffice'];
/** What an owner confirms her identity for: where people pay, and what opens a file. */
const VAULT: readonly SettingName[] = ['pages', 'linkPolicy'];

type Forms = { [Name in SettingName]: (typeof SETTINGS)[Name]['form'] };
const Values = z.object(
  Object.fromEntries(Object.entries(SETTINGS).map(([name, { form }]) => [name, form])) as Forms,
);
const Changes = z.strictObject(Values.partial().shape);
const Shown = z
  .object({
    settings: Values,
    logo: z.string().nullable().describe('names the picture of the hosted page; null: there is none'),
    paypal: PayPalAccount.nullable().describe('the account that is paid; null: nobody can pay yet'),
    webhookUrl: z.string().describe('where PayPal must call about this regroupement'),
    linksByNameAndNumber: z
      .int()
      .describe('links that a name and number opened, and that stay open under a stricter policy'),
    version: z.string().describe('names this state of the settings and the picture, for a change of them'),
  })
  .meta({ ref: 'Settings' });
const Picture = documentedGuard(
  {
    requestBody: {
      required: true,
      content: {
        'application/octet-stream': {
          schema: {
            type: 'string',
            maxLength: MAX_LOGO_BYTES,
            description: 'PNG, JPEG, WebP or SVG; its first bytes tell which',
          },
        },
      },
    },
  },
  createMiddleware(async (c, next) => {
    const type = c.req.header('Content-Type')?.split(';')[0]?.toLowerCase();
    if (type !== 'application/octet-stream') throw new Problem('unsupported-media-type');
    await next();
  }),
);

export function settingRoutes(deps: Deps) {
  return new Hono<StaffEnv>()
    .route('/', logoRoutes(deps))
    .get(
      '/settings',
      describe({
        summary: 'What an owner sets of her regroupement, as it is; never a secret',
        tags,
        staff: true,
        ok: { status: 200, description: 'The settings; their version is the ETag too', schema: Shown },
        problems: ['forbidden', 'too-many-requests'],
      }),
      staffGuard(deps, 'settings'),
      async (c) => c.json(await shown(deps, c), 200),
    )
    .patch(
      '/settings',
      describe({
        summary:
          'Change settings, from the state that their version names. `pages` and `linkPolicy` ask an owner to confirm her identity',
        tags,
        staff: true,
        ok: { status: 200, description: 'The settings as they are now', schema: Shown },
        problems: [
          'forbidden',
          'fresh-factor-needed',
          'version-needed',
          'changed-meanwhile',
          'too-many-requests',
        ],
      }),
      staffGuard(deps, 'settings'),
      validate('header', IfMatch),
      validate('json', Changes),
      async (c) => {
        const version = versionIn(c.req.valid('header'));
        const given = Object.fromEntries(
          Object.entries(c.req.valid('json')).filter(([, value]) => value !== undefined),
        ) as Partial<Settings>;
        if (VAULT.some((name) => given[name] !== undefined)) refuseStale(deps, c);
        const regroupement = c.get('regroupement');
        await refuseTaken(deps, regroupement, given);
        await changeSettings(deps, regroupement.id, { version, by: actor(c), given });
        return c.json(await shown(deps, c), 200);
      },
    );
}

function logoRoutes(deps: Deps) {
  return new Hono<StaffEnv>()
    .post(
      '/settings/logo',
      describe({
        summary: 'The picture of the hosted page, in place of the one it has',
        tags,
        staff: true,
        ok: { status: 200, description: 'The settings as they are now', schema: Shown },
        problems: [
          'forbidden',
          'version-needed',
          'changed-meanwhile',
          'unsupported-media-type',
          'too-large',
          'too-many-requests',
        ],
      }),
      staffGuard(deps, 'settings'),
      validate('header', IfMatch),
      Picture,
      bodyOf(MAX_LOGO_BYTES),
      async (c) => {
        const version = versionIn(c.req.valid('header'));
        const logo = logoFrom(new Uint8Array(await c.req.arrayBuffer()));
        if (logo === null)
          throw new Problem('validation', { errors: [{ pointer: '/logo', code: 'no-picture' }] });
        await changeSettings(deps, c.get('regroupement').id, { version, by: actor(c), given: {}, logo });
        return c.json(await shown(deps, c), 200);
      },
    )
    .delete(
      '/settings/logo',
      describe({
        summary: 'Take away the picture of the hosted page; where there is none, nothing changes',
        tags,
        staff: true,
        ok: { status: 200, description: 'The settings as they are now', schema: Shown },
        problems: ['forbidden', 'version-needed', 'changed-meanwhile', 'too-many-requests'],
      }),
      staffGuard(deps, 'settings'),
      validate('header', IfMatch),
      async (c) => {
        const version = versionIn(c.req.valid('header'));
        const change = { version, by: actor(c), given: {}, logo: null };
        await changeSettings(deps, c.get('regroupement').id, change);
        return c.json(await shown(deps, c), 200);
      },
    );
}

async function shown(deps: Deps, c: Context<StaffEnv>): Promise<z.infer<typeof Shown>> {
  const { id } = c.get('regroupement');
  const held = await readSettings(deps, id);
  const version = versionOf(held);
  c.header('ETag', `"${version}"`);
  const { settings, logo } = held;
  const linksByNameAndNumber = await openedByNameAlone(deps, id);
  const paypal = await accountOf(deps, id);
  const webhookUrl = webhookAddress(deps, c.get('regroupement').slug);
  return { settings, logo, paypal, webhookUrl, linksByNameAndNumber, version };
}

/** A file says by these names whose its rows are: one that is a neighbour's would take the neighbour's rows. */
async function refuseTaken(deps: Deps, { id, slug }: Regroupement, given: Partial<Settings>): Promise<void> {
  const names = [
    ...(given.name === undefined ? [] : [['/name', given.name] as const]),
    ...(given.aliases ?? []).map((alias, i) => [`/aliases/${i}`, alias] as const),
  ];
  if (names.length === 0) return;
  const { byName } = await tenantsOf(deps, slug);
  const errors = names
    .filter(([, name]) => (byName.get(plain(name))?.id ?? id) !== id)
    .map(([pointer]) => ({ pointer, code: 'taken' }));
  if (errors.length > 0) throw new Problem('validation', { errors });
}
