// Bringing in 100,000 rows against writing the same rows with plain prepared inserts, in the same run; and how much
// memory it takes at half as many, which must not grow with the file.
import { spawnSync } from 'node:child_process';
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import Database from 'libsql';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const HEADER =
  'Prénom;Nom;Courriel;# certificat;No facture;Date facture;Échéance;Période;Prime;Taxe primes;Frais adm. et taxes;Total;Solde;Statut';

export async function run(): Promise<{ name: string; lines: string[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'amisgest-pay-bench-'));
  try {
    const small = await imported(folder, 50_000);
    const large = await imported(folder, 100_000);
    const plain = plainInserts(join(folder, 'plain.db'), 100_000);
    return {
      name: 'Import of 100,000 rows, one invoice a row (five tables each)',
      lines: [
        `import ${large.seconds.toFixed(1)} s, plain prepared inserts of the same rows ${plain.toFixed(1)} s: ratio ${(large.seconds / plain).toFixed(1)}`,
        `the last step, which makes all of it visible at once, held the write lock for ${large.mergeSeconds.toFixed(2)} s`,
        `peak memory ${large.megabytes} MB at 100,000 rows, ${small.megabytes} MB at 50,000: ratio ${(large.megabytes / small.megabytes).toFixed(2)}`,
      ],
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function imported(
  folder: string,
  rows: number,
): Promise<{ seconds: number; mergeSeconds: number; megabytes: number }> {
  const file = join(folder, `${rows}.csv`);
  const out = createWriteStream(file);
  out.write(`${HEADER}\n`);
  for (let i = 1; i <= rows; i++) {
    const n = String(i).padStart(6, '0');
    const line = `Ginette;Roy ${n};g${n}@example.org;PB-${n};F-${n};2026-03-01;2026-04-01;2026-04-01/2027-03-31;262,50;23,63;10,00;296,13;296,13;à payer\n`;
    if (!out.write(line)) await new Promise<void>((resolve) => out.once('drain', () => resolve()));
  }
  out.end();
  await finished(out);
  // A process of its own, so that its peak memory is its own.
  const child = spawnSync(
    process.execPath,
    ['test/bench/import-child.ts', join(folder, `${rows}.db`), file],
    { cwd: ROOT, encoding: 'utf8' },
  );
  if (child.status !== 0) throw new Error(child.stderr);
  return JSON.parse(child.stdout) as { seconds: number; mergeSeconds: number; megabytes: number };
}

/** The same five rows an invoice, one transaction for each thousand invoices. */
function plainInserts(path: string, rows: number): number {
  const db = new Database(path);
  db.exec('PRAGMA journal_mode = WAL');
  const tables = ['holders', 'certificates', 'invoices', 'lines', 'ledger'];
  for (const table of tables)
    db.exec(`CREATE TABLE ${table} (id TEXT PRIMARY KEY, a TEXT, b TEXT, c INTEGER) STRICT`);
  const inserts = tables.map((table) => db.prepare(`INSERT INTO ${table} VALUES (?, ?, ?, ?)`));
  const started = performance.now();
  for (let i = 0; i < rows; i++) {
    if (i % 1_000 === 0) db.exec('BEGIN IMMEDIATE');
    for (const insert of inserts) insert.run([`id-${i}`, `Roy ${i}`, `g${i}@example.org`, 29_613]);
    if (i % 1_000 === 999) db.exec('COMMIT');
  }
  const seconds = (performance.now() - started) / 1000;
  db.close();
  return seconds;
}
