// Whether an address is one where the payment may stand, and, where it is not, which registered one it was meant to be and
// how it differs: `www.`, http, a port, a dot at the end, an accent, a slip of the finger, another path.
import { domainToUnicode } from 'node:url';
import { type Regroupement, registeredPage } from '../../regroupements/regroupements.ts';

type Difference = 'scheme' | 'www' | 'dot' | 'port' | 'accent' | 'spelling' | 'case' | 'path';
export type Registration =
  | { registered: true; hosted: boolean }
  | { registered: false; nearest: string | null; differences: Difference[] };

/** Slips that make another name of one: a letter, two of them, `.ca` for `.com`. */
const MOST_SLIPS = 2;
/** In a shorter name two letters are half of it. */
const LONG_ENOUGH = 8;

/** `publicUrl`: where the hosted page is, which needs no registration. */
export function registrationOf(regroupement: Regroupement, publicUrl: string, url: URL): Registration {
  if (registeredPage(regroupement, publicUrl, url.href) !== null)
    return { registered: true, hosted: !regroupement.origins.includes(url.origin) };
  const candidates = regroupement.pages
    .map((page) => new URL(page))
    .flatMap((page) => {
      const differences = differencesOf(url, page);
      return differences === null ? [] : [{ page, differences }];
    })
    .sort((a, b) => a.differences.length - b.differences.length);
  const [best] = candidates;
  if (best === undefined) return { registered: false, nearest: null, differences: [] };
  const { page, differences } = best;
  const samePath = !differences.includes('path') && !differences.includes('case');
  const nearest = samePath ? page.origin + url.pathname + url.search : page.href;
  return { registered: false, nearest, differences };
}

/** How an address differs from a registered page's; null where they have nothing to do with each other. */
function differencesOf(url: URL, page: URL): Difference[] | null {
  const host = hostDifferences(url.hostname, page.hostname);
  if (host === null) return null;
  const differences = [...host];
  if (url.protocol !== page.protocol) differences.push('scheme');
  if (url.port !== page.port) differences.push('port');
  const path = pathDifference(url.pathname, page.pathname);
  return path === null ? differences : [...differences, path];
}

function hostDifferences(typed: string, registered: string): Difference[] | null {
  const differences: Difference[] = [];
  const [a, b] = [typed, registered].map((host) => host.replace(/\.$/, '')) as [string, string];
  if (typed.endsWith('.') !== registered.endsWith('.')) differences.push('dot');
  if (a.startsWith('www.') !== b.startsWith('www.')) differences.push('www');
  const [one, other] = [a, b].map((host) => host.replace(/^www\./, '')) as [string, string];
  if (one === other) return differences;
  const [plain, otherPlain] = [unaccented(one), unaccented(other)];
  if (plain === otherPlain) return [...differences, 'accent'];
  return Math.min(plain.length, otherPlain.length) >= LONG_ENOUGH && slips(plain, otherPlain) <= MOST_SLIPS
    ? [...differences, 'spelling']
    : null;
}

function unaccented(host: string): string {
  return domainToUnicode(host).normalize('NFD').replace(/\p{M}/gu, '');
}

function pathDifference(typed: string, registered: string): 'case' | 'path' | null {
  const below = (path: string, page: string) => path === page || path.startsWith(page.replace(/\/?$/, '/'));
  if (below(typed, registered)) return null;
  return below(typed.toLowerCase(), registered.toLowerCase()) ? 'case' : 'path';
}

/** How many letters must be changed, added or left out (Levenshtein); names of hosts are short. */
function slips(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (const [i, letter] of [...a].entries()) {
    const above = row;
    row = [i + 1];
    for (let j = 1; j <= b.length; j++)
      row.push(
        Math.min(
          (above[j] ?? 0) + 1,
          (row[j - 1] ?? 0) + 1,
          (above[j - 1] ?? 0) + (b[j - 1] === letter ? 0 : 1),
        ),
      );
  }
  return row.at(-1) ?? 0;
}
