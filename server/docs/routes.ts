// OpenAPI 3.1, made from the schemas that validate; a page that shows it to a person; and a page for each problem
// type, so that the addresses in our answers lead somewhere (RFC 9457).
import type { Hono } from 'hono';
import { generateSpecs } from 'hono-openapi';
import { sha256 } from '../crypto.ts';
import type { Deps } from '../deps.ts';
import type { BaseEnv } from '../http/context.ts';
import { revalidated } from '../http/middleware.ts';
import { describeFile } from '../http/validate.ts';
import { PROBLEMS, type ProblemType } from '../problems/catalogue.ts';
import { Problem } from '../problems/problem.ts';
import type { DocsTable, Spec } from './pages.ts';

/** Loaded when somebody reads them. */
const pages = () => import('./pages.ts');

const SECURITY_SCHEMES = {
  session: {
    type: 'http',
    scheme: 'DPoP',
    description:
      'The access token, a JWT, and in the header DPoP a proof (RFC 9449, ES256) with the nonce that every answer gives in DPoP-Nonce. A proof that changes something serves once. Opening and renewing a session takes a proof too, without token.',
  },
  staffSession: {
    type: 'http',
    scheme: 'DPoP',
    description:
      'The same of a person of the staff, from `POST /v1/staff/sessions`; what it opens is her role’s, and may ask for her second factor to be fresh',
  },
  staffKey: {
    type: 'http',
    scheme: 'bearer',
    description: 'A key of `amisgest-pay key create`, with the scope that the route names',
  },
  metricsToken: {
    type: 'http',
    scheme: 'bearer',
    description: 'METRICS_TOKEN, for whoever watches the server',
  },
} as const;

/**
 * `GET /openapi.json`, `/docs` and `/problems/{type}`. Mounted last, so that it sees every route. `tables` are shown on
 * the page too: rules that are data.
 */
export function mountDocs(
  app: Hono<BaseEnv>,
  deps: Deps,
  tables: () => Promise<readonly DocsTable[]> = async () => [],
): void {
  let made: Promise<Spec> | undefined;
  let asText: { text: string; tag: string } | undefined;
  const specification = () => {
    made ??= specify(app, deps);
    return made;
  };
  app.get('/openapi.json', describeFile('This description', 'application/json'), revalidated(), async (c) => {
    // Half a megabyte: written and hashed once.
    asText ??= specificationText(await specification());
    c.header('ETag', asText.tag);
    c.header('Content-Type', 'application/json');
    return c.body(asText.text);
  });
  app.get('/docs', describeFile('The same for people', 'text/html'), revalidated(), async (c) => {
    const { apiPage, DOCS_POLICY } = await pages();
    c.header('Content-Security-Policy', DOCS_POLICY);
    return c.html(apiPage(await specification(), await tables()));
  });
  app.get(
    '/problems/:type',
    describeFile('What a type of problem means', 'text/html', { problems: ['not-found'] }),
    revalidated(),
    async (c) => {
      const type = c.req.param('type');
      if (!Object.hasOwn(PROBLEMS, type)) throw new Problem('not-found');
      const { DOCS_POLICY, problemPage } = await pages();
      c.header('Content-Security-Policy', DOCS_POLICY);
      return c.html(problemPage(type as ProblemType));
    },
  );
}

async function specify(app: Hono<BaseEnv>, deps: Deps): Promise<Spec> {
  const spec = await generateSpecs(app, {
    documentation: {
      info: {
        title: 'amisgest-pay',
        version: '1',
        description:
          'Payment of insurance invoices by members of an association. Amounts are integer cents of CAD; instants are ISO 8601 UTC; days are Toronto days.',
        contact: { name: 'The API for people', url: `${deps.config.publicUrl}/docs` },
        license: { name: 'All rights reserved', identifier: 'LicenseRef-UNLICENSED' },
      },
      servers: [{ url: deps.config.publicUrl }],
      components: { securitySchemes: SECURITY_SCHEMES },
    },
    // A path with a dot is not always a file: /.well-known/jwks.json.
    excludeStaticFile: false,
    defaultValidationErrorResponse: {
      description: `\`validation\`: ${PROBLEMS.validation.titleEn} \`bad-request\`: ${PROBLEMS['bad-request'].titleEn}`,
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    },
  });
  const { completed } = await import('./complete.ts');
  return completed(spec as Spec);
}

function specificationText(specification: Spec): { text: string; tag: string } {
  const text = JSON.stringify(specification);
  return { text, tag: `"${sha256(text)}"` };
}
