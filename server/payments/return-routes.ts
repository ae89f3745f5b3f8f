// PayPal sends the browser back here (S28); we send it on to the very page it left from. The nonce only says which payment
// to look up: what PayPal's record says decides, and nothing in the request chooses where the browser goes.
import { type Context, Hono } from 'hono';
import { html } from 'hono/html';
import { sha256 } from '../crypto.ts';
import type { Deps } from '../deps.ts';
import type { BaseEnv } from '../http/context.ts';
import { describeFile } from '../http/validate.ts';
import { page, pagePolicy } from '../page.ts';
import type { PayPal } from '../paypal/client.ts';
import { type CheckReversals, syncPayment } from './settlement/sync.ts';
import { paymentsWhere } from './store.ts';

/** The payer is on the way back: what PayPal does not say within this, the page there asks again. */
const LOOK_LIMIT_MS = 3_000;

const STYLE = `
:root{color-scheme:light dark;font:112.5%/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
body{margin:0}main{max-width:640px;margin:0 auto;padding:20px 16px;overflow-wrap:break-word}`;
const LOST_POLICY = pagePolicy(STYLE, { 'img-src': 'data:' });

export function returnRoutes(deps: Deps, paypal: PayPal, checkReversals: CheckReversals) {
  const back = (marker: 'retour' | 'annule') => async (c: Context<BaseEnv>) => {
    const nonce = c.req.query('n') ?? '';
    const [payment] = await paymentsWhere(deps, 'nonce_hash = ?', [sha256(nonce)]);
    if (payment === undefined) {
      c.header('Content-Security-Policy', LOST_POLICY);
      return c.html(lost(), 404);
    }
    // Even if that page never loads again, the approval is known (P5).
    await syncPayment(deps, paypal, checkReversals, payment.id, { limitMs: LOOK_LIMIT_MS }).catch(
      (error: unknown) => {
        deps.log.error('return-sync', { payment: payment.id }, error);
      },
    );
    const left = new URL(payment.page);
    left.searchParams.set('amisgest-pay', marker);
    return c.redirect(left.href, 303);
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
  return page(
    { lang: 'fr-CA', title: 'Paiement', style: STYLE },
    html`<main><h1>Nous ne retrouvons pas ce paiement.</h1>
    <p>Retournez au site de votre regroupement et connectez-vous\u00a0: vous y verrez où en est votre paiement.</p>
    <div lang="en"><h2>We cannot find this payment.</h2>
    <p>Go back to your association’s site and sign in: you will see where your payment stands.</p></div></main>`,
  );
}
