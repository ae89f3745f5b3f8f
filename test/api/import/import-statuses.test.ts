// A status that is not known charges nobody, and a cell that is empty changes nothing.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { startTestApp, type TestApp } from '../../support/app.ts';
import { importText, listOf, row } from '../../support/invoice-list.ts';

let t: TestApp;
beforeEach(async () => {
  t = await startTestApp();
});
afterEach(() => t.close());

const bring = (text: string) => importText(t.deps, text);
const list = (...rows: string[]) => bring(listOf(...rows));
const one = async <R extends object>(sql: string) =>
  (await t.deps.db.execute<R & Record<string, string | number | null>>(sql)).rows[0];
const owed = async () =>
  (await one<{ cents: number }>('SELECT SUM(amount_cents) AS cents FROM ledger_entries'))?.cents;

describe('the status of an invoice', () => {
  test('with its usual tail, « Payée (chèque 0417) » is paid and « Annulée le… » is cancelled', async () => {
    assert.equal((await list(row({ status: 'Payée (chèque 0417)', balance: '0,00 $' }))).accepted, 1);
    assert.equal(await owed(), 0);
    assert.equal((await list(row({ status: 'Annulée le 2026-05-01' }))).accepted, 1);
    assert.equal((await one<{ status: string }>('SELECT status FROM invoices'))?.status, 'cancelled');
  });

  test('that is no known word refuses its row, and the refusal lists those that are', async () => {
    const report = await list(row({ status: 'remise à Lise' }));
    assert.equal(report.imported, false);
    assert.match(
      report.refused[0]?.reason ?? '',
      /« Statut » : « remise à Lise » .*Écrivez l’un de ceux-ci : à payer/,
    );
  });

  test('paid or in part, with no balance to say how much, charges nobody', async () => {
    const bare = (status: string) =>
      bring(
        `Prénom;Nom;# certificat;No facture;Date facture;Période;Total;Statut\nZoé;Roy;PB-000001;F1;2026-03-01;2026-04-01/2027-03-31;296,13;${status}\n`,
      );
    for (const status of ['Payée (chèque 0417)', 'partielle', 'crédit'])
      assert.match((await bare(status)).refused[0]?.reason ?? '', /le fichier ne dit pas le solde/, status);
    assert.equal(await owed(), null);
  });

  test('left empty, or without its column, leaves a cancelled invoice cancelled, and a difference is told', async () => {
    await list(row({ status: 'annulée', balance: '0,00 $' }));
    const empty = await list(row({ status: '' }));
    assert.equal(empty.unchanged, 1);
    assert.deepEqual(empty.conflicts, [
      { line: 2, invoice: 'F-1', fileBalanceCents: 10_900, ourBalanceCents: 0 },
    ]);
    const without = await bring(
      'Prénom;Nom;Courriel;# certificat;No facture;Date facture;Échéance;Période;Total\nGinette;Roy;g.roy@example.org;PB-000001;F-1;2026-03-01;2026-04-01;2026-04-01/2027-03-31;109,00\n',
    );
    assert.equal(without.unchanged, 1, JSON.stringify(without));
    assert.equal(await owed(), 0);
    assert.equal((await list(row({ status: 'à payer' }))).accepted, 1);
    assert.equal(await owed(), 10_900, 'said plainly, it is open again');
  });
});

describe('a file says only what it says', () => {
  test('an empty or absent due date keeps the one that is known', async () => {
    await list(row({ due: '2026-05-15' }));
    assert.equal((await list(row({ due: '' }))).unchanged, 1);
    assert.equal((await one<{ due_on: string }>('SELECT due_on FROM invoices'))?.due_on, '2026-05-15');
  });

  test('a holders’ file without e-mail, usual name, language or status erases none of them', async () => {
    await bring(
      'Dossier;Prénom;Nom;Nom d’usage;Courriel;Langue;Statut\nX1;Zoé;Roy;Tremblay;zoe@example.org;anglais;suspendu\n',
    );
    const before = await one('SELECT * FROM holders');
    assert.equal(before?.lang, 'en-CA');
    for (const file of [
      'Dossier;Prénom;Nom;Nom d’usage;Courriel;Langue;Statut\nX1;Zoé;Roy;;;;\n',
      'Dossier;Prénom;Nom\nX1;Zoé;Roy\n',
    ])
      assert.equal((await bring(file)).unchanged, 1, file);
    assert.deepEqual(await one('SELECT * FROM holders'), before);
  });

  test('« inactif » closes a file, whichever file says it; an unknown word is refused', async () => {
    await bring('Dossier;Prénom;Nom;Statut\nX1;Zoé;Roy;inactif\n');
    assert.equal((await one<{ status: string }>('SELECT status FROM holders'))?.status, 'fermé');
    await bring(
      'Dossier;# certificat;Période;Statut\nX1;PB-000001;2026-04-01/2027-03-31;résilié le 2026-06-01\n',
    );
    assert.equal((await one<{ status: string }>('SELECT status FROM certificates'))?.status, 'fermé');
    const kept = await bring('Dossier;# certificat;Période\nX1;PB-000001;2026-04-01/2027-03-31\n');
    assert.equal(kept.unchanged, 1);
    const report = await bring('Dossier;Prénom;Nom;Statut\nX1;Zoé;Roy;en vacances\n');
    assert.match(report.refused[0]?.reason ?? '', /n’est pas un statut connu.*actif.*fermé/);
  });

  test('a payment that is posted and then said to be refused is told: the books still have it', async () => {
    await list(row());
    const pay = (status: string, amount: string, number = 'P1') =>
      bring(
        `No paiement;No facture;Montant;Date paiement;Statut\n${number};F-1;${amount};2026-05-01;${status}\n`,
      );
    await pay('complété', '109,00');
    for (const amount of ['109,00', '0,00'])
      assert.match(
        (await pay('NSF', amount)).refused[0]?.reason ?? '',
        /« Statut » dit « NSF », mais le paiement P1 est déjà inscrit comme reçu.*montant négatif/,
        amount,
      );
    assert.equal((await pay('complété', '-109,00', 'P1-retour')).accepted, 1);
    assert.equal(await owed(), 10_900);
  });

  test('a payment whose status is not known posts nothing', async () => {
    await list(row());
    const pay = (status: string, amount = '100,00') =>
      bring(
        `No paiement;No facture;Montant;Date paiement;Statut\nP-${status};F-1;${amount};2026-05-01;${status}\n`,
      );
    assert.match((await pay('à vérifier')).refused[0]?.reason ?? '', /n’est pas un statut connu/);
    assert.match((await pay('remboursé')).refused[0]?.reason ?? '', /dit remboursé/);
    assert.equal((await pay('sans provision')).unchanged, 1);
    assert.equal(await owed(), 10_900);
    await pay('complété');
    assert.equal(await owed(), 900);
  });
});
