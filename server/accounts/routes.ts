// What a stranger and an account's owner may do with accounts, each subject in a file of its own.
import { Hono } from 'hono';
import type { Deps } from '../deps.ts';
import type { TenantEnv } from '../regroupements/tenant.ts';
import { emailChangeRoutes } from './email-change-routes.ts';
import { passwordResetRoutes } from './passwords/password-reset-routes.ts';
import { sessionRoutes } from './sessions/session-routes.ts';
import { signUpRoutes } from './sign-up/sign-up-routes.ts';

export function accountsRoutes(deps: Deps) {
  return new Hono<TenantEnv>()
    .route('/', signUpRoutes(deps))
    .route('/', sessionRoutes(deps))
    .route('/', passwordResetRoutes(deps))
    .route('/', emailChangeRoutes(deps));
}
