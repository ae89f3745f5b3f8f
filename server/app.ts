// The whole HTTP surface, made from what it is given. The widget's client takes its types from here.
import { Hono } from 'hono';
import { meRoutes } from './accounts/me-routes.ts';
import { accountsRoutes } from './accounts/routes.ts';
import { jwksRoutes } from './accounts/sessions/jwks-routes.ts';
import { offersNonce, sessionAlong } from './accounts/sessions/signed-in.ts';
import { BALANCE } from './certificates/balance.ts';
import { certificatesRoutes } from './certificates/routes.ts';
import type { Deps } from './deps.ts';
import type { DocsTable } from './docs/pages.ts';
import { mountDocs } from './docs/routes.ts';
import { embedRoutes } from './embed/routes.ts';
import type { BaseEnv } from './http/context.ts';
import { bodyOf, MAX_BODY_BYTES, mountMiddleware } from './http/middleware.ts';
import { instalmentsRoutes } from './instalments/routes.ts';
import { receiptListRoutes } from './offline-payments/receipt-routes.ts';
import { healthRoutes } from './operations/health-routes.ts';
import { metricsRoutes } from './operations/metrics-routes.ts';
import { returnRoutes } from './payments/return-routes.ts';
import { paymentsRoutes } from './payments/routes.ts';
import { stateTable } from './payments/states.ts';
import { type CertificateTrust, SigningCertificates, trustOfPayPal } from './paypal/certificates.ts';
import { PayPal } from './paypal/client.ts';
import { webhookRoutes } from './paypal-events/routes.ts';
import { exportRoutes } from './privacy/export-routes.ts';
import { privacyPages } from './privacy/pages.ts';
import { privacyRoutes } from './privacy/routes.ts';
import { receiptRoutes } from './receipts/routes.ts';
import { checkReversals } from './refunds/check-reversals.ts';
import { regroupementRoutes } from './regroupements/routes.ts';
import { type TenantEnv, tenant } from './regroupements/tenant.ts';
import { staffPeopleRoutes } from './staff/people-routes.ts';
import { permissionTable } from './staff/roles.ts';
import { staffRoutes } from './staff/routes.ts';

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

/**
 * The server as a Hono app. Nothing in it reaches for the clock, randomness, the network or the environment but
 * through `deps`.
 */
export function createApp(deps: Deps, paypal: PayPal = new PayPal(deps)): Hono<BaseEnv> {
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
  app.route('/v1/backoffice/:regroupement', staffRoutes(deps, paypal));
  app.route('/v1/staff', staffPeopleRoutes(deps));
  app.route('/v1/regroupements/:regroupement', tenantRoutes(deps, paypal));
  app.route('/', embedRoutes(deps));
  mountDocs(app, deps, rulesAsTables);
  return app;
}

// Rules that are data, shown on /docs as they stand in the code.
async function rulesAsTables(): Promise<DocsTable[]> {
  const { columnTable } = await import('./import/reading/columns/fields.ts');
  const { confirmedTable, recordTable } = await import('./payments/settlement/decision-table.ts');
  return [
    {
      id: 'payment-states',
      title: 'A payment’s life',
      about:
        'What each event makes of each state. An event without a place in a state changes nothing, and its author is told so. capturing, unknown and pending hold the invoice.',
      ...stateTable(),
    },
    {
      id: 'payment-decisions',
      title: 'What PayPal’s record means',
      about:
        'What is made of a payment in each state when PayPal’s record of its order is read. Money as asked: amount, currency, payment and payee, to the cent. For staff: an exception is opened, nothing is posted. What becomes of money after it came is followed by PayPal’s record of the capture and its lists.',
      ...recordTable(),
    },
    {
      id: 'confirmed-decisions',
      title: 'When PayPal is asked for the money',
      about:
        'The same for a payment that was confirmed. Captures in PayPal’s answer, and in its record after a refusal, mean what they mean above.',
      ...confirmedTable(),
    },
    {
      id: 'permissions',
      title: 'Who may do what',
      about:
        'A person of the office by her role, a program by the scope of its key. fresh: her second factor proven in the last five minutes; switch: only who may refund. A refund above a person’s ceiling is fresh for everyone.',
      ...permissionTable(),
    },
    {
      id: 'import-columns',
      title: 'The columns of an import',
      about:
        'Titles are compared without accents, case, spaces and punctuation. What else stands in a file is left aside.',
      ...columnTable(),
    },
  ];
}

// A stand-in signs with its own root, which the configuration must name (P4); without one nothing is believed.
function ownTrust({ paypalBaseUrl, paypalWebhookCa }: Deps['config']): CertificateTrust {
  return {
    bases: [`${paypalBaseUrl}/v1/notifications/certs/`],
    name: 'messageverificationcerts.sandbox.paypal.com',
    roots: paypalWebhookCa === undefined ? [] : [paypalWebhookCa],
  };
}
