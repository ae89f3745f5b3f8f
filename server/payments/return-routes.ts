// PayPal sends the browser back here (S28); we send it on to the very page it left from. The nonce only says which payment
// to look up: what PayPal's record says decides, and nothing in the request chooses where the browser goes.
import { type Context, Hono } from 'hono';
import { html } from 'hono/html';
import { sha256 } from '../crypto.ts';
import type { Deps } from '../deps.ts';
import type { BaseEnv } from '../http/context.ts';
import { describeFile } from '../http/validate.ts';
import type { PayPal } from '../paypal/client.ts';
import { type CheckReversals, syncPayment } from './settlement/sync.ts';
import { paymentsWhere } from './store.ts';

/** The payer is on the way back: what PayPal does not say within this, the page there asks again. */
const LOOK_LIMIT_MS = 3_000;

export function returnRoutes(deps: Deps, paypal: PayPal, checkReversals: CheckReversals) {
  const back = (marker: 'retour' | 'annule') => async (c: Context<BaseEnv>) => {
    const nonce = c.req.query('n') ?? '';
    const [payment] = await paymentsWhere(deps, 'nonce_hash = ?', [sha256(nonce)]);
    if (payment === undefined) return c.html(lost(), 404);
    // Even if that page never loads again, the approval is known (P5).
    await syncPayment(deps, paypal, checkReversals, payment.id, { limitMs: LOOK_LIMIT_MS }).catch(
      (error: unknown) => {
        deps.log.error('return-sync', { payment: payment.id }, error);
      },
    );
    const page = new URL(payment.page);
    page.searchParams.set('amisgest-pay', marker);
    return c.redirect(page.href, 303);
  };
  return new Hono<BaseEnv>()
    .get(
      '/v1/checkout/return',
      describeFile('Where PayPal sends the browser back: on to the page it left from', 'text/html', {
        status: 303,
      }),
      back('retour'),
    )
    .get(
      '/v1/checkout/cancel',
      describeFile('The same, when she gave up at PayPal', 'text/html', { status: 303 }),
      back('annule'),
    );
}

function lost() {
  return html`<!doctype html><html lang="fr-CA"><head><meta charset="utf-8">
    <meta name="viewport" content="width=device-width,initial-scale=1"><title>Paiement</title></head><body>
    <h1>Nous ne retrouvons pas ce paiement.</h1>
    <p>Retournez au site de votre regroupement et connectez-vous : vous y verrez où en est votre paiement.</p>
    <div lang="en"><h2>We cannot find this payment.</h2>
    <p>Go back to your association’s site and sign in: you will see where your payment stands.</p></div></body></html>`;
}
