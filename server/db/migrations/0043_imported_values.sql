-- What the last file said of a holder whom staff have edited since: a file that says the same again does not undo the edit; where both
-- have changed, somebody chooses. NULL: she is as the last file said. Only imports read it, once what came before is taken over.
ALTER TABLE holder_rows ADD COLUMN imported TEXT; -- JSON, by the names of server/import/rows/edited.ts
CREATE TRIGGER holder_rows_edited AFTER UPDATE ON holder_rows
  WHEN NEW.next_no IS NULL AND NEW.imported IS OLD.imported
    AND (OLD.first_name, OLD.last_name, OLD.usual_name, OLD.email, OLD.lang, OLD.office_id)
      IS NOT (NEW.first_name, NEW.last_name, NEW.usual_name, NEW.email, NEW.lang, NEW.office_id)
    AND (OLD.next_no IS NULL OR (NEW.first_name, NEW.last_name, NEW.usual_name, NEW.email, NEW.lang, NEW.office_id)
      IS NOT (OLD.next ->> 'first_name', OLD.next ->> 'last_name', OLD.next ->> 'usual_name', OLD.next ->> 'email',
        OLD.next ->> 'lang', OLD.next ->> 'office_id'))
BEGIN
  UPDATE holder_rows SET imported = json_object(
    'firstName', iif(OLD.next_no IS NULL, OLD.first_name, OLD.next ->> 'first_name'),
    'lastName', iif(OLD.next_no IS NULL, OLD.last_name, OLD.next ->> 'last_name'),
    'usualName', iif(OLD.next_no IS NULL, OLD.usual_name, OLD.next ->> 'usual_name'),
    'email', iif(OLD.next_no IS NULL, OLD.email, OLD.next ->> 'email'),
    'lang', iif(OLD.next_no IS NULL, OLD.lang, OLD.next ->> 'lang'),
    'officeId', iif(OLD.next_no IS NULL, OLD.office_id, OLD.next ->> 'office_id'))
  WHERE rowid = NEW.rowid AND imported IS NULL;
END;
