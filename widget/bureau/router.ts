// The address of the page: `/bureau/{slug}` says whose office, the part after `#` which screen. A link from an e-mail stands
// there too (`#invitation=…`), once: it is taken out at once, so that no history keeps it.
import type { Route } from './desk.ts';

const LINKS = ['invitation', 'second-facteur', 'mot-de-passe'] as const;
export interface EmailedLink {
  kind: (typeof LINKS)[number];
  token: string;
}

/** Takes the link of an e-mail out of the address; null where none stands in it. */
export function takeLink(): EmailedLink | null {
  const [, kind, token] = /^#([a-z-]+)=([\w-]+)$/.exec(location.hash) ?? [];
  const found = LINKS.find((one) => one === kind);
  if (found === undefined || token === undefined) return null;
  history.replaceState(null, '', location.pathname + location.search);
  return { kind: found, token };
}

/** What stands after `#`, by default the first screen. */
export function routeOf(hash: string, first: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?');
  const [screen, ...args] = path.split('/').map(decoded);
  return { screen: screen || first, args, query: new URLSearchParams(query) };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
