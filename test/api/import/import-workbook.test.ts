// What offices have: Excel workbooks. Cells are read by their type and format, as people see them.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { strToU8, unzipSync, zipSync } from 'fflate';
import writeWorkbook from 'write-excel-file/node';
import { importFile } from '../../../server/import/import-file.ts';
import { startTestApp, type TestApp } from '../../support/app.ts';
import { staffWith } from '../../support/staff.ts';

type Cell = string | number | boolean | Date | { number: number; format: string } | null;

const TITLES = [
  'Prénom',
  'Nom',
  'Courriel',
  '# certificat',
  'No facture',
  'Date facture',
  'Échéance',
  'Période',
  'Total',
  'Solde',
];
const day = (text: string) => new Date(`${text}T00:00:00Z`);
const ROW: Cell[] = [
  'Ginette',
  'Roy',
  'ginette@example.org',
  'PB-004512',
  'F-1',
  day('2026-03-01'),
  day('2026-04-02'),
  '2026-04-01/2027-03-31',
  296.13,
  296.13,
];
const without = (title: string, value: Cell) => ROW.map((cell, i) => (TITLES[i] === title ? value : cell));

async function workbook(sheets: Record<string, Cell[][]>): Promise<Uint8Array> {
  const cellOf = (cell: Cell) => {
    if (cell === null) return null;
    if (cell instanceof Date) return { value: cell, type: Date, format: 'dd/mm/yyyy' } as const;
    if (typeof cell === 'object') return { value: cell.number, type: Number, format: cell.format } as const;
    if (typeof cell === 'number') return { value: cell, type: Number } as const;
    if (typeof cell === 'boolean') return { value: cell, type: Boolean } as const;
    return { value: cell, type: String } as const;
  };
  const written = writeWorkbook(
    Object.entries(sheets).map(([sheet, rows]) => ({ sheet, data: rows.map((row) => row.map(cellOf)) })),
  );
  return new Uint8Array(await written.toBuffer());
}

/** The workbook with one of its files changed. */
function changed(bytes: Uint8Array, name: string, change: (xml: string) => string): Uint8Array {
  const files = unzipSync(bytes);
  const before = files[name];
  assert.ok(before !== undefined, name);
  return zipSync({ ...files, [name]: strToU8(change(new TextDecoder().decode(before))) });
}

/** The archive, as if each of its files had this many bytes once it is unpacked. */
function withSizes(bytes: Uint8Array, size: number): Uint8Array {
  const patched = Buffer.from(bytes);
  const entry = Buffer.from('PK\u0001\u0002');
  for (let at = patched.indexOf(entry); at >= 0; at = patched.indexOf(entry, at + 1))
    patched.writeUInt32LE(size, at + 24);
  return new Uint8Array(patched);
}

