// OpenAPI 3.1, made from the schemas that validate; a page that shows it to a person; and a page for each problem
// type, so that the addresses in our answers lead somewhere (RFC 9457).
import { createHash } from 'node:crypto';
import type { Hono } from 'hono';
import { html, raw } from 'hono/html';
import { generateSpecs } from 'hono-openapi';
import type { Deps } from '../deps.ts';
import type { BaseEnv } from './context.ts';
import { Problem } from './problem.ts';
import { PROBLEMS, type ProblemType } from './problem-types.ts';

type Spec = Awaited<ReturnType<typeof generateSpecs>>;
interface Operation {
  summary?: string;
  security?: unknown[];
  parameters?: { name: string; in: string; required?: boolean; schema?: unknown }[];
  requestBody?: { content?: Record<string, { schema?: unknown }> };
  responses?: Record<string, { description?: string; content?: Record<string, { schema?: unknown }> }>;
}

const STYLE = `
:root{color-scheme:light dark;font:16px/1.55 system-ui,sans-serif}*{box-sizing:border-box}body{margin:0 auto;max-width:60rem;padding:1.5rem 1rem}
h1{font-size:1.7rem}h2{font-size:1.1rem;margin:2rem 0 .2rem;overflow-wrap:anywhere}h2 b{font-family:ui-monospace,monospace}p{margin:.3rem 0}
pre{overflow-x:auto;background:light-dark(#f2f4f7,#1d232b);padding:.7rem .9rem;border-radius:.4rem;font-size:.85rem}
table{border-collapse:collapse}td,th{text-align:left;vertical-align:top;padding:.25rem .9rem .25rem 0}code{font-size:.95em}`;
const POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

/** `GET /openapi.json`, `/docs` and `/problems/{type}`. Mounted last, so that it sees every route. */
export function mountDocs(app: Hono<BaseEnv>, deps: Deps): void {
  let made: Promise<Spec> | undefined;
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
  app.get('/docs', async (c) => {
    c.header('Content-Security-Policy', POLICY);
    return c.html(docsPage(await specification()));
  });
  app.get('/problems/:type', (c) => {
    const type = c.req.param('type');
    if (!Object.hasOwn(PROBLEMS, type)) throw new Problem('not-found');
    c.header('Content-Security-Policy', POLICY);
    return c.html(problemPage(type as ProblemType));
  });
}

function docsPage(spec: Spec) {
  const routes = Object.entries(spec.paths ?? {}).flatMap(([path, methods]) =>
    Object.entries((methods ?? {}) as Record<string, Operation>).map(([method, operation]) => ({
      path,
      method,
      operation,
    })),
  );
  return page(
    'API amisgest-pay',
    html`<h1>amisgest-pay: the API</h1><p>${spec.info.description}</p>
<p>As OpenAPI 3.1: <a href="/openapi.json">/openapi.json</a>. Refusals are <code>application/problem+json</code> (RFC 9457).</p>
${routes.map(({ path, method, operation }) => routeSection(path, method, operation))}
<h2>Problems</h2><table>${Object.entries(PROBLEMS).map(
      ([type, { status, titleEn }]) =>
        html`<tr><th scope="row"><a href="/problems/${type}">${type}</a></th><td>${status}</td><td>${titleEn}</td></tr>`,
    )}</table>`,
  );
}

function routeSection(path: string, method: string, operation: Operation) {
  const body = operation.requestBody?.content?.['application/json']?.schema;
  const headers = operation.parameters?.filter((parameter) => parameter.in === 'header') ?? [];
  return html`<section><h2><b>${method.toUpperCase()}</b> ${path}</h2>
<p>${operation.summary ?? ''}${operation.security === undefined ? '' : ' (signed in)'}</p>
${headers.map((header) => html`<p>Header <code>${header.name}</code></p>`)}
${body === undefined ? '' : html`<pre>${JSON.stringify(body, null, 1)}</pre>`}
<table>${Object.entries(operation.responses ?? {}).map(
    ([status, response]) =>
      html`<tr><th scope="row">${status}</th><td>${response.description ?? ''}</td></tr>`,
  )}</table></section>`;
}

function problemPage(type: ProblemType) {
  const { status, title, titleEn } = PROBLEMS[type];
  return page(
    type,
    html`<h1>${title}</h1><p lang="en">${titleEn}</p><p><code>${type}</code>, HTTP ${status}. <a href="/docs">API</a></p>`,
  );
}

function page(title: string, content: unknown) {
  return html`<!doctype html><html lang="${title.startsWith('API') ? 'en' : 'fr-CA'}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${title}</title><style>${raw(STYLE)}</style></head><body>${content}</body></html>`;
}
