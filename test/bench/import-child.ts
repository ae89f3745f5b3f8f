// One import in a process of its own: `node import-child.ts <database> <file>` prints its seconds and peak memory.
import { randomBytes } from 'node:crypto';
import { migrate } from '../../server/db/migrate.ts';
import { openDb } from '../../server/db/open.ts';
import type { Deps } from '../../server/deps.ts';
import { importFile } from '../../server/import/import-file.ts';
import { createLog } from '../../server/log.ts';

const [database = '', file = ''] = process.argv.slice(2);
const db = await openDb(`file:${database}`);
await migrate(db, Date.now());
await db.execute(
  `INSERT INTO regroupements(id, slug, name, email, phone, address, privacy_title, privacy_email, created_at, updated_at)
   VALUES ('r', 'r', 'R', 'r@r.test', '1', 'a', 'p', 'p@r.test', 1, 1)`,
);
let mergeSeconds = 0;
const timed: Deps['db'] = {
  execute: db.execute.bind(db),
  close: db.close.bind(db),
  async batch(statements) {
    const started = performance.now();
    const results = await db.batch(statements);
    mergeSeconds = Math.max(mergeSeconds, (performance.now() - started) / 1000);
    return results;
  },
};
// An import asks for nothing else of the outside.
const deps = {
  db: timed,
  now: Date.now,
  randomBytes: (n: number) => new Uint8Array(randomBytes(n)),
  log: createLog('silent', Date.now, () => undefined),
} as unknown as Deps;
const started = performance.now();
const report = await importFile(deps, { by: 'cli:test', regroupement: 'r', name: file });
const seconds = (performance.now() - started) / 1000;
if (!report.imported) throw new Error(JSON.stringify(report.refused[0]));
db.close();
console.log(
  JSON.stringify({ seconds, mergeSeconds, megabytes: Math.round(process.resourceUsage().maxRSS / 1024) }),
);
