// Where PayPal's webhooks arrive (S31, S32, and after). Verified over the raw bytes, kept, answered at once; what comes of it
// is decided afterwards, from PayPal's own record (P4).
import { Hono } from 'hono';
import { z } from 'zod';
import type { Deps } from '../deps.ts';
import { count } from '../exceptions/counters.ts';
import type { BaseEnv } from '../http/context.ts';
import { describe } from '../http/validate.ts';
import { limited, takeTry } from '../limits.ts';
import type { SigningCertificates } from '../paypal/certificates.ts';
import type { PayPal } from '../paypal/client.ts';
import { PayPalFailure } from '../paypal/errors.ts';
import {
  isSimulated,
  verifyAtPayPal,
  verifyWebhook,
  type WebhookVerdict,
} from '../paypal/webhook-signature.ts';
import { Problem } from '../problems/problem.ts';
import { paypalAccounts, type Regroupement, regroupementBySlug } from '../regroupements/regroupements.ts';
import { securityEvent } from '../security-log.ts';
import { type Passed, readEvent } from './apply.ts';
import { keepEvent } from './inbox.ts';

/** Every refusal and every event passed over is counted; not all are worth a line of their own. */
const LOGGED = { burst: 5, periodMs: 12 * 60_000 };
/** Of one address, counted at all. One that PayPal signed is never held up by it. */
const MISSES = { burst: 60, periodMs: 60_000 };
/** How often PayPal is asked about a signature that cannot be checked here. */
const ASKED = { burst: 20, periodMs: 60_000 };

/** `POST /v1/paypal/webhooks/{regroupement}`. */
export function webhookRoutes(deps: Deps, paypal: PayPal, certificates: SigningCertificates) {
  return new Hono<BaseEnv>().post(
    '/v1/paypal/webhooks/:regroupement',
    describe({
      summary: 'PayPal’s webhooks, signed by PayPal',
      tags: ['paypal'],
      ok: {
        status: 200,
        description: 'Kept, known already, or nothing that we have a use for (counted)',
        schema: z.object({ received: z.literal(true) }),
      },
      problems: [
        'regroupement-unknown',
        'webhook-refused',
        'webhook-unverifiable',
        'too-large',
        'too-many-requests',
      ],
    }),
    async (c) => {
      const regroupement = await regroupementBySlug(deps, c.req.param('regroupement'));
      const body = new Uint8Array(await c.req.arrayBuffer());
      const refuse = async (reason: string): Promise<never> => {
        await limited(deps, [[`webhook-miss:${c.get('clientAddress')}`, MISSES]]);
        await deps.db.batch([count(deps, regroupement.id, `webhook-refused:${reason}`)]);
        if ((await takeTry(deps, `webhook-refused:${regroupement.id}`, LOGGED)) === 0) {
          await deps.db.batch([securityEvent(deps, regroupement.id, 'webhook-refused', null, { reason })]);
          deps.log.warn('webhook-refused', { regroupement: regroupement.id, reason });
        }
        throw new Problem('webhook-refused');
      };
      const verdict = await judge(deps, certificates, paypal, regroupement, c.req.raw.headers, body);
      if (verdict.verdict === 'forged') return refuse(verdict.reason);
      if (verdict.verdict === 'unverifiable') {
        // PayPal's own may come so, and is asked to come again; what is written about it has its limit all the same.
        if ((await takeTry(deps, `webhook-miss:${c.get('clientAddress')}`, MISSES)) === 0)
          await deps.db.batch([count(deps, regroupement.id, 'webhook-refused:unverifiable')]);
        if ((await takeTry(deps, `webhook-unverifiable:${regroupement.id}`, LOGGED)) === 0)
          deps.log.error('webhook-unverifiable', { regroupement: regroupement.id, reason: verdict.reason });
        throw new Problem('webhook-unverifiable');
      }
      const read = verdict.verdict === 'simulated' ? { passed: 'simulator' as const } : readEvent(body);
      if ('event' in read) await keepEvent(deps, regroupement.id, read.event);
      else await passOver(deps, regroupement.id, read);
      return c.json({ received: true as const }, 200);
    },
  );
}

// By the webhook's id of today's account, and of those before it. What cannot be verified here is asked of PayPal itself.
async function judge(
  deps: Deps,
  certificates: SigningCertificates,
  paypal: PayPal,
  regroupement: Regroupement,
  headers: Headers,
  body: Uint8Array,
): Promise<WebhookVerdict | { verdict: 'simulated' }> {
  let verdict: WebhookVerdict = { verdict: 'forged', reason: 'webhook-id-unset' };
  for (const account of await paypalAccounts(deps, regroupement.id)) {
    if (account.webhookId === null) continue;
    verdict = await verifyWebhook(headers, body, account.webhookId, { certificates, now: deps.now });
    if (verdict.verdict === 'verified') return verdict;
    if (verdict.verdict === 'forged') continue;
    if ((await takeTry(deps, `webhook-ask:${regroupement.id}`, ASKED)) > 0) return verdict;
    try {
      const options = { certificates, now: deps.now };
      const answer = await verifyAtPayPal(
        paypal,
        { ...regroupement, paypal: account },
        headers,
        body,
        account.webhookId,
        options,
      );
      if (answer.verdict === 'verified') return answer;
      verdict = answer;
    } catch (error) {
      if (!(error instanceof PayPalFailure)) throw error;
      return verdict;
    }
  }
  const simulated =
    verdict.verdict === 'forged' &&
    verdict.reason === 'signature' &&
    (await isSimulated(headers, body, { certificates, now: deps.now }));
  return simulated ? { verdict: 'simulated' } : verdict;
}

// PayPal's, and nothing that we have a use for: taken all the same, because PayPal sends again whatever is not, and
// after enough of that sends nothing more.
async function passOver(
  deps: Deps,
  regroupementId: string,
  { passed, kind }: { passed: Passed; kind?: string },
): Promise<void> {
  await deps.db.batch([count(deps, regroupementId, `webhook-passed:${passed}`)]);
  if ((await takeTry(deps, `webhook-passed:${regroupementId}`, LOGGED)) === 0)
    deps.log.warn('webhook-passed', { regroupement: regroupementId, reason: passed, kind });
}
