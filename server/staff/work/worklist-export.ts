// « À traiter » as a file: the whole list, for whoever works it off on paper or hands it on.
import type { Actor } from '../../audit.ts';
import { CSV_MARK, type CsvCell, csvLine } from '../../csv.ts';
import type { Deps } from '../../deps.ts';
import { MANY_PEOPLE, notePeopleExported } from '../../export/export.ts';
import { workbookOf } from '../../export/workbook.ts';
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

/** What the sheet of a workbook is called. */
const SHEET = { fr: 'À traiter', en: 'To do' } as const;

/** Everything that waits, oldest first, as CSV or as a workbook. That many people’s data leave is an act of whoever asks. */
export async function exportedWork(
  deps: Deps,
  regroupement: Regroupement,
  { format, lang }: { format: 'csv' | 'xlsx'; lang: 'fr' | 'en' },
  by: Actor,
): Promise<string | Uint8Array<ArrayBuffer>> {
  const items: WorkItem[] = [];
  for (let after: string | undefined; ; ) {
    const page = await worklist(deps, regroupement, { after, limit: AT_ONCE });
    items.push(...page.items);
    after = page.next;
    if (after === undefined) break;
  }
  const people = new Set(items.map(({ holderId }) => holderId).filter((id) => id !== null));
  if (people.size > MANY_PEOPLE)
    await notePeopleExported(deps, regroupement.id, { sheet: 'worklist', range: {} }, by);
  const rows: CsvCell[][] = items.map(({ assignedTo, holderName, kind, sentence, since }) => [
    ...[torontoDay(since), KINDS[kind][lang], holderName, sentence[lang === 'fr' ? 'fr-CA' : 'en-CA']],
    assignedTo?.name ?? null,
  ]);
  const table = [[...TITLES[lang]], ...rows];
  if (format === 'csv') return CSV_MARK + table.map((row) => csvLine(row, lang)).join('');
  return new Uint8Array(await workbookOf(SHEET[lang], pagesOf(table)));
}

async function* pagesOf(table: readonly CsvCell[][]): AsyncGenerator<readonly CsvCell[][]> {
  for (let i = 0; i < table.length; i += AT_ONCE) yield table.slice(i, i + AT_ONCE);
}
