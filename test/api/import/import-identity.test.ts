// A number that is known stays with its person, certificate and period; what changes is told from what to what.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { ImportRequest } from '../../../server/import/run.ts';
import { startTestApp, type TestApp } from '../../support/app.ts';
import { importText, listOf, row } from '../../support/invoice-list.ts';

let t: TestApp;
beforeEach(async () => {
  t = await startTestApp();
});
afterEach(() => t.close());

const bring = (text: string, more: Partial<ImportRequest> = {}) => importText(t.deps, text, more);
const list = (...rows: string[]) => bring(listOf(...rows));
const reasonOf = async (report: ReturnType<typeof bring>) => (await report).refused[0]?.reason ?? '';
const owed = async () => {
  const { rows } = await t.deps.db.execute<{ number: string; cents: number }>(
    'SELECT i.number, SUM(e.amount_cents) AS cents FROM invoices i JOIN ledger_entries e ON e.invoice_id = i.id GROUP BY i.id ORDER BY 1',
  );
  return Object.fromEntries(rows.map(({ number, cents }) => [number, cents]));
};
const ana = { first: 'Ana', last: 'Haddad', email: 'ana@example.org', certificate: 'PB-000077' };
const nextYear = { issued: '2027-03-01', due: '2027-04-01', period: '2027-04-01/2028-03-31' };

