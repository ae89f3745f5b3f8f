// Console messages for the page's developer: what is wrong on this page, and how to fix it. Nothing personal is
// written: the console is anybody's.
import type { ProblemKind } from '../client/problem.ts';
import type { DiagnosticCode } from './events.ts';

/** What the messages speak of. */
export interface PageContext {
  regroupement: string;
  api: string;
}

/** What does not lie at the page says nothing. */
type Message = string | Promise<string | undefined>;
const MESSAGES: Partial<Record<ProblemKind | DiagnosticCode, (context: PageContext) => Message>> = {
  insecure: () => `${location.origin} is served over plain http: serve this page over https.`,
  sandboxed: () =>
    location.protocol === 'file:'
      ? 'this page was opened as a file, which has no origin: open it from a web server.'
      : 'this page is in a sandbox without an origin: add allow-same-origin to its iframe, or link to the hosted page.',
  'regroupement-missing': () =>
    'the attribute regroupement is missing: <amisgest-pay regroupement="your-slug">.',
  'api-invalid': ({ api }) =>
    `api="${api}" is not the address of a payment server: write it as https://pay.example.org, or leave it out.`,
  'regroupement-unknown': ({ regroupement, api }) =>
    `no regroupement "${regroupement.slice(0, 100)}" on ${api}: check the attribute regroupement.`,
  'origin-refused': (context) => unregistered(location.origin, context),
  'page-refused': (context) => unregistered(`${location.origin}${location.pathname}`, context),
  offline: ({ api }) => diagnoseNoAnswer(new URL(api).origin),
};

/** `address` stands in no list: where the list is, to compare with, and the command that adds to it. */
function unregistered(address: string, { regroupement, api }: PageContext): string {
  const slug = regroupement.replace(/[^\w-]/g, '');
  return `${address} is not among the pages of "${regroupement}", which are listed on ${api}/embed/${slug}#pages: register it on the server, with those that stay: npx amisgest-pay regroupement set ${slug} --page ${location.origin}${pathForShell()} --page …`;
}

/** The page's path, as it may be pasted into a terminal; the site's root, which is above it, where a shell would read more into it. */
function pathForShell(): string {
  return /^[\w./~%-]*$/.test(location.pathname) ? location.pathname : '/';
}

/** The browser tells a script nothing of why a call got no answer; this asks in ways that show it. */
async function diagnoseNoAnswer(server: string): Promise<string | undefined> {
  if (!navigator.onLine) return undefined;
  let refused = false;
  const onViolation = ({ blockedURI, effectiveDirective }: SecurityPolicyViolationEvent) => {
    refused ||= effectiveDirective === 'connect-src' && blockedURI.startsWith(server);
  };
  document.addEventListener('securitypolicyviolation', onViolation);
  // Any answer will do, also one that this page may not read.
  const answers = await fetch(`${server}/v1/amisgest-pay.js`, { mode: 'no-cors', cache: 'no-store' }).then(
    () => true,
    () => false,
  );
  // The report of a violation is a task of its own.
  if (!answers && !refused) await new Promise((resolve) => setTimeout(resolve, 100));
  document.removeEventListener('securitypolicyviolation', onViolation);
  if (refused)
    return `this page's Content-Security-Policy blocks ${server}: add it to connect-src (${server}/embed has the whole list).`;
  return answers
    ? `${server} answers, but nothing that this page may read: is it the address of the payment server (attribute api), and does nothing on the way strip its CORS headers?`
    : `no answer from ${server}: the server is down, or an extension or a network blocks it. It is not this page's Content-Security-Policy (connect-src).`;
}

const reported = new Set<string>();

/** Writes the message of that cause, once. */
export async function report(kind: ProblemKind | DiagnosticCode, context: PageContext): Promise<void> {
  const message = await MESSAGES[kind]?.(context);
  if (message === undefined || reported.has(message)) return;
  reported.add(message);
  console.error(`<amisgest-pay>: ${message}`);
}
