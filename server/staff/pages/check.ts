// One line of what is found out about a page, and what all of them are made from.
import type { Markup } from './markup.ts';
import type { Page } from './visit.ts';

export const CHECKS = ['registered', 'answers', 'script', 'tag', 'policy', 'mixed', 'popup'] as const;
export const STATES = ['good', 'bad', 'unknown'] as const;

export interface Check {
  check: (typeof CHECKS)[number];
  state: (typeof STATES)[number];
  /** `why` is a code that the staff's page has a sentence for; the others are what it names. */
  params: Record<string, string | number>;
}

/** A page that came, beside what is ours. */
export interface Looked {
  page: Page;
  markup: Markup;
  /** Where the server is. */
  server: URL;
  slug: string;
}

export function line(check: Check['check'], state: Check['state'], params: Check['params'] = {}): Check {
  return { check, state, params };
}

/** Marks that an editor makes of straight ones; in an attribute they are part of its value. */
const CURLY = /["“”„«»″‘’‚′‹›]/;

/** Whether a word processor's quotes stand in a value. */
export const isCurly = (value: string): boolean => CURLY.test(value);

/** Where an address in the page leads; null for none. */
export function addressIn({ page, markup }: Pick<Looked, 'page' | 'markup'>, written: string): URL | null {
  const base = markup.base === null ? null : URL.parse(markup.base, page.address);
  return URL.parse(written.trim(), base?.href ?? page.address);
}

/** The same address as a browser asks for it where the policy says `upgrade-insecure-requests`, or the check of mixed content has spoken. */
export function secure(url: URL): URL {
  const same = new URL(url);
  if (same.protocol === 'http:') same.protocol = 'https:';
  return same;
}