describe('an invoice number that is used again', () => {
  test('for another person, certificate or period is refused, also when it is paid and the amount is the same', async () => {
    await list(row({ balance: '0,00 $', status: 'payée' }));
    for (const other of [ana, { certificate: 'PB-000002' }, nextYear])
      assert.match(
        await reasonOf(list(row(other))),
        /F-1 est déjà celle de Ginette Roy \(certificat PB-000001, période 2026-04-01\/2027-03-31\)/,
      );
    assert.deepEqual(await owed(), { 'F-1': 0 });
  });

  test('gets its year before it where that is set; what came before stays what it is, and nothing comes twice', async () => {
    await list(row());
    await t.deps.db.execute(
      "UPDATE regroupements SET invoice_prefix = '{année}-' WHERE slug = 'petits-bouleaux'",
    );
    assert.equal((await list(row())).unchanged, 1);
    assert.equal((await list(row({ ...ana, ...nextYear }))).accepted, 1);
    assert.deepEqual(await owed(), { '2027-F-1': 10_900, 'F-1': 10_900 });
    assert.equal((await list(row(), row({ ...ana, ...nextYear, invoice: '2027-F-1' }))).unchanged, 2);
    assert.equal((await list(row({ ...ana, ...nextYear }))).unchanged, 1);
    const pay = (invoice: string) =>
      bring(`No paiement;No facture;Montant;Date paiement\nP1;${invoice};109,00;2027-05-01\n`);
    assert.match(await reasonOf(pay('F-1')), /celui de plusieurs années/);
    await pay('2027-F-1');
    assert.deepEqual(await owed(), { '2027-F-1': 0, 'F-1': 10_900 });
  });

  test('in another writing is the same invoice: dashes of any drawing, digits of full width', async () => {
    await list(row());
    for (const invoice of ['F–1', 'F\u20111', 'F−1', 'Ｆ-１'])
      assert.equal((await list(row({ invoice }))).unchanged, 1, invoice);
    assert.deepEqual(await owed(), { 'F-1': 10_900 });
  });

  test('with zeros that ours has not is refused, as one that lost them', async () => {
    await list(row({ invoice: '12' }));
    assert.match(
      await reasonOf(list(row({ invoice: '0012' }))),
      /« No facture » : « 0012 » est déjà connu sans ses zéros du début \(« 12 »\)/,
    );
    assert.deepEqual(await owed(), { '12': 10_900 });
  });

  test('that lost or gained zeros behind the year that is set before it is refused too', async () => {
    await t.deps.db.execute(
      "UPDATE regroupements SET invoice_prefix = '{année}-' WHERE slug = 'petits-bouleaux'",
    );
    await list(row({ invoice: '0012' }));
    await list(row({ ...ana, invoice: '34' }));
    assert.match(await reasonOf(list(row({ invoice: '12' }))), /« 12 » semble avoir perdu ses zéros/);
    assert.match(
      await reasonOf(list(row({ ...ana, invoice: '0034' }))),
      /« 0034 » est déjà connu sans ses zéros du début \(« 34 »\)/,
    );
    assert.equal((await list(row({ ...nextYear, invoice: '12' }))).accepted, 1, 'another year’s');
    assert.deepEqual(await owed(), { '2026-0012': 10_900, '2026-34': 10_900, '2027-12': 10_900 });
  });

  test('that ends with a bar is told twice like any other', async () => {
    const twice = await list(row({ invoice: 'F1|' }), row({ ...ana, invoice: 'F1|' }));
    assert.deepEqual(
      twice.refused.map(({ line }) => line),
      [2, 3],
    );
  });

  test('a payment number that lost or gained zeros is not posted a second time', async () => {
    await list(row());
    const pay = (number: string) =>
      bring(`No paiement;No facture;Montant;Date paiement\n${number};F-1;50,00;2026-05-01\n`);
    await pay('0001');
    assert.match(await reasonOf(pay('1')), /« No paiement » : « 1 » semble avoir perdu ses zéros/);
    await pay('22');
    assert.match(await reasonOf(pay('0022')), /« 0022 » est déjà connu sans ses zéros du début/);
    assert.deepEqual(await owed(), { 'F-1': 900 });
  });

  test('a payment number in other letters or spaces is the same payment, ours by its capture too', async () => {
    await list(row(), row({ ...ana, invoice: 'F-2' }));
    const pay = (number: string, invoice = 'F-1', amount = '50,00', reference = '') =>
      bring(
        `No paiement;No facture;Montant;Date paiement;Référence\n${number};${invoice};${amount};2026-05-01;${reference}\n`,
      );
    await pay('Pay-a1');
    for (const number of ['PAY-A1', 'pay-a1', 'Pay -A1'])
      assert.equal((await pay(number)).unchanged, 1, number);
    assert.match(await reasonOf(pay('PAY-A1', 'F-2')), /Pay-a1 est déjà inscrit sur la facture F-1/);
    assert.match(await reasonOf(pay('PAY-A1', 'F-1', '20,00')), /Pay-a1 est déjà inscrit, avec un montant/);
    await t.deps.db.execute(
      `INSERT INTO accounts(id, regroupement_id, name, email, email_key, password_hash, lang, created_at, updated_at)
       SELECT 'a', id, 'A', 'a@example.org', 'a@example.org', '', 'fr-CA', 0, 0 FROM regroupements WHERE slug = 'petits-bouleaux'`,
    );
    await t.deps.db.execute(
      `INSERT INTO payments(id, regroupement_id, account_id, number, state, amount_cents, lang, idempotency_key, request_hash,
         nonce_hash, page, paypal_version, capture_id, created_at, updated_at, completed_at)
       SELECT 'p', regroupement_id, 'a', 'P-1', 'completed', 10900, 'fr-CA', 'k', '', 'n', '', 1, '8AB12345CD678901E', 0, 0, 1 FROM accounts`,
    );
    assert.equal((await pay('77', 'F-2', '109,00', '8ab12345cd678901e')).unchanged, 1);
    assert.deepEqual(await owed(), { 'F-1': 5_900, 'F-2': 10_900 });
  });

  test('a payment number used again for another invoice is no repeat of the first', async () => {
    await list(row(), row({ ...ana, invoice: 'F-2' }));
    const pay = (invoice: string) =>
      bring(`No paiement;No facture;Montant;Date paiement\n1;${invoice};50,00;2026-05-01\n`);
    await pay('F-1');
    assert.match(await reasonOf(pay('F-2')), /déjà inscrit sur la facture F-1/);
    assert.equal((await pay('F-1')).unchanged, 1);
  });
});

