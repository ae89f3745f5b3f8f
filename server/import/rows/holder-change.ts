// What of her file an import changes, told in the preview: from what to what where whoever reads it may see her data; elsewhere
// only which of them, since reports may be logged (I9).
import { type Refusal, refusal } from '../refusal.ts';
import type { KnownHolder } from './known.ts';
import { sameAsSeen } from './three-way.ts';

const WORDS = {
  firstName: ['prénom', 'first name'],
  lastName: ['nom', 'last name'],
  usualName: ['nom d’usage', 'usual name'],
  email: ['courriel', 'e-mail'],
  lang: ['langue', 'language'],
  status: ['statut', 'status'],
  officeId: ['bureau coordonnateur', 'coordinating office'],
} as const;
const FIELDS = Object.keys(WORDS) as (keyof typeof WORDS)[];

/** `fr` and `en` name the file; `officeName` says what a coordinating office is called, by its id. */
export function holderChange(
  before: KnownHolder,
  after: KnownHolder,
  {
    fr,
    en,
    withValues,
    officeName = (id) => id,
  }: { fr: string; en: string; withValues: boolean; officeName?: (id: string) => string },
): Refusal {
  if (sameAsSeen(before, after))
    return refusal(`${fr} reste comme dans la page du bureau.`, `${en} stays as on the office’s page.`);
  const changed = FIELDS.filter((field) => before[field] !== after[field]);
  const shown = (holder: KnownHolder, field: keyof typeof WORDS) => {
    const value = holder[field] ?? '';
    return value === '' ? '–' : field === 'officeId' ? officeName(value) : value;
  };
  const said = (lang: 0 | 1, [open, close]: readonly [string, string]) =>
    changed
      .map((field) => {
        const word = WORDS[field][lang];
        if (!withValues) return word;
        const [was, is] = [shown(before, field), shown(after, field)];
        return `${word} ${open}${was}${close} → ${open}${is}${close}`;
      })
      .join(', ');
  return refusal(`${fr} change : ${said(0, ['« ', ' »'])}.`, `${en} changes: ${said(1, ['“', '”'])}.`);
}
