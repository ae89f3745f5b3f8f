// Why nothing can be paid on this page, and what its developer can do about it: a console message that names the fix.
// Nothing personal is written: the console is anybody's.
import type { ProblemKind } from './client/problem.ts';
import { AmisgestPayErrorEvent } from './events.ts';
import type { Host } from './guide.ts';

/**
 * `insecure`: the page came over plain http. `sandboxed`: it has no origin of its own. `regroupement-missing`,
 * `api-invalid`: what the attributes say cannot be used. The others are the server's answers.
 */
export type Trouble =
  | 'insecure'
  | 'sandboxed'
  | 'regroupement-missing'
  | 'api-invalid'
  | Extract<ProblemKind, 'regroupement-unknown' | 'origin-refused'>;

/** What this very page forbids. */
export function troubleHere(): Trouble | null {
  if (!isSecureContext) return 'insecure';
  return self.origin === 'null' ? 'sandboxed' : null;
}

/** What the messages speak of. */
type Where = Pick<Host, 'regroupement' | 'api'>;

const FIXES: Partial<Record<ProblemKind | Trouble, (where: Where) => string>> = {
  insecure: () => `${location.origin} is served over plain http: serve this page over https.`,
  sandboxed: () =>
    'this page is in a sandbox without an origin: add allow-same-origin to its iframe, or link to the hosted page.',
  'regroupement-missing': () =>
    'the attribute regroupement is missing: <amisgest-pay regroupement="your-slug">.',
  'api-invalid': ({ api }) =>
    `api="${api}" is not a URL: write it as https://pay.example.org, or leave it out.`,
  'regroupement-unknown': ({ regroupement, api }) =>
    `no regroupement "${regroupement}" on ${api}: check the attribute regroupement.`,
  'origin-refused': ({ regroupement }) =>
    `${location.origin} is not among the pages of "${regroupement}": register it on the server among its pages: npx amisgest-pay regroupement set ${regroupement} --page ${location.origin}${location.pathname} --page …`,
  offline: ({ api }) =>
    `no answer from ${api}: is it allowed by this page's Content-Security-Policy (connect-src), and not blocked by an extension?`,
};

const told = new Set<string>();

/** Tells the developer, once for each cause. */
export function warn(kind: ProblemKind | Trouble, where: Where): void {
  const fix = FIXES[kind]?.(where);
  if (fix === undefined || told.has(fix)) return;
  told.add(fix);
  console.error(`<amisgest-pay>: ${fix}`);
}

/** The element still has no regroupement, now that the engine has come: the fallback link stays. */
export function missing(element: HTMLElement): void {
  warn('regroupement-missing', { regroupement: '', api: '' });
  element.dispatchEvent(new AmisgestPayErrorEvent('regroupement-missing'));
}
