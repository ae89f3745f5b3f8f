// /v1/staff/me/alerts: which e-mails she wants (S44).
import { Hono } from 'hono';
import { z } from 'zod';
import type { Deps } from '../../deps.ts';
import { line } from '../../fields.ts';
import { describe, validate } from '../../http/validate.ts';
import { tags } from '../sign-in/session-routes.ts';
import { type SignedInStaffEnv, staffSignedIn } from '../signed-in.ts';
import { alertsOf, EXCEPTION_ALERTS, PAYMENT_ALERTS, setAlerts } from './alerts.ts';

const alerts = { payments: z.enum(PAYMENT_ALERTS), exceptions: z.enum(EXCEPTION_ALERTS) };

export function staffAlertRoutes(deps: Deps) {
  return new Hono<SignedInStaffEnv>()
    .get(
      '/me/alerts',
      describe({
        summary: 'Which e-mails she wants, of each association that she works for',
        tags,
        ok: {
          status: 200,
          description: 'Her alerts',
          schema: z.object({ alerts: z.array(z.object({ slug: z.string(), ...alerts })) }),
        },
        staff: true,
        problems: ['enrolment-needed'],
      }),
      staffSignedIn(deps, 'work'),
      async (c) => c.json({ alerts: await alertsOf(deps, c.get('staff').staffId) }, 200),
    )
    .put(
      '/me/alerts',
      describe({
        summary: 'Say which e-mails she wants of one association',
        tags,
        ok: { status: 204, description: 'So it is' },
        staff: true,
        problems: ['enrolment-needed', 'not-found'],
      }),
      staffSignedIn(deps, 'work'),
      validate('json', z.strictObject({ slug: line(100), ...alerts })),
      async (c) => {
        const { slug, ...wanted } = c.req.valid('json');
        await setAlerts(deps, c.get('staff').staffId, slug, wanted);
        return c.body(null, 204);
      },
    );
}
