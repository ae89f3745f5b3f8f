// A copy of the database while the server runs, checked before it bears its name. One file, whole as of one instant.
import { existsSync, rmSync, statSync, writeFileSync } from 'node:fs';
import Database from 'libsql';
import { pathOfDatabase } from '../db/open.ts';
import { intoPlace, partFor, sync } from '../whole-file.ts';

/** Why a backup or a restore was not made. */
export type BackupTrouble =
  | 'remote'
  | 'no-database'
  | 'exists'
  | 'damaged'
  | 'not-ours'
  | 'newer'
  | 'server-runs'
  | 'unreadable';

export class BackupRefused extends Error {
  readonly trouble: BackupTrouble;
  constructor(trouble: BackupTrouble, detail = '') {
    super(detail === '' ? trouble : `${trouble}: ${detail}`);
    this.trouble = trouble;
  }
}

/** What the disk or the database said, as a refusal; anything else as it is. */
export function refusalOf(error: unknown, file: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (error instanceof BackupRefused || code === undefined) return error;
  if (code === 'EEXIST') return new BackupRefused('exists', file);
  if (/^SQLITE_(CORRUPT|NOTADB)/.test(code)) return new BackupRefused('damaged', code);
  if (/^E[A-Z]+$|^SQLITE_(FULL|IOERR|CANTOPEN|READONLY)/.test(code))
    return new BackupRefused('unreadable', `${code} ${file}`);
  return error;
}

const COUNTED = [
  'regroupements',
  'holders',
  'certificates',
  'invoices',
  'ledger_entries',
  'payments',
  'receipts',
  'accounts',
] as const;

export interface BackupReport {
  file: string;
  bytes: number;
  /** What happened after this instant is not in it. */
  madeAt: string;
  rows: Record<(typeof COUNTED)[number], number>;
  newestPayment: { number: string; completedAt: string } | null;
}

/** The path of a `file:` database. Throws BackupRefused (`remote`) for one on a server, whose provider backs it up. */
export function databasePath(url: string): string {
  const path = pathOfDatabase(url);
  if (path === null) throw new BackupRefused('remote');
  return path;
}

/** Copies the database at `path` into `file`. Throws BackupRefused; then there is no `file`. */
export function backup(path: string, file: string, now: number): BackupReport {
  if (!existsSync(path)) throw new BackupRefused('no-database', path);
  if (existsSync(file)) throw new BackupRefused('exists', file);
  const copy = partFor(file);
  try {
    vacuumInto(path, copy);
    const report = marked(copy, file, now);
    sync(copy);
    intoPlace(copy, file, false);
    return report;
  } catch (error) {
    throw refusalOf(error, file);
  } finally {
    rmSync(copy, { force: true });
  }
}

/** The database at `path`, as of one instant, in a new file that only this user may read. */
export function vacuumInto(path: string, copy: string): void {
  // An empty file is filled: names and balances are for this user's eyes from the first byte.
  writeFileSync(copy, '', { mode: 0o600, flag: 'wx' });
  const db = new Database(path, { timeout: 10_000 });
  try {
    db.prepare('VACUUM INTO ?').run(copy);
  } finally {
    db.close();
  }
}

function marked(copy: string, file: string, now: number): BackupReport {
  const db = new Database(copy);
  try {
    db.prepare(
      'INSERT INTO backup_mark(id, made_at) VALUES (1, ?) ON CONFLICT(id) DO UPDATE SET made_at = excluded.made_at',
    ).run(now);
    refuseDamaged(db);
    const rows = Object.fromEntries(
      COUNTED.map((table) => [
        table,
        (db.prepare(`SELECT COUNT(*) AS n FROM ${table}`).get() as { n: number }).n,
      ]),
    ) as BackupReport['rows'];
    const [newest] = db
      .prepare(
        'SELECT number, completed_at AS at FROM payments WHERE completed_at IS NOT NULL ORDER BY completed_at DESC LIMIT 1',
      )
      .all() as { number: string; at: number }[];
    return {
      file,
      bytes: statSync(copy).size,
      madeAt: new Date(now).toISOString(),
      rows,
      newestPayment:
        newest === undefined
          ? null
          : { number: newest.number, completedAt: new Date(newest.at).toISOString() },
    };
  } finally {
    db.close();
  }
}

/** Throws BackupRefused (`damaged`) unless every page and every reference of the database is sound. */
export function refuseDamaged(db: InstanceType<typeof Database>): void {
  const [first] = db.prepare('PRAGMA integrity_check(1)').all() as { integrity_check: string }[];
  if (first?.integrity_check !== 'ok') throw new BackupRefused('damaged', first?.integrity_check);
  if (db.prepare('PRAGMA foreign_key_check').all().length > 0)
    throw new BackupRefused('damaged', 'references');
}
