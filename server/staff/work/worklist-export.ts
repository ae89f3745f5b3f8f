// « À traiter » as a file: the whole list, for whoever works it off on paper or hands it on.
import type { Actor } from '../../audit.ts';
import { CSV_MARK, csvLine } from '../../csv.ts';
import type { Deps } from '../../deps.ts';
import { MANY_PEOPLE, notePeopleExported } from '../../export/export.ts';
import { torontoDay } from '../../ledger/toronto.ts';
import type { Regroupement } from '../../regroupements/regroupements.ts';
import type { WorkKind } from './sources.ts';
import { type WorkItem, worklist } from './worklist.ts';

const AT_ONCE = 500;
const TITLES = {
  fr: ['Depuis', 'Nature', 'Personne', 'À faire', 'S’en occupe'],
  en: ['Since', 'Nature', 'Person', 'What to do', 'Taken care of by'],
} as const;
const KINDS: Readonly<Record<WorkKind, { fr: string; en: string }>> = {
  exception: { fr: 'Anomalie', en: 'Anomaly' },
  unconfirmed: { fr: 'À confirmer', en: 'To confirm' },
  'link-request': { fr: 'Demande de lien', en: 'Link request' },
  endorsement: { fr: 'Avenant sans facture', en: 'Endorsement without invoice' },
  message: { fr: 'Courriel non parti', en: 'E-mail not sent' },
  'import-conflict': { fr: 'Conflit d’importation', en: 'Import conflict' },
  credit: { fr: 'Crédit', en: 'Credit' },
  'cancelled-owed': { fr: 'Facture annulée', en: 'Cancelled invoice' },
  'possible-duplicate': { fr: 'Double possible', en: 'Possible duplicate' },
};

/** CSV of everything that waits, or of one kind of it, oldest first. That many people’s data leave is an act of whoever asks. */
export async function exportedWork(
  deps: Deps,
  regroupement: Regroupement,
  { lang, kind }: { lang: 'fr' | 'en'; kind: WorkKind | undefined },
  by: Actor,
): Promise<string> {
  const items: WorkItem[] = [];
  for (let after: string | undefined; ; ) {
    const page = await worklist(deps, regroupement, { kind, after, limit: AT_ONCE });
    items.push(...page.items);
    after = page.next;
    if (after === undefined) break;
  }
  const people = new Set(items.map(({ holderId }) => holderId).filter((id) => id !== null));
  if (people.size > MANY_PEOPLE)
    await notePeopleExported(deps, regroupement.id, { sheet: 'worklist', range: {} }, by);
  const rows = items.map(({ assignedTo, holderName, kind, sentence, since }) => [
    ...[torontoDay(since), KINDS[kind][lang], holderName, sentence[lang === 'fr' ? 'fr-CA' : 'en-CA']],
    assignedTo?.name ?? null,
  ]);
  return CSV_MARK + [TITLES[lang], ...rows].map((row) => csvLine(row, lang)).join('');
}
