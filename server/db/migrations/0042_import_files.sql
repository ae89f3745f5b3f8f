-- Files that staff bring in by page: kept, encrypted, while they say what the columns are, look at what would change and correct it.
CREATE TABLE import_files (
  id TEXT PRIMARY KEY,
  regroupement_id TEXT NOT NULL REFERENCES regroupements(id),
  name TEXT NOT NULL,                          -- what the file is called
  file_key TEXT NOT NULL,                      -- encrypted: what its parts are encrypted by
  sheet TEXT,                                  -- of a workbook; NULL: its only one, or not said yet
  many INTEGER NOT NULL,                       -- rows below the titles
  state TEXT NOT NULL CHECK (state IN ('kept','previewing','previewed','importing','imported','refused','stopped','failed')),
  stage TEXT,                                  -- while it is previewed or imported
  done INTEGER NOT NULL DEFAULT 0,             -- rows
  beat_at INTEGER,                             -- when it was last seen to go on
  stop_asked INTEGER NOT NULL DEFAULT 0,
  summary TEXT,                                -- JSON: the numbers of the last preview or import
  import_id TEXT,                              -- what it became
  created_by TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX import_files_by_age ON import_files(created_at);

-- The file, its titles with samples, and the report on it: a piece a row, each encrypted.
CREATE TABLE import_file_parts (
  file_id TEXT NOT NULL REFERENCES import_files(id),
  kind TEXT NOT NULL CHECK (kind IN ('file','titles','report')),
  no INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (file_id, kind, no)
) STRICT;
