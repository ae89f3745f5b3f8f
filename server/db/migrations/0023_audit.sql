-- Who did what to the regroupement's business, with the state before and after: every act of a person of the staff, of a
-- program by its key, of the command line. Nothing personal and no secret stands in it (server/audit.ts).
CREATE TABLE audit (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,       -- never given twice
  fingerprint TEXT NOT NULL UNIQUE,            -- of all it says, as it was asked: a batch may be asked of the database twice
  at INTEGER NOT NULL,
  actor TEXT NOT NULL CHECK (actor GLOB 'key:?*' OR actor GLOB 'staff:?*' OR actor GLOB 'cli:?*' OR actor = 'server'),
  regroupement_id TEXT REFERENCES regroupements(id), -- NULL: the whole server's
  act TEXT NOT NULL,
  target TEXT NOT NULL,                        -- the table and id of what was changed
  before TEXT CHECK (json_type(before) = 'object'), -- NULL: it was not there
  after TEXT CHECK (json_type(after) = 'object')   -- NULL: it is no more
) STRICT;
CREATE INDEX audit_by_target ON audit(target, seq);
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
