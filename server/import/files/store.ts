// Files that staff bring in by page, kept for seven days (privacy/retention.ts): encrypted by a key of their own, in pieces, so that
// no transaction is long.
import { decrypt, decryptBytes, encrypt, encryptBytes } from '../../crypto.ts';
import { sql } from '../../db/sql.ts';
import { type Deps, newId, newSecret } from '../../deps.ts';
import { Problem } from '../../problems/problem.ts';
import type { Stage } from '../run.ts';

/** A regroupement's largest list is below one megabyte. */
export const MAX_FILE_BYTES = 50 * 1024 * 1024;
export const MAX_ROWS = 100_000;
const PIECE = 256 * 1024;
/** What a regroupement may have kept at once: far above a week's work, far below a full disk. */
const MOST_FILES = 200;
const MOST_PIECES = (500 * 1024 * 1024) / PIECE;
/** Whoever was at work on it and has not been seen since then is gone. */
const GONE_MS = 60_000;

export type FileDeps = Pick<Deps, 'db' | 'now' | 'randomBytes' | 'config'>;
export type FileState =
  | 'kept'
  | 'previewing'
  | 'previewed'
  | 'importing'
  | 'imported'
  | 'refused'
  | 'stopped'
  | 'failed';

/** The numbers of a report, for the page; what it says of rows stands in the report itself. */
export interface Summary {
  kind: string | null;
  rows: number;
  added: number;
  changed: number;
  unchanged: number;
  repeated: number;
  refused: number;
  conflicts: number;
  fieldConflicts: number;
  totalCents: number;
  balanceCents: number;
  /** Of the whole file. */
  warnings: string[];
  /** Why the file is not read at all. */
  fileRefused: string | null;
  /** More changes than a list that comes again should: the number of rows is to be typed. */
  doubtful: boolean;
  known: { invoices: number; changed: number; cents: number; changedByCents: number };
  expectedSeconds: number | null;
}
export interface StoredFile {
  id: string;
  name: string;
  sheet: string | null;
  many: number;
  state: FileState;
  stage: Stage | null;
  done: number;
  summary: Summary | null;
  importId: string | null;
  createdAt: number;
  /** What its parts are encrypted by. */
  key: string;
}

type Kind = 'file' | 'titles' | 'report';

/** Throws `too-many-files` where the regroupement has its fill of them. */
export async function addFile(
  deps: FileDeps,
  regroupementId: string,
  file: { name: string; bytes: Uint8Array; by: string },
): Promise<string> {
  const id = newId(deps);
  const key = newSecret(deps);
  const added = sql`INSERT INTO import_files(id, regroupement_id, name, file_key, many, state, created_by, created_at)
    SELECT ${id}, ${regroupementId}, ${file.name}, ${encrypt(deps, `import-file:${id}`, key)}, 0, 'kept', ${file.by}, ${deps.now()}
    WHERE (SELECT count(*) FROM import_files WHERE regroupement_id = ${regroupementId}) < ${MOST_FILES}
      AND (SELECT count(*) FROM import_files f CROSS JOIN import_file_parts p ON p.file_id = f.id AND p.kind = 'file'
           WHERE f.regroupement_id = ${regroupementId}) + ${Math.ceil(file.bytes.length / PIECE)} <= ${MOST_PIECES}`;
  const { changes } = await deps.db.execute(added.sql, added.args);
  if (changes === 0) throw new Problem('too-many-files');
  await writeParts(deps, { id, key }, 'file', file.bytes);
  return id;
}

/** Throws `not-found`. */
export async function fileOf(deps: FileDeps, regroupementId: string, id: string): Promise<StoredFile> {
  const { rows } = await deps.db.execute<
    Omit<StoredFile, 'summary' | 'key'> & { summary: string | null; file_key: string; beat_at: number | null }
  >(
    `SELECT id, name, sheet, many, state, stage, done, summary, import_id AS importId, created_at AS createdAt, file_key, beat_at
     FROM import_files WHERE id = ? AND regroupement_id = ?`,
    [id, regroupementId],
  );
  const [found] = rows;
  if (found === undefined) throw new Problem('not-found');
  const { beat_at, file_key, summary, ...file } = found;
  const gone = isAtWork(file.state) && (beat_at ?? 0) < deps.now() - GONE_MS;
  return {
    ...file,
    ...(gone ? { state: 'failed' as const, stage: null } : {}),
    summary: summary === null ? null : (JSON.parse(summary) as Summary),
    key: decrypt(deps, `import-file:${id}`, file_key),
  };
}

