// What anyone may know of a regroupement (S46, S47): its name, how to reach it, who answers for privacy (Loi 25, s. 3.1).
import { z } from 'zod';
import { sdkUrl } from '../config.ts';
import type { Deps } from '../deps.ts';
import { Instalments } from '../ledger/policies.ts';
import { writtenOf } from './naming.ts';
import { LINK_POLICIES, type Regroupement } from './regroupements.ts';

const Written = z.object({
  organisme: z.string(),
  Organisme: z.string(),
  du: z.string(),
  telephone: z.string(),
});
export const Profile = z
  .object({
    slug: z.string(),
    name: z.string(),
    written: z
      .object({ 'fr-CA': Written, 'en-CA': Written })
      .describe(
        'how its name and telephone stand in a sentence: «\u00a0avec le Regroupement X\u00a0», the same at the beginning of one, «\u00a0du Regroupement X\u00a0», «\u00a0poste 4\u00a0»',
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

/** As the widget is given it. */
export function profileOf({ config }: Pick<Deps, 'config'>, r: Regroupement): z.infer<typeof Profile> {
  return {
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
}
