// The least that an honest import could do: the same final rows, ready made, into the real schema, in bulk, with ordered
// ids, in one transaction. Run as a program: least-work.ts <imported database> <new database>; prints { seconds, cpu }.
import Database from 'libsql';
import { migrate } from '../../server/db/migrate.ts';
import { openDb } from '../../server/db/open.ts';
import { COLUMNS, ORDER } from '../../server/import/rows/targets.ts';

const TABLES = {
  holders: 'holder_rows',
  certificates: 'certificate_rows',
  invoices: 'invoice_rows',
  invoice_lines: 'invoice_lines',
  endorsements: 'endorsement_rows',
  ledger_entries: 'ledger_rows',
};
const AT_ONCE = 1_000;

const [from = '', to = ''] = process.argv.slice(2);
const empty = await openDb(`file:${to}`);
await migrate(empty, Date.now());
empty.close();
const source = new Database(from);
const db = new Database(to);
db.exec('PRAGMA foreign_keys = ON');
db.exec(`ATTACH '${from.replaceAll("'", "''")}' AS imported`);
db.exec('INSERT INTO regroupements SELECT * FROM imported.regroupements');
db.exec('DETACH imported');

let seconds = 0;
let cpu = 0;
const timed = (work: () => void) => {
  const [started, used] = [performance.now(), process.cpuUsage()];
  work();
  const { user, system } = process.cpuUsage(used);
  seconds += (performance.now() - started) / 1000;
  cpu += (user + system) / 1e6;
};
timed(() => db.exec('BEGIN IMMEDIATE'));
for (const target of ORDER) {
  const columns = COLUMNS[target];
  const read = source.prepare(
    `SELECT rowid AS at, json_array(${columns.join(', ')}) AS row FROM ${TABLES[target]} WHERE rowid > ? ORDER BY rowid LIMIT ${AT_ONCE}`,
  );
  const insert = db.prepare(
    `INSERT INTO ${TABLES[target]}(${columns.join(', ')}) SELECT ${columns.map((_, i) => `value ->> ${i}`).join(', ')} FROM json_each(?)`,
  );
  for (let after = 0; ; ) {
    const rows = read.all([after]) as { at: number; row: string }[];
    const last = rows.at(-1);
    if (last === undefined) break;
    after = last.at;
    const json = `[${rows.map(({ row }) => row).join(',')}]`;
    timed(() => insert.run([json]));
  }
}
timed(() => db.exec('COMMIT'));
db.close();
source.close();
console.log(JSON.stringify({ seconds, cpu }));
