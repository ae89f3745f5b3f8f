-- The search of files where they are many: the texts of regroupements of 20,000 and more are indexed by their trigrams, by a
-- job; what is not indexed is looked through (server/staff/files/search.ts). The index has exactly the rows that say so.
DROP TRIGGER holder_rows_to_search;
DROP TRIGGER holder_rows_to_search_anew;
DROP TRIGGER certificate_rows_to_search;
DROP TRIGGER certificate_rows_to_search_anew;
DROP TRIGGER certificate_rows_from_search;
ALTER TABLE file_search RENAME TO file_search_before;
CREATE TABLE file_search (
  no INTEGER PRIMARY KEY,
  holder_id TEXT NOT NULL UNIQUE REFERENCES holder_rows(id) ON DELETE CASCADE,
  regroupement_id TEXT NOT NULL REFERENCES regroupements(id),
  indexed INTEGER NOT NULL DEFAULT 0 CHECK (indexed IN (0, 1)),
  folded TEXT CHECK (folded IS NOT NULL OR indexed = 0), -- NULL: to be written anew
  import_no INTEGER NOT NULL DEFAULT 0,        -- the import that brought the holder; 0: none did
  revision INTEGER NOT NULL DEFAULT 0          -- what was read before another change is not written after it
) STRICT;
INSERT INTO file_search(holder_id, regroupement_id, folded, import_no, revision)
  SELECT s.holder_id, s.regroupement_id, s.folded, coalesce(h.import_no, 0), s.revision
  FROM file_search_before s JOIN holder_rows h ON h.id = s.holder_id ORDER BY s.rowid;
DROP TABLE file_search_before;
-- What an import still hides comes last among what is to be written anew, and is not looked at.
CREATE INDEX file_search_by_text ON file_search(regroupement_id, indexed, folded, import_no, holder_id);

CREATE VIRTUAL TABLE file_trigrams USING fts5(
  folded, content = '', contentless_delete = 1, detail = 'none', tokenize = 'trigram case_sensitive 1');

CREATE TRIGGER file_search_unindexed AFTER UPDATE OF indexed ON file_search WHEN OLD.indexed = 1 AND NEW.indexed = 0 BEGIN
  DELETE FROM file_trigrams WHERE rowid = OLD.no;
END;
CREATE TRIGGER file_search_gone AFTER DELETE ON file_search WHEN OLD.indexed = 1 BEGIN
  DELETE FROM file_trigrams WHERE rowid = OLD.no;
END;
CREATE TRIGGER holder_rows_to_search AFTER INSERT ON holder_rows BEGIN
  INSERT INTO file_search(holder_id, regroupement_id, import_no) VALUES (NEW.id, NEW.regroupement_id, coalesce(NEW.import_no, 0));
END;
CREATE TRIGGER holder_rows_to_search_anew AFTER UPDATE ON holder_rows
  WHEN (OLD.first_name, OLD.last_name, OLD.usual_name, OLD.email, OLD.external_id)
    IS NOT (NEW.first_name, NEW.last_name, NEW.usual_name, NEW.email, NEW.external_id)
BEGIN
  UPDATE file_search SET folded = NULL, indexed = 0, revision = revision + 1 WHERE holder_id = NEW.id;
END;
-- A certificate that is renewed has the number of before.
CREATE TRIGGER certificate_rows_to_search AFTER INSERT ON certificate_rows
  WHEN NOT EXISTS (SELECT 1 FROM certificate_rows c WHERE c.holder_id = NEW.holder_id AND c.number_key = NEW.number_key AND c.id <> NEW.id)
BEGIN
  UPDATE file_search SET folded = NULL, indexed = 0, revision = revision + 1 WHERE holder_id = NEW.holder_id;
END;
CREATE TRIGGER certificate_rows_to_search_anew AFTER UPDATE ON certificate_rows
  WHEN (OLD.number_key, OLD.holder_id) IS NOT (NEW.number_key, NEW.holder_id)
BEGIN
  UPDATE file_search SET folded = NULL, indexed = 0, revision = revision + 1 WHERE holder_id IN (OLD.holder_id, NEW.holder_id);
END;
CREATE TRIGGER certificate_rows_from_search AFTER DELETE ON certificate_rows BEGIN
  UPDATE file_search SET folded = NULL, indexed = 0, revision = revision + 1 WHERE holder_id = OLD.holder_id;
END;
