// « Vouliez-vous écrire …? » (S4): a mistyped domain is the commonest reason for an e-mail that never comes. Only offers;
// her own word stands.
import { bare } from '../journey/transitions.ts';

const DOMAINS = [
  'gmail.com',
  'hotmail.com',
  'hotmail.ca',
  'outlook.com',
  'live.ca',
  'live.com',
  'yahoo.ca',
  'yahoo.com',
  'icloud.com',
  'videotron.ca',
  'bell.net',
  'sympatico.ca',
  'cgocable.ca',
  'telus.net',
];

/** The address with the well-known domain that is one slip away from what was typed; null when there is none. */
export function emailSuggestion(typed: string): string | null {
  const [, local, domain] = /^([^\s@]+)@([^\s@]+)$/.exec(bare(typed)) ?? [];
  if (local === undefined || domain === undefined) return null;
  const written = domain.toLowerCase();
  if (DOMAINS.includes(written)) return null;
  const meant = DOMAINS.find((known) => oneSlip(written, known));
  return meant === undefined ? null : `${local}@${meant}`;
}

/** One letter added, left out, replaced, or two neighbours swapped. */
function oneSlip(written: string, known: string): boolean {
  let start = 0;
  while (start < written.length && written[start] === known[start]) start += 1;
  const [a, b] = [written.slice(start), known.slice(start)];
  return (
    a.slice(1) === b ||
    a === b.slice(1) ||
    a.slice(1) === b.slice(1) ||
    (a[0] === b[1] && a[1] === b[0] && a.slice(2) === b.slice(2))
  );
}
