// One import in a process of its own: `node import-child.ts <database> <file>` prints its seconds and peak memory; with a third
// argument, `trial`, a trial of it, and how long it says that the import takes.
import { randomBytes } from 'node:crypto';
import { migrate } from '../../server/db/migrate.ts';
import { openDb } from '../../server/db/open.ts';
import type { Deps } from '../../server/deps.ts';
import { importFile } from '../../server/import/import-file.ts';
import { createLog } from '../../server/log.ts';
import { watchLock } from './programs/held.ts';
import { percentile } from './programs/load.ts';

const [database = '', file = '', trial = ''] = process.argv.slice(2);
const db = await openDb(`file:${database}`);
await migrate(db, Date.now());
await db.execute(
  `INSERT OR IGNORE INTO regroupements(id, slug, name, email, phone, address, privacy_title, privacy_email, created_at, updated_at)
   VALUES ('r', 'r', 'R', 'r@r.test', '1', 'a', 'p', 'p@r.test', 1, 1)`,
);
const held = watchLock();
// An import asks for nothing else of the outside.
const deps = {
  db,
  now: Date.now,
  randomBytes: (n: number) => new Uint8Array(randomBytes(n)),
  sleep: (ms: number) => new Promise((resolve) => setTimeout(resolve, ms)),
  log: createLog('silent', Date.now, () => undefined),
} as unknown as Deps;
console.error('begun');
const used = process.cpuUsage();
const started = performance.now();
const dryRun = trial === 'trial';
const report = await importFile(deps, { by: 'cli:test', regroupement: 'r', name: file, dryRun });
const seconds = (performance.now() - started) / 1000;
const { user, system } = process.cpuUsage(used);
if (report.refused.length > 0) throw new Error(JSON.stringify(report.refused[0]));
db.close();
console.log(
  JSON.stringify({
    seconds,
    cpu: (user + system) / 1e6,
    heldMs: percentile(held, 1),
    heldMs99: percentile(held, 0.99),
    expectedSeconds: report.expectedSeconds,
    megabytes: Math.round(process.resourceUsage().maxRSS / 1024),
  }),
);
