// What a file may have lost or muddled on its way: told with its line, never guessed, never half taken.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { ImportReport } from '../../../server/import/report.ts';
import type { ImportRequest } from '../../../server/import/run.ts';
import { startTestApp, type TestApp } from '../../support/app.ts';
import { HEADER, importText, listOf, row } from '../../support/invoice-list.ts';

const other = { invoice: 'F-2', certificate: 'PB-000002', first: 'Ana', email: 'ana@example.org' };

describe('a doubtful file', () => {
  let t: TestApp;
  const bring = (text: string | Uint8Array, more: Partial<ImportRequest> = {}) =>
    importText(t.deps, text, more);
  const refusedLines = (report: ImportReport) => report.refused.map(({ line }) => line);
  const emails = async () =>
    (await t.deps.db.execute<{ email: string }>('SELECT email FROM holders ORDER BY email')).rows.map(
      ({ email }) => email,
    );

  beforeEach(async () => {
    t = await startTestApp();
  });
  afterEach(() => t.close());

  test('a file cut off in its last amount: the row is refused, not taken as part paid', async () => {
    const whole = listOf(row(), row(other)).trimEnd();
    const cut = whole.slice(0, whole.lastIndexOf('109,00 $') + 2);
    assert.match(cut, /;10$/);
    const report = await bring(cut);
    assert.deepEqual(refusedLines(report), [3]);
    assert.match(report.refused[0]?.reason ?? '', /coupée/);
    assert.equal(report.imported, false);
  });

  test('a file cut off in an amount that ends each row is refused too; one that only lacks its last line end is fine', async () => {
    const slim = (text: string) =>
      text
        .split('\r\n')
        .map((line) => line.split(';').slice(0, 14).join(';'))
        .join('\r\n');
    const whole = slim(listOf(row(), row(other)).trimEnd());
    assert.deepEqual(refusedLines(await bring(whole.slice(0, -6))), [3]);
    assert.equal((await bring(whole)).accepted, 2);
  });

  test('a row that ends before its amounts is refused wherever it stands', async () => {
    const short = row(other).split(';').slice(0, 13).join(';');
    assert.deepEqual(refusedLines(await bring(listOf(short, row()))), [2]);
  });

  test('one invoice on two rows, one naming its regroupement and one not: both lines are told', async () => {
    const report = await bring(listOf(row(), row({ regroupement: 'petits-bouleaux', note: 'x' })));
    assert.deepEqual(refusedLines(report), [2, 3]);
  });

  test('one invoice number written three ways is one invoice', async () => {
    const three = await bring(
      listOf(
        row({ invoice: 'F 1' }),
        row({ ...other, invoice: 'F\u00a01' }),
        row({ ...other, invoice: 'f\u200b1' }),
      ),
    );
    assert.deepEqual(refusedLines(three), [2, 3, 4]);
    assert.equal((await bring(listOf(row({ invoice: 'F 1' })))).accepted, 1);
    assert.equal((await bring(listOf(row({ invoice: 'f\u00a01' })))).unchanged, 1);
  });

  test('one certificate and period on two rows, written otherwise: both lines are told', async () => {
    await bring('dossier_id;prenom;nom\nD1;Ana;Roy\nD2;Lea;Cote\n');
    const columns = await bring(
      'dossier_id;no_certificat;periode_debut;periode_fin\nD1;PB-000001;2026-04-01;2027-03-31\nD2;PB 000001;2026-04-01;2027-03-31\n',
    );
    assert.deepEqual(refusedLines(columns), [2, 3]);
    const words = await bring(
      'dossier_id;no_certificat;periode\nD1;PB-000001;2026-04-01/2027-03-31\nD2;PB-000001;du 1er avril 2026 au 31 mars 2027\n',
    );
    assert.deepEqual(refusedLines(words), [2, 3]);
    const renewal = await bring(
      'dossier_id;no_certificat;periode\nD1;PB-000001;2026-04-01/2027-03-31\nD1;PB-000001;2027-04-01/2028-03-31\n',
    );
    assert.equal(renewal.accepted, 2);
  });

  test('a corrected e-mail is brought in and told, although the invoice is as we know it', async () => {
    await bring(listOf(row()));
    const report = await bring(listOf(row({ email: 'new@example.org' })));
    assert.equal(report.accepted, 1);
    assert.match(report.changes[0]?.message ?? '', /le dossier du certificat PB-000001 change : courriel\./);
    assert.deepEqual(await emails(), ['new@example.org']);
    assert.equal((await bring(listOf(row({ email: 'new@example.org' })))).unchanged, 1);
  });

  test('two e-mails for one person in one file: neither is taken', async () => {
    const report = await bring(listOf(row(), row({ invoice: 'F-2', email: 'other@example.org' })));
    assert.deepEqual(refusedLines(report), [2, 3]);
    assert.equal(
      (await bring(listOf(row(), row({ invoice: 'F-2', email: 'G.Roy@example.org' })))).accepted,
      2,
    );
  });

  test('a row refused because its invoice is being paid changes nothing of its holder', async () => {
    await bring(listOf(row()));
    await t.deps.db.batch([
      {
        sql: `INSERT INTO accounts(id, regroupement_id, name, email, email_key, password_hash, lang, created_at, updated_at)
              SELECT 'a', id, 'A', 'a@example.org', 'a@example.org', '', 'fr-CA', 0, 0 FROM regroupements WHERE slug = 'petits-bouleaux'`,
      },
      {
        sql: `INSERT INTO payments(id, regroupement_id, account_id, number, state, amount_cents, lang, idempotency_key, request_hash,
                nonce_hash, page, paypal_version, created_at, updated_at)
              SELECT 'p', regroupement_id, 'a', 'P-1', 'capturing', 10900, 'fr-CA', 'k', '', 'n', '', 1, 0, 0 FROM accounts`,
      },
      {
        sql: "INSERT INTO invoice_holds(invoice_id, payment_id, created_at) SELECT id, 'p', 0 FROM invoices",
      },
    ]);
    const changed = row({ email: 'new@example.org', premium: '200,00', total: '209,00', balance: '209,00' });
    const report = await bring(listOf(changed, row(other)), { acceptValid: true });
    assert.deepEqual(refusedLines(report), [2]);
    assert.deepEqual(await emails(), ['ana@example.org', 'g.roy@example.org']);
  });

  test('invoice numbers that a spreadsheet turned into numbers, or robbed of their zeros, are refused', async () => {
    assert.deepEqual(refusedLines(await bring(listOf(row({ invoice: '2,02604E+11' })))), [2]);
    const zeros = listOf(row({ invoice: '000123' }), row({ ...other, invoice: '124' }));
    assert.deepEqual(refusedLines(await bring(zeros)), [3]);
  });

  test('a number that people made Excel keep as text is read as it was meant', async () => {
    assert.equal((await bring(listOf(row({ certificate: '"=""PB-000001"""' })))).accepted, 1);
    const { rows } = await t.deps.db.execute<{ number: string }>('SELECT number FROM certificates');
    assert.equal(rows[0]?.number, 'PB-000001');
  });

  test('« payée » beside an amount that is left, or none, is refused; beside 0,00 $ it is paid', async () => {
    assert.deepEqual(refusedLines(await bring(listOf(row({ status: 'Payée' })))), [2]);
    assert.deepEqual(refusedLines(await bring(listOf(row({ status: 'payée', balance: '' })))), [2]);
    const paid = await bring(listOf(row({ status: 'payée', balance: '- $' })));
    assert.equal(paid.accepted, 1);
    assert.equal(paid.balanceCents, 0);
  });

  test('what stands at the foot of a printed list is no row; a row without its numbers still is', async () => {
    const report = await bring(
      listOf(
        row(),
        'Grand total:;;;;;;;;;100;9;0;109;109;;',
        'Nombre de factures : 1;;;;;;;;;;;;;;;',
        'Page 1;de 2;;;;;;;;;;;;;;',
        'SOUS-TOTAL (1);;;;;;;;;;;;109,00;;;',
        'Total factures : 1;;;;;;;;;;;;109,00;;;',
        'Total:;;;;;1 facture;;;;;;;109,00;;;',
      ),
    );
    assert.equal(report.rows, 1);
    assert.deepEqual(report.refused, []);
    assert.deepEqual(refusedLines(await bring(listOf(row(), row({ invoice: '', certificate: '' })))), [3]);
  });

  for (const [name, bytes] of [
    ['DOS (code page 850)', { é: 0x82, è: 0x8a, à: 0x85, É: 0x90 }],
    ['Macintosh (Mac Roman)', { é: 0x8e, è: 0x8f, à: 0x88, É: 0x83 }],
  ] as const) {
    test(`a ${name} file is told for what it is, whichever of its letters has an accent`, async () => {
      const map: Readonly<Record<string, number>> = bytes;
      const header = HEADER.replaceAll(/[éÉ]/g, 'e');
      for (const first of ['Geneviève', 'Thérèse', 'Érica']) {
        const text = `${header}\n${row({ first, status: 'ouverte' })}\n`;
        const encoded = Uint8Array.from(text, (letter) => map[letter] ?? letter.charCodeAt(0));
        const report = await bring(encoded);
        const [origin = ''] = name.split(' ');
        assert.match(report.refused[0]?.reason ?? '', new RegExp(`^Accents abîmés .*${origin}`), first);
        assert.equal(report.refused.length, 1);
      }
    });
  }
  test('one row that is in another encoding than the rest is the one that is told', async () => {
    const sound = row({ first: 'Zoé', last: 'Gagné', status: 'à payer' });
    const [before = '', after = ''] = listOf(sound, row({ ...other, first: 'Ren#e' })).split('#e;');
    const bytes = Buffer.concat([Buffer.from(`${before}`), Buffer.from([0xe9]), Buffer.from(`e;${after}`)]);
    const report = await bring(new Uint8Array(bytes));
    assert.deepEqual([report.encoding, refusedLines(report)], ['utf-8', [3]]);
    assert.match(report.refused[0]?.reason ?? '', /caractères perdus .* sous « Prénom »/);
  });
  test('Windows text with the letters that resemble them is fine', async () => {
    const text = `${HEADER}\n${row({ first: 'Andr\xe9', last: '\x8ekoda \x97 L\x92\xc9cuyer', status: '\xe0 payer' })}\n`;
    const bytes = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
    assert.equal((await bring(bytes)).accepted, 1);
  });
});
