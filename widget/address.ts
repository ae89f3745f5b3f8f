// What the page's address says, read once and taken out of it: PayPal's marker on the regroupement's page, an
// e-mailed link's token on the hosted page. Tokens never stay in the history.
import type { LinkKind, Marker } from './journey/state.ts';
import type { Lang } from './locales/text.ts';

const MARKER = 'amisgest-pay';
const MARKERS: Readonly<Record<string, Marker>> = { retour: 'return', annule: 'cancel' };
const LINKS: Readonly<Record<string, LinkKind>> = {
  activer: 'activate',
  reinitialiser: 'reset',
  delier: 'undo',
};
/** Which of several widgets on the page went to PayPal. */
const LEFT = 'amisgest-pay';

/** How PayPal sent her back to this widget, or null. */
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

/** Whether an e-mailed link stands in the address. */
export function hasLink(): boolean {
  const given = new URLSearchParams(location.hash.slice(1));
  return Object.keys(LINKS).some((name) => given.has(name));
}

/** The link that an e-mail brought to the hosted page (`#activer=…`), and the language it was written in. */
export function takeLink(): { link: { kind: LinkKind; token: string }; lang: Lang | null } | null {
  const given = new URLSearchParams(location.hash.slice(1));
  for (const [name, kind] of Object.entries(LINKS)) {
    const token = given.get(name);
    if (token === null) continue;
    history.replaceState(history.state, '', location.pathname + location.search);
    const lang = given.get('lang');
    return { link: { kind, token }, lang: lang === 'en-CA' || lang === 'fr-CA' ? lang : null };
  }
  return null;
}

/** The page to come back to: without fragment, which PayPal mishandles, and without our marker. */
export function page(): string {
  const url = new URL(location.href);
  url.hash = '';
  url.searchParams.delete(MARKER);
  return url.href;
}

const LANG = 'amisgest-pay lang';
/** The language she chose on this site, or null. */
export function chosenLang(): Lang | null {
  try {
    const lang = localStorage.getItem(LANG);
    return lang === 'fr-CA' || lang === 'en-CA' ? lang : null;
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
