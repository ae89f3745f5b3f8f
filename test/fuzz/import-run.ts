// Imports right lists and damaged ones into the real database, and looks at the books: see README.md.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { importFile } from '../../server/import/import-file.ts';
import { addRegroupement, startTestApp, type TestApp } from '../support/app.ts';
import { DAMAGES, type Damage, rightList, written } from './import-files.ts';

/** Regroupements of one database: each import reads them all. */
const A_DATABASE = 100;

/** A failing file is made smaller by so many tries at most: each is four imports or so. */
const SMALLER = 300;
/** Of the clock, on a machine that has much else to do; a file takes some tens of milliseconds of a processor. */
const FILE_MS = 120_000;

/**
 * Throws at the first file whose outcome is not what is expected of its damage, or that does not end; says how to get it
 * again. `told` hears now and then how many were tried.
 */
export async function fuzzImports({
  runs,
  seed,
  told = () => undefined,
}: {
  runs: number;
  seed: number;
  told?: (files: number) => void;
}): Promise<void> {
  // In memory where the system has such a folder: thousands of imports wait for the disk otherwise.
  const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'imports-'));
  let t: TestApp | undefined;
  let [made, tried, failed] = [0, 0, 0];
  const fresh = async () => {
    if (made % A_DATABASE === 0) {
      await t?.close();
      t = await startTestApp({ folder: mkdtempSync(join(folder, 'db-')) });
    }
    assert.ok(t);
    made += 1;
    await addRegroupement(t.deps, `r${made}`, {});
    return { t, slug: `r${made}` };
  };
  const property = fc.asyncProperty(
    rightList,
    fc.nat({ max: DAMAGES.length - 1 }),
    fc.nat(),
    async (list, which, at) => {
      const damage = DAMAGES[which];
      const bytes = damage?.apply(list, at) ?? null;
      fc.pre(damage !== undefined && bytes !== null);
      if (failed > 0 && failed++ > SMALLER) return;
      try {
        await tryOne(damage, new TextEncoder().encode(written(list)), bytes, fresh);
      } catch (error) {
        failed = Math.max(1, failed);
        throw error;
      }
      told(++tried);
    },
  );
  try {
    await fc.assert(property, { numRuns: runs, seed, timeout: FILE_MS });
  } finally {
    await t?.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function tryOne(
  damage: Damage,
  right: Uint8Array,
  damaged: Uint8Array,
  fresh: () => Promise<{ t: TestApp; slug: string }>,
): Promise<void> {
  const one = await fresh();
  await bringTwice(one, right, damage.name);
  const books = await booksOf(one);
  assert.ok(books.flat().length > 0);
  if (damage.after) {
    const report = await bringTwice(one, damaged, damage.name);
    if (damage.expected !== 'same') assertRefused(report, damage, damage.expected);
    assert.deepEqual(await booksOf(one), books, damage.name);
    return;
  }
  const other = await fresh();
  const report = await bringTwice(other, damaged, damage.name);
  if (damage.expected === 'same') {
    assert.deepEqual(report.refused, [], damage.name);
    assert.deepEqual(await booksOf(other), books, damage.name);
  } else {
    assertRefused(report, damage, damage.expected);
    assert.deepEqual((await booksOf(other)).flat(), [], damage.name);
  }
}

function assertRefused(
  report: Awaited<ReturnType<typeof importFile>>,
  { name }: Damage,
  words: RegExp,
): void {
  const reasons = report.refused.map(({ reason }) => reason);
  assert.ok(
    reasons.some((reason) => words.test(reason)),
    `${name}: ${JSON.stringify(reasons)} is not ${words}`,
  );
  assert.equal(report.imported, false, name);
}

/** A trial says exactly what the import then does. */
async function bringTwice({ t, slug }: { t: TestApp; slug: string }, bytes: Uint8Array, name: string) {
  const request = { regroupement: slug, by: 'cli:test', name: 'liste.csv', bytes } as const;
  const trial = await importFile(t.deps, { ...request, dryRun: true });
  const report = await importFile(t.deps, request);
  const { expectedSeconds, importId: trialId, ...said } = trial;
  const { expectedSeconds: none, importId, ...done } = report;
  assert.deepEqual({ ...said, dryRun: false, imported: report.imported }, done, `${name}: the trial`);
  assert.equal(expectedSeconds !== null, report.imported, `${name}: how long it takes`);
  assert.equal(none, null, name);
  assert.deepEqual([trialId, importId !== null], [null, report.imported], `${name}: what it is undone by`);
  assert.equal(report.imported, report.accepted > 0 && report.refused.length === 0, name);
  return report;
}

async function booksOf({ t, slug }: { t: TestApp; slug: string }): Promise<unknown[][]> {
  const queries = [
    'SELECT first_name, last_name, usual_name, h.email FROM holders h JOIN regroupements r ON r.id = h.regroupement_id WHERE r.slug = ? ORDER BY 1, 2',
    'SELECT c.number, c.period_start, c.period_end, h.first_name, h.last_name FROM certificates c JOIN holders h ON h.id = c.holder_id JOIN regroupements r ON r.id = c.regroupement_id WHERE r.slug = ? ORDER BY 1, 2',
    'SELECT i.number, c.number AS certificate, issued_on, due_on, i.period_start, i.period_end, i.status, revision FROM invoices i JOIN certificates c ON c.id = i.certificate_id JOIN regroupements r ON r.id = i.regroupement_id WHERE r.slug = ? ORDER BY 1',
    'SELECT i.number, e.kind, amount_cents, source, day FROM ledger_entries e JOIN invoices i ON i.id = e.invoice_id JOIN regroupements r ON r.id = i.regroupement_id WHERE r.slug = ? ORDER BY 1, source',
  ];
  return Promise.all(
    queries.map(async (sql) =>
      (await t.deps.db.execute<object>(sql, [slug])).rows.map((row) => ({ ...row })),
    ),
  );
}
