// Stub: replaced by the folder's owner.
import { Hono } from 'hono';
import type { Deps } from '../deps.ts';
import type { BaseEnv } from '../http/context.ts';

export function jwksRoutes(_deps: Deps) {
  return new Hono<BaseEnv>();
}
