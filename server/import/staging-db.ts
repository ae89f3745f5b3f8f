// Where a file's rows wait while they are read and decided: a database of its own beside the books, which needs no lock of
// theirs and is gone with the process, however it ends.
import type { Db } from '../db/db.ts';
import { FileDb } from '../db/file-db.ts';

const TABLES = [
  // One row of the file: its cells as text, before anything is decided.
  `CREATE TABLE import_rows (
     import_id TEXT NOT NULL,
     line INTEGER PRIMARY KEY, -- physical line where the row begins
     row_key TEXT NOT NULL,    -- what the row is about; two different rows about one thing are refused
     hash TEXT NOT NULL,       -- of its cells: the same row again is a repeat
     cells TEXT NOT NULL,
     reason TEXT,              -- why it is refused, in French
     reason_en TEXT,
     subject TEXT,             -- whose certificate it speaks of, so that two e-mails for one person can be told
     email_key TEXT
   ) STRICT`,
  'CREATE UNIQUE INDEX import_rows_repeats ON import_rows(hash)',
  // What a chunk of rows writes into one table: new rows as arrays of their columns, or changed ones by name.
  `CREATE TABLE import_writes (
     seq INTEGER PRIMARY KEY,
     target TEXT NOT NULL,
     changes INTEGER NOT NULL, -- 1: of rows that are there already
     many INTEGER NOT NULL,    -- how many rows
     rows TEXT NOT NULL        -- JSON
   ) STRICT`,
  // Finds a new holder or certificate again, later in the same file.
  `CREATE TABLE import_made (
     target TEXT NOT NULL,
     lookup TEXT NOT NULL,
     seq INTEGER PRIMARY KEY,
     data TEXT NOT NULL
   ) STRICT`,
  'CREATE INDEX import_made_by_lookup ON import_made(lookup, target)',
];

/** Sorted at once when all rows are there: to keep them while rows come in would take two fifths of that time. */
export const INDEXES = [
  'CREATE INDEX import_rows_keys ON import_rows(row_key, line)',
  'CREATE INDEX import_rows_subjects ON import_rows(subject) WHERE subject IS NOT NULL',
];

/** Opens an empty one; `close` removes it. */
export async function openStaging(): Promise<Db> {
  const db = await FileDb.temporary();
  await db.batch(TABLES.map((sql) => ({ sql })));
  return db;
}
