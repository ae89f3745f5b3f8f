// What payers, PayPal and whoever runs the server call. The widget's client takes its types from here.
import { Hono } from 'hono';
import { meRoutes } from './accounts/me-routes.ts';
import { accountsRoutes } from './accounts/routes.ts';
import { jwksRoutes } from './accounts/sessions/jwks-routes.ts';
import { offersNonce, sessionAlong } from './accounts/sessions/signed-in.ts';
import { BALANCE } from './certificates/balance.ts';
import { certificatesRoutes } from './certificates/routes.ts';
import type { Deps } from './deps.ts';
import { embedRoutes } from './embed/routes.ts';
import type { BaseEnv } from './http/context.ts';
import { bodyOf, MAX_BODY_BYTES, mountMiddleware } from './http/middleware.ts';
import { instalmentsRoutes } from './instalments/routes.ts';
import { receiptListRoutes } from './offline-payments/receipt-routes.ts';
import { healthRoutes } from './operations/health-routes.ts';
import { metricsRoutes } from './operations/metrics-routes.ts';
import { returnRoutes } from './payments/return-routes.ts';
import { paymentsRoutes } from './payments/routes.ts';
import { type CertificateTrust, SigningCertificates, trustOfPayPal } from './paypal/certificates.ts';
import type { PayPal } from './paypal/client.ts';
import { webhookRoutes } from './paypal-events/routes.ts';
import { exportRoutes } from './privacy/export-routes.ts';
import { privacyPages } from './privacy/pages.ts';
import { privacyRoutes } from './privacy/routes.ts';
import { receiptRoutes } from './receipts/routes.ts';
import { checkReversals } from './refunds/check-reversals.ts';
import { regroupementRoutes } from './regroupements/routes.ts';
import { type TenantEnv, tenant } from './regroupements/tenant.ts';

/** What answers these is read with the regroupement and the session, by one call of the database. */
const WHOLE = { '/v1/regroupements/:regroupement/certificates': BALANCE };

/** Everything below /v1/regroupements/{regroupement}; the widget calls nothing else. */
function tenantRoutes(deps: Deps, paypal: PayPal) {
  return new Hono<TenantEnv>()
    .use(tenant(deps, sessionAlong(deps, WHOLE)), offersNonce(deps), bodyOf(MAX_BODY_BYTES))
    .route('/', regroupementRoutes(deps))
    .route('/', accountsRoutes(deps))
    .route('/', meRoutes(deps))
    .route('/', privacyRoutes(deps))
    .route('/', certificatesRoutes(deps))
    .route('/', instalmentsRoutes(deps))
    .route('/', receiptListRoutes(deps))
    .route('/', paymentsRoutes(deps, paypal, checkReversals));
}
/** The type that the widget's client is made of: paths, inputs and answers of its routes. */
export type TenantApi = ReturnType<typeof tenantRoutes>;

/** All but the office's routes and the documentation: what a server must have loaded to be ready. */
export function payersApp(deps: Deps, paypal: PayPal): Hono<BaseEnv> {
  const trust =
    trustOfPayPal(deps.config.paypalBaseUrl, deps.config.paypalIntermediates) ?? ownTrust(deps.config);
  const certificates = new SigningCertificates({
    trust,
    now: deps.now,
    fetch: (...call) => deps.fetch(...call),
  });
  const app = new Hono<BaseEnv>();
  mountMiddleware(app, deps);
  app.route('/', healthRoutes(deps));
  app.route('/', metricsRoutes(deps));
  app.route('/', jwksRoutes(deps));
  app.route('/', returnRoutes(deps, paypal, checkReversals));
  app.route('/', webhookRoutes(deps, paypal, certificates));
  app.route('/', receiptRoutes(deps));
  app.route('/', exportRoutes(deps));
  app.route('/', privacyPages(deps));
  app.route('/v1/regroupements/:regroupement', tenantRoutes(deps, paypal));
  app.route('/', embedRoutes(deps));
  return app;
}

// A stand-in signs with its own root, which the configuration must name (P4); without one nothing is believed.
function ownTrust({ paypalBaseUrl, paypalWebhookCa }: Deps['config']): CertificateTrust {
  return {
    bases: [`${paypalBaseUrl}/v1/notifications/certs/`],
    name: 'messageverificationcerts.sandbox.paypal.com',
    roots: paypalWebhookCa === undefined ? [] : [paypalWebhookCa],
  };
}
