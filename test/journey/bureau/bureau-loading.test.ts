// The office in April: three thousand renewals out of Excel, put right where they were wrong, forty cheques against them, and
// all of it undone and brought in again.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Browser, ElementHandle } from 'puppeteer-core';
import writeWorkbook from 'write-excel-file/node';
import { type Demo, until } from '../../support/demo.ts';
import type { Person } from '../person.ts';
import { withDemo } from '../with-demo.ts';
import { atWork, codeOf, itHappens, opens } from './at-work.ts';

/** As the office's own program calls them: none is known to us. */
const COLUMNS = {
  'Police de la RSG': 'certificate',
  'Réf. compta': 'invoice',
  Appelée: 'firstName',
  Famille: 'lastName',
  'Boîte aux lettres': 'email',
  Commission: 'ignore',
  Émise: 'issuedOn',
  Du: 'periodStart',
  Au: 'periodEnd',
  'À verser': 'total',
  'Reste dû': 'balance',
};
const MANY = 3_000;
const CHEQUES = 40;

const letters = (n: number) =>
  String.fromCharCode(97 + (Math.floor(n / 676) % 26), 97 + (Math.floor(n / 26) % 26), 97 + (n % 26));
const emailOf = (n: number) => `renouvelante-${n}@example.org`;
const invoiceOf = (n: number, year = 2027) => `R-${year}-${String(n).padStart(4, '0')}`;
const certificateOf = (n: number) => `PB-${100_000 + n}`;
type Row = Record<keyof typeof COLUMNS, string>;
const row = (n: number, changes: Partial<Row> = {}, year = 2027): Row => ({
  'Police de la RSG': certificateOf(n),
  'Réf. compta': invoiceOf(n, year),
  Appelée: 'Ève',
  Famille: `Roy${letters(n)}`,
  'Boîte aux lettres': emailOf(n),
  Commission: '12 %',
  Émise: '2026-11-15',
  Du: `${year}-04-01`,
  Au: `${year + 1}-03-31`,
  'À verser': '296,13',
  'Reste dû': '296,13',
  ...changes,
});
const renewals = Array.from({ length: MANY }, (_, n) =>
  row(n, n === 7 ? { Émise: 'hier' } : n === 8 ? { 'À verser': '1,234' } : {}),
);

/** Presses it as soon as it is drawn; answers what the page said then. */
function pressedOnceThere({ page }: Person, name: string): Promise<string> {
  return page.evaluate(
    (wanted) =>
      new Promise<string>((resolve) => {
        const look = () => {
          const root = document.querySelector('amisgest-bureau')?.shadowRoot;
          const button = [...(root?.querySelectorAll('button') ?? [])].find(
            (one) => one.textContent?.trim() === wanted,
          );
          if (button === undefined) return setTimeout(look, 5);
          resolve(root?.textContent ?? '');
          button.click();
        };
        look();
      }),
    name,
  );
}

