// What an office reads: each refusal names the line, the column as the file titles it, what was read, why, and what to
// do; what has one cause is said once; the words are in their number.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { importFile } from '../../../server/import/import-file.ts';
import { reportText } from '../../../server/import/report-text.ts';
import type { ImportRequest } from '../../../server/import/run.ts';
import { startTestApp, type TestApp } from '../../support/app.ts';
import { importText, listOf, row } from '../../support/invoice-list.ts';

let t: TestApp;
beforeEach(async () => {
  t = await startTestApp();
});
afterEach(() => t.close());

const bring = (text: string, more: Partial<ImportRequest> = {}) => importText(t.deps, text, more);
const said = async (text: string, lang: 'fr' | 'en' = 'fr', more: Partial<ImportRequest> = {}) =>
  reportText(await bring(text, { lang, ...more }), lang).replaceAll('\u00a0', ' ');
const other = { invoice: 'F-2', certificate: 'PB-000002', first: 'Ana', email: 'ana@example.org' };

describe('the words of a report', () => {
  test('one row, several, and what becomes of them, in their number', async () => {
    assert.equal(
      await said(listOf(row())),
      '1 ligne acceptée.\nTotal 109,00 $, solde 109,00 $.\n  colonne non lue : « Note »\nImporté.',
    );
    assert.equal(
      await said(listOf(row()), 'en'),
      '1 row unchanged.\nTotal $109.00, balance $109.00.\n  column not read: “Note”\nNothing to change.',
    );
    assert.equal(
      await said(listOf(row(), row(), row(other), row({ invoice: 'F-3', certificate: '' }))),
      `3 lignes : 1 acceptée, 1 inchangée, 1 refusée; 1 ligne répétée, laissée de côté.
Total 218,00 $, solde 218,00 $.
  colonne non lue : « Note »
  ligne 5 : « # certificat » est vide. Remplissez la case.
Rien n’a été importé. Corrigez ce qui est refusé; ou importez le reste avec --accept-valid.`,
    );
  });

  test('sums are those of what the rows have: nothing is said to be owed by people, or by an invoice’s lines', async () => {
    assert.equal(
      await said('dossier_id,prenom,nom,courriel\nD1,Ana,Roy,ana@example.org\n'),
      '1 ligne acceptée.\nImporté.',
    );
    await bring(listOf(row()));
    assert.equal(
      await said(
        'no_facture,ligne,code,description,montant\nF-1,1,PRIME,Prime,100.00\nF-1,2,TPA,Taxe,9.00\n',
      ),
      '2 lignes acceptées.\nTotal 109,00 $.\nImporté.',
    );
  });

  test('one cause on many lines is one sentence', async () => {
    const rows = [1, 2, 3].map((n) => row({ ...other, invoice: `F-${n}`, certificate: '' }));
    assert.match(await said(listOf(...rows)), /^ {2}lignes 2, 3 et 4 : « # certificat » est vide\./m);
    const many = Array.from({ length: 30 }, (_, n) => row({ ...other, invoice: `F-${n}`, certificate: '' }));
    assert.match(await said(listOf(...many)), /lignes 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13… \(30\) :/);
    assert.match(await said(listOf(...rows), 'en'), /^ {2}lines 2, 3 and 4: “# certificat” is empty\./m);
  });

  test('a file that is refused as a whole has no line, no sums and no code of the system', async () => {
    assert.equal(await said(''), 'Le fichier est vide.\nRien n’a été importé.'.replace(/^/, '  '));
    const absent = await importFile(t.deps, {
      regroupement: 'petits-bouleaux',
      by: 'cli:test',
      name: '/nulle/part.csv',
    });
    assert.equal(
      reportText(absent, 'fr').replaceAll('\u00a0', ' '),
      '  /nulle/part.csv ne peut pas être lu : il n’existe pas. Vérifiez le nom du fichier et celui de son dossier.\nRien n’a été importé.',
    );
  });

  test('rows of two regroupements are counted in words', async () => {
    assert.match(
      await said(listOf(row(), row({ ...other, regroupement: 'la-farandole' }))),
      / {2}petits-bouleaux : 1 ligne acceptée, 0 inchangée\.\n {2}la-farandole : 1 ligne acceptée, 0 inchangée\./,
    );
  });
});

describe('a column', () => {
  const header = 'Prénom;Nom;# certificat;No facture;Date facture';
  const start = 'Zoé;Roy;PB-000001;F1;2026-03-01';
  test('that is missing is said missing, by the name that people know; one that is empty, by its own', async () => {
    for (const [titles, cells, words] of [
      [`${header};Total`, `${start};296,13`, /« Période ». Ajoutez-la/],
      [`${header};Total;Couverture`, `${start};296,13;`, /« Couverture » est vide\. Remplissez la case/],
      [`${header};Total;Début`, `${start};296,13;2026-04-01`, /Il manque la colonne « Fin »/],
      [
        `${header};Total;Début de la période;Fin de la période`,
        `${start};296,13;;2027-03-31`,
        /« Début de la période » est vide/,
      ],
      [
        `${header};Période`,
        `${start};2026-04-01/2027-03-31`,
        /Il manque la colonne « Total »\..*Titres lus : Prénom \| Nom/,
      ],
      ['Nom;Ville;Rue', 'Roy;Rimouski;Belzile', /ne sont pas reconnus\..*Titres lus : Nom \| Ville \| Rue/],
    ] as const)
      assert.match((await bring(`${titles}\n${cells}\n`)).refused[0]?.reason ?? '', words, titles);
  });

  test('« Note » twice, or « Date » beside « Date facture », refuses nothing', async () => {
    const report = await bring(
      `${header};Période;Total;Note;Note;Date\n${start};2026-04-01/2027-03-31;296,13;a;b;2026-11-01\n`,
    );
    assert.deepEqual([report.refused, report.accepted], [[], 1]);
    assert.deepEqual(report.unread, ['Note', 'Note', 'Date']);
  });
});

describe('a refusal', () => {
  test('names the column as titled, what was read, and what to do', async () => {
    await bring(listOf(row(), row(other)));
    const cases: [string, RegExp][] = [
      [
        row({ total: '108,00 $' }),
        /« Total » : .*109,00 \$ en tout \(« Prime », « Taxe primes », « Frais adm. et taxes »\)/,
      ],
      [
        row({ balance: '110,00 $' }),
        /« Solde » : le solde \(110,00 \$\) dépasse le total \(109,00 \$\)\. Corrigez/,
      ],
      [row({ total: 'cent' }), /« Total » : « cent » n’est pas un montant sûr\. Écrivez-le comme/],
      [row({ due: 'demain' }), /« Échéance » : « demain » n’est pas une date\. Écrivez/],
      [row({ first: 'Gi\u0007nette' }), /« Prénom » : « Gi□nette » contient .* Retirez-le/],
      [
        row({ first: 'x'.repeat(201) }),
        /« Prénom » : « x+… » est trop long \(201 caractères; 200 au plus\)\. Raccourcissez/,
      ],
      [row({ status: 'bizarre' }), /« Statut » : « bizarre » n’est pas un statut connu\. Écrivez/],
    ];
    for (const [one, words] of cases) {
      const report = await bring(listOf(one));
      assert.match(report.refused[0]?.reason.replaceAll('\u00a0', ' ') ?? '', words);
      assert.equal(report.refused[0]?.line, 2);
    }
  });

  test('of two rows under one number names the other line', async () => {
    const report = await bring(listOf(row(), row(other), row({ total: '1,00 $' })));
    assert.deepEqual(
      report.refused.map(({ line, reason }) => [line, /« F-1 » est aussi à la ligne (\d)/.exec(reason)?.[1]]),
      [
        [2, '4'],
        [4, '2'],
      ],
    );
  });

  test('is English where English is asked for, amounts included', async () => {
    const reason = async (one: string) => (await bring(listOf(one), { lang: 'en' })).refused[0]?.reason ?? '';
    assert.match(
      await reason(row({ balance: '110,00 $' })),
      /the balance \(\$110\.00\) is more than the total \(\$109\.00\)/,
    );
    assert.match(await reason(row({ total: 'cent' })), /Write it like \$1,234\.56/);
  });
});

test('F1 of 2026 and F1 of 2027 in one file are two invoices where the year is put before them', async () => {
  const next = row({
    ...other,
    invoice: 'F-1',
    issued: '2027-03-01',
    due: '2027-04-01',
    period: '2027-04-01/2028-03-31',
  });
  assert.equal((await bring(listOf(row(), next))).refused.length, 2);
  await t.deps.db.execute(
    "UPDATE regroupements SET invoice_prefix = '{année}-' WHERE slug = 'petits-bouleaux'",
  );
  const both = await bring(listOf(row(), next));
  assert.deepEqual([both.refused, both.accepted], [[], 2]);
  assert.equal(
    (await bring(listOf(row(), row({ ...other, invoice: '2026-F-1' })))).refused.length,
    2,
    'one number twice',
  );
  assert.deepEqual((await bring(listOf(row(), next))).warnings, []);
  assert.match((await bring(listOf(row()))).warnings[0]?.message ?? '', /^1 facture ouverte .* : 2027-F-1\./);
});

test('invoices of before the year was put before them are in the file that brings them again', async () => {
  await bring(listOf(row(), row(other)));
  await t.deps.db.execute(
    "UPDATE regroupements SET invoice_prefix = '{année}-' WHERE slug = 'petits-bouleaux'",
  );
  assert.deepEqual((await bring(listOf(row(), row(other)))).warnings, []);
});
