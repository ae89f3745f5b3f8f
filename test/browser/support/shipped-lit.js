// The payers' element is tested with Lit as its build ships it (vite.lit.ts), the staff's page with Lit as it is installed.
import { litChanges } from '../../../vite.lit.ts';

const SHIPPED = '?shipped';
const FOLDERS = { lit: 'lit/index.js', 'lit-html': 'lit-html/lit-html.js' };

export function shippedLit() {
  const lit = litChanges();
  return {
    name: 'shipped-lit',
    resolveImport({ source, context }) {
      const ours = /^\/widget\/(?!bureau|amisgest-bureau)/.test(context.path);
      if (!(ours && source === 'lit') && !context.url.endsWith(SHIPPED)) return undefined;
      if (source.startsWith('./')) return source + SHIPPED;
      const file = FOLDERS[source] ?? (source.endsWith('.js') ? source : `${source}/reactive-element.js`);
      return `/node_modules/${file}${SHIPPED}`;
    },
    transform: ({ url, body }) => (url.endsWith(SHIPPED) ? { body: lit.change(body) } : undefined),
  };
}
