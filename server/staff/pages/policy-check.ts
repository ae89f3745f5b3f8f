// Whether what the page says of itself (its policy, its isolation) lets us work; and what it would let in clear. Our element
// sets no style attribute, adopts its sheets and sends no form by navigating, so `style-src` and `form-action` never stand
// in its way (test/browser/policy.test.ts); nor does `X-Frame-Options`, which is about the page in a frame of others.
import { addressIn, type Check, type Looked, line } from './check.ts';
import {
  allowsFetch,
  allowsScript,
  allowsTypes,
  decides,
  type Fetched,
  type Policy,
  policiesOf,
  sandboxLacks,
} from './policy.ts';

type Said = { policy: Policy; where: 'header' | 'meta' };
/** Where PayPal's script for windows comes from, and its frames. */
const PAYPAL = new URL('https://www.paypal.com/web-sdk/v6/core');

/** Each is asked about each of our scripts; commas make thousands of one header. */
const MOST = 50;

function policies({ page, markup }: Looked): Said[] {
  const all = [
    ...page
      .headers('content-security-policy')
      .flatMap(policiesOf)
      .map((policy) => ({ policy, where: 'header' as const })),
    ...markup.policies.flatMap(policiesOf).map((policy) => ({ policy, where: 'meta' as const })),
  ];
  return all.slice(0, MOST);
}

const formsOf = ({ markup }: Looked) => {
  const live = markup.tags.filter(({ inert }) => !inert);
  const framed = live.some(({ form }) => form === 'frame');
  return {
    framed,
    scripted: live.some(({ form }) => form !== 'frame') || (!framed && markup.links.length === 0),
  };
};

/** A line for each thing that a policy keeps from us, or one good line. */
export function policyChecks(looked: Looked): Check[] {
  const all = policies(looked);
  const { framed, scripted } = formsOf(looked);
  const bad = all.flatMap((said) => [
    ...(scripted ? [scriptFault(looked, said), connectFault(looked, said), typesFault(said)] : []),
    ...(framed ? [frameFault(looked, said)] : []),
    sandboxFault(said),
  ]);
  const found = [...bad, framed ? embedderFault(looked) : null].filter((params) => params !== null);
  const once = [...new Map(found.map((params) => [params.why, params])).values()];
  if (once.length > 0) return once.map((params) => line('policy', 'bad', params));
  return [line('policy', 'good', all.length === 0 ? { why: 'none' } : {})];
}

type Fault = Check['params'] | null;

function scriptFault(looked: Looked, { policy, where }: Said): Fault {
  const { server, page, markup } = looked;
  const pageUrl = new URL(page.address);
  // Where there is none yet, the one that would be pasted.
  const scripts =
    markup.scripts.length > 0
      ? markup.scripts
      : [{ attributes: {}, src: `${server.origin}/v1/amisgest-pay.js` }];
  const runs = scripts.some(
    ({ attributes: { nonce, integrity }, src }: { attributes: Record<string, string>; src: string }) => {
      const url = addressIn(looked, src);
      return url !== null && allowsScript(policy, { url, page: pageUrl, nonce, integrity });
    },
  );
  if (runs) return null;
  const directive = decides(policy, 'script-src-elem') ?? '';
  const strict = policy.get(directive)?.includes("'strict-dynamic'");
  return { why: strict ? 'strict' : 'script', directive, add: server.origin, where };
}

function fetchFault(
  looked: Looked,
  { policy, where }: Said,
  directive: Exclude<Fetched, 'script-src-elem'>,
  path: string,
): Fault {
  const { server, page } = looked;
  const asked = { url: new URL(path, server), page: new URL(page.address) };
  if (allowsFetch(policy, directive, asked)) return null;
  return {
    why: directive === 'frame-src' ? 'frame' : 'connect',
    directive: decides(policy, directive) ?? '',
    add: server.origin,
    where,
  };
}

const connectFault = (looked: Looked, said: Said) =>
  fetchFault(looked, said, 'connect-src', `/v1/regroupements/${looked.slug}`);
const frameFault = (looked: Looked, said: Said) => fetchFault(looked, said, 'frame-src', `/p/${looked.slug}`);

function typesFault({ policy, where }: Said): Fault {
  return allowsTypes(policy)
    ? null
    : { why: 'types', directive: 'trusted-types', add: 'amisgest-pay', where };
}

/** A `<meta>` cannot say it. */
function sandboxFault({ policy, where }: Said): Fault {
  const lacks = where === 'meta' ? [] : sandboxLacks(policy.get('sandbox'));
  return lacks.length === 0 ? null : { why: 'sandbox', directive: 'sandbox', add: lacks.join(' '), where };
}

/** A page that is isolated so frames only pages that say the same of themselves, and the hosted one does not. */
function embedderFault({ page }: Looked): Fault {
  const isolated = page
    .headers('cross-origin-embedder-policy')
    .some((value) => /^\s*require-corp\b/i.test(value));
  return isolated
    ? { why: 'isolated', directive: 'Cross-Origin-Embedder-Policy', add: '', where: 'header' }
    : null;
}

/** What of ours is asked for in clear by a page over TLS: a browser refuses it. */
export function mixedCheck(looked: Looked): Check {
  const { page, markup } = looked;
  const upgraded = policies(looked).some(({ policy }) => policy.has('upgrade-insecure-requests'));
  const sources = [...markup.scripts.map(({ src }) => src), ...markup.tags.flatMap(({ src }) => src ?? [])];
  const inClear = sources.find((src) => addressIn(looked, src)?.protocol === 'http:');
  return inClear === undefined || upgraded || !page.address.startsWith('https:')
    ? line('mixed', 'good')
    : line('mixed', 'bad', { address: inClear.slice(0, 200) });
}

/** With `checkout="popup"`: whether PayPal's window can work. Where it cannot, the element pays by the redirect. */
export function popupChecks(looked: Looked): Check[] {
  const { page, markup } = looked;
  const wanted = markup.tags.some(
    ({ attributes }) => (attributes.checkout ?? attributes['data-checkout']) === 'popup',
  );
  if (!wanted) return [];
  if (
    page
      .headers('cross-origin-opener-policy')
      .some((value) => /^\s*(same-origin|noopener-allow-popups)\s*(;|$)/i.test(value))
  )
    return [line('popup', 'unknown', { why: 'opener' })];
  const asked = { url: PAYPAL, page: new URL(page.address) };
  const kept = policies(looked).some(
    ({ policy }) =>
      !allowsScript(policy, asked) ||
      !allowsFetch(policy, 'connect-src', asked) ||
      !allowsFetch(policy, 'frame-src', asked),
  );
  return kept ? [line('popup', 'unknown', { why: 'policy' })] : [];
}
