// Stub: replaced by the folder's owner.
import { Hono } from 'hono';
import type { Deps } from '../deps.ts';
import type { TenantEnv } from '../http/context.ts';

export function paymentsRoutes(_deps: Deps) {
  return new Hono<TenantEnv>();
}
