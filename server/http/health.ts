// For the machines that watch the server: alive, and ready to serve.
import { Hono } from 'hono';
import type { Deps } from '../deps.ts';
import type { BaseEnv } from './context.ts';
import { describeFile } from './validate.ts';

/** `/healthz`: the process answers. `/readyz`: the database answers too (503 otherwise). */
export function healthRoutes(deps: Deps) {
  return new Hono<BaseEnv>()
    .get('/healthz', describeFile('The process answers', 'application/json'), (c) => c.json({ status: 'ok' }))
    .get(
      '/readyz',
      describeFile('The database answers too; 503 otherwise', 'application/json'),
      async (c) => {
        try {
          await deps.db.execute('SELECT 1 FROM schema_migrations LIMIT 1');
          return c.json({ status: 'ready' });
        } catch (error) {
          deps.log.error('database-unreachable', {}, error);
          return c.json({ status: 'not ready' }, 503);
        }
      },
    );
}
