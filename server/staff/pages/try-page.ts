// « Essayer ma page »: is this address registered, does it answer, are our script and our tag there, does the page let us
// work; line by line. Only registered pages are asked for, redirects too (visit.ts says within which bounds).
import type { Deps } from '../../deps.ts';
import type { Assets } from '../../embed/assets.ts';
import type { Regroupement } from '../../regroupements/regroupements.ts';
import { type Check, type Looked, line } from './check.ts';
import { mixedCheck, policyChecks, popupChecks } from './policy-check.ts';
import { readMarkup } from './read-markup.ts';
import { type Registration, registrationOf } from './registration.ts';
import { scriptCheck } from './script-check.ts';
import { tagCheck } from './tag-check.ts';
import { type Hop, type Trouble, type Visit, visit } from './visit.ts';

export interface Tried {
  hops: Hop[];
  checks: Check[];
}

/** They may well show the page to everybody but a program. */
const BARRED = ['401', '403', '405', '429', '503'];

export async function tryPage(
  deps: Pick<Deps, 'sites' | 'config' | 'log' | 'now'>,
  regroupement: Regroupement,
  url: URL,
  assets: () => Promise<Assets>,
): Promise<Tried> {
  const { publicUrl } = deps.config;
  const registration = registrationOf(regroupement, publicUrl, url);
  const registered = registeredLine(registration);
  if (!registration.registered || registration.hosted) return { hops: [], checks: [registered] };
  const started = deps.now();
  const seen = await visit(deps.sites, url, {
    mayVisit: ({ origin }) => regroupement.origins.includes(origin),
    agent: `amisgest-pay-page-check/1 (+${publicUrl}/embed)`,
  });
  const outcome = seen.trouble ?? 'page';
  deps.log.info('page-tried', { outcome, hops: seen.hops.length, ms: deps.now() - started });
  const answers = answersLine(regroupement, publicUrl, seen);
  if (seen.page === undefined) return { hops: seen.hops, checks: [registered, answers] };
  const looks = await looksOf(
    { page: seen.page, server: new URL(publicUrl), slug: regroupement.slug },
    assets,
  );
  // She arrives where the redirects end: that is where the payment must be allowed.
  const arrived = registeredLine(registrationOf(regroupement, publicUrl, new URL(seen.page.address)));
  return { hops: seen.hops, checks: [seen.hops.length > 1 ? arrived : registered, answers, ...looks] };
}

function registeredLine(registration: Registration): Check {
  if (registration.registered)
    return line('registered', 'good', registration.hosted ? { why: 'hosted' } : {});
  const { nearest, differences } = registration;
  return line('registered', 'bad', {
    why: nearest === null ? 'unknown' : 'nearly',
    ...(nearest === null ? {} : { nearest, differences: differences.join(' ') }),
  });
}

function answersLine(
  regroupement: Regroupement,
  publicUrl: string,
  { page, trouble, hops, detail = '' }: Visit,
): Check {
  if (page !== undefined) return line('answers', 'good', { address: page.address });
  const why: Trouble = trouble ?? 'malformed';
  const address = hops.at(-1)?.address ?? '';
  if (why === 'status' && BARRED.includes(detail))
    return line('answers', 'unknown', { why: 'barred', detail });
  if (why !== 'leads-elsewhere') return line('answers', 'bad', { why, detail, address });
  const there = registrationOf(regroupement, publicUrl, new URL(address));
  const nearest = there.registered ? null : there.nearest;
  return line('answers', 'bad', { why, address, ...(nearest === null ? {} : { nearest }) });
}

async function looksOf(came: Omit<Looked, 'markup'>, assets: () => Promise<Assets>): Promise<Check[]> {
  const markup = await readMarkup(came.page.html);
  if (markup === null) return [line('script', 'unknown', { why: 'unreadable' })];
  const looked = { ...came, markup };
  return [
    ...(await scriptCheck(looked, assets)),
    tagCheck(looked),
    ...policyChecks(looked),
    mixedCheck(looked),
    ...popupChecks(looked),
  ];
}
