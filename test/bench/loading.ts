// What the office does with a file by page, beside importing it: its preview, its undoing; and what a program pushes, beside the same
// rows written ready made. `npm run bench -- loading`.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { migrate } from '../../server/db/migrate.ts';
import { openDb } from '../../server/db/open.ts';
import { importFile } from '../../server/import/import-file.ts';
import { undoImport } from '../../server/import/undo/undo-import.ts';
import { upsertAll } from '../../server/import/upserts/upsert.ts';
import { writeList } from './import-file.ts';

export async function run(rows = 10_000): Promise<{ name: string; lines: string[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'amisgest-pay-bench-'));
  const list = join(folder, 'list.csv');
  await writeList(list, rows);
  const db = await openDb(`file:${join(folder, 'loading.db')}`);
  try {
    await migrate(db, Date.now());
    await db.execute(
      `INSERT INTO regroupements(id, slug, name, email, phone, address, privacy_title, privacy_email, created_at, updated_at)
       VALUES ('r', 'r', 'R', 'r@r.test', '1', 'a', 'p', 'p@r.test', 1, 1)`,
    );
    const deps = {
      db,
      now: Date.now,
      sleep: (ms: number) => sleep(ms),
      randomBytes: (n: number) => new Uint8Array(randomBytes(n)),
    };
    const request = { by: 'cli:bench', regroupement: 'r', name: list } as const;
    const preview = await timed(() => importFile(deps, { ...request, dryRun: true }));
    const whole = await timed(() => importFile(deps, request));
    const importId = whole.came.importId ?? '';
    const undo = await timed(() => undoImport(deps, { by: 'cli:bench', regroupementId: 'r', importId }));
    const again = await timed(() => importFile(deps, request));
    const bytes = new TextEncoder().encode(pushed(rows));
    const upserts = { by: 'cli:bench', regroupement: 'r', bytes, atomic: false, lang: 'fr' } as const;
    const first = await timed(() => upsertAll(deps, upserts));
    const same = await timed(() => upsertAll(deps, upserts));
    const bare = await timed(() =>
      db.execute(
        `INSERT INTO holder_rows(id, regroupement_id, external_id, first_name, last_name, created_at, updated_at)
         SELECT 'bare' || value, 'r', 'bare' || value, 'Ève', 'Roy', 1, 1 FROM json_each(?)`,
        [JSON.stringify(Array.from({ length: rows }, (_, i) => i))],
      ),
    );
    const beside = (one: Timed, other: Timed) =>
      `${one.seconds.toFixed(1)} s, ${(one.cpu / other.cpu).toFixed(2)} times its processor time`;
    return {
      name: `A file of ${rows} invoices by page, and ${rows} upserts`,
      lines: [
        `import ${whole.seconds.toFixed(1)} s (processor ${whole.cpu.toFixed(1)} s)`,
        `preview ${beside(preview, whole)} (bound 1.2)`,
        `undo ${beside(undo, whole)} (bound 2)`,
        `imported again ${beside(again, whole)}`,
        `upserts ${(rows / first.cpu).toFixed(0)} a second of the processor, ${(first.cpu / bare.cpu).toFixed(1)} times bare inserts (bound: 2,000, or 15 times)`,
        `the same again ${(rows / same.cpu).toFixed(0)} a second of the processor`,
      ],
    };
  } finally {
    db.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Timed {
  seconds: number;
  cpu: number;
}
async function timed<T>(work: () => Promise<T>): Promise<Timed & { came: T }> {
  const [started, used] = [performance.now(), process.cpuUsage()];
  const came = await work();
  const { user, system } = process.cpuUsage(used);
  return { came, seconds: (performance.now() - started) / 1000, cpu: (user + system) / 1e6 };
}

/** A holder, her certificate and her invoice, again and again. */
function pushed(rows: number): string {
  const period = { periodStart: '2028-04-01', periodEnd: '2029-03-31' };
  return Array.from({ length: Math.ceil(rows / 3) }, (_, i) => [
    { type: 'holder', id: `P${i}`, firstName: 'Ève', lastName: `Roy-${i}`, email: `p${i}@example.org` },
    { type: 'certificate', number: `PX-${i}`, holder: `P${i}`, ...period },
    {
      type: 'invoice',
      number: `PX-F-${i}`,
      certificate: `PX-${i}`,
      issuedOn: '2028-03-01',
      ...period,
      totalCents: 10_900,
    },
  ])
    .flat()
    .slice(0, rows)
    .map((one) => JSON.stringify(one))
    .join('\n');
}
