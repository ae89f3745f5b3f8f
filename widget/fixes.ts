// Console messages for the page's developer: what is wrong on this page, and how to mend it. Nothing personal is
// written: the console is anybody's.
import type { ProblemKind } from './client/problem.ts';
import type { Trouble } from './events.ts';

/** What the messages speak of. */
export interface Where {
  regroupement: string;
  api: string;
}

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

/** Writes the message of that cause, once. */
export function tell(kind: ProblemKind | Trouble, where: Where): void {
  const fix = FIXES[kind]?.(where);
  if (fix === undefined || told.has(fix)) return;
  told.add(fix);
  console.error(`<amisgest-pay>: ${fix}`);
}