describe('a workbook', () => {
  let t: TestApp;
  beforeEach(async () => {
    t = await startTestApp();
  });
  afterEach(() => t.close());

  const bring = (bytes: Uint8Array, more = {}) =>
    importFile(t.deps, {
      by: 'cli:test',
      regroupement: 'petits-bouleaux',
      name: 'liste.xlsx',
      bytes,
      ...more,
    });
  const reasons = async (bytes: Uint8Array, more = {}) =>
    (await bring(bytes, more)).refused.map(({ reason }) => reason).join('\n');
  const invoices = async () =>
    (
      await t.deps.db.execute(
        `SELECT i.number, i.issued_on, i.due_on, c.number AS certificate, SUM(e.amount_cents) AS cents
         FROM invoices i JOIN certificates c ON c.id = i.certificate_id JOIN ledger_entries e ON e.invoice_id = i.id
         GROUP BY i.id ORDER BY i.number`,
      )
    ).rows.map((row) => ({ ...row }));

  test('gives the invoices that its one sheet shows: days by their type, whatever order they are shown in', async () => {
    const report = await bring(await workbook({ Factures: [TITLES, ROW], Légende: [['Couleurs']] }));
    assert.deepEqual(report.refused, []);
    assert.equal(report.encoding, 'xlsx');
    assert.deepEqual(await invoices(), [
      {
        number: 'F-1',
        issued_on: '2026-03-01',
        due_on: '2026-04-02',
        certificate: 'PB-004512',
        cents: 29_613,
      },
    ]);
    const again = await bring(await workbook({ Factures: [TITLES, ROW] }));
    assert.deepEqual([again.accepted, again.unchanged], [0, 1]);
  });

  test('an amount that adding up has left with a tail is the amount that it shows', async () => {
    await bring(await workbook({ A: [TITLES, without('Total', 296.13000000000005)] }));
    assert.equal((await invoices())[0]?.cents, 29_613);
  });

  test('zeros and words that a format puts before a number are not lost', async () => {
    const shown = [
      [{ number: 4512, format: '000000' }, '004512'],
      [{ number: 4512, format: '"PB-"000000' }, 'PB-004512'],
      [{ number: 4512, format: '00-0000' }, '00-4512'],
    ] as const;
    for (const [cell, certificate] of shown) {
      const report = await bring(await workbook({ A: [TITLES, without('# certificat', cell)] }), {
        dryRun: false,
      });
      assert.deepEqual(report.refused, [], certificate);
      assert.equal((await invoices())[0]?.certificate, certificate);
      await t.close();
      t = await startTestApp();
    }
  });

  test('an error of the spreadsheet is one here too, whatever the column', async () => {
    const sheet = await workbook({ A: [TITLES, without('Solde', 1)] });
    const broken = changed(sheet, 'xl/worksheets/sheet1.xml', (xml) =>
      xml.replace(/<c r="J2"([^>]*)><v>1<\/v>/, '<c r="J2"$1 t="e"><f>A1/0</f><v>#DIV/0!</v>'),
    );
    assert.match(await reasons(broken), /#DIV\/0!.*erreur du tableur/);
  });

  test('a day that was left as a number is read as in a text file: where one reading is left', async () => {
    const days = { 'Date facture': 44_621, Échéance: 44_651, Période: '44651 au 45015' };
    const old = ROW.map((cell, i) => days[TITLES[i] as keyof typeof days] ?? cell);
    assert.match(
      await reasons(await workbook({ A: [TITLES, old] })),
      /date sous forme de nombre, qui peut être le 2022-03-31 ou le 2026-04-01/,
    );
    await bring(await workbook({ A: [TITLES, without('Date facture', 46_082)] }));
    assert.equal((await invoices())[0]?.issued_on, '2026-03-01');
  });

  test('asks which sheet where several have rows, and takes it by name or number', async () => {
    const both = await workbook({ Mars: [TITLES, ROW], Avril: [TITLES, without('No facture', 'F-2')] });
    assert.match(await reasons(both), /Plusieurs feuilles.*« Mars », « Avril ».*--sheet "Mars"/);
    assert.match(await reasons(both, { sheet: 'Mai' }), /Aucune feuille.*« Mai ».*« Mars », « Avril »/);
    assert.equal((await bring(both, { sheet: 'avril' })).accepted, 1);
    assert.equal((await invoices())[0]?.number, 'F-2');
    assert.equal((await bring(both, { sheet: '1' })).accepted, 1);
  });

  test('names the row of the sheet, whatever stands above it or inside its cells', async () => {
    const report = await bring(
      await workbook({
        A: [['Liste\nde mars'], [], TITLES, without('Prénom', 'Gi\nnette'), ROW.with(4, 'F-2').with(8, 'x')],
      }),
    );
    assert.deepEqual(
      report.refused.map(({ line }) => line),
      [5],
    );
  });

  test('an old workbook, another program’s, an archive and a damaged one each say what to do', async () => {
    const zip = (files: Record<string, string>) =>
      zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, strToU8(text)])));
    assert.match(
      await reasons(new Uint8Array([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1])),
      /ancien classeur Excel \(\.xls.*Classeur Excel \(\.xlsx\)/,
    );
    assert.match(await reasons(zip({ mimetype: 'x', 'content.xml': '<a/>' })), /\.ods.*\.xlsx/);
    assert.match(await reasons(zip({ 'liste.csv': 'a;b' })), /archive/);
    const whole = await workbook({ A: [TITLES, ROW] });
    assert.match(await reasons(whole.slice(0, whole.length - 200)), /abîmé/);
    assert.match(
      await reasons(changed(whole, 'xl/worksheets/sheet1.xml', (xml) => xml.slice(0, 900))),
      /abîmé/,
    );
  });

  test('one that would fill the memory is refused before it is unpacked', async () => {
    const whole = await workbook({ A: [TITLES, ROW] });
    assert.match(await reasons(withSizes(whole, 300_000_000)), /trop gros/);
    // One that says less than it holds is cut where it said.
    assert.match(await reasons(withSizes(whole, 40)), /abîmé/);
  });

  test('by a program too, with the sheet in the query; one of LibreOffice is told how to save', async () => {
    const both = await workbook({ Mars: [TITLES, ROW], Avril: [TITLES, ROW] });
    const type = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
    const call = await staffWith(t, ['import'], 'petits-bouleaux', type);
    const asked = await call('POST', '/imports', both);
    assert.equal(asked.status, 422);
    assert.match(JSON.stringify(await asked.json()), /Plusieurs feuilles/);
    const taken = await call('POST', '/imports?sheet=Avril', both);
    assert.equal(taken.status, 200);
    assert.equal((await invoices()).length, 1);
  });
});
