// A trial (`--dry-run`): what it says of the time that the import takes, and that nothing of it stays. That it says exactly
// what the import then does stands in import-generated.test.ts.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { Db } from '../../../server/db/db.ts';
import { importFile } from '../../../server/import/import-file.ts';
import type { ImportReport } from '../../../server/import/report.ts';
import { reportText } from '../../../server/import/report-text.ts';
import { startTestApp, type TestApp } from '../../support/app.ts';
import { HEADER, row } from '../../support/invoice-list.ts';

describe('a trial of an import', () => {
  let t: TestApp;
  beforeEach(async () => {
    t = await startTestApp();
  });
  afterEach(() => t.close());

  /** On a disk so slow that each unit of work takes a second, and what is taken over of one table half of that. */
  const bring = async (
    rows: readonly string[],
    more: object = {},
  ): Promise<{ report: ImportReport; seconds: number }> => {
    const { db } = t.deps;
    const slow: Db = {
      async execute(sql, args) {
        if (/^\s*UPDATE \w+_rows/.test(sql)) t.clock.advance(500);
        return await db.execute(sql, args);
      },
      async batch(statements, options) {
        t.clock.advance(1_000);
        return await db.batch(statements, options);
      },
      close: () => undefined,
    };
    const started = t.clock.now;
    const report = await importFile(
      { ...t.deps, db: slow },
      {
        by: 'cli:test',
        regroupement: 'petits-bouleaux',
        name: 'liste.csv',
        bytes: new TextEncoder().encode([HEADER, ...rows].join('\n')),
        ...more,
      },
    );
    return { report, seconds: (t.clock.now - started) / 1000 };
  };
  const list = (due: string) =>
    Array.from({ length: 2_000 }, (_, i) =>
      row({ certificate: `PB-${100_000 + i}`, invoice: `F-${i}`, email: `g${i}@example.org`, due }),
    );
  const everything = async () => {
    const { rows } = await t.deps.db.execute<{ name: string }>(
      `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT IN ('imports', 'leases', 'sqlite_stat1')`,
    );
    const counts = rows.map(async ({ name }) => {
      // SQLite's own: numbers given, of which what is undone takes none.
      const what = name === 'sqlite_sequence' ? 'TOTAL(seq)' : 'COUNT(*)';
      return [name, (await t.deps.db.execute(`SELECT ${what} AS n FROM "${name}"`)).rows[0]?.n];
    });
    return await Promise.all(counts);
  };

  test('says how long the import takes, of new rows and of changed ones, and leaves nothing', async () => {
    for (const due of ['2026-04-01', '2026-05-01']) {
      const before = await everything();
      const { report } = await bring(list(due), { dryRun: true });
      assert.deepEqual(await everything(), before);
      const { report: done, seconds } = await bring(list(due));
      assert.deepEqual([report.accepted, done.imported], [2_000, true]);
      const expected = report.expectedSeconds ?? 0;
      assert.ok(expected >= 0.5 * seconds && expected <= 2 * seconds, `${expected} s for ${seconds} s`);
      assert.match(reportText(report, 'fr'), /L’import prendra (environ \d+ secondes|quelques secondes)\.$/);
    }
  });

  test('says nothing of time where nothing would come in', async () => {
    await bring([row()]);
    for (const rows of [[row()], [row({ invoice: 'F-2', total: 'abc' })]]) {
      const { report } = await bring(rows, { dryRun: true });
      assert.equal(report.expectedSeconds, null);
      assert.match(reportText(report, 'en'), /Trial only: nothing was changed\.$/);
    }
  });

  test('says it as exactly as one may', async () => {
    const { report } = await bring([row()], { dryRun: true });
    for (const [expectedSeconds, said] of [
      [1, 'L’import prendra quelques secondes.'],
      [23, 'L’import prendra environ 25 secondes.'],
      [89, 'L’import prendra environ 90 secondes.'],
      [130, 'L’import prendra environ 3 minutes.'],
    ] as const)
      assert.ok(reportText({ ...report, expectedSeconds }, 'fr').endsWith(said), said);
    assert.ok(
      reportText({ ...report, expectedSeconds: 23 }, 'en').endsWith('The import will take about 25 seconds.'),
    );
  });
});
