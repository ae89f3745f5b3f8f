// The HTTP surface of a process: the payers' part from the start; the office's and the documentation, a quarter of all the code,
// soon after it is ready, or with the first call for them.
import { setImmediate as afterWaitingCalls } from 'node:timers/promises';
import { getPath } from 'hono/utils/url';
import type { Deps } from './deps.ts';
import { payersApp } from './payers-app.ts';
import type { PayPal } from './paypal/client.ts';

type App = ReturnType<typeof payersApp>;

export interface AppInSteps {
  fetch: App['fetch'];
  /** Loads what was left for later, once. Throws where the code cannot be loaded. */
  loadAll(): Promise<unknown>;
}

// Each loads what those above it left: a payer's call waits for one of them at most.
const STEPS: readonly (() => Promise<unknown>)[] = [
  () => import('./staff/permission.ts'),
  () => import('./staff/work/worklist-routes.ts'),
  () => import('./staff/people/member-routes.ts'),
  () => import('./staff/settings/setting-routes.ts'),
  () => import('./staff/imports/list-routes.ts'),
  () => import('./staff/imports/file-routes.ts'),
  () => import('./staff/files/holder-routes.ts'),
  () => import('./staff/books/plan-routes.ts'),
  () => import('./staff/offline-payment-routes.ts'),
  () => import('./staff/people-routes.ts'),
  () => import('./staff/routes.ts'),
];

/** Whether a call for `path` is answered by what is loaded later. */
export function isLater(path: string): boolean {
  return /^\/(v1\/(backoffice|staff)|docs|openapi\.json|problems)(\/|$)/.test(path);
}

/** As `createApp`, of which the calls for what `isLater` names wait until it is loaded. */
export function appInSteps(deps: Deps, paypal: PayPal): AppInSteps {
  const payers = payersApp(deps, paypal);
  let whole: Promise<App> | undefined;
  const loadAll = () => {
    whole ??= load(deps, paypal);
    return whole;
  };
  return {
    loadAll,
    fetch: (request, ...rest) =>
      isLater(getPath(request))
        ? loadAll().then((app) => app.fetch(request, ...rest))
        : payers.fetch(request, ...rest),
  };
}

async function load(deps: Deps, paypal: PayPal): Promise<App> {
  for (const step of STEPS) {
    await step();
    await afterWaitingCalls();
  }
  const { createApp } = await import('./app.ts');
  return createApp(deps, paypal);
}
