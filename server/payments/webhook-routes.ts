// Where PayPal tells us that something happened. Verified over the raw bytes, kept, answered at once; what comes of it
// is decided afterwards, from PayPal's own record (P4).
import { Hono } from 'hono';
import { z } from 'zod';
import { securityEvent } from '../accounts/security-log.ts';
import type { Deps } from '../deps.ts';
import type { BaseEnv } from '../http/context.ts';
import { takeTry } from '../http/limits.ts';
import { Problem } from '../http/problem.ts';
import { describe } from '../http/validate.ts';
import type { SigningCertificates } from '../paypal/certificates.ts';
import { verifyWebhook } from '../paypal/webhook-signature.ts';
import { paypalAccounts, regroupementBySlug } from '../regroupements/regroupements.ts';
import { WebhookEvent } from './webhook-events.ts';
import { countRefusal, keepEvent } from './webhook-inbox.ts';

/** Each refusal is counted; not each is worth a line of its own. */
const LOGGED = { burst: 5, periodMs: 12 * 60_000 };

/** `POST /v1/paypal/webhooks/{regroupement}`. */
export function webhookRoutes(deps: Deps, certificates: SigningCertificates) {
  return new Hono<BaseEnv>().post(
    '/v1/paypal/webhooks/:regroupement',
    describe({
      summary: 'PayPal’s webhooks, signed by PayPal',
      tags: ['paypal'],
      ok: {
        status: 200,
        description: 'Kept, or known already',
        schema: z.object({ received: z.literal(true) }),
      },
      problems: ['regroupement-unknown', 'webhook-refused', 'webhook-unverifiable', 'too-large'],
    }),
    async (c) => {
      const regroupement = await regroupementBySlug(deps, c.req.param('regroupement'));
      const body = new Uint8Array(await c.req.arrayBuffer());
      const webhookIds = (await paypalAccounts(deps, regroupement.id)).flatMap(({ webhookId }) =>
        webhookId === null ? [] : [webhookId],
      );
      const refuse = async (reason: string): Promise<never> => {
        await countRefusal(deps, regroupement.id, reason);
        if ((await takeTry(deps, `webhook-refused:${regroupement.id}`, LOGGED)) === 0) {
          await deps.db.batch([securityEvent(deps, regroupement.id, 'webhook-refused', null, { reason })]);
          deps.log.warn('webhook-refused', { regroupement: regroupement.id, reason });
        }
        throw new Problem('webhook-refused');
      };
      if (webhookIds.length === 0) return refuse('not-configured');
      const verdict = await verifyWebhook(c.req.raw.headers, body, {
        webhookIds,
        now: deps.now(),
        certificates,
      });
      if (verdict.kind === 'forged') return refuse(verdict.reason);
      if (verdict.kind === 'unverifiable') {
        await countRefusal(deps, regroupement.id, 'unverifiable');
        deps.log.error('webhook-unverifiable', { regroupement: regroupement.id, reason: verdict.reason });
        throw new Problem('webhook-unverifiable');
      }
      const text = new TextDecoder().decode(body);
      const event = WebhookEvent.safeParse(parsed(text));
      if (!event.success) return refuse('shape');
      await keepEvent(deps, regroupement.id, event.data, text);
      return c.json({ received: true as const }, 200);
    },
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
