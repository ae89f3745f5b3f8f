// The staff's API, below /v1/backoffice/{regroupement}, by key or by a person of the office; each subject in a file of its own.
import { Hono } from 'hono';
import type { Deps } from '../deps.ts';
import { ImportThread } from '../import/thread.ts';
import type { PayPal } from '../paypal/client.ts';
import { allPaymentRoutes } from './books/all-payment-routes.ts';
import { depositRoutes } from './books/deposit-routes.ts';
import { invoiceRoutes } from './books/invoice-routes.ts';
import { planRoutes } from './books/plan-routes.ts';
import { staffExceptionRoutes } from './exception-routes.ts';
import { staffExportRoutes } from './export-routes.ts';
import { holderCopyRoutes } from './files/copy-routes.ts';
import { endorsementRoutes } from './files/endorsement-routes.ts';
import { holderChangeRoutes } from './files/holder-change-routes.ts';
import { holderPaymentRoutes } from './files/holder-payment-routes.ts';
import { holderRoutes } from './files/holder-routes.ts';
import { searchRoutes } from './files/search-routes.ts';
import { staffImportRoutes } from './import-routes.ts';
import { importFileRoutes } from './imports/file-routes.ts';
import { importListRoutes } from './imports/list-routes.ts';
import { upsertRoutes } from './imports/upsert-routes.ts';
import { staffLinkRoutes } from './link-routes.ts';
import { staffOfflinePaymentRoutes } from './offline-payment-routes.ts';
import { tryPageRoutes } from './pages/try-routes.ts';
import { staffPaymentRoutes } from './payment-routes.ts';
import { keyRoutes } from './people/key-routes.ts';
import { memberRoutes } from './people/member-routes.ts';
import type { StaffEnv } from './permission.ts';
import { officeRoutes } from './settings/office-routes.ts';
import { paypalAccountRoutes } from './settings/paypal-routes.ts';
import { settingRoutes } from './settings/setting-routes.ts';
import { auditRoutes } from './work/audit-routes.ts';
import { eventRoutes } from './work/event-routes.ts';
import { todayRoutes } from './work/today-routes.ts';
import { worklistRoutes } from './work/worklist-routes.ts';

export function staffRoutes(deps: Deps, paypal: PayPal) {
  const imports = new ImportThread(deps);
  return new Hono<StaffEnv>()
    .route('/', staffPaymentRoutes(deps, paypal))
    .route('/', staffOfflinePaymentRoutes(deps))
    .route('/', staffExceptionRoutes(deps, paypal))
    .route('/', staffLinkRoutes(deps))
    .route('/', staffExportRoutes(deps))
    .route('/', staffImportRoutes(deps, imports))
    .route('/', importFileRoutes(deps, imports))
    .route('/', importListRoutes(deps, imports))
    .route('/', upsertRoutes(deps, imports))
    .route('/', memberRoutes(deps))
    .route('/', keyRoutes(deps))
    .route('/', holderRoutes(deps))
    .route('/', holderChangeRoutes(deps))
    .route('/', holderPaymentRoutes(deps))
    .route('/', holderCopyRoutes(deps))
    .route('/', endorsementRoutes(deps))
    .route('/', invoiceRoutes(deps))
    .route('/', planRoutes(deps))
    .route('/', depositRoutes(deps))
    .route('/', settingRoutes(deps))
    .route('/', paypalAccountRoutes(deps))
    .route('/', officeRoutes(deps))
    .route('/', allPaymentRoutes(deps))
    .route('/', searchRoutes(deps))
    .route('/', worklistRoutes(deps))
    .route('/', todayRoutes(deps))
    .route('/', eventRoutes(deps))
    .route('/', auditRoutes(deps))
    .route('/', tryPageRoutes(deps));
}