function isAtWork(state: FileState): boolean {
  return state === 'previewing' || state === 'importing';
}

/** Takes the file for work, unless somebody is at it. Throws `file-at-work`. */
export async function beginWork(
  deps: FileDeps,
  { id }: StoredFile,
  state: 'previewing' | 'importing',
): Promise<void> {
  const { changes } = await deps.db.execute(
    `UPDATE import_files SET state = ?, stage = 'read', done = 0, stop_asked = 0, beat_at = ?
     WHERE id = ? AND (state NOT IN ('previewing','importing') OR beat_at < ?)`,
    [state, deps.now(), id, deps.now() - GONE_MS],
  );
  if (changes === 0) throw new Problem('file-at-work', { retryAfter: 10 });
}

/** Says how far it is; answers whether it is to stop. */
export async function beat(deps: FileDeps, id: string, stage: Stage, done: number): Promise<boolean> {
  const { rows } = await deps.db.execute<{ stop: 0 | 1 }>(
    'UPDATE import_files SET stage = ?, done = ?, beat_at = ? WHERE id = ? RETURNING stop_asked AS stop',
    [stage, done, deps.now(), id],
  );
  return rows[0]?.stop === 1;
}

export async function endWork(
  deps: FileDeps,
  id: string,
  { state, summary, importId }: { state: FileState; summary?: Summary; importId?: string | null },
): Promise<void> {
  await deps.db.execute(
    `UPDATE import_files SET state = ?, stage = NULL, summary = coalesce(?, summary), import_id = coalesce(?, import_id) WHERE id = ?`,
    [state, summary === undefined ? null : JSON.stringify(summary), importId ?? null, id],
  );
}

/** Asks whoever is at work on it to stop. False: nobody was. */
export async function askToStop(deps: FileDeps, { id }: StoredFile): Promise<boolean> {
  const { changes } = await deps.db.execute(
    "UPDATE import_files SET stop_asked = 1 WHERE id = ? AND state IN ('previewing','importing')",
    [id],
  );
  return changes > 0;
}

/** Throws `file-at-work` while somebody is at work on it. */
export function refuseAtWork({ state }: StoredFile): void {
  if (isAtWork(state)) throw new Problem('file-at-work', { retryAfter: 10 });
}

/**
 * Another sheet, or what its titles are now known to be: what was looked at before says nothing any more. Throws `file-at-work` while somebody
 * is at work on it.
 */
export async function renewFile(
  deps: FileDeps,
  { id }: StoredFile,
  { sheet, many }: { sheet: string | null; many: number },
): Promise<void> {
  const { changes } = await deps.db.execute(
    `UPDATE import_files SET sheet = ?, many = ?, state = 'kept', stage = NULL, summary = NULL
     WHERE id = ? AND (state NOT IN ('previewing','importing') OR beat_at < ?)`,
    [sheet, many, id, deps.now() - GONE_MS],
  );
  if (changes === 0) throw new Problem('file-at-work', { retryAfter: 10 });
}

export async function writeParts(
  deps: FileDeps,
  { id, key }: Pick<StoredFile, 'id' | 'key'>,
  kind: Kind,
  bytes: Uint8Array,
): Promise<void> {
  await deps.db.execute('DELETE FROM import_file_parts WHERE file_id = ? AND kind = ?', [id, kind]);
  for (let no = 0; no * PIECE < bytes.length; no++) {
    const piece = bytes.subarray(no * PIECE, (no + 1) * PIECE);
    await deps.db.execute('INSERT INTO import_file_parts(file_id, kind, no, body) VALUES (?, ?, ?, ?)', [
      id,
      kind,
      no,
      encryptBytes(deps, key, `${id}:${kind}:${no}`, piece),
    ]);
  }
}

/** Empty where there are none. */
export async function readParts(
  deps: FileDeps,
  { id, key }: Pick<StoredFile, 'id' | 'key'>,
  kind: Kind,
): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Buffer[] = [];
  for (;;) {
    const no = pieces.length;
    const { rows } = await deps.db.execute<{ body: string }>(
      'SELECT body FROM import_file_parts WHERE file_id = ? AND kind = ? AND no = ?',
      [id, kind, no],
    );
    const [piece] = rows;
    if (piece === undefined) return new Uint8Array(Buffer.concat(pieces));
    pieces.push(decryptBytes(key, `${id}:${kind}:${no}`, piece.body));
  }
}
