-- What a file is searched for by, one row a holder: names, e-mail, ids and certificate numbers, folded (server/staff/files/search.ts).
-- No SQL folds a name as domain/NAMES.md does: a change empties the text, and the next search writes it anew.
CREATE TABLE file_search (
  holder_id TEXT PRIMARY KEY REFERENCES holder_rows(id) ON DELETE CASCADE,
  regroupement_id TEXT NOT NULL REFERENCES regroupements(id),
  folded TEXT,                                 -- NULL: to be written anew
  revision INTEGER NOT NULL DEFAULT 0          -- what was read before another change is not written after it
) STRICT;
CREATE INDEX file_search_by_text ON file_search(regroupement_id, folded, holder_id);
INSERT INTO file_search(holder_id, regroupement_id) SELECT id, regroupement_id FROM holder_rows;

CREATE TRIGGER holder_rows_to_search AFTER INSERT ON holder_rows BEGIN
  INSERT INTO file_search(holder_id, regroupement_id) VALUES (NEW.id, NEW.regroupement_id);
END;
CREATE TRIGGER holder_rows_to_search_anew AFTER UPDATE ON holder_rows
  WHEN (OLD.first_name, OLD.last_name, OLD.usual_name, OLD.email, OLD.external_id)
    IS NOT (NEW.first_name, NEW.last_name, NEW.usual_name, NEW.email, NEW.external_id)
BEGIN
  UPDATE file_search SET folded = NULL, revision = revision + 1 WHERE holder_id = NEW.id;
END;
CREATE TRIGGER certificate_rows_to_search AFTER INSERT ON certificate_rows BEGIN
  UPDATE file_search SET folded = NULL, revision = revision + 1 WHERE holder_id = NEW.holder_id;
END;
CREATE TRIGGER certificate_rows_to_search_anew AFTER UPDATE ON certificate_rows
  WHEN (OLD.number_key, OLD.holder_id) IS NOT (NEW.number_key, NEW.holder_id)
BEGIN
  UPDATE file_search SET folded = NULL, revision = revision + 1 WHERE holder_id IN (OLD.holder_id, NEW.holder_id);
END;
CREATE TRIGGER certificate_rows_from_search AFTER DELETE ON certificate_rows BEGIN
  UPDATE file_search SET folded = NULL, revision = revision + 1 WHERE holder_id = OLD.holder_id;
END;
