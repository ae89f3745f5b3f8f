// What the page's address says: PayPal's marker on the regroupement's page, an e-mailed link's token on the hosted
// page. The entry only looks; later.ts takes them out, so that neither stays in the history, and neither is lost
// when that file could not be loaded and she reloads the page.

import type { Lang } from '../locales/text.ts';
import type { LinkKind, Marker } from './journey/state.ts';

const MARKER = 'amisgest-pay';
const MARKERS: Readonly<Record<string, Marker>> = { retour: 'return', annule: 'cancel' };
const LINK = /[#&](activer|reinitialiser|delier|courriel|annuler-courriel)=/;
const LINKS: Readonly<Record<string, LinkKind>> = {
  activer: 'activate',
  reinitialiser: 'reset',
  delier: 'undo',
  courriel: 'email',
  'annuler-courriel': 'emailUndo',
};
/** Which of several widgets on the page went to PayPal. */
const LEFT = 'amisgest-pay';

/** Whether an e-mailed link stands in the address. */
export function hasLink(): boolean {
  return LINK.test(location.hash);
}
/** Whether she comes from PayPal, to this widget or to another one on the page. */
export function hasMarker(): boolean {
  return new URLSearchParams(location.search).has(MARKER);
}
/** The language that the e-mail was written in. */
export function linkLang(): Lang | null {
  return (/[#&]lang=(..-CA)/.exec(location.hash)?.[1] as Lang | undefined) ?? null;
}

/** How PayPal sent her back to this widget, or null; taken out of the address. */
export function takeMarker(regroupement: string): Marker | null {
  const url = new URL(location.href);
  const marker = MARKERS[url.searchParams.get(MARKER) ?? ''] ?? null;
  if (marker === null || (left() ?? regroupement) !== regroupement) return null;
  url.searchParams.delete(MARKER);
  history.replaceState(history.state, '', url);
  return marker;
}

/** Remembers which widget leaves for PayPal. */
export function rememberLeaving(regroupement: string): void {
  try {
    sessionStorage.setItem(LEFT, regroupement);
  } catch {
    // Storage refused: with one widget on the page, as nearly always, nothing is lost.
  }
}
function left(): string | null {
  try {
    return sessionStorage.getItem(LEFT);
  } catch {
    return null;
  }
}

/** The link that an e-mail brought to the hosted page (`#activer=…`); taken out of the address. */
export function takeLink(): { kind: LinkKind; token: string } | null {
  const [, name = ''] = LINK.exec(location.hash) ?? [];
  const kind = LINKS[name];
  if (kind === undefined) return null;
  const token = new URLSearchParams(location.hash.slice(1)).get(name) ?? '';
  history.replaceState(history.state, '', location.pathname + location.search);
  return { kind, token };
}

/** The page to come back to: without our marker; of the fragment, only a hash router's route (`#/…`, `#!/…`) stays. */
export function pageUrl(): string {
  const url = new URL(location.href);
  if (!/^#!?\//.test(url.hash)) url.hash = '';
  url.searchParams.delete(MARKER);
  return url.href;
}

const LANG = 'amisgest-pay lang';
/** The language she chose on this site, or null. */
export function chosenLang(): Lang | null {
  try {
    return localStorage.getItem(LANG) as Lang | null;
  } catch {
    return null;
  }
}
export function rememberLang(lang: Lang): void {
  try {
    localStorage.setItem(LANG, lang);
  } catch {
    // It holds for this page.
  }
}

/** The origin of the server, which has no path of its own; nothing where `api` is no address on the web. Phones of 2022 have no `URL.canParse`. */
export function originOf(api: string): string {
  try {
    const { protocol, origin } = new URL(api);
    return /^https?:$/.test(protocol) ? origin : '';
  } catch {
    return '';
  }
}

/** Whether a regroupement may be called so: what it says stands in addresses, which a server hears up to some length. */
export const isSlug = (regroupement: string): boolean => /^[\w-]{1,400}$/.test(regroupement);
