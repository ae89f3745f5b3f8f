// A file and the office's page both speak of a holder: what the file says again undoes no edit, what it says anew comes in, and where
// both have changed somebody chooses.
import { type Refusal, refusal } from '../refusal.ts';
import type { ImportContext } from './context.ts';
import { EDITED, type Edited, type EditedField } from './edited.ts';
import type { KnownHolder } from './known.ts';

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

/** She as the file leaves her. */
export function threeWay(
  ctx: ImportContext,
  line: number,
  known: KnownHolder,
  said: Partial<Edited>,
): KnownHolder {
  const after: KnownHolder = { ...known };
  const last: Edited = known.imported ?? known;
  const base: Edited = { ...last };
  const set = <F extends EditedField>(of: Edited, field: F, value: Edited[F]) => {
    of[field] = value;
  };
  for (const field of EDITED) {
    const file = said[field];
    if (file === undefined) continue;
    const page = known[field];
    const [pageChanged, fileChanged] = [page !== last[field], file !== last[field]];
    if (file === page || !fileChanged || !pageChanged) {
      if (fileChanged) set(after, field, file);
      set(base, field, file);
      continue;
    }
    const choice = ctx.choiceOf(known.id, field);
    if (choice === undefined) ctx.fieldConflicts.push({ line, holderId: known.id, field, file, page });
    else set(base, field, file);
    if (choice === 'file') set(after, field, file);
  }
  after.imported = EDITED.every((field) => base[field] === after[field])
    ? null
    : (Object.fromEntries(EDITED.map((field) => [field, base[field]])) as unknown as Edited);
  return after;
}

/** Whether she looks the same: at most what the last file said of her changes. */
function sameAsSeen(before: KnownHolder, after: KnownHolder): boolean {
  return EDITED.every((field) => before[field] === after[field]) && before.status === after.status;
}

/** Whether nothing is to be written. */
export function sameHolder(before: KnownHolder, after: KnownHolder): boolean {
  return sameAsSeen(before, after) && JSON.stringify(before.imported) === JSON.stringify(after.imported);
}

/**
 * What of her file an import changes, told in the preview: from what to what where whoever reads it may see her data; elsewhere only
 * which of them, since reports may be logged (I9). `fr` and `en` name the file; `officeName` says what a coordinating office is called, by its id.
 */
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
