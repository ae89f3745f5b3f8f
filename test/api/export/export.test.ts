// The books on their way out: to Excel, to Sage, to programs, and back in again unchanged.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse/sync';
import { unzipSync } from 'fflate';
import readWorkbook from 'read-excel-file/universal';
import { REGROUPEMENTS } from '../../../demo/data/regroupements.ts';
import { type ExportRequest, exported } from '../../../server/export/export.ts';
import { SHEETS } from '../../../server/export/sheets.ts';
import { importFile } from '../../../server/import/import-file.ts';
import { recordPayment } from '../../../server/offline-payments/record.ts';
import { regroupementBySlug } from '../../../server/regroupements/regroupements.ts';
import { createKey, type Scope } from '../../../server/staff/api-keys.ts';
import { addInvoice, addRegroupement, PUBLIC_URL, startTestApp, type TestApp } from '../../support/app.ts';
import { regroupementId } from '../../support/books.ts';
import { startCheckout, TOTAL } from '../../support/checkout.ts';

const FILES = new URL('../../support/files/', import.meta.url);
const DEMO = new URL('../../../demo/data/', import.meta.url);

async function text(t: TestApp, request: Partial<ExportRequest> = {}, slug = 'petits-bouleaux') {
  const regroupement = await regroupementBySlug(t.deps, slug);
  let all = '';
  for await (const part of exported(t.deps, regroupement, {
    sheet: 'invoices',
    format: 'csv',
    lang: 'fr',
    range: {},
    ...request,
  }))
    all += part;
  return all;
}

async function json(t: TestApp, sheet: ExportRequest['sheet'], more: Partial<ExportRequest> = {}) {
  return JSON.parse(await text(t, { sheet, format: 'json', ...more })) as Record<string, string | number>[];
}

