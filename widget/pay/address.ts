// What the page's address says: PayPal's marker on the regroupement's page, an e-mailed link's token on the hosted
// page. The first view only looks; taken-address.ts takes them out, so that neither stays in the history, and neither is
// lost when that file could not be loaded and she reloads the page.

import type { Lang } from '../locales/text.ts';

export const MARKER = 'amisgest-pay';
const LINK = /[#&](activer|reinitialiser|delier|courriel|annuler-courriel)=/;

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
