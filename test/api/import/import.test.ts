// Files as staff really export them, into a real database: whole or not at all, and never twice.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { REGROUPEMENTS } from '../../../demo/data/regroupements.ts';
import type { Db } from '../../../server/db/db.ts';
import { importFile } from '../../../server/import/import-file.ts';
import { ImportBusy } from '../../../server/import/lease.ts';
import type { ImportRequest } from '../../../server/import/run.ts';
import { addRegroupement, startTestApp, type TestApp } from '../../support/app.ts';
import { HEADER, importText, row } from '../../support/invoice-list.ts';
import { balance, signIn } from '../../support/payer.ts';

const FILES = new URL('../../support/files/', import.meta.url);
describe('import', () => {
  let t: TestApp;
  const bring = (text: string | Uint8Array, more: Partial<ImportRequest> = {}) =>
    importText(t.deps, text, more);
  const file = (name: string, more: object = {}) =>
    bring(new Uint8Array(readFileSync(new URL(name, FILES))), more);
  const owed = async () => {
    const { rows } = await t.deps.db.execute<{ number: string; cents: number }>(
      'SELECT i.number, SUM(e.amount_cents) AS cents FROM invoices i JOIN ledger_entries e ON e.invoice_id = i.id GROUP BY i.id ORDER BY 1',
    );
    return Object.fromEntries(rows.map((r) => [r.number, r.cents]));
  };
  const count = async (table: string) =>
    (await t.deps.db.execute<{ n: number }>(`SELECT COUNT(*) AS n FROM ${table}`)).rows[0]?.n;

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

  describe('the hostile files give exactly what is expected of them', () => {
    const expected = JSON.parse(readFileSync(new URL('ATTENDU.json', FILES), 'utf8')) as Record<
      string,
      {
        lignes_valides?: number;
        total_cents?: number;
        solde_cents?: number;
        doublons_exacts?: number;
        delimiteur?: string;
      }
    >;
    for (const [name, wanted] of Object.entries(expected)) {
      if (wanted.lignes_valides === undefined) continue;
      test(name, async () => {
        const report = await file(name);
        assert.deepEqual(report.refused, []);
        assert.equal(report.rows, wanted.lignes_valides);
        assert.equal(report.accepted, wanted.lignes_valides);
        assert.equal(report.totalCents, wanted.total_cents ?? 0);
        assert.equal(report.balanceCents, wanted.solde_cents ?? 0);
        assert.equal(report.repeated, wanted.doublons_exacts ?? 0);
        const again = await file(name);
        assert.equal(again.accepted, 0, 'the same file again changes nothing');
        assert.equal(again.unchanged, wanted.lignes_valides);
        assert.equal(again.totalCents, wanted.total_cents ?? 0);
      });
    }
    test('the copies here are those of the domain', {
      skip: !existsSync(new URL('../../../../shared/sample/hostile/', import.meta.url)),
    }, async () => {
      for (const name of [...Object.keys(expected), 'ATTENDU.json']) {
        assert.deepEqual(
          readFileSync(new URL(name, FILES)),
          readFileSync(new URL(`../../../../shared/sample/hostile/${name}`, import.meta.url)),
          name,
        );
      }
    });
  });

  test('an empty file, a workbook and a PDF are told for what they are', async () => {
    assert.match((await file('14_vide.csv')).refused[0]?.reason ?? '', /^Le fichier est vide\.$/);
    assert.match(
      (await bring(new Uint8Array([0x50, 0x4b, 3, 4, 0, 0]))).refused[0]?.reason ?? '',
      /classeur Excel/,
    );
    assert.match((await bring('%PDF-1.7 …')).refused[0]?.reason ?? '', /PDF/);
    assert.match((await bring('a;b;c\n1;2;3\n')).refused[0]?.reason ?? '', /titres des colonnes/);
  });

  test('one file in every encoding, delimiter and line end gives the same', async () => {
    const text = [
      HEADER,
      row({
        first: 'Zoé',
        last: 'Œuvrard',
        total: '1\u00a0109,00 $',
        premium: '1\u00a0100,00 $',
        balance: '1\u00a0109,00 $',
      }),
    ].join('\r\n');
    const cp1252 = new Uint8Array(
      [...text].map((c) => ({ Œ: 0x8c, œ: 0x9c, '’': 0x92 })[c] ?? c.charCodeAt(0)),
    );
    const utf16 = (swap: boolean, mark: boolean) => {
      const bytes = new Uint8Array(Buffer.from((mark ? '\ufeff' : '') + text, 'utf16le'));
      return swap ? new Uint8Array(Buffer.from(bytes).swap16()) : bytes;
    };
    const forms: [string, string | Uint8Array][] = [
      ['UTF-8', text],
      ['UTF-8 with mark', `\ufeff${text}`],
      ['Windows-1252', cp1252],
      ['UTF-16LE with mark', utf16(false, true)],
      ['UTF-16BE with mark', utf16(true, true)],
      ['UTF-16LE without', utf16(false, false)],
      ['tabs', text.replaceAll(';', '\t')],
      ['line feeds', text.replaceAll('\r\n', '\n')],
      ['carriage returns', text.replaceAll('\r\n', '\r')],
      ['sep= line', `sep=;\r\n${text}`],
      [
        'titles before',
        `Liste des factures;;\r\nImprimé le 23 novembre 2026\r\n\r\n${text}\r\n\r\nFin du rapport`,
      ],
    ];
    for (const [name, bytes] of forms) {
      const report = await bring(bytes, { dryRun: true });
      assert.deepEqual(report.refused, [], name);
      assert.equal(report.accepted, 1, name);
      assert.equal(report.totalCents, 110_900, name);
    }
    assert.equal(await count('invoices'), 0, 'a trial changes nothing');
  });

  test('every refused row is named with its line and a reason; the others wait for it, or come in when asked', async () => {
    const text = [
      HEADER,
      row(),
      row({ invoice: 'F-2', certificate: 'PB-000002', total: '62,105', balance: '' }),
      row({ invoice: 'F-3', certificate: 'PB-000003', total: '110,00 $' }),
      row({ invoice: 'F-4', certificate: '2,6E+418' }),
      row({ invoice: 'F-5', certificate: 'PB-000005', last: 'Nguy?n' }),
      row({ invoice: 'F-6', certificate: 'PB-000006', due: '01/04/2026' }),
      row({ invoice: 'F-7', certificate: 'PB-000007' }),
      row({ invoice: 'F-7', certificate: 'PB-000008' }),
    ].join('\n');
    const report = await bring(text);
    assert.equal(report.imported, false);
    assert.equal(await count('invoices'), 0);
    assert.deepEqual(
      report.refused.map((refused) => refused.line),
      [3, 4, 5, 6, 7, 8, 9],
    );
    const reasons = report.refused.map((refused) => refused.reason);
    for (const [i, words] of [
      /montant sûr/,
      /ne s’additionnent pas/,
      /changé en nombre par le tableur/,
      /caractères perdus/,
      /deux façons/,
      /même numéro/,
      /même numéro/,
    ].entries()) {
      assert.match(reasons[i] ?? '', words);
    }
    const some = await bring(text, { acceptValid: true });
    assert.equal(some.imported, true);
    assert.deepEqual(await owed(), { 'F-1': 10_900 });
    assert.match((await bring(text, { lang: 'en' })).refused[0]?.reason ?? '', /is not surely an amount/);
  });

  test('sums at the foot, with or without a word beside them, are no rows', async () => {
    for (const foot of [
      ';;;;;;;;TOTAL;100,00;9,00;0,00;109,00;109,00;;',
      'Total général;;;;;;;;;100,00;9,00;0,00;109,00;109,00;;',
      ';;;;;;;;;;;TOTAUX;109,00;109,00;;',
      ';;;;;;;;;;;;109,00;109,00;;',
      ';;;;;;;;;;;;;;;',
    ]) {
      const report = await bring([HEADER, row(), foot, 'Fin du rapport'].join('\n'), { dryRun: true });
      assert.deepEqual([report.rows, report.accepted, report.refused], [1, 1, []], foot);
    }
  });

  test('a quotation mark that is misplaced or never closed is told with its line', async () => {
    const open = await bring(
      [HEADER, row(), `${row({ invoice: 'F-2' })}"jamais fermé`, row({ invoice: 'F-3' })].join('\n'),
    );
    assert.deepEqual(
      open.refused.map((refused) => refused.line),
      [3],
    );
    const stray = await bring(
      [HEADER, row(), `${row({ invoice: 'F-2' })}5" de neige`, row({ invoice: 'F-3' })].join('\n'),
    );
    assert.deepEqual(
      stray.refused.map((refused) => refused.line),
      [3],
    );
    assert.equal(await count('invoices'), 0);
  });

  test('lost zeros are refused, by what we know and by what the file shows', async () => {
    await bring([HEADER, row({ certificate: '0001234', invoice: 'A' })].join('\n'), {
      regroupement: 'la-farandole',
    });
    const report = await bring([HEADER, row({ certificate: '1234', invoice: 'A' })].join('\n'), {
      regroupement: 'la-farandole',
    });
    assert.match(report.refused[0]?.reason ?? '', /zéros du début.*format Texte/);
  });

  test('what was paid before we knew is not asked again; what we know later stands, and a difference is reported', async () => {
    await bring([HEADER, row({ balance: '0,00 $', status: 'payée' })].join('\n'));
    assert.deepEqual(await owed(), { 'F-1': 0 });
    const later = await bring([HEADER, row({ balance: '109,00 $' })].join('\n'));
    assert.equal(later.unchanged, 1);
    assert.deepEqual(later.conflicts, [
      { line: 2, invoice: 'F-1', fileBalanceCents: 10_900, ourBalanceCents: 0 },
    ]);
    assert.deepEqual(await owed(), { 'F-1': 0 });
  });

  test('a new amount is one adjustment, a cancelled invoice owes nothing, and both are told', async () => {
    await bring(
      [HEADER, row(), row({ invoice: 'F-2', certificate: 'PB-000002', email: 'x@example.org' })].join('\n'),
    );
    const changed = [
      HEADER,
      row({ premium: '200,00 $', tax: '18,00 $', total: '218,00 $', balance: '218,00 $' }),
      row({
        invoice: 'F-2',
        certificate: 'PB-000002',
        email: 'x@example.org',
        balance: '0,00 $',
        status: 'annulée',
      }),
    ].join('\n');
    const trial = await bring(changed, { dryRun: true });
    assert.match(trial.changes[0]?.message ?? '', /109,00.*218,00/);
    assert.deepEqual(await owed(), { 'F-1': 10_900, 'F-2': 10_900 });
    await bring(changed);
    assert.deepEqual(await owed(), { 'F-1': 21_800, 'F-2': 0 });
    assert.equal((await bring(changed)).accepted, 0);
  });

  test('a row of another regroupement goes to it, never to the one named; or is refused when asked', async () => {
    const text = [
      HEADER,
      row().replace(/^;/, 'Alliance des milieux familiaux « La Farandole »;').replace('PB-000001', '0000001'),
    ].join('\n');
    const report = await bring(text);
    assert.deepEqual(report.byRegroupement, { 'la-farandole': { accepted: 1, unchanged: 0 } });
    const { rows } = await t.deps.db.execute<{ slug: string }>(
      'SELECT r.slug FROM invoices i JOIN regroupements r ON r.id = i.regroupement_id',
    );
    assert.deepEqual(
      rows.map((r) => r.slug),
      ['la-farandole'],
    );
    assert.match((await bring(text, { only: true })).refused[0]?.reason ?? '', /autre regroupement/);
  });

  test('whoever pays meanwhile has her turn, whatever the rows are: sound, refused, repeated or blank', async () => {
    const many = (line: (n: number) => string) => Array.from({ length: 4_000 }, (_, n) => line(n)).join('\n');
    for (const [kind, rows] of Object.entries({
      sound: many((n) => row({ invoice: `F-${n}`, certificate: `PB-${String(n).padStart(6, '0')}` })),
      refused: many((n) => `F-${n};;;`),
      repeated: many(() => row({})),
      blank: many(() => ''),
    })) {
      let turns = 0;
      let next = setImmediate(function turn() {
        turns += 1;
        next = setImmediate(turn);
      });
      await bring(`${HEADER}\n${rows}\n`, { dryRun: true });
      clearImmediate(next);
      assert.ok(turns >= 20, `${kind}: ${turns} turns in 4,000 rows`);
    }
  });

  test('an import that another one would meet is told to wait, and what a killed one left is swept', async () => {
    await t.deps.db.execute("INSERT INTO leases(name, holder, until) VALUES ('import', 'someone', ?)", [
      t.clock.now + 30_000,
    ]);
    await assert.rejects(bring([HEADER, row()].join('\n')), /^Error$|Import/);
    t.clock.advance(60_000);
    assert.equal((await bring([HEADER, row()].join('\n'))).imported, true);
  });

  test('what a killed import wrote is never seen nor summed, and the next one sweeps it', async () => {
    const { rows } = await t.deps.db.execute<{ id: string }>(
      "SELECT id FROM regroupements WHERE slug = 'petits-bouleaux'",
    );
    const of = rows[0]?.id ?? '';
    await t.deps.db.batch([
      { sql: "INSERT INTO hidden_imports(no, import_id) VALUES (77, 'killed')" },
      {
        sql: `INSERT INTO holder_rows(id, regroupement_id, first_name, created_at, updated_at, import_no)
              VALUES ('h', ?, 'H', 1, 1, 77)`,
        args: [of],
      },
      {
        sql: `INSERT INTO certificate_rows(id, regroupement_id, holder_id, number, number_key, period_start, period_end,
                created_at, updated_at, import_no)
              VALUES ('c', ?, 'h', 'PB-004512', 'PB-004512', '2026-04-01', '2027-03-31', 1, 1, 77)`,
        args: [of],
      },
      {
        sql: `INSERT INTO invoice_rows(id, regroupement_id, certificate_id, number, issued_on, due_on, period_start, period_end,
                created_at, updated_at, import_no)
              VALUES ('i', ?, 'c', 'F-1', '2026-03-01', '2026-04-01', '2026-04-01', '2027-03-31', 1, 1, 77)`,
        args: [of],
      },
      { sql: "INSERT INTO invoice_lines VALUES ('i', 1, 1, 'PRIME', 'Prime', 5000, NULL)" },
      {
        sql: `INSERT INTO ledger_rows(id, regroupement_id, invoice_id, kind, amount_cents, source, day, occurred_at, posted_at, import_no)
              VALUES ('e', ?, 'i', 'charge', 5000, 'invoice:F-1', '2026-03-01', 1, 1, 77)`,
        args: [of],
      },
    ]);
    for (const table of ['holders', 'certificates', 'invoices', 'ledger_entries'])
      assert.equal(await count(table), 0, table);
    await assert.rejects(t.deps.db.execute("DELETE FROM ledger_rows WHERE id = 'e'"), /append-only/);
    assert.equal((await bring([HEADER, row()].join('\n'))).imported, true);
    assert.equal(await count('hidden_imports'), 0);
    for (const table of ['holder', 'certificate', 'invoice', 'ledger'])
      assert.equal(await count(`${table}_rows WHERE import_no = 77`), 0, table);
    assert.equal(await count("invoice_lines WHERE invoice_id = 'i'"), 0);
    assert.deepEqual(Object.values(await owed()), [10_900]);
  });

  test('an import whose process is gone is told at once, and its rows swept; one that runs is waited for', async () => {
    const ended = spawnSync(process.execPath, ['-p', 'process.pid']).stdout.toString().trim();
    const held = (pid: number) =>
      t.deps.db.batch([
        { sql: 'DELETE FROM leases' },
        {
          sql: "INSERT INTO leases(name, holder, until, process) VALUES ('import', 'killed', ?, ?)",
          args: [t.clock.now + 60_000, JSON.stringify([hostname(), pid, 1])],
        },
        {
          sql: `INSERT INTO imports(id, regroupement_id, file_name, kind, started_at)
            SELECT 'killed', id, 'mars.csv', 'list', 1 FROM regroupements WHERE slug = 'petits-bouleaux' ON CONFLICT DO NOTHING`,
        },
        {
          sql: "INSERT INTO hidden_imports(import_id) VALUES ('killed') ON CONFLICT DO NOTHING",
        },
      ]);
    await held(process.ppid);
    await assert.rejects(bring([HEADER, row()].join('\n')), ImportBusy);
    for (const pid of [Number(ended), process.pid]) {
      await held(pid);
      const report = await bring([HEADER, row()].join('\n'));
      assert.match(
        report.warnings[0]?.message ?? '',
        /^L’import précédent de « mars\.csv » a été interrompu/,
      );
      assert.equal(await count('hidden_imports'), 0);
    }
    assert.deepEqual((await bring([HEADER, row()].join('\n'))).warnings, []);
  });

  test('what a file changes is there at once, also when the process is killed before it is taken over', async () => {
    await bring([HEADER, row()].join('\n'));
    const [former, later] = [await signIn(t, 'g.roy@example.org'), await signIn(t, 'nouvelle@example.org')];
    const seen = async () => {
      const [before, after] = [await balance(former), await balance(later)];
      return [before, after].map(({ certificates }) =>
        certificates.map(({ invoices }) => invoices.map(({ dueOn, balanceCents }) => [dueOn, balanceCents])),
      );
    };
    assert.deepEqual(await seen(), [[[['2026-04-01', 10_900]]], []]);
    const file = [
      HEADER,
      row({
        email: 'nouvelle@example.org',
        due: '2026-05-01',
        premium: '110,00',
        total: '119,00',
        balance: '119,00',
      }),
    ].join('\n');
    const { db } = t.deps;
    /** Nothing reaches the database any more, from the batch on that shows the import, or right after it. */
    const killed = async (shown: boolean) => {
      let dead = false;
      const alive = <T>(work: () => Promise<T>): Promise<T> =>
        dead ? Promise.reject(new Error('killed')) : work();
      const stopped: Db = {
        execute: (sql, args) => alive(() => db.execute(sql, args)),
        batch: (statements, options) => {
          const last = statements.some(({ sql }) => sql.startsWith('DELETE FROM hidden_imports'));
          dead ||= last && !shown;
          const answer = alive(() => db.batch(statements, options));
          dead ||= last;
          return answer;
        },
        close: () => undefined,
      };
      const bytes = new TextEncoder().encode(file);
      const request = { by: 'cli:test', regroupement: 'petits-bouleaux', name: 'liste.csv', bytes } as const;
      await assert.rejects(importFile({ ...t.deps, db: stopped }, request), /killed/);
      await db.execute('DELETE FROM leases');
    };
    await killed(false);
    assert.equal(await count('invoice_rows WHERE next_no IS NOT NULL'), 1);
    assert.deepEqual(await seen(), [[[['2026-04-01', 10_900]]], []]);
    await killed(true);
    assert.equal(await count('invoice_rows WHERE next_no IS NOT NULL'), 1);
    const after = [[], [[['2026-05-01', 11_900]]]];
    assert.deepEqual(await seen(), after);
    assert.equal((await bring(file)).unchanged, 1);
    assert.equal(await count('invoice_rows WHERE next_no IS NOT NULL'), 0);
    assert.deepEqual(await seen(), after);
  });

  test('an import changes nothing that was changed meanwhile, nor anything else', async () => {
    await bring([HEADER, row()].join('\n'));
    const { db } = t.deps;
    const meanwhile: Db = {
      execute: (sql, args) => db.execute(sql, args),
      async batch(statements, options) {
        if (statements.some(({ sql }) => sql.startsWith('DELETE FROM hidden_imports')))
          await db.execute('UPDATE invoices SET no_admin_fee = 1');
        return await db.batch(statements, options);
      },
      close: () => undefined,
    };
    const file = [HEADER, row({ due: '2026-05-01' }), row({ invoice: 'F-2', certificate: 'PB-000002' })];
    const bytes = new TextEncoder().encode(file.join('\n'));
    const request = { by: 'cli:test', regroupement: 'petits-bouleaux', name: 'liste.csv', bytes } as const;
    const report = await importFile({ ...t.deps, db: meanwhile }, request);
    assert.equal(report.imported, false);
    assert.equal(report.refused.length, 1);
    const invoices = 'SELECT number, due_on AS due, no_admin_fee AS fee FROM invoices ORDER BY number';
    const { rows } = await db.execute(invoices);
    assert.deepEqual(rows, [{ number: 'F-1', due: '2026-04-01', fee: 1 }]);
    assert.equal((await importFile(t.deps, request)).imported, true);
    assert.equal(await count('invoices'), 2);
  });

  test('an import that lost its turn merges nothing, and leaves the other one’s rows alone', async () => {
    const steal = () => {
      void t.deps.db.batch([
        { sql: "UPDATE leases SET holder = 'other', until = ?", args: [t.clock.now + 60_000] },
        { sql: "INSERT INTO hidden_imports(import_id) VALUES ('other') ON CONFLICT DO NOTHING" },
      ]);
    };
    for (const stage of ['read', 'check']) {
      const progress = (at: string) => (at === stage ? steal() : undefined);
      await assert.rejects(bring([HEADER, row()].join('\n'), { progress }), ImportBusy);
      assert.equal(await count('invoices'), 0);
      assert.equal(await count('hidden_imports'), 1);
      await t.deps.db.execute('DELETE FROM leases');
    }
  });

  test('separate files, in their order, give the demo’s people; payments told later replace « déjà payé »', async () => {
    const data = new URL('../../../demo/data/', import.meta.url);
    for (const name of ['dossiers', 'certificats', 'factures', 'avenants', 'paiements']) {
      const report = await bring(new Uint8Array(readFileSync(new URL(`${name}.csv`, data))));
      assert.deepEqual(report.refused, [], name);
      const again = await bring(new Uint8Array(readFileSync(new URL(`${name}.csv`, data))));
      assert.equal(again.accepted, 0, `${name} twice`);
    }
    const balances = await owed();
    assert.equal(balances['PB-F-2026-0001'], 29_613);
    assert.equal(balances['PB-F-2025-0101'], 0);
    assert.equal(balances['PB-F-2026-0013'], -29_613, 'paid twice: a credit');
    assert.equal(balances.AF000009, 1);
    assert.equal(balances.AF000013, 33_790, 'paid, then refunded');
    assert.equal(balances['2026/00006'], 11_075);
    assert.match(
      (await bring('paiement_id;no_facture;montant;date_paiement\nP1;NULLE-PART;10,00;2026-01-01\n'))
        .refused[0]?.reason ?? '',
      /Importez d’abord les factures/,
    );
  });
});
