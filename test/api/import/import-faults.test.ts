// Files that were once taken for what they are not: each ends as an office needs, alone or after the files before it.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { importFile } from '../../../server/import/import-file.ts';
import type { ImportReport } from '../../../server/import/report.ts';
import { startTestApp, type TestApp } from '../../support/app.ts';

const FILES = new URL('../../support/files/faults/', import.meta.url);
const SHARED = new URL('../../../../shared/sample/faults/', import.meta.url);

describe('a file that could be taken for something else', () => {
  let t: TestApp;
  beforeEach(async () => {
    t = await startTestApp();
    await t.deps.db.execute(
      "UPDATE regroupements SET certificate_pattern = '[A-Z]{2}-\\d{6}' WHERE slug = 'petits-bouleaux'",
    );
  });
  afterEach(() => t.close());

  const bring = (name: string, more: object = {}): Promise<ImportReport> =>
    importFile(t.deps, {
      by: 'cli:test',
      regroupement: 'petits-bouleaux',
      name,
      bytes: new Uint8Array(readFileSync(new URL(name, FILES))),
      ...more,
    });
  const books = async () =>
    Promise.all(
      ['holders', 'certificates', 'invoices', 'invoice_lines', 'ledger_entries'].map(
        async (table) => (await t.deps.db.execute(`SELECT * FROM ${table} ORDER BY 1, 2, 3`)).rows,
      ),
    );
  const before = async (...names: string[]) => {
    for (const name of names) assert.deepEqual((await bring(`before/${name}`)).refused, [], name);
  };
  /** Nothing changed, and the first reason is this sentence. */
  const refuses = async (name: string, words: RegExp, more: object = {}) => {
    const was = await books();
    const report = await bring(name, more);
    assert.match(report.refused[0]?.reason ?? '', words);
    assert.equal(report.imported, false);
    assert.deepEqual(await books(), was);
    return report;
  };
  const entries = async () =>
    (
      await t.deps.db.execute<{ kind: string; cents: number; source: string }>(
        'SELECT kind, amount_cents AS cents, source FROM ledger_entries ORDER BY rowid',
      )
    ).rows.map((one) => ({ ...one }));

  test('01: an invoice number used again is refused, saying whose it is and the way out', async () => {
    await before('base.csv');
    const report = await refuses(
      '01_numero_reutilise_autre_personne.csv',
      /« No facture » : la facture F1 est déjà celle de Zoé Roy \(certificat PB-000001, .*--invoice-prefix/,
    );
    assert.equal(report.refused[0]?.line, 2);
  });

  test('02: 1 is 0001 without its zeros, never a second invoice', async () => {
    await before('02a_facture_0001.csv');
    await refuses('02b_facture_1.csv', /« No facture » : « 1 » semble avoir perdu ses zéros/);
  });

  test('07: a certificate does not go to another dossier', async () => {
    await before('07a_dossiers.csv', '07b_certificats.csv');
    await refuses('07c_certificat_autre_dossier.csv', /PB-000001 est du dossier X1 \(Zoé Roy/);
  });

  test('09: an error of the spreadsheet is no certificate', async () => {
    await before('base.csv');
    const report = await refuses(
      '09_certificat_na.csv',
      /« # certificat » : « #N\/A » est une erreur du tableur/,
    );
    assert.deepEqual(
      report.refused.map(({ line }) => line),
      [2, 3, 4],
    );
  });

  test('10: a married name is refused with the way that works, and that way works', async () => {
    await before('base.csv');
    await refuses('10_mariage.csv', /au nom de Zoé Roy.*« Nom d’usage »/);
    const told = readFileSync(new URL('10_mariage.csv', FILES), 'utf8')
      .replace('Nom;', 'Nom;Nom d’usage;')
      .replace('Tremblay', 'Roy;Tremblay');
    const report = await importFile(t.deps, {
      by: 'cli:test',
      regroupement: 'petits-bouleaux',
      name: 'mariage.csv',
      bytes: new TextEncoder().encode(told),
    });
    assert.deepEqual([report.refused, report.accepted], [[], 1]);
  });

  test('03a, 03b: « Solde restant » and « Total payé » count: nothing is owed', async () => {
    for (const name of ['03a_solde_restant.csv', '03b_total_paye.csv']) {
      const report = await bring(name);
      assert.deepEqual([report.refused, report.balanceCents], [[], 0], name);
      assert.deepEqual(await entries(), [
        { kind: 'charge', cents: 29_613, source: 'invoice:F1' },
        { kind: 'payment', cents: -29_613, source: 'import-opening:F1' },
      ]);
    }
  });

  test('04a, 04b: a status with a tail is no reason to charge in full', async () => {
    await refuses('04a_statut_payee_cheque.csv', /le fichier ne dit pas le solde/);
    assert.deepEqual((await bring('04b_statut_annulee_le.csv')).refused, []);
    assert.deepEqual(
      (await entries()).map(({ cents }) => cents),
      [29_613, -29_613],
    );
  });

  test('05: decimal commas without quotation marks are no whole amounts', async () => {
    await refuses(
      '05_virgules_non_guillemetees.csv',
      /« Total » : 296,13 est peut-être tombé dans deux cases/,
    );
  });

  test('08: rows of a regroupement that nobody knows are nobody’s', async () => {
    for (const more of [{}, { only: true }])
      await refuses(
        '08_regroupement_inconnu.csv',
        /« Regroupement » : aucun regroupement d’ici ne s’appelle « RSG Montérégie »/,
        more,
      );
  });

  test('11: a payment above what is owed is refused, unless told', async () => {
    await before('base.csv');
    await refuses(
      '11_paiement_trop_grand.csv',
      /29\s613,00\s\$.*facture F1 \(296,13\s\$\).*virgule s’est perdue.*--even-so more-than-balance/,
    );
    const told = await bring('11_paiement_trop_grand.csv', { evenSo: ['more-than-balance'] });
    assert.deepEqual([told.accepted, told.evenSo], [1, { 'more-than-balance': 1 }]);
  });

  test('06: an empty due date keeps the one that is known', async () => {
    await before('base.csv');
    const was = await books();
    assert.equal((await bring('06_echeance_vide.csv')).unchanged, 1);
    assert.deepEqual(await books(), was);
  });

  test('12: a day of the period decides the order of all days of the file', async () => {
    assert.deepEqual((await bring('12_dates_que_la_periode_eclaire.csv')).refused, []);
    const { rows } = await t.deps.db.execute('SELECT issued_on, due_on FROM invoices');
    assert.deepEqual({ ...rows[0] }, { issued_on: '2026-03-01', due_on: '2026-04-01' });
  });

  test('13: notes at the foot are no rows, and are named', async () => {
    const report = await importFile(t.deps, {
      by: 'cli:test',
      regroupement: 'petits-bouleaux',
      name: 'notes.csv',
      bytes: new Uint8Array(readFileSync(new URL('before/13_notes_au_bas.csv', FILES))),
    });
    assert.deepEqual([report.refused, report.rows, report.accepted], [[], 2, 2]);
    assert.match(report.warnings[0]?.message ?? '', /^Les lignes 6 et 8 n’ont ni numéro ni montant/);
  });

  test('14a, 14b, 14c: damaged accents are told once for the file, with the cure', async () => {
    for (const [name, words] of [
      ['14a_mac_roman.csv', /^Accents abîmés \(Ž\) : « AndrŽ » sous « Prenom »\. .*Macintosh.*« CSV UTF-8 »/],
      ['14b_mac_mojibake.csv', /^Accents abîmés \(√©\) : « Andr√© » sous « Prénom »\. .*« CSV UTF-8 »/],
      [
        '14c_entites_html.csv',
        /^Accents abîmés \(&#233;\) : « Ren&#233;e » sous « Prénom »\. .*« CSV UTF-8 »/,
      ],
    ] as const)
      assert.equal((await refuses(name, words)).refused.length, 1, name);
  });

  test('the copies here are those of the domain', { skip: !existsSync(SHARED) }, () => {
    for (const folder of ['./', 'before/'])
      for (const { name } of readdirSync(new URL(folder, FILES), { withFileTypes: true }).filter((one) =>
        one.isFile(),
      ))
        assert.deepEqual(
          readFileSync(new URL(folder + name, FILES)),
          readFileSync(new URL(name, SHARED)),
          name,
        );
  });
});
