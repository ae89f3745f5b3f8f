// What anyone may know of a regroupement (S46, S47): its name, how to reach it, who answers for privacy (Loi 25, s. 3.1).
import { Hono } from 'hono';
import { z } from 'zod';
import { sdkUrl } from '../config.ts';
import type { Deps } from '../deps.ts';
import { lang } from '../fields.ts';
import { describe } from '../http/validate.ts';
import { Instalments } from '../ledger/policies.ts';
import { writtenOf } from './naming.ts';
import { LINK_POLICIES } from './regroupements.ts';
import type { TenantEnv } from './tenant.ts';

const Profile = z
  .object({
    slug: z.string(),
    name: z.string(),
    written: z
      .record(
        lang,
        z.object({ organisme: z.string(), Organisme: z.string(), du: z.string(), telephone: z.string() }),
      )
      .describe(
        'how its name and telephone stand in a sentence: « avec le Regroupement X », the same at the beginning of one, « du Regroupement X », « poste 4 »',
      ),
    phoneUrl: z.string().describe('tel:, without the extension'),
    email: z.string(),
    phone: z.string(),
    address: z.string(),
    privacy: z.object({ title: z.string(), email: z.string(), url: z.url() }),
    helpUrl: z.string().nullable(),
    certificateExample: z.string(),
    linkPolicy: z
      .enum(LINK_POLICIES)
      .describe('what a name and number need beside them; `secret` asks for invoiceSecret'),
    instalments: Instalments,
    payable: z.boolean().describe('false while no PayPal account is set'),
    paypal: z
      .object({ clientId: z.string(), sdkUrl: z.string() })
      .nullable()
      .describe('for PayPal’s own script in a page; the client id is public'),
  })
  .meta({ ref: 'Regroupement' });
type RegroupementProfile = z.infer<typeof Profile>;

export function regroupementRoutes({ config }: Pick<Deps, 'config'>) {
  return new Hono<TenantEnv>().get(
    '/',
    describe({
      summary: 'The regroupement’s public profile',
      tags: ['regroupement'],
      ok: { status: 200, description: 'The profile', schema: Profile },
      problems: ['regroupement-unknown', 'origin-refused'],
    }),
    (c) => {
      const r = c.get('regroupement');
      const profile: RegroupementProfile = {
        slug: r.slug,
        name: r.name,
        ...writtenOf(r),
        email: r.email,
        phone: r.phone,
        address: r.address,
        privacy: {
          title: r.privacyTitle,
          email: r.privacyEmail,
          url: `${config.publicUrl}/privacy/${r.slug}`,
        },
        helpUrl: r.helpUrl,
        certificateExample: r.certificateExample,
        linkPolicy: r.linkPolicy,
        instalments: r.instalments,
        payable: r.paypal !== null,
        paypal: r.paypal === null ? null : { clientId: r.paypal.clientId, sdkUrl: sdkUrl(config) },
      };
      return c.json(profile, 200);
    },
  );
}
