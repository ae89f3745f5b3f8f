// The whole HTTP surface, made from what it is given.
import type { Hono } from 'hono';
import type { Deps } from './deps.ts';
import type { DocsTable } from './docs/pages.ts';
import { mountDocs } from './docs/routes.ts';
import type { BaseEnv } from './http/context.ts';
import { payersApp } from './payers-app.ts';
import { stateTable } from './payments/states.ts';
import { PayPal } from './paypal/client.ts';
import { staffPeopleRoutes } from './staff/people-routes.ts';
import { permissionTable } from './staff/roles.ts';
import { staffRoutes } from './staff/routes.ts';

/**
 * The server as a Hono app. Nothing in it reaches for the clock, randomness, the network or the environment but
 * through `deps`.
 */
export function createApp(deps: Deps, paypal: PayPal = new PayPal(deps)): Hono<BaseEnv> {
  const app = payersApp(deps, paypal);
  app.route('/v1/backoffice/:regroupement', staffRoutes(deps, paypal));
  app.route('/v1/staff', staffPeopleRoutes(deps));
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
