// An empty database for a test: a file, or, in `npm run test:remote`, a libSQL server of its own.
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { migrate } from '../../server/db/migrate.ts';
import { openDb } from '../../server/db/open.ts';
import { freePort, until } from './demo.ts';

export interface TestDatabase {
  /** For `openDb`: `file:…`, or `http://127.0.0.1:…`. */
  url: string;
  remove(): Promise<void>;
}
export interface DatabaseServer extends TestDatabase {
  /** Its process. */
  readonly pid: number | undefined;
  /** A power cut: the process is killed, and started again on the same data. */
  restart(): Promise<void>;
}

/** Where the program of a libSQL server is; without it the tests have files only. */
export const SQLD = process.env.TEST_SQLD;

export async function newDatabase(): Promise<TestDatabase> {
  if (SQLD !== undefined) return newServer(SQLD);
  const folder = mkdtempSync(join(tmpdir(), 'amisgest-pay-'));
  return {
    url: `file:${join(folder, 'test.db')}`,
    remove: async () => rmSync(folder, { recursive: true, force: true }),
  };
}

const DB = new URL('../../server/db/', import.meta.url);
const CACHE = fileURLToPath(new URL('../../node_modules/.cache/migrated/', import.meta.url));
let migrated: Promise<Buffer> | undefined;

/**
 * Puts a database that was migrated at that time (ms) where `url` says, if it is a file and nothing is there yet. The
 * migrations run once for as long as they stay as they are: each of the hundreds of databases after the first is a copy.
 */
export async function copyMigrated(url: string, now: number): Promise<void> {
  const file = url.replace(/^file:/, '');
  if (file === url || existsSync(file)) return;
  migrated ??= migratedFile();
  writeFileSync(file, await migrated);
  const db = await openDb(url);
  await db.execute('UPDATE schema_migrations SET applied_at = ?', [now]);
  db.close();
}

async function migratedFile(): Promise<Buffer> {
  const hash = createHash('sha256');
  for (const file of readdirSync(DB, { recursive: true, encoding: 'utf8' }).sort())
    if (/\.(ts|sql)$/.test(file)) hash.update(readFileSync(new URL(file.replaceAll('\\', '/'), DB)));
  const kept = join(CACHE, `${hash.digest('hex')}.db`);
  if (existsSync(kept)) return readFileSync(kept);
  const folder = mkdtempSync(join(tmpdir(), 'amisgest-pay-'));
  const copy = join(folder, 'copy.db');
  try {
    const db = await openDb(`file:${join(folder, 'test.db')}`);
    await migrate(db, 0);
    await db.execute('VACUUM INTO ?', [copy]);
    db.close();
    // Whole, or not there: other processes look for it meanwhile.
    mkdirSync(CACHE, { recursive: true });
    const own = `${kept}.${process.pid}`;
    copyFileSync(copy, own);
    renameSync(own, kept);
    return readFileSync(copy);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export async function newServer(sqld: string): Promise<DatabaseServer> {
  const folder = mkdtempSync(join(tmpdir(), 'amisgest-pay-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  let running: ChildProcess;
  const start = async () => {
    running = spawn(
      sqld,
      ['--db-path', join(folder, 'data'), '--http-listen-addr', `127.0.0.1:${port}`, '--no-welcome'],
      { stdio: 'ignore' },
    );
    await until('the libSQL server', async () => (await fetch(`${url}/health`).catch(() => null))?.ok);
  };
  const kill = async () => {
    const ended = new Promise<void>((resolve) => running.once('close', () => resolve()));
    running.kill('SIGKILL');
    await ended;
  };
  await start();
  return {
    url,
    get pid() {
      return running.pid;
    },
    async restart() {
      await kill();
      await start();
    },
    async remove() {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