describe('the office loads and corrects', () => {
  let demo: Demo;
  let browser: Browser;
  let rosalie: Person;
  withDemo((...given) => {
    [demo, browser] = given;
  });
  const folder = mkdtempSync(join(tmpdir(), 'amisgest-pay-loading-'));
  before(async () => {
    rosalie = await atWork(demo, browser, 'owner');
    const devtools = await browser.target().createCDPSession();
    await devtools.send('Browser.setDownloadBehavior', {
      ...{ behavior: 'allow', downloadPath: folder },
      browserContextId: rosalie.page.browserContext().id ?? '',
    });
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  async function workbook(name: string, rows: readonly Row[]): Promise<string> {
    const titles = Object.keys(COLUMNS) as (keyof Row)[];
    const cells = [titles, ...rows.map((one) => titles.map((title) => one[title]))];
    const data = cells.map((line) => line.map((value) => ({ value, type: String })));
    const path = join(folder, name);
    writeFileSync(path, await writeWorkbook(data).toBuffer());
    return path;
  }
  /** Chooses a file of hers and has it read. */
  async function reads(path: string): Promise<void> {
    await rosalie.goes(`${demo.site}/bureau/petits-bouleaux#importer`);
    const input = await rosalie.page.waitForSelector('amisgest-bureau >>> #import-file');
    await (input as ElementHandle<HTMLInputElement>).uploadFile(path);
    await rosalie.clicks('Lire le fichier');
    await rosalie.sees(/Dites ce que contient chaque colonne/);
  }
  const books = () =>
    demo.rows(`SELECT i.number, i.status, coalesce(sum(e.amount_cents), 0) AS cents FROM invoices i
      LEFT JOIN ledger_entries e ON e.invoice_id = i.id GROUP BY i.id ORDER BY i.number`);

  test('three thousand renewals of unknown titles: named once, seen, stopped, brought in; the refused ones corrected', async () => {
    const file = await workbook('renouvellements.xlsx', renewals);
    await reads(file);
    await rosalie.sees(/renouvellements\.xlsx – 3 ?000 lignes/);
    for (const [i, field] of Object.values(COLUMNS).entries())
      await rosalie.page.select(`amisgest-bureau >>> [name=column-${i}]`, field);
    await rosalie.clicks('Vérifier');
    const sums = /Nouvelles 2 ?998 Changées 0 Inchangées 0 Refusées 2 Total des lignes 887 797,74 \$/;
    await rosalie.sees(sums);
    await rosalie.sees(
      /Ligne 9 « Émise » : « hier » n’est pas une date.* Ligne 10 « À verser » : « 1,234 » n’est pas un montant sûr/,
    );
    await rosalie.clicks('Importer');
    await rosalie.sees(/Des lignes sont refusées\. Cochez la case/);
    const untouched = books();
    await rosalie.clicks('Importer les lignes valides, sans les refusées', 'checkbox');
    // The moment it is there: all of it takes a second or two.
    const stopped = pressedOnceThere(rosalie, 'Arrêter');
    await rosalie.clicks('Importer');
    assert.match(await stopped, /Vous pouvez quitter cette page/);
    await rosalie.sees(/Arrêté\. Rien n’a été importé/);
    assert.deepEqual(books(), untouched);

    // What she named is remembered.
    await reads(file);
    await rosalie.clicks('Vérifier');
    await rosalie.sees(sums);
    await rosalie.clicks('Importer les lignes valides, sans les refusées', 'checkbox');
    await rosalie.clicks('Importer');
    await rosalie.sees(/C’est importé/);
    await rosalie.sees(
      /Fichiers importés.* renouvellements\.xlsx \S.* Rosalie Bélanger 2 ?998 \/ 3 ?000 Annuler cet import/,
    );
    await rosalie.clicks('Télécharger les refus');
    const path = join(folder, 'refus.csv');
    const refused = await until(
      'the refused rows',
      async () => existsSync(path) && readFileSync(path, 'utf8'),
    );
    writeFileSync(path, refused.replace('hier', '2026-11-15').replace('1,234', '296,13'));
    await reads(path);
    await rosalie.clicks('Vérifier');
    await rosalie.sees(/Nouvelles 2 Changées 0 Inchangées 0 Refusées 0/);
    await rosalie.clicks('Importer');
    await rosalie.sees(/C’est importé.* refus\.csv/);
    assert.deepEqual(demo.rows("SELECT count(*) AS n FROM invoices WHERE number LIKE 'R-2027-%'"), [
      { n: MANY },
    ]);
  });

  test('what she edits is not undone by the next file, which names itself; where both have changed, she chooses', async () => {
    for (const n of [100, 101]) {
      await opens(rosalie, certificateOf(n));
      await rosalie.sees(new RegExp(`Roy${letters(n)}, Ève`));
      await rosalie.clicks('Modifier');
      await rosalie.types('Courriel au dossier', `page-${n}@example.org`);
      await rosalie.clicks('Enregistrer');
      await rosalie.sees(/Le dossier est enregistré/);
    }
    const next = [
      row(100),
      row(101, { 'Boîte aux lettres': 'fichier-101@example.org' }),
      row(102, { 'Boîte aux lettres': 'fichier-102@example.org' }),
      row(103, { 'Reste dû': '0,00' }),
      ...[100, 104, 105, 106].map((n) => row(n, {}, 2028)),
    ];
    await reads(await workbook('suivant.xlsx', next));
    await rosalie.clicks('Vérifier');
    await rosalie.sees(/Nouvelles 4 Changées 1 Inchangées 3 Refusées 0/);
    await rosalie.sees(
      /Ligne 3, Courriel.*Soldes en conflit.*R-2027-0103 : le fichier dit un solde de 0,00 \$, le nôtre est de 296,13 \$.*dossier du certificat PB-100102 change : courriel « .+ » → « .+ »/,
    );
    await rosalie.clicks('Garder la page : page-101@example.org', 'radio');
    await rosalie.clicks('Importer');
    await rosalie.sees(/C’est importé/);
    const emails = demo.rows<{ email: string }>(
      `SELECT DISTINCT h.email FROM holders h JOIN certificates c ON c.holder_id = h.id WHERE c.number IN ('PB-100100', 'PB-100101', 'PB-100102') ORDER BY 1`,
    );
    assert.deepEqual(
      emails.map(({ email }) => email),
      ['fichier-102@example.org', 'page-100@example.org', 'page-101@example.org'],
    );
  });

  test('forty cheques typed by keyboard alone against the bank’s slip; their receipts; one is reversed', async () => {
    await rosalie.clicks('Dépôts', 'link');
    await rosalie.clicks('Ouvrir un dépôt');
    await rosalie.types('Total du bordereau', '11 845,20');
    await rosalie.presses('Enter');
    await rosalie.sees(/Reste à inscrire 11 845,20 \$/);
    const { keyboard } = rosalie.page;
    const box = await rosalie.finds('textbox', 'Facture, certificat ou nom');
    await box.evaluate((input) => (input as HTMLInputElement).focus());
    for (let n = 0; n < CHEQUES; n++) {
      await keyboard.type(invoiceOf(n));
      await keyboard.press('Tab');
      await keyboard.type('296,13');
      await keyboard.press('Tab');
      await keyboard.type(String(5_000 + n));
      await keyboard.press('Enter');
      await rosalie.page.waitForFunction(
        (rows: number) => {
          const root = document.querySelector('amisgest-bureau')?.shadowRoot;
          return (
            root?.querySelectorAll('tbody tr').length === rows && root.activeElement?.id === 'entry-payer'
          );
        },
        {},
        n + 1,
      );
    }
    await rosalie.sees(/Inscrit 11 845,20 \$.*Le compte y est/);
    await rosalie.clicks('Reprendre 296,13 $ sur la facture R-2027-0003');
    await rosalie.clicks('Erreur de saisie', 'radio');
    await rosalie.types('Raison', 'compté deux fois');
    await rosalie.clicks('Reprendre le paiement');
    await rosalie.sees(/C’est repris : 296,13 \$.*Reste à inscrire 296,13 \$.* 5003 Repris \(erreur\)/);
    await rosalie.clicks('Voir le reçu no C-2026-0004');
    await rosalie.sees(/Reçu de paiement no C-2026-0004 – 296,13 \$.*Annulation du reçu no C-2026-0004/);
    await rosalie.clicks('Reçus');
    await rosalie.sees(/Ouvrir les reçus de ce dépôt/);
    await rosalie.clicks('Fermer le dépôt');
    await rosalie.types('Total du bordereau', '11 549,07');
    await rosalie.presses('Enter');
    await rosalie.sees(/Le dépôt est fermé : 11 549,07 \$/);
    assert.deepEqual(demo.rows('SELECT series, count(*) AS n FROM recorded_receipts GROUP BY 1 ORDER BY 1'), [
      { series: 'C', n: CHEQUES },
      { series: 'CA', n: 1 },
    ]);
  });

  test('all of it is undone, but what has money, which is named; brought in again, every balance is as before', async () => {
    const now = books();
    await rosalie.clicks('Importer', 'link');
    await rosalie.clicks('Annuler cet import : renouvellements.xlsx');
    await rosalie.sees(
      /Factures 2 ?960 38 .*Ce qui est dû change de -876 544,80 \$ .*La facture R-2027-0000 est gardée : un paiement y est inscrit/,
    );
    itHappens(demo, ['UPDATE staff_sessions SET fresh_at = 1']);
    await rosalie.clicks('Annuler cet import');
    await rosalie.sees(/Confirmez votre identité/);
    await rosalie.types('Code de votre application', codeOf(demo, 'owner'));
    await rosalie.presses('Enter');
    await rosalie.sees(/L’import est annulé.*renouvellements\.xlsx \S.* Annulé/);
    assert.equal(books().length, now.length - 2_960);
    await reads(join(folder, 'renouvellements.xlsx'));
    await rosalie.clicks('Vérifier');
    await rosalie.sees(/Nouvelles 2 ?960 /);
    await rosalie.clicks('Importer les lignes valides, sans les refusées', 'checkbox');
    await rosalie.clicks('Importer');
    await rosalie.sees(/C’est importé/);
    assert.deepEqual(books(), now);
    assert.deepEqual(rosalie.complaints, []);
  });
});
