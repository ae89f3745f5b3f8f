// Puts a backup in the database's place while no server runs. What the backup cannot know is made safe before anyone
// sees it: payments stop until PayPal's books since then are in ours, sessions and links end, no message leaves twice.
import { randomBytes } from 'node:crypto';
import { appendFileSync, existsSync, linkSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'libsql';
import { hashPassword } from '../accounts/passwords/passwords.ts';
import { type Actor, audited } from '../audit.ts';
import type { Statement } from '../db/db.ts';
import { knownMigrations, migrate } from '../db/migrate.ts';
import { openDb } from '../db/open.ts';
import { FileTrouble, inputFile, isSameFile, refuseNoName } from '../input-file.ts';
import { stopAll } from '../payments/stops.ts';
import { eraseAgain } from '../privacy/erase.ts';
import { sync } from '../whole-file.ts';
import { BackupRefused, refusalOf, refuseDamaged, vacuumInto } from './backup.ts';
import { type Closed, closedIn, ENROLMENT, formerEmails } from './kept-closed.ts';

export interface RestoreReport {
  /** What happened after this instant is not in the database. */
  backupAt: string;
  /** Where the replaced database is kept; null when there was none. */
  replaced: string | null;
  /** Slugs: nobody can pay them yet. */
  stopped: string[];
  sessionsEnded: number;
  /** Accounts erased since the backup, and erased again; those that the replaced database could still name. */
  erasedAgain: number;
  /** Links that a holder undid since the backup, and that stay undone; those that the replaced database could name. */
  undoneAgain: number;
  /** Changes of e-mail that their owner took back since the backup, and that are taken back again. */
  emailsTakenBack: number;
  /** Accounts whose password was another at the end: the old one, stolen perhaps, must not open them again. */
  passwordsEnded: number;
  /** Messages that wait for the staff's word, since they may have been sent. */
  parked: { regroupement: string; id: string; kind: string; createdAt: string }[];
  /** Staff keys that work as of the backup; also those revoked since that the replaced database could not name. */
  keys: { regroupement: string; name: string }[];
}

/** Replaces the database at `path` by the backup `file`. Throws BackupRefused or FileTrouble; then nothing has changed. */
export async function restore(path: string, file: string, now: number, by: Actor): Promise<RestoreReport> {
  refuseNoName(file);
  if (!existsSync(file)) throw new BackupRefused('unreadable', file);
  const source = inputFile(file, Number.MAX_SAFE_INTEGER);
  if (existsSync(path) && isSameFile(statSync(file), statSync(path)))
    throw new FileTrouble(
      `${file} est la base elle-même, pas une sauvegarde. Nommez un fichier fait par « amisgest-pay backup ».`,
      `${file} is the database itself, not a backup. Name a file made by “amisgest-pay backup”.`,
    );
  refuseWhileServed(path);
  const copy = `${path}.restoring-${process.pid}`;
  const whole = `${path}.restored-${process.pid}`;
  const parts = [copy, `${copy}-wal`, `${copy}-shm`, `${copy}-journal`, whole];
  try {
    writeFileSync(copy, '', { mode: 0o600, flag: 'wx' });
    for (const piece of source.bytes()) appendFileSync(copy, piece);
    const backupAt = markOf(copy);
    const report = await prepare(copy, { backupAt, now, by }, closedIn(path));
    // Everything in one file again: the client lets go of its own, and of its WAL, when it likes.
    vacuumInto(copy, whole);
    const db = new Database(whole);
    try {
      refuseDamaged(db);
    } finally {
      db.close();
    }
    sync(whole);
    refuseWhileServed(path);
    const replaced = setAside(path, now);
    renameSync(whole, path);
    sync(dirname(path));
    return { ...report, replaced };
  } catch (error) {
    throw refusalOf(error, path);
  } finally {
    for (const part of parts) rmSync(part, { force: true });
  }
}

// Whoever has the database open, server or command, holds a lock on it until it ends, however it ends: a change of the
// journal needs the file for itself. It also folds what is in the WAL into the file that is kept.
function refuseWhileServed(path: string): void {
  if (!existsSync(path)) return;
  const db = new Database(path);
  try {
    db.prepare('PRAGMA journal_mode = DELETE').get();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (/BUSY|LOCKED/.test(code ?? '') || /locked/.test(message)) throw new BackupRefused('server-runs');
    // A database that cannot be read is what a restore is for.
  } finally {
    db.close();
  }
}

// When the backup was made. Throws BackupRefused when the file is no sound backup of ours.
function markOf(copy: string): number {
  const db = new Database(copy);
  try {
    refuseDamaged(db);
    const ran = db.prepare('SELECT name FROM schema_migrations').all() as { name: string }[];
    const known = knownMigrations();
    const newer = ran.find(({ name }) => !known.includes(name));
    if (newer !== undefined) throw new BackupRefused('newer', newer.name);
    const [mark] = db.prepare('SELECT made_at FROM backup_mark').all() as { made_at: number }[];
    if (mark === undefined) throw new BackupRefused('not-ours');
    return mark.made_at;
  } catch (error) {
    if (error instanceof BackupRefused) throw error;
    throw new BackupRefused(/no such table/.test((error as Error).message) ? 'not-ours' : 'damaged');
  } finally {
    db.close();
  }
}

async function prepare(
  copy: string,
  { backupAt, now, by }: { backupAt: number; now: number; by: Actor },
  { erased, revoked, undone, takenBack, passwords, removed, enrolled }: Closed,
): Promise<Omit<RestoreReport, 'replaced'>> {
  const db = await openDb(`file:${copy}`);
  try {
    await migrate(db, now);
    const random = { now: () => now, randomBytes: (n: number) => new Uint8Array(randomBytes(n)) };
    const stops = await stopAll({ db, ...random }, { backupAt, stoppedAt: now });
    const former = await formerEmails(db, takenBack, now);
    const hashOfNobody = await hashPassword(random, randomBytes(32).toString('base64'));
    const [sessions, links, laterLinks, accounts] = await db.batch([
      // These four first, so that their counts are told. Refresh tokens that were used since would live again.
      {
        sql: "UPDATE sessions SET ended_at = ?, end_reason = 'restored' WHERE ended_at IS NULL",
        args: [now],
      },
      {
        sql: `UPDATE links SET undone_at = ? WHERE undone_at IS NULL AND id IN (SELECT value ->> '$.id' FROM json_each(?))`,
        args: [now, JSON.stringify(undone)],
      },
      {
        sql: `INSERT OR IGNORE INTO links(id, regroupement_id, account_id, holder_id, number_key, level, method, undo_token_hash,
                created_at, undone_at)
              SELECT was.value ->> '$.id', a.regroupement_id, a.id, h.id, was.value ->> '$.number_key', was.value ->> '$.level',
                was.value ->> '$.method', was.value ->> '$.undo_token_hash', was.value ->> '$.created_at', ?
              FROM json_each(?) was JOIN accounts a ON a.id = was.value ->> '$.account_id'
                JOIN holders h ON h.id = was.value ->> '$.holder_id' AND h.regroupement_id = a.regroupement_id`,
        args: [now, JSON.stringify(undone)],
      },
      {
        sql: `UPDATE accounts SET password_hash = ?, updated_at = ? WHERE erased_at IS NULL AND id IN
                (SELECT a.id FROM json_each(?) was JOIN accounts a ON a.id = was.key WHERE was.value <> a.password_hash)`,
        args: [hashOfNobody, now, JSON.stringify(passwords)],
      },
      ...former.statements,
      {
        sql: 'UPDATE api_keys SET revoked_at = ? WHERE revoked_at IS NULL AND id IN (SELECT value FROM json_each(?))',
        args: [now, JSON.stringify(revoked)],
      },
      // So would links in e-mails that were used or replaced since.
      ...officeClosed(now, { removed, enrolled }),
      ...[
        ...['sign_ups', 'password_resets', 'email_changes', 'link_challenges'],
        ...['staff_invitations', 'staff_links'],
      ].map(
        (table): Statement => ({
          sql: `UPDATE ${table} SET ended_at = ? WHERE used_at IS NULL AND ended_at IS NULL`,
          args: [now],
        }),
      ),
      { sql: "DELETE FROM outbox WHERE state = 'waiting' AND recipient = ''" },
      {
        sql: "UPDATE outbox SET state = 'parked', claim_until = NULL, last_error = 'restored', asked_by = '' WHERE state = 'waiting'",
      },
      { sql: 'DELETE FROM leases' },
      { sql: 'DELETE FROM backup_mark' },
      ...stops,
      audited(random, {
        regroupementId: null,
        actor: by,
        act: 'database-restored',
        target: 'server',
        before: null,
        after: { backupAt: new Date(backupAt).toISOString() },
      }),
    ]);
    let erasedAgain = 0;
    for (const { id, regroupementId } of erased)
      if (await eraseAgain({ db, ...random }, regroupementId, id)) erasedAgain++;
    const { rows: stopped } = await db.execute<{ slug: string }>(
      `SELECT r.slug FROM payment_stops s JOIN regroupements r ON r.id = s.regroupement_id
       WHERE s.resumed_at IS NULL ORDER BY r.slug`,
    );
    const { rows: parked } = await db.execute<{ slug: string; id: string; kind: string; created_at: number }>(
      `SELECT r.slug, o.id, o.kind, o.created_at FROM outbox o JOIN regroupements r ON r.id = o.regroupement_id
       WHERE o.state = 'parked' AND o.last_error = 'restored' ORDER BY r.slug, o.created_at, o.id`,
    );
    const { rows: keys } = await db.execute<{ slug: string; name: string }>(
      `SELECT r.slug, k.name FROM api_keys k JOIN regroupements r ON r.id = k.regroupement_id
       WHERE k.revoked_at IS NULL AND k.expires_at > ? ORDER BY r.slug, k.name`,
      [now],
    );
    return {
      backupAt: new Date(backupAt).toISOString(),
      stopped: stopped.map((row) => row.slug),
      sessionsEnded: sessions?.changes ?? 0,
      erasedAgain,
      undoneAgain: (links?.changes ?? 0) + (laterLinks?.changes ?? 0),
      emailsTakenBack: former.count,
      passwordsEnded: accounts?.changes ?? 0,
      parked: parked.map((row) => ({
        regroupement: row.slug,
        id: row.id,
        kind: row.kind,
        createdAt: new Date(row.created_at).toISOString(),
      })),
      keys: keys.map((row) => ({ regroupement: row.slug, name: row.name })),
    };
  } finally {
    db.close();
  }
}

/**
 * The statements that let nobody of the staff back in: whoever was removed since stays so, and a second factor that was reset
 * since, with the phone that was lost perhaps, opens nothing. Every session ends.
 */
function officeClosed(now: number, { removed, enrolled }: Pick<Closed, 'removed' | 'enrolled'>): Statement[] {
  const reset = `SELECT u.id FROM json_each(?) was JOIN staff_users u ON u.id = was.key
    WHERE u.enrolled_at IS NOT NULL AND was.value IS NOT (${ENROLMENT})`;
  const factors = ['staff_passkeys', 'staff_totp', 'staff_recovery_codes'];
  return [
    {
      sql: "UPDATE staff_sessions SET ended_at = ?, end_reason = 'restored' WHERE ended_at IS NULL",
      args: [now],
    },
    {
      sql: `UPDATE memberships SET removed_at = ? WHERE removed_at IS NULL AND (staff_id, regroupement_id) IN
              (SELECT value ->> '$.staffId', value ->> '$.regroupementId' FROM json_each(?))`,
      args: [now, JSON.stringify(removed)],
    },
    ...factors.map((table) => ({
      sql: `DELETE FROM ${table} WHERE staff_id IN (${reset})`,
      args: [JSON.stringify(enrolled)],
    })),
    {
      sql: `UPDATE staff_users SET enrolled_at = NULL WHERE id IN (${reset})`,
      args: [JSON.stringify(enrolled)],
    },
  ];
}

// The old database stays whole under another name, its journal with it; its own name is free for an instant only
// when there is a journal, which must never meet the new file.
function setAside(path: string, now: number): string | null {
  if (!existsSync(path)) {
    for (const part of ['-wal', '-shm', '-journal']) rmSync(path + part, { force: true });
    return null;
  }
  const kept = `${path}.before-restore-${new Date(now).toISOString().replace(/\D/g, '').slice(0, 17)}`;
  for (const part of ['-wal', '-shm', '-journal'])
    if (existsSync(path + part)) renameSync(path + part, kept + part);
  linkSync(path, kept);
  return kept;
}
