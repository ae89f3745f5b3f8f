// The staff's API, below /v1/backoffice/{regroupement}, by key or by a person of the office; each subject in a file of its own.
import { Hono } from 'hono';
import type { Deps } from '../deps.ts';
import type { PayPal } from '../paypal/client.ts';
import { staffExceptionRoutes } from './exception-routes.ts';
import { staffExportRoutes } from './export-routes.ts';
import { endorsementRoutes } from './files/endorsement-routes.ts';
import { holderChangeRoutes } from './files/holder-change-routes.ts';
import { holderPaymentRoutes } from './files/holder-payment-routes.ts';
import { holderRoutes } from './files/holder-routes.ts';
import { searchRoutes } from './files/search-routes.ts';
import { staffImportRoutes } from './import-routes.ts';
import { staffLinkRoutes } from './link-routes.ts';
import { staffOfflinePaymentRoutes } from './offline-payment-routes.ts';
import { staffPaymentRoutes } from './payment-routes.ts';
import { memberRoutes } from './people/member-routes.ts';
import type { StaffEnv } from './permission.ts';
import { eventRoutes } from './work/event-routes.ts';
import { todayRoutes } from './work/today-routes.ts';
import { worklistRoutes } from './work/worklist-routes.ts';

export function staffRoutes(deps: Deps, paypal: PayPal) {
  return new Hono<StaffEnv>()
    .route('/', staffPaymentRoutes(deps, paypal))
    .route('/', staffOfflinePaymentRoutes(deps))
    .route('/', staffExceptionRoutes(deps, paypal))
    .route('/', staffLinkRoutes(deps))
    .route('/', staffExportRoutes(deps))
    .route('/', staffImportRoutes(deps))
    .route('/', memberRoutes(deps))
    .route('/', holderRoutes(deps))
    .route('/', holderChangeRoutes(deps))
    .route('/', holderPaymentRoutes(deps))
    .route('/', endorsementRoutes(deps))
    .route('/', searchRoutes(deps))
    .route('/', worklistRoutes(deps))
    .route('/', todayRoutes(deps))
    .route('/', eventRoutes(deps));
}
