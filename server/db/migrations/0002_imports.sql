-- Files that staff bring in. Rows are staged under an import's id in short batches; one last batch makes the whole
-- visible, or nothing. What a killed import left behind is swept by the next one.

CREATE TABLE imports (
  id TEXT PRIMARY KEY,
  regroupement_id TEXT NOT NULL REFERENCES regroupements(id),
  file_name TEXT NOT NULL,
  kind TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  merged_at INTEGER,                           -- set in the batch that makes it visible
  report TEXT NOT NULL DEFAULT '{}'
) STRICT;

-- One row of the file: its cells as text, before anything is decided.
CREATE TABLE import_rows (
  import_id TEXT NOT NULL,
  line INTEGER NOT NULL,                       -- physical line where the row begins
  row_key TEXT NOT NULL,                       -- what the row is about; two different rows about one thing are refused
  hash TEXT NOT NULL,                          -- of its cells: the same row again is a repeat
  cells TEXT NOT NULL,
  reason TEXT,                                 -- why it is refused, in French
  reason_en TEXT,
  PRIMARY KEY (import_id, line)
) STRICT;
CREATE UNIQUE INDEX import_rows_repeats ON import_rows(import_id, hash);
CREATE INDEX import_rows_keys ON import_rows(import_id, row_key);

-- One row to be written when the whole is sound: `target` is the table, `data` its columns by name.
CREATE TABLE import_writes (
  import_id TEXT NOT NULL,
  seq INTEGER NOT NULL,
  target TEXT NOT NULL,
  lookup TEXT,                                 -- finds a staged holder or certificate again, later in the same file
  data BLOB NOT NULL,                          -- JSONB: read column by column without parsing it each time
  PRIMARY KEY (import_id, seq)
) STRICT;
CREATE INDEX import_writes_lookup ON import_writes(import_id, target, lookup) WHERE lookup IS NOT NULL;