describe('export', () => {
  let t: TestApp;
  beforeEach(async () => {
    t = await startTestApp();
    for (const r of REGROUPEMENTS) {
      if (r.slug === 'outaouais-gatineau') await addRegroupement(t.deps, r.slug, {});
      await t.deps.db.execute(
        'UPDATE regroupements SET name = ?, aliases = ?, certificate_pattern = ? WHERE slug = ?',
        [r.name, JSON.stringify(r.aliases), r.certificatePattern, r.slug],
      );
    }
  });
  afterEach(() => t.close());

  const bring = (bytes: Uint8Array, more: object = {}) =>
    importFile(t.deps, {
      by: 'cli:test',
      regroupement: 'petits-bouleaux',
      name: 'liste.csv',
      bytes,
      ...more,
    });

  async function comesBackUnchanged(invoices: number): Promise<void> {
    let seen = 0;
    for (const { slug } of REGROUPEMENTS)
      for (const lang of ['fr', 'en'] as const) {
        const file = new TextEncoder().encode(await text(t, { lang }, slug));
        const report = await bring(file, { regroupement: slug, dryRun: true, only: true });
        assert.deepEqual(
          {
            refused: report.refused,
            accepted: report.accepted,
            repeated: report.repeated,
            conflicts: report.conflicts,
          },
          { refused: [], accepted: 0, repeated: 0, conflicts: [] },
          `${slug} ${lang}`,
        );
        if (lang === 'fr') seen += report.unchanged;
      }
    assert.equal(seen, invoices);
  }

  for (const name of [
    '01_excel_frCA_cp1252_pointvirgule.csv',
    '02_utf8bom_virgule_decimale_guillemets.csv',
    '05_titres_lignes_vides_doublons_total.csv',
    '10_ligne_sep_et_delimiteurs_en_trop.csv',
  ])
    test(`${name}: in, out, and in again: nothing changes`, async () => {
      const report = await bring(new Uint8Array(readFileSync(new URL(name, FILES))));
      assert.deepEqual(report.refused, []);
      await comesBackUnchanged(report.rows);
    });

  test('the demo’s separate files: in, out as one list, and in again: nothing changes', async () => {
    for (const name of ['dossiers', 'certificats', 'factures', 'avenants', 'paiements', 'factures_lignes']) {
      const report = await bring(new Uint8Array(readFileSync(new URL(`${name}.csv`, DEMO))), {
        acceptValid: true,
      });
      assert.ok(report.accepted > 0, name);
    }
    const { rows } = await t.deps.db.execute<{ n: number }>('SELECT COUNT(*) AS n FROM invoices');
    await comesBackUnchanged(rows[0]?.n ?? 0);
  });

  test('what a spreadsheet would run is text to it, and comes back as it was', async () => {
    const evil = [
      '=HYPERLINK("http://evil.test")',
      '+1',
      '-2',
      '@SUM(A1)',
      '＝1+1',
      '＋1',
      '－2',
      '＠SUM(A1)',
      '﹦1',
      "'=1",
      "''＝1",
      '="00123"',
    ];
    for (const [i, lastName] of evil.entries())
      await addInvoice(t.deps, 'petits-bouleaux', {
        firstName: 'A;"b"',
        lastName,
        certificate: `PB-${100_000 + i}`,
        invoice: `F-${100 + i}`,
        totalCents: -1_050,
      });
    const csv = await text(t);
    const rows = parse(csv, { bom: true, delimiter: ';', columns: true }) as Record<string, string>[];
    assert.deepEqual(
      rows.map((row) => row.Nom),
      evil.map((name) => `'${name}`),
    );
    assert.equal(rows[0]?.Prénom, 'A;"b"');
    assert.equal(rows[0]?.Total, '-10,50', 'an amount is a number, not a formula');
    assert.doesNotMatch(csv, /(^|;)"?[=+@\t\r＝＋－＠]/m);
    assert.deepEqual(
      (await json(t, 'invoices')).map((row) => row.lastName),
      evil,
      'a program gets what it is',
    );
    const report = await bring(new TextEncoder().encode(csv), { dryRun: true });
    assert.deepEqual([report.refused, report.accepted, report.unchanged], [[], 0, evil.length]);
  });

  test('a workbook has the same rows: numbers of things as text, amounts as numbers, no formula; and comes back', async () => {
    for (const [i, lastName] of ['=1+1', 'Roy'].entries())
      await addInvoice(t.deps, 'petits-bouleaux', {
        firstName: 'Marie',
        lastName,
        certificate: `00451${i}`,
        invoice: `0010${i}`,
        totalCents: 29_613,
      });
    await t.deps.db.execute(
      "UPDATE regroupements SET certificate_pattern = NULL WHERE slug = 'petits-bouleaux'",
    );
    const regroupement = await regroupementBySlug(t.deps, 'petits-bouleaux');
    const pieces = [];
    for await (const piece of exported(t.deps, regroupement, {
      sheet: 'invoices',
      format: 'xlsx',
      lang: 'fr',
      range: {},
    }))
      pieces.push(piece as Uint8Array);
    const [bytes = new Uint8Array(), ...more] = pieces;
    assert.equal(more.length, 0);
    const [book] = await readWorkbook(new Uint8Array(bytes).buffer);
    assert.equal(book?.sheet, 'Factures');
    const [titles = [], ...rows] = (book?.data ?? []) as unknown as (string | number | null)[][];
    const column = (title: string) => rows.map((row) => row[titles.indexOf(title)]);
    assert.deepEqual(column('Nom'), ["'=1+1", 'Roy']);
    assert.deepEqual(column('No facture'), ['00100', '00101']);
    assert.deepEqual(column('# certificat'), ['004510', '004511']);
    assert.deepEqual(column('Total'), [296.13, 296.13]);
    assert.doesNotMatch(new TextDecoder().decode(unzipSync(bytes)['xl/worksheets/sheet1.xml']), /<f[ >]/);
    const report = await bring(bytes, { dryRun: true });
    assert.deepEqual([report.refused, report.accepted, report.unchanged], [[], 0, 2]);
  });

  test('CSV opens right in Excel of Québec and in English; days narrow it; JSON has cents', async () => {
    for (const n of [1, 2])
      await addInvoice(t.deps, 'petits-bouleaux', {
        firstName: 'Zoé',
        lastName: 'Côté',
        certificate: 'PB-000001',
        invoice: `F-${n}`,
        totalCents: 123_456,
      });
    await t.deps.db.execute("UPDATE invoices SET issued_on = '2026-05-01' WHERE number = 'F-2'");
    const fr = await text(t);
    assert.ok(fr.startsWith('\ufeffRegroupement;Prénom;'));
    assert.match(fr, /;1234,56;/);
    assert.ok(fr.endsWith('\r\n'));
    assert.match(await text(t, { lang: 'en' }), /^\ufeffAssociation,First name,.*\r\n.*,1234\.56,/);
    const range = { from: '2026-05-01', to: '2026-05-01' };
    assert.deepEqual(
      (await json(t, 'invoices', { range })).map((row) => [row.invoice, row.totalCents, row.status]),
      [['F-2', 123_456, 'à payer']],
    );
    assert.deepEqual(await json(t, 'payments'), []);
  });

  test('more rows than fit on a page: each once, in order', async () => {
    const id = await regroupementId(t);
    const { invoiceId } = await addInvoice(t.deps, 'petits-bouleaux', {
      firstName: 'Zoé',
      lastName: 'Côté',
      certificate: 'PB-000001',
      invoice: 'F-1',
      totalCents: 100,
    });
    // Many at one instant: the order must not depend on time alone.
    await t.deps.db.execute(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1203)
       INSERT INTO ledger_entries(id, regroupement_id, invoice_id, kind, amount_cents, source, day, occurred_at, posted_at)
       SELECT 'e' || i, ?, ?, 'payment', -1, 's' || i, '2026-11-20', 1000 + i / 700, 0 FROM n`,
      [id, invoiceId],
    );
    const rows = await json(t, 'payments');
    assert.equal(rows.length, 1203);
    assert.equal(rows.at(-1)?.runningCents, 1203);
    assert.equal((await json(t, 'ledger')).length, 1204);
  });

  test('over HTTP, with a key that may read, for its own regroupement only', async () => {
    await addInvoice(t.deps, 'petits-bouleaux', {
      firstName: 'Zoé',
      lastName: 'Côté',
      certificate: 'PB-000001',
      invoice: 'F-1',
      totalCents: 100,
    });
    const key = async (scopes: Scope[]) =>
      (
        await createKey(t.deps, await regroupementId(t), {
          name: 'cli:test',
          scopes,
          lifeMs: 60_000,
          by: 'cli:test',
        })
      ).secret;
    const get = async (path: string, secret: string, slug = 'petits-bouleaux') =>
      t.app.request(`${PUBLIC_URL}/v1/backoffice/${slug}/export/${path}`, {
        headers: { Authorization: `Bearer ${secret}` },
      });
    const read = await key(['read']);
    const answer = await get('invoices?from=2026-01-01', read);
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get('Content-Type'), 'text/csv; charset=utf-8');
    // `text()` takes the BOM off.
    assert.equal(`\ufeff${await answer.text()}`, await text(t));
    const workbook = await get('invoices?format=xlsx', read);
    assert.match(workbook.headers.get('Content-Disposition') ?? '', /petits-bouleaux-invoices\.xlsx/);
    const [sheet] = await readWorkbook(await workbook.arrayBuffer());
    assert.equal(sheet?.data.length, 2);
    assert.equal((await get('invoices', await key(['refund']))).status, 403);
    assert.equal((await get('invoices', read, 'la-farandole')).status, 401);
    assert.equal((await get('nothing', read)).status, 400);
    assert.equal((await get('ledger?from=hier', read)).status, 400);
  });

  test('that the database breaks off is told in our words, at once or half way, and logged', async () => {
    const id = await regroupementId(t);
    const { invoiceId } = await addInvoice(t.deps, 'petits-bouleaux', {
      ...{ firstName: 'Zoé', lastName: 'Côté', certificate: 'PB-000001', invoice: 'F-1', totalCents: 100 },
    });
    await t.deps.db.execute(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1203)
       INSERT INTO ledger_entries(id, regroupement_id, invoice_id, kind, amount_cents, source, day, occurred_at, posted_at)
       SELECT 'e' || i, ?, ?, 'payment', -1, 's' || i, '2026-11-20', i, 0 FROM n`,
      [id, invoiceId],
    );
    const given = { name: 'test', scopes: ['read'], lifeMs: 60_000, by: 'cli:test' } as const;
    const { secret } = await createKey(t.deps, id, given);
    const { db } = t.deps;
    const ledgerFailing = async (from: number) => {
      let pages = 0;
      t.deps.db = {
        batch: (statements) => db.batch(statements),
        close: () => {},
        execute: (sql, args) => {
          if (sql.includes('FROM ledger_entries')) pages += 1;
          return sql.includes('FROM ledger_entries') && pages >= from
            ? db.execute('SELECT * FROM no_such_table')
            : db.execute(sql, args);
        },
      };
      return t.app.request(`${PUBLIC_URL}/v1/backoffice/petits-bouleaux/export/ledger`, {
        headers: { Authorization: `Bearer ${secret}` },
      });
    };
    const atOnce = await ledgerFailing(1);
    assert.equal(atOnce.status, 500);
    assert.equal((await atOnce.json()).type, '/problems/internal');
    const halfWay = await ledgerFailing(2);
    assert.equal(halfWay.status, 200);
    await assert.rejects(halfWay.text(), { message: 'the export was interrupted' });
    t.deps.db = db;
    assert.ok(t.logged.some((line) => line.includes('"export"') && line.includes('no_such_table')));
  });

  test('another regroupement’s books are not in it', async () => {
    await addInvoice(t.deps, 'la-farandole', {
      firstName: 'X',
      lastName: 'Y',
      certificate: '0000001',
      invoice: 'G-1',
      totalCents: 100,
    });
    for (const sheet of SHEETS) assert.deepEqual(await json(t, sheet), []);
  });
});

