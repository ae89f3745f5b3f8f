// What the page's address says, taken out of it; the page to come back to; and which widget left for PayPal.
import { MARKER } from './address.ts';
import type { LinkKind, Marker } from './journey/state.ts';

const MARKERS: Readonly<Record<string, Marker>> = { retour: 'return', annule: 'cancel' };
const LINKS: Readonly<Record<string, LinkKind>> = {
  activer: 'activate',
  reinitialiser: 'reset',
  delier: 'undo',
  courriel: 'email',
  'annuler-courriel': 'emailUndo',
};

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
    sessionStorage.setItem(MARKER, regroupement);
  } catch {
    // Storage refused: with one widget on the page, as nearly always, nothing is lost.
  }
}
function left(): string | null {
  try {
    return sessionStorage.getItem(MARKER);
  } catch {
    return null;
  }
}

/** The link that an e-mail brought to the hosted page (`#activer=…`); taken out of the address. */
export function takeLink(): { kind: LinkKind; token: string } | null {
  const fragment = new URLSearchParams(location.hash.slice(1));
  const [name, kind] = Object.entries(LINKS).find(([name]) => fragment.has(name)) ?? [];
  if (name === undefined || kind === undefined) return null;
  history.replaceState(history.state, '', location.pathname + location.search);
  return { kind, token: fragment.get(name) ?? '' };
}

/** The page to come back to: without our marker; of the fragment, only a hash router's route (`#/…`, `#!/…`) stays. */
export function pageUrl(): string {
  const url = new URL(location.href);
  if (!/^#!?\//.test(url.hash)) url.hash = '';
  url.searchParams.delete(MARKER);
  return url.href;
}