describe('a dossier, a certificate, an endorsement', () => {
  beforeEach(async () => {
    await bring('Dossier;Prénom;Nom;Courriel\nX1;Zoé;Roy;zoe@example.org\nX2;Line;Gagné;\n');
    await bring(
      'Dossier;# certificat;Période\nX1;PB-000001;2026-04-01/2027-03-31\nX2;PB-000002;2026-04-01/2027-03-31\n',
    );
  });

  test('known under its number never becomes another person’s', async () => {
    assert.match(
      await reasonOf(bring('Dossier;Prénom;Nom\nX1;Nadia;Haddad\n')),
      /dossier X1 est déjà au nom de Zoé Roy/,
    );
    for (const period of ['2026-04-01/2027-03-31', '2026-09-01/2027-08-31'])
      assert.match(
        await reasonOf(bring(`Dossier;# certificat;Période\nX2;PB-000001;${period}\n`)),
        /est du dossier X1 \(Zoé Roy/,
      );
    assert.match(
      await reasonOf(list(row({ ...ana, certificate: 'PB-000001', period: '2026-09-01/2027-08-31' }))),
      /PB-000001 est déjà au nom de Zoé Roy/,
    );
    const file = (certificate: string) =>
      bring(`Avenant;# certificat;Date d’effet;Montant\nAV-1;${certificate};2026-05-01;10,00\n`);
    await file('PB-000001');
    assert.match(
      await reasonOf(file('PB-000002')),
      /AV-1 est déjà celui d’un autre certificat \(PB-000001\)/,
    );
  });

  test('under its number in other letters is the same one', async () => {
    assert.equal((await bring('Dossier;Prénom;Nom;Courriel\nx1;Zoé;Roy;zoe@example.org\n')).unchanged, 1);
    assert.match(
      await reasonOf(bring('Dossier;Prénom;Nom\nx 1;Nadia;Haddad\n')),
      /dossier X1 est déjà au nom de Zoé Roy/,
    );
    const certificate = await bring('Dossier;# certificat;Période\nx1;PB-000001;2026-04-01/2027-03-31\n');
    assert.equal(certificate.unchanged, 1);
    const file = (number: string, of: string) =>
      bring(`Avenant;# certificat;Date d’effet;Montant\n${number};${of};2026-05-01;10,00\n`);
    await file('Av-1', 'PB-000001');
    assert.equal((await file('AV-1', 'PB-000001')).unchanged, 1);
    assert.match(await reasonOf(file('av-1', 'PB-000002')), /Av-1 est déjà celui d’un autre certificat/);
  });

  test('an endorsement said to be invoiced by a manual amount, and without an invoice, is refused, or told where it was so before', async () => {
    const file = (manual: string, invoice = '') =>
      bring(
        `Avenant;# certificat;Date d’effet;Montant;Montant manuel;Facture\nA1;PB-000001;2026-05-01;10,00;${manual};${invoice}\n`,
      );
    assert.match(
      await reasonOf(file('oui')),
      /^« Montant manuel » : l’avenant A1 est dit facturé \(oui\), mais aucune facture n’est nommée. .*« non ».* « Montant manuel »/,
    );
    await file('non');
    assert.match(await reasonOf(file('oui')), /aucune facture n’est nommée/);
    // As earlier versions brought it in.
    await t.deps.db.execute('UPDATE endorsements SET manual_amount = 1');
    const again = await file('oui');
    assert.deepEqual([again.unchanged, again.refused], [1, []]);
    assert.match(again.warnings[0]?.message ?? '', /aucune facture n’est nommée/);
    await bring(
      'No facture;# certificat;Date facture;Échéance;Période;Total\nF1;PB-000001;2026-05-01;2026-06-01;2026-04-01/2027-03-31;10,00\n',
    );
    assert.equal((await file('oui', 'F1')).accepted, 1);
    assert.deepEqual((await file('oui')).warnings, []);
  });

  test('an endorsement goes to no invoice of another certificate, and outside every period to nobody', async () => {
    await bring(
      'No facture;# certificat;Date facture;Échéance;Période;Total\nF2;PB-000002;2026-03-01;2026-04-01;2026-04-01/2027-03-31;100,00\n',
    );
    assert.match(
      await reasonOf(
        bring('Avenant;# certificat;Date d’effet;Facture;Montant\nA1;PB-000001;2026-05-01;F2;10,00\n'),
      ),
      /la facture F2 est celle du certificat PB-000002, et non PB-000001/,
    );
    await bring('Dossier;# certificat;Période\nX2;PB-000001;2027-04-01/2028-03-31\n');
    assert.match(
      await reasonOf(bring('Avenant;# certificat;Date d’effet;Montant\nA1;PB-000001;2029-05-01;10,00\n')),
      /le certificat PB-000001 est de plusieurs personnes, et de personne le 2029-05-01/,
    );
  });

  test('an endorsement that changes is told from what to what', async () => {
    const file = (amount: string) =>
      bring(`Avenant;# certificat;Date d’effet;Montant\nA1;PB-000001;2026-05-01;${amount}\n`);
    await file('10,00');
    assert.deepEqual(
      (await file('20,00')).changes.map(({ message }) => message.replaceAll('\u00a0', ' ')),
      ['l’avenant A1 change : montant 10,00 $ → 20,00 $.'],
    );
  });

  test('a row that names another certificate, person or dossier than the invoice has is refused', async () => {
    await bring(
      'No facture;# certificat;Date facture;Échéance;Période;Total\nF1;PB-000001;2026-03-01;2026-04-01;2026-04-01/2027-03-31;100,00\n',
    );
    const pay = (title: string, cell: string) =>
      bring(`No paiement;No facture;${title};Montant;Date paiement\nP1;F1;${cell};100,00;2026-05-01\n`);
    assert.match(
      await reasonOf(pay('# certificat', 'PB-000777')),
      /« # certificat » : la facture F1 est celle du certificat PB-000001, et non PB-000777/,
    );
    assert.match(
      await reasonOf(pay('Prénom;Nom', 'Ana;Haddad')),
      /« Nom » : la facture F1 est au nom de Zoé Roy, et non de Ana Haddad/,
    );
    for (const [title, cell] of [
      ['Nom', 'Haddad'],
      ['Prénom', 'Ana'],
      ['Nom complet', 'Ana Roy'],
    ] as const)
      assert.match(
        await reasonOf(pay(title, cell)),
        /la facture F1 est au nom de Zoé Roy, et non de /,
        `${title} alone`,
      );
    assert.match(
      await reasonOf(bring('No facture;# certificat;Ligne;Code;Montant\nF1;PB-000777;1;PRIME;100,00\n')),
      /la facture F1 est celle du certificat PB-000001/,
    );
    assert.match(
      await reasonOf(
        bring('Dossier;Prénom;Nom;# certificat;Période\nX1;Ana;Haddad;PB-000003;2026-04-01/2027-03-31\n'),
      ),
      /^« Nom » : le dossier X1 est déjà au nom de Zoé Roy/,
    );
    assert.match(
      await reasonOf(
        bring(
          'No facture;# certificat;Dossier;Date facture;Période;Total\nF9;PB-000001;X2;2026-03-01;2026-04-01/2027-03-31;100,00\n',
        ),
      ),
      /« Dossier » : le certificat PB-000001 est du dossier X1/,
    );
    for (const [title, cell] of [
      ['Nom', 'Roy'],
      ['Prénom', 'Zoé'],
      ['Nom complet', 'Roy, Zoé'],
      ['Nom complet', 'Zoé Roy'],
    ] as const)
      assert.equal(await reasonOf(pay(title, `"${cell}"`)), '', `${cell} alone`);
    assert.equal((await pay('# certificat;Prénom;Nom', 'pb 000001;ZOE;Roy')).unchanged, 1);
  });

  test('a list that names another dossier is refused; it gives nobody a dossier, and says that it did not', async () => {
    const file = (dossier: string, certificate: string, invoice: string) =>
      bring(
        `Dossier;Prénom;Nom;# certificat;No facture;Date facture;Période;Total\n${dossier};Zoé;Roy;${certificate};${invoice};2026-03-01;2026-04-01/2027-03-31;100,00\n`,
      );
    assert.match(
      await reasonOf(file('X2', 'PB-000001', 'F1')),
      /« Dossier » : le certificat PB-000001 est du dossier X1, et non X2/,
    );
    assert.deepEqual((await file('X9', 'PB-000009', 'F9')).unread, ['Dossier']);
  });

  test('a poorer writing of her name, or both names in one cell, changes nothing', async () => {
    const holders = (first: string, last: string) => bring(`Dossier;Prénom;Nom\nX1;${first};${last}\n`);
    for (const [first, last] of [
      ['ZOÉ', 'ROY'],
      ['Zoe', 'Roy'],
      ['', 'Zoé Roy'],
      ['', 'Roy, Zoé'],
    ] as const)
      assert.equal((await holders(first, last)).unchanged, 1, `${first}/${last}`);
    await holders('ZOE', 'Roy');
    assert.equal((await holders('Zoé', 'Roy')).unchanged, 1);
  });

  test('first and last names the wrong way round rename nobody, unless that is let through', async () => {
    const swapped = 'Dossier;Prénom;Nom\nX1;Roy;Zoé\n';
    assert.match(
      await reasonOf(bring(swapped)),
      /^« Prénom » et « Nom » sont peut-être inversés : au dossier, « Zoé » est le prénom et « Roy » le nom\./,
    );
    const told = await bring(swapped, { evenSo: ['name'] });
    assert.deepEqual([told.accepted, told.evenSo], [1, { name: 1 }]);
  });

  test('her certificate of the year after, with a new last name and a new address, is asked about', async () => {
    const renewed = row({
      ...{ first: 'Zoé', last: 'Tremblay', email: 'zt@example.org', invoice: 'F-2' },
      ...{ issued: '2027-03-01', due: '2027-04-01', period: '2027-04-01/2028-03-31' },
    });
    assert.match(
      await reasonOf(list(renewed)),
      /^« Nom » : le certificat PB-000001 est déjà au nom de Zoé Roy\. .*« Nom d’usage »/,
    );
  });

  test('her usual name in the place of her last name does not erase it', async () => {
    await bring('Dossier;Prénom;Nom;Nom d’usage\nX1;Zoé;Roy;Tremblay\n');
    assert.equal((await bring('Dossier;Prénom;Nom\nX1;Zoé;Tremblay\n')).unchanged, 1);
    await list(row({ first: 'Zoé', last: 'Tremblay', email: 'zoe@example.org' }));
    const { rows } = await t.deps.db.execute<{ name: string }>(
      "SELECT last_name || '/' || usual_name AS name FROM holders WHERE external_id = 'X1'",
    );
    assert.equal(rows[0]?.name, 'Roy/Tremblay');
    assert.equal((await bring('Dossier;Prénom;Nom\nX1;Zoé;Roy\n')).unchanged, 1);
  });

  test('what changes is told, without her data', async () => {
    const report = await bring('Dossier;Prénom;Nom;Courriel;Statut\nX1;Zoé;Roy;z.roy@example.org;suspendu\n');
    assert.deepEqual(
      report.changes.map(({ message }) => message),
      ['le dossier X1 change : courriel, statut.'],
    );
    const certificate = await bring(
      'Dossier;# certificat;Période;Statut\nX1;PB-000001;2026-04-01/2027-01-31;échu\n',
    );
    assert.match(
      certificate.changes[0]?.message ?? '',
      /fin « 2027-03-31 » → « 2027-01-31 », statut « – » → « échu »/,
    );
  });
});

test('a changed invoice is told from what to what', async () => {
  await list(row());
  const report = await list(row({ due: '2026-05-15', status: 'annulée' }));
  assert.match(
    report.changes[0]?.message ?? '',
    /F-1 change : montant 109,00\s\$ → 0,00\s\$, statut ouverte → annulée, échéance 2026-04-01 → 2026-05-15/,
  );
});

test('open invoices that the file does not have any more are told', async () => {
  await list(row(), row({ ...ana, invoice: 'F-2' }), row({ invoice: 'F-3', balance: '0,00 $' }));
  const report = await list(row());
  assert.deepEqual(
    report.warnings.map(({ message }) => message),
    ['1 facture ouverte de petits-bouleaux n’est pas dans ce fichier : F-2. Elle reste due.'],
  );
});
