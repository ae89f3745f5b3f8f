// OpenAPI 3.1, made from the schemas that validate; and a page that shows it to a person.
import type { Hono } from 'hono';
import { generateSpecs } from 'hono-openapi';
import type { Deps } from '../deps.ts';
import type { BaseEnv } from './context.ts';

/** `GET /openapi.json` and `GET /docs`. Mounted last, so that it sees every route. */
export function mountDocs(app: Hono<BaseEnv>, deps: Deps): void {
  let made: Promise<object> | undefined;
  const specification = () => {
    made ??= generateSpecs(app, {
      documentation: {
        info: {
          title: 'amisgest-pay',
          version: '1',
          description:
            'Payment of insurance invoices by members of an association. Amounts are integer cents of CAD; instants are ISO 8601 UTC; days are Toronto days.',
        },
        servers: [{ url: deps.config.publicUrl }],
        components: { securitySchemes: { session: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } } },
      },
      excludeStaticFile: true,
    });
    return made;
  };
  app.get('/openapi.json', async (c) => c.json(await specification()));
}
