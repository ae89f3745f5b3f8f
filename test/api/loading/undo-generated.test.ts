// Whatever files came before: undoing the last one, which nobody has touched since, gives back every balance and every list, and
// bringing it in again gives the same as the first time.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { importFile } from '../../../server/import/import-file.ts';
import { undoImport } from '../../../server/import/undo/undo-import.ts';
import { startTestApp, type TestApp } from '../../support/app.ts';
import { regroupementId } from '../../support/books.ts';
import { booksOf } from '../../support/import-books.ts';

let t: TestApp;
before(async () => {
  t = await startTestApp();
});
after(() => t.close());

const PEOPLE = 5;
const dollars = (cents: number) => `${Math.trunc(cents / 100)},${String(cents % 100).padStart(2, '0')}`;
const kept = <T>(of: fc.Arbitrary<T>) =>
  fc.array(fc.option(of, { nil: null }), { minLength: PEOPLE, maxLength: PEOPLE });

/** What a file says of each of five people; null: nothing. */
const list = kept(
  fc.record({
    cents: fc.integer({ min: 20_000, max: 20_400 }),
    paid: fc.constantFrom<'no' | 'half' | 'all'>('no', 'half', 'all'),
    status: fc.constantFrom('ouverte', 'ouverte', 'annulée'),
    email: fc.constantFrom('', 'a', 'b'),
    due: fc.constantFrom('2026-04-01', '2026-05-01'),
    detail: fc.boolean(),
    season: fc.constantFrom('2026', '2027'),
  }),
).map((people) =>
  [
    'Prénom;Nom;Courriel;# certificat;No facture;Date facture;Échéance;Période;Prime;Taxe primes;Total;Solde;Statut',
    ...people.flatMap((one, i) => {
      if (one === null) return [];
      const { cents, status, email, due, detail, season } = one;
      const left = { no: cents, half: Math.floor(cents / 2), all: 0 }[one.paid];
      const year = Number(season);
      const mail = email === '' ? '' : `${email}${i}@example.org`;
      return [
        [
          ...['Zoé', `Roy${'abcde'[i]}`, mail, `PB-00000${i}`, `F-${season}-${i}`],
          ...[`${season}-03-01`, due.replace('2026', season), `${year}-04-01/${year + 1}-03-31`],
          ...(detail ? [dollars(cents - 1_500), dollars(1_500)] : ['', '']),
          ...[dollars(cents), status === 'annulée' ? '0,00' : dollars(left), status],
        ].join(';'),
      ];
    }),
  ].join('\n'),
);
const holders = kept(
  fc.record({ usual: fc.constantFrom('', 'Côté'), status: fc.constantFrom('actif', 'fermé') }),
).map((people) =>
  [
    'Dossier;Prénom;Nom;Nom d’usage;Courriel;Statut',
    ...people.flatMap((one, i) =>
      one === null ? [] : [`D${i};Zoé;Roy${'abcde'[i]};${one.usual};a${i}@example.org;${one.status}`],
    ),
  ].join('\n'),
);
const payments = kept(
  fc.record({ cents: fc.integer({ min: 100, max: 9_000 }), season: fc.constantFrom('2026', '2027') }),
).map((people) =>
  [
    'No paiement;No facture;Montant;Date de paiement;Mode',
    ...people.flatMap((one, i) =>
      one === null
        ? []
        : [`P${i}-${one.season};F-${one.season}-${i};${dollars(one.cents)};2026-06-0${i + 1};chèque`],
    ),
  ].join('\n'),
);
const endorsements = kept(
  fc.record({ cents: fc.integer({ min: 100, max: 9_000 }), what: fc.constantFrom('Ajout', 'Retrait') }),
).map((people) =>
  [
    'No avenant;# certificat;Date d’effet;Description;Montant',
    ...people.flatMap((one, i) =>
      one === null ? [] : [`A${i};PB-00000${i};2026-05-01;${one.what};${dollars(one.cents)}`],
    ),
  ].join('\n'),
);
const file = fc.oneof({ weight: 4, arbitrary: list }, holders, payments, endorsements);

const bring = async (text: string) => {
  t.clock.advance(60_000);
  return await importFile(t.deps, {
    by: 'cli:test',
    regroupement: 'petits-bouleaux',
    name: 'liste.csv',
    bytes: new TextEncoder().encode(text),
    acceptValid: true,
  });
};
const lastImport = async () =>
  (
    await t.deps.db.execute<{ id: string }>(
      'SELECT id FROM imports WHERE no IS NOT NULL AND undone_at IS NULL ORDER BY no DESC LIMIT 1',
    )
  ).rows[0]?.id ?? '';
const undo = async (dryRun = false) =>
  await undoImport(t.deps, {
    by: 'cli:test',
    regroupementId: await regroupementId(t),
    importId: await lastImport(),
    dryRun,
  });

test('undone, every balance and list is as before; brought in again, as the first time', async () => {
  let undone = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(file, { maxLength: 2 }), file, async (earlier, last) => {
      for (const text of earlier) await bring(text);
      const before = await booksOf(t.deps);
      const first = await bring(last);
      if (!first.imported) return;
      const after = await booksOf(t.deps, false);
      const trial = await undo(true);
      assert.deepEqual(await booksOf(t.deps, false), after, 'a trial changes nothing');
      t.clock.advance(1_000);
      const report = await undo();
      assert.deepEqual({ ...report, dryRun: true, undone: false }, trial, 'it does what the trial said');
      assert.deepEqual(report.keptRows, []);
      assert.deepEqual(await booksOf(t.deps), before);
      const again = await bring(last);
      assert.deepEqual(await booksOf(t.deps, false), after);
      assert.deepEqual({ ...again, importId: null }, { ...first, importId: null });
      undone += 1;
    }),
    { numRuns: 60, seed: 20_261_130 },
  );
  assert.ok(undone > 30, String(undone));
});
