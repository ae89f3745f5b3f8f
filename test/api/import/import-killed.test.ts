// An import whose process is killed at any moment: the books are as before it, or as after it, and the next import goes on
// from there. So many kills as KILLS says, six otherwise.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import Database from 'libsql';
import { lastName } from '../../bench/import-file.ts';

const KILLS = Number(process.env.KILLS ?? 6);
const PROGRAM = fileURLToPath(new URL('../../bench/import-child.ts', import.meta.url));
const TITLES =
  'Prénom;Nom;Courriel;# certificat;No facture;Date facture;Échéance;Période;Prime;Taxe primes;Frais adm. et taxes;Total;Solde;Statut';
const line = (n: number, due: string, total: string) =>
  `Ginette;${lastName(n)};g${n}@example.org;PB-${n};F-${n};2026-03-01;${due};2026-04-01/2027-03-31;${total};0,00;0,00;${total};${total};à payer`;
const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);
const KNOWN = numbers(10_000, 10_399);
const FORMER = [TITLES, ...KNOWN.map((n) => line(n, '2026-04-01', '100,00'))].join('\n');
/** Changes what is known, and brings three times as much. */
const LATER = [
  TITLES,
  ...KNOWN.map((n) => line(n, '2026-05-01', '150,00')),
  ...numbers(20_000, 21_199).map((n) => line(n, '2026-05-01', '100,00')),
].join('\n');

/** Starts the import; `begun` once it is at work. */
function importing(database: string, file: string) {
  const child = spawn(process.execPath, [PROGRAM, database, file], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8');
  const begun = new Promise<void>((resolve) => {
    child.stderr.on('data', (text: string) => {
      said += text;
      if (said.includes('begun')) resolve();
    });
  });
  const ended = once(child, 'exit').then(([code, signal]) => {
    if (code !== 0 && signal !== 'SIGKILL') throw new Error(said);
  });
  return { child, begun: Promise.race([begun, ended]), ended };
}

/** Once the import has begun to write into the books. */
async function writing(database: string, ended: Promise<unknown>): Promise<void> {
  const db = new Database(database);
  let over = false;
  void ended.finally(() => {
    over = true;
  });
  const begun = db.prepare('SELECT COUNT(*) FROM hidden_imports').raw();
  while (!over && Number((begun.all() as number[][])[0]?.[0]) === 0) await sleep(2);
  db.close();
}

/** What anybody sees of the books. */
function books(database: string): string {
  const db = new Database(database);
  try {
    const rows = db
      .prepare(
        `SELECT i.number, i.due_on, c.number AS certificate, h.last_name,
           (SELECT SUM(amount_cents) FROM invoice_lines l WHERE l.invoice_id = i.id AND l.revision = i.revision) AS lines,
           (SELECT SUM(amount_cents) FROM ledger_entries e WHERE e.invoice_id = i.id) AS balance
         FROM invoices i JOIN certificates c ON c.id = i.certificate_id JOIN holders h ON h.id = c.holder_id
         ORDER BY i.number`,
      )
      .raw()
      .all();
    const sums = db
      .prepare(
        `SELECT (SELECT COUNT(*) FROM holders), (SELECT COUNT(*) FROM certificates), (SELECT COUNT(*) FROM invoices),
           (SELECT COUNT(*) FROM ledger_entries), (SELECT SUM(amount_cents) FROM ledger_entries)`,
      )
      .raw()
      .all();
    return JSON.stringify([sums, rows]);
  } finally {
    db.close();
  }
}

describe('an import that is killed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'amisgest-pay-killed-'));
  const path = (name: string) => join(folder, name);
  let [readMs, writeMs] = [0, 0];
  let unlike: { former: string; later: string };

  before(async () => {
    writeFileSync(path('former.csv'), FORMER);
    writeFileSync(path('later.csv'), LATER);
    await importing(path('former.db'), path('former.csv')).ended;
    copyFileSync(path('former.db'), path('later.db'));
    const run = importing(path('later.db'), path('later.csv'));
    await run.begun;
    const started = performance.now();
    await writing(path('later.db'), run.ended);
    readMs = performance.now() - started;
    await run.ended;
    writeMs = performance.now() - started - readMs;
    unlike = { former: books(path('former.db')), later: books(path('later.db')) };
    assert.notEqual(unlike.former, unlike.later);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  test(`${KILLS} times: before or after, nothing between, and the next import ends what was begun`, async () => {
    for (let i = 0; i < KILLS; i++) {
      const database = path(`killed-${i}.db`);
      copyFileSync(path('former.db'), database);
      const run = importing(database, path('later.csv'));
      await run.begun;
      // Two of three while it writes, each in another part of that time, so that few kills meet much.
      const part = (i + Math.random()) / KILLS;
      const inWriting = i % 3 > 0;
      if (inWriting) await writing(database, run.ended);
      await sleep(part * (inWriting ? writeMs : readMs));
      run.child.kill('SIGKILL');
      await run.ended;
      const seen = books(database);
      const when = `killed ${part} into ${inWriting ? 'writing' : 'reading'}`;
      assert.ok(seen === unlike.former || seen === unlike.later, when);
      const db = new Database(database);
      db.exec('DELETE FROM leases');
      db.close();
      await importing(database, path('later.csv')).ended;
      assert.equal(books(database), unlike.later, when);
      const swept = new Database(database);
      const [left] = swept
        .prepare(
          `SELECT (SELECT COUNT(*) FROM hidden_imports), (SELECT COUNT(*) FROM invoice_rows WHERE next_no IS NOT NULL),
             (SELECT COUNT(*) FROM invoice_rows) - (SELECT COUNT(*) FROM invoices),
             (SELECT COUNT(*) FROM ledger_rows) - (SELECT COUNT(*) FROM ledger_entries)`,
        )
        .raw()
        .all();
      swept.close();
      assert.deepEqual(left, [0, 0, 0, 0], when);
    }
  });
});
