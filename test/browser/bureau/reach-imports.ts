// « Importer » in its states, and what the server answers of a file.
import type { FileRow, ImportFile, Past, UndoReport } from '../../../widget/bureau/screens/imports/shared.ts';
import { ok, problem } from '../support/fake-api.ts';
import { type OfficePage, work } from '../support/office.ts';

const INSTANT = '2026-11-30T17:05:00.000Z';

const summary: NonNullable<ImportFile['summary']> = {
  kind: 'list',
  ...{ rows: 3_000, added: 2_900, changed: 40, unchanged: 55, repeated: 1, refused: 5 },
  ...{ conflicts: 1, fieldConflicts: 1, totalCents: 88_839_000, balanceCents: 87_000_000 },
  warnings: ['1 facture ouverte n’est pas dans ce fichier : PB-F-2026-0003. Elle reste due.'],
  fileRefused: null,
  doubtful: false,
  known: { invoices: 95, changed: 40, cents: 2_813_235, changedByCents: 500_000 },
  expectedSeconds: 4,
};
export const file: ImportFile = {
  id: 'file-1',
  name: 'renouvellements-du-regroupement-2027.xlsx',
  ...{ sheet: null, sheets: [], rows: 3_000, state: 'kept', stage: null, done: 0 },
  columns: [
    { title: 'Nom', samples: ['L’Écuyer-Tremblay', 'Roy', 'D’Août'], guess: 'lastName', chosen: null },
    { title: 'À verser avant le renouvellement', samples: ['296,13'], guess: null, chosen: null },
    { title: 'Commission', samples: [], guess: null, chosen: 'ignore' },
  ],
  summary: null,
  importId: null,
  endsAt: INSTANT,
};
export const previewed: ImportFile = { ...file, state: 'previewed', summary };
const rows: FileRow[] = [
  {
    line: 12,
    state: 'refused',
    message: '« Échéance » : « 31/02/2027 » n’est pas un jour. Corrigez la date.',
  },
  { line: 19, state: 'changed', message: 'la facture PB-F-2026-0003 change : montant 296,13 $ → 301,00 $.' },
  { line: 20, state: 'conflict', message: 'la facture PB-F-2026-0004 : le fichier dit un solde de 0,00 $.' },
  {
    line: 27,
    state: 'choice',
    message: 'choisissez.',
    choice: {
      holderId: 'holder-1',
      field: 'email',
      file: 'marie-eve.lecuyer-tremblay@example.org',
      page: 'eva@example.org',
    },
  },
  { line: 0, state: 'warning', message: summary.warnings[0] ?? '' },
];
export const choices = rows.filter(({ state }) => state === 'choice');
const past = (n: number, more: Partial<Past> = {}): Past => ({
  id: `import-${n}`,
  fileName: 'renouvellements-du-regroupement-2027.xlsx',
  kind: 'list',
  at: INSTANT,
  ...{ by: 'staff:staff-1', byName: 'Lise Roy', rows: 3_000, accepted: 2_995, refused: 5, undoable: true },
  ...{ undoneAt: null, undone: null },
  ...more,
});
const imports = [
  past(1),
  past(2, {
    ...{ by: 'cli:lise', byName: null, undoable: false, undoneAt: INSTANT },
    undone: { reversed: 3, kept: 0, balanceCents: -10_900 },
  }),
];
export const undo: UndoReport = {
  ...{ importId: 'import-1', dryRun: true, undone: false },
  reversed: { invoices: 2_994, certificates: 2_990, holders: 12, endorsements: 0 },
  kept: { invoices: 1, certificates: 1, holders: 0, endorsements: 0 },
  keptRows: [
    {
      ...{ target: 'invoices', id: 'invoice-1', number: 'PB-F-2026-0003', why: 'paid' },
      message:
        'La facture PB-F-2026-0003 est gardée : de l’argent y est inscrit. Remboursez d’abord ce paiement.',
    },
  ],
  balanceCents: -87_000_000,
  refused: null,
};

type Prepare = NonNullable<Parameters<typeof work>[1]>;
/** The screen, with this file. */
export const importing = (
  shown: ImportFile | null,
  prepare: Prepare = () => undefined,
): Promise<OfficePage> =>
  work(shown === null ? '#importer' : `#importer/${shown.id}`, (api) => {
    api.on('GET /imports', () => ok({ imports }));
    api.on('GET /import-files/:id', () => ok({ file: shown }));
    api.on('GET /import-files/:id/rows', ({ path }) => {
      const state = new URLSearchParams(path.split('?')[1]).get('state');
      const found = rows.filter((row) => row.state === state);
      return ok({ rows: found, ...(state === 'changed' ? { next: 1 } : {}) });
    });
    prepare(api);
  });
async function once(page: Promise<OfficePage>, sentence: string): Promise<OfficePage> {
  const there = await page;
  await there.reads(sentence);
  return there;
}
const undoing = async (prepare: Prepare): Promise<OfficePage> => {
  const page = await once(importing(null, prepare), 'Annuler cet import');
  await page.press(`Annuler cet import : ${file.name}`);
  return page;
};

export const reachImports: Readonly<Record<string, () => Promise<OfficePage>>> = {
  imports: () => once(importing(null), 'Annuler cet import'),
  'imports, none yet': () =>
    once(
      importing(null, (api) => api.on('GET /imports', () => ok({ imports: [] }))),
      'Aucun fichier',
    ),
  'imports, no file chosen': async () => {
    const page = await once(importing(null), 'Lire le fichier');
    await page.press('Lire le fichier');
    await page.reads('Choisissez d’abord');
    return page;
  },
  'imports, sheets': () =>
    once(importing({ ...file, sheets: ['Renouvellements', 'Légende'] }), 'Quelle feuille'),
  'imports, columns': () => once(importing(file), 'Commission'),
  'imports, interrupted': () => once(importing({ ...file, state: 'failed' }), 's’est interrompue'),
  'imports, previewed': () => once(importing(previewed), 'Prendre le fichier'),
  'imports, doubtful': () =>
    once(
      importing({ ...previewed, summary: { ...summary, doubtful: true } }),
      'Écrivez son nombre de lignes',
    ),
  'imports, unreadable': () =>
    once(
      importing({ ...previewed, summary: { ...summary, fileRefused: 'Les titres ne sont pas reconnus.' } }),
      'ne sont pas reconnus',
    ),
  'imports, under way': () =>
    once(importing({ ...previewed, state: 'importing', stage: 'write', done: 1_200 }), '1 200 lignes sur'),
  'imports, done': () => once(importing({ ...previewed, state: 'imported' }), 'Télécharger les refus'),
  'imports, stopped': () => once(importing({ ...previewed, state: 'stopped' }), 'Arrêté.'),
  'imports, undoing': async () =>
    once(
      undoing((api) => api.on('POST /imports/:id/undo/preview', () => ok(undo))),
      'est gardée',
    ),
  'imports, not to be undone': async () =>
    once(
      undoing((api) => api.on('POST /imports/:id/undo/preview', () => problem('not-undoable', 409))),
      'ne peut pas être annulé',
    ),
};
