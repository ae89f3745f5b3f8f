// `/docs/element`: the element for developers, drawn from the manifest that its source gives (dist/custom-elements.json).
import { readFile } from 'node:fs/promises';
import { html } from 'hono/html';
import { docsPage } from './pages.ts';

/** The manifest, where the build leaves it. */
export const MANIFEST = new URL('../../dist/custom-elements.json', import.meta.url);

interface Named {
  name: string;
  description?: string;
  type?: { text: string };
  default?: string;
}
interface Declaration {
  description?: string;
  attributes?: Named[];
  events?: Named[];
  slots?: Named[];
  cssParts?: Named[];
  cssProperties?: Named[];
}

export async function elementPage() {
  const manifest = JSON.parse(await readFile(MANIFEST, 'utf8')) as {
    modules: { declarations: Declaration[] }[];
  };
  const element = manifest.modules[0]?.declarations[0] ?? {};
  const [summary = ''] = (element.description ?? '').split('\n');
  return docsPage(
    'en',
    'The element: <amisgest-pay>',
    html`<h1><code>&lt;amisgest-pay&gt;</code></h1><p>${summary}</p>
<p>As a custom-elements manifest: <a href="/docs/custom-elements.json">custom-elements.json</a>. For sites that are
built, as a package for npm with types for TypeScript, React, Vue, Svelte and others: <code>npm run build:npm</code> makes it in
<code>dist/npm</code>. Snippets ready to paste:
<a href="/embed">/embed</a>.</p>
${table('Attributes', element.attributes, 'Each has a property of its name.')}
${table('Events', element.events, 'They bubble, out of shadow roots too, and carry nothing personal.')}
${table('Slots', element.slots)}
${table('Custom properties', element.cssProperties, 'Set on the element, or on anything around it.')}
${table('Parts', element.cssParts, 'For ::part().')}
<h2>Versions</h2><p>Semantic versions. What this page and the package’s <code>index.d.ts</code> name is the promise: it changes with a major
version only. New screens, problem types and parts may come with a minor one. What is inside the shadow root is nobody’s.</p>`,
  );
}

function table(title: string, rows: readonly Named[] = [], about = '') {
  return html`<h2>${title}</h2><p>${about}</p><table>${rows.map(
    ({ name, description = '', type, default: usual = '' }) =>
      html`<tr><th scope="row"><code>${name === '' ? '(default)' : name}</code></th><td><code>${type?.text ?? ''}</code></td><td>${description}${
        usual === '' || usual === "''" ? '' : html` <small>(${usual} unless told)</small>`
      }</td></tr>`,
  )}</table>`;
}