test('payments, fees, refunds and cheques add up to the ledger', async () => {
  const c = await startCheckout({ onlineFee: { kind: 'fixed', cents: 250 } });
  try {
    const paid = await c.paid({ expectedTotalCents: TOTAL + 250 });
    const [capture] = c.standIn.books.captures.values();
    assert.ok(capture);
    c.standIn.books.refund(capture, 1_000, null);
    await c.webhooks();
    await recordPayment(c.t.deps, await regroupementId(c.t), {
      invoiceNumber: 'F-1',
      method: 'cheque',
      cents: 1_000,
      receivedOn: '2026-11-23',
      reference: '0417',
      recordedBy: 'cli:test',
      idempotencyKey: 'cheque-1',
    });
    const rows = await json(c.t, 'payments');
    const [ledger] = await c.rows<{ cents: number }>(
      "SELECT -SUM(amount_cents) AS cents FROM ledger_entries WHERE kind IN ('payment', 'refund')",
    );
    assert.equal(ledger?.cents, TOTAL + 250);
    assert.equal(rows.at(-1)?.runningCents, ledger?.cents);
    assert.equal(
      rows.reduce((sum, row) => sum + Number(row.amountCents), 0),
      ledger?.cents,
    );
    assert.equal(
      rows.reduce((sum, row) => sum + Number(row.paypalFeeCents ?? 0), 0),
      c.standIn.books.feeCents(capture),
      'PayPal’s fee once',
    );
    const first = rows.find((row) => row.paypalFeeCents !== null);
    assert.deepEqual(
      [first?.payment, first?.captureId, first?.refundedCents, first?.day, first?.holder, first?.certificate],
      [paid.number, capture.id, 1_000, '2026-11-23', 'Marie-Ève Tremblay', 'PB-000001'],
    );
    assert.ok(rows.some((row) => row.method === 'chèque' && row.reference === '0417'));
  } finally {
    await c.close();
  }
});

