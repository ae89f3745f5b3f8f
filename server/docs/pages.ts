// The pages that show the API to a person: each route with what it takes and answers, each problem with its meaning.
// No script, nothing from elsewhere.
import { html } from 'hono/html';
import { page, pagePolicy } from '../page.ts';
import { PROBLEMS, type ProblemType } from '../problems/catalogue.ts';

/** The part of JSON Schema that our schemas use. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  description?: string;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  minimum?: number;
  maximum?: number;
}
type Content = Record<string, { schema?: Schema }>;
export interface Operation {
  summary?: string;
  description?: string;
  tags?: string[];
  security?: Record<string, string[]>[];
  parameters?: { name: string; in: string; required?: boolean }[];
  requestBody?: { required?: boolean; content?: Content };
  responses?: Record<string, { description?: string; content?: Content }>;
}
/** Our own OpenAPI document, as far as the page shows it. */
export interface Spec {
  info: { title: string; description?: string };
  tags?: { name: string; description: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: { schemas?: Record<string, Schema> };
}

const STYLE = `
:root{color-scheme:light dark;font:100%/1.55 system-ui,sans-serif}*{box-sizing:border-box}body{margin:0 auto;max-width:60rem;padding:1.5rem 1rem;overflow-wrap:anywhere}
h1{font-size:1.7rem}h2{font-size:1.35rem;margin:2.5rem 0 .5rem}h3{font:600 1rem/1.4 ui-monospace,monospace;margin:2rem 0 .3rem}p{margin:.3rem 0}
pre{overflow-x:auto;white-space:pre-wrap;background:light-dark(#f2f4f7,#1d232b);padding:.7rem .9rem;border-radius:.4rem;font-size:.85rem}
table{border-collapse:collapse}td,th{text-align:left;vertical-align:top;padding:.25em .9em .25em 0}code{font-size:.95em}.wide{overflow-x:auto;font-size:.8rem}`;

/** What these pages may load: their own style. */
export const DOCS_POLICY = pagePolicy(STYLE, { 'img-src': 'data:' });

/** A rule that is data, shown as it stands in the code. */
export interface DocsTable {
  id: string;
  title: string;
  about: string;
  columns: readonly string[];
  rows: readonly (readonly string[])[];
}

export function apiPage(spec: Spec, tables: readonly DocsTable[] = []) {
  const routes = Object.entries(spec.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  return docsPage(
    'en',
    'amisgest-pay: the API',
    html`<h1>amisgest-pay: the API</h1><p>${spec.info.description}</p>
<p>As OpenAPI 3.1: <a href="/openapi.json">/openapi.json</a>. The element: <a href="/docs/element">/docs/element</a>. Refusals are <code>application/problem+json</code> (RFC 9457).
Signed-in routes want <code>Authorization: DPoP</code> with the access token and a proof in <code>DPoP</code> (RFC 9449); the staff’s, a key of theirs.</p>
<h2>Routes</h2>${routes.map(({ path, method, operation }) => routeSection(path, method, operation))}
<h2>Schemas</h2>${Object.entries(spec.components.schemas ?? {}).map(
      ([name, schema]) =>
        html`<section><h3 id="${name}">${name}</h3><pre tabindex="0">${typeText(schema)}</pre></section>`,
    )}
<h2>Problems</h2><table>${Object.entries(PROBLEMS).map(
      ([type, { status, titleEn }]) =>
        html`<tr><th scope="row"><a href="/problems/${type}">${type}</a></th><td>${status}</td><td>${titleEn}</td></tr>`,
    )}</table>${tables.map(tableSection)}`,
  );
}

function tableSection({ id, title, about, columns, rows }: DocsTable) {
  const [first, ...others] = columns;
  return html`<h2 id="${id}">${title}</h2><p>${about}</p><div class="wide" tabindex="0"><table><thead><tr><th scope="col">${first}</th>${others.map((column) => html`<th scope="col">${column}</th>`)}</tr></thead>
<tbody>${rows.map(([head, ...cells]) => html`<tr><th scope="row">${head}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody></table></div>`;
}

/** What a problem's `type` leads to. */
export function problemPage(type: ProblemType) {
  const { status, title, titleEn } = PROBLEMS[type];
  return docsPage(
    'fr-CA',
    title,
    html`<h1>${title}</h1><p lang="en">${titleEn}</p><p><code>${type}</code>, HTTP ${status}. <a href="/docs">API</a></p>`,
  );
}

function routeSection(path: string, method: string, operation: Operation) {
  const { 'application/json': json, ...files } = operation.requestBody?.content ?? {};
  const body = json?.schema;
  const [file] = Object.values(files);
  const headers = operation.parameters?.filter((parameter) => parameter.in === 'header') ?? [];
  return html`<section><h3>${method.toUpperCase()} ${path}</h3>
<p>${operation.summary}${access(operation)}</p>
${headers.map((header) => html`<p>Header <code>${header.name}</code></p>`)}
${body === undefined ? '' : html`<pre tabindex="0">${typeText(body)}</pre>`}
${file === undefined ? '' : html`<p>Body: ${Object.keys(files).join(', ')}</p><pre tabindex="0">${file.schema?.description}</pre>`}
<table>${Object.entries(operation.responses ?? {})
    .filter(([status]) => !['default', '4XX'].includes(status))
    .map(([status, { description, content }]) => {
      const schema = content?.['application/json']?.schema;
      return html`<tr><th scope="row">${status}</th><td>${description}${schema === undefined ? '' : html`<pre tabindex="0">${typeText(schema)}</pre>`}</td></tr>`;
    })}</table></section>`;
}

/** A schema as a programmer would write the type, with its limits and meaning as comments. */
export function typeText(schema: Schema, indent = ''): string {
  if (schema.$ref !== undefined) return schema.$ref.split('/').at(-1) ?? '';
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  const choices = schema.enum?.map((value) => JSON.stringify(value));
  if (choices !== undefined) return choices.join(' | ');
  const kinds = schema.anyOf ?? schema.oneOf;
  if (kinds !== undefined) return kinds.map((kind) => typeText(kind, indent)).join(' | ');
  if (schema.type === 'array') {
    const item = typeText(schema.items ?? {}, indent);
    return item.includes(' | ') ? `(${item})[]` : `${item}[]`;
  }
  if (schema.properties !== undefined) {
    const inner = `${indent}  `;
    const fields = Object.entries(schema.properties).map(([name, field]) => {
      const notes = [...limits(field), ...(field.description === undefined ? [] : [field.description])];
      const optional = schema.required?.includes(name) ? '' : '?';
      return `${inner}${name}${optional}: ${typeText(field, inner)}${notes.length === 0 ? '' : ` // ${notes.join('; ')}`}\n`;
    });
    return `{\n${fields.join('')}${indent}}`;
  }
  return [schema.type ?? 'any'].flat().join(' | ');
}

function access({ security }: Operation): string {
  const [wanted] = security ?? [];
  if (wanted === undefined) return '';
  if (wanted.staffKey !== undefined)
    return ` (staff’s key: ${wanted.staffKey.join(', ')}; or a person of the office)`;
  if (wanted.metricsToken !== undefined) return ' (by METRICS_TOKEN)';
  return wanted.staffSession === undefined ? ' (signed in)' : ' (signed in, a person of the office)';
}

function limits(schema: Schema): string[] {
  const range = (from: number | undefined, to: number | undefined, unit: string) => {
    const low = from !== undefined && Math.abs(from) < Number.MAX_SAFE_INTEGER ? `at least ${from}` : '';
    const high = to !== undefined && Math.abs(to) < Number.MAX_SAFE_INTEGER ? `at most ${to}` : '';
    const both = [low, high].filter((part) => part !== '').join(', ');
    return both === '' ? [] : [`${both}${unit}`];
  };
  return [
    ...range(schema.minLength, schema.maxLength, ' characters'),
    ...range(schema.minItems, schema.maxItems, ' items'),
    ...range(schema.minimum, schema.maximum, ''),
  ];
}

/** A page of the documentation. */
export function docsPage(lang: string, title: string, content: unknown) {
  return page(
    { lang, title, description: `amisgest-pay: ${title}`, style: STYLE, listed: true },
    html`<main>${content}</main>`,
  );
}
