-- What each import wrote, row by row, so that it can be undone: written in the import's own transactions. What an undone import had
-- made is withdrawn: its rows bear the import's number with a minus, which `hidden_imports` holds for good, so that no view shows them.
CREATE TABLE import_changes (
  seq INTEGER PRIMARY KEY,                     -- by import, in the order in which it wrote (server/import/writing/changes.ts)
  import_no INTEGER NOT NULL,
  target TEXT NOT NULL,
  row_id TEXT NOT NULL,
  before TEXT,                                 -- JSON: what an import may change of it; NULL: the import made the row
  after TEXT                                   -- JSON, the same; NULL: see the row
) STRICT;

ALTER TABLE imports ADD COLUMN no INTEGER;       -- of `hidden_imports`, while it was; NULL: before this was kept, or nothing came in
ALTER TABLE imports ADD COLUMN by TEXT;          -- who brought it in
ALTER TABLE imports ADD COLUMN undone_at INTEGER;
ALTER TABLE imports ADD COLUMN undone_by TEXT;
ALTER TABLE imports ADD COLUMN undone TEXT;      -- JSON: how many rows went back, and what is kept
CREATE INDEX imports_by_age ON imports(regroupement_id, started_at) WHERE merged_at IS NOT NULL;
CREATE INDEX imports_merged ON imports(merged_at, no) WHERE no IS NOT NULL;

CREATE TRIGGER undone_imports_to_events AFTER UPDATE ON imports WHEN OLD.undone_at IS NULL AND NEW.undone_at IS NOT NULL BEGIN
  INSERT INTO events(regroupement_id, kind, subject, facts, at) VALUES (
    NEW.regroupement_id, 'import.undone', 'imports:' || NEW.id,
    json_object('reversed', NEW.undone ->> 'reversed', 'kept', NEW.undone ->> 'kept'), NEW.undone_at);
END;
-- An import that is undone is one fact; the invoices that go with it are none.
DROP TRIGGER invoice_rows_to_events_anew;
CREATE TRIGGER invoice_rows_to_events_anew AFTER UPDATE ON invoice_rows
  WHEN OLD.next_no IS NULL AND NEW.next_no IS NULL AND (OLD.status, OLD.revision) IS NOT (NEW.status, NEW.revision)
    AND coalesce(NEW.import_no, 0) >= 0
BEGIN
  INSERT INTO events(regroupement_id, kind, subject, facts, at) VALUES (
    NEW.regroupement_id, iif(OLD.status = 'open' AND NEW.status = 'cancelled', 'invoice.cancelled', 'invoice.changed'),
    'invoices:' || NEW.id, json_object('invoiceNumber', NEW.number), NEW.updated_at);
END;