test('the command writes a file for its user alone, whole or not at all', () => {
  const folder = mkdtempSync(join(tmpdir(), 'amisgest-pay-export-'));
  const launcher = fileURLToPath(new URL('../../../server/cli/amisgest-pay.js', import.meta.url));
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [launcher, ...args], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH ?? '', DATA_DIR: folder },
    });
  try {
    const settings = ['name', 'phone', 'address', 'privacy-title'].flatMap((name) => [`--${name}`, 'x']);
    const emails = ['--email', 'a@example.org', '--privacy-email', 'a@example.org'];
    assert.equal(run('regroupement', 'add', 'bouleaux', ...settings, ...emails).status, 0);
    const out = join(folder, 'factures.csv');
    assert.equal(run('export', 'bouleaux', '--out', out).status, 0);
    assert.equal(statSync(out).mode & 0o777, 0o600);
    assert.match(readFileSync(out, 'utf8'), /^\ufeffRegroupement;/);
    const workbook = join(folder, 'factures.xlsx');
    assert.equal(run('export', 'bouleaux', '--out', workbook).status, 0);
    assert.equal(Object.keys(unzipSync(readFileSync(workbook))).includes('xl/workbook.xml'), true);
    const json = run('export', 'bouleaux', 'payments', '--json');
    assert.deepEqual(JSON.parse(json.stdout), []);
    for (const args of [
      [],
      ['bouleaux', 'nothing'],
      ['bouleaux', '--format', 'xls'],
      ['bouleaux', '--from', 'hier'],
    ])
      assert.equal(run('export', ...args).status, 2, args.join(' '));
    assert.equal(run('export', 'nobody').status, 1);
    const nowhere = run('export', 'bouleaux', '--out', join(folder, 'absent', 'x.csv'));
    assert.equal(nowhere.status, 1);
    assert.ok(!existsSync(join(folder, 'absent')));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
