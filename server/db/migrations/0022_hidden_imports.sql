-- An import of any size never holds the write lock for long, and nobody sees a part of it: it writes its new rows in short
-- batches, hidden by a row of `hidden_imports`; when that row goes, in the batch that changes the rows of before, all of
-- them are there at once. Everything reads through the views, which bear the tables' former names. No id is ever changed:
-- were it set, SQLite would look for rows that refer to it.

CREATE TABLE hidden_imports (
  no INTEGER PRIMARY KEY AUTOINCREMENT,        -- never used again: rows bear it for good
  import_id TEXT NOT NULL UNIQUE,
  abandoned INTEGER NOT NULL DEFAULT 0         -- 1: its rows are being removed, and it may write no more
) STRICT;

ALTER TABLE holders RENAME TO holder_rows;
ALTER TABLE holder_rows ADD COLUMN import_no INTEGER;  -- the import that brought the row
CREATE VIEW holders AS SELECT
  rowid, id, regroupement_id, external_id, first_name, last_name, usual_name, email, email_key, lang, status,
  created_at, updated_at
FROM holder_rows WHERE import_no IS NULL OR import_no NOT IN (SELECT no FROM hidden_imports);
CREATE TRIGGER holders_insert INSTEAD OF INSERT ON holders BEGIN
  INSERT INTO holder_rows(
    id, regroupement_id, external_id, first_name, last_name, usual_name, email, email_key, lang, status, created_at,
    updated_at)
  VALUES (
    NEW.id, NEW.regroupement_id, NEW.external_id, NEW.first_name, coalesce(NEW.last_name, ''),
    coalesce(NEW.usual_name, ''), NEW.email, NEW.email_key, coalesce(NEW.lang, 'fr-CA'),
    coalesce(NEW.status, 'active'), NEW.created_at, NEW.updated_at);
END;
CREATE TRIGGER holders_update INSTEAD OF UPDATE ON holders BEGIN
  UPDATE holder_rows SET
    regroupement_id = NEW.regroupement_id, external_id = NEW.external_id, first_name = NEW.first_name,
    last_name = NEW.last_name, usual_name = NEW.usual_name, email = NEW.email, email_key = NEW.email_key,
    lang = NEW.lang, status = NEW.status, created_at = NEW.created_at, updated_at = NEW.updated_at
  WHERE rowid = OLD.rowid;
END;
CREATE TRIGGER holders_delete INSTEAD OF DELETE ON holders BEGIN DELETE FROM holder_rows WHERE rowid = OLD.rowid; END;

ALTER TABLE certificates RENAME TO certificate_rows;
ALTER TABLE certificate_rows ADD COLUMN import_no INTEGER;  -- the import that brought the row
CREATE VIEW certificates AS SELECT
  rowid, id, regroupement_id, holder_id, number, number_key, kind, period_start, period_end, status, created_at,
  updated_at
FROM certificate_rows WHERE import_no IS NULL OR import_no NOT IN (SELECT no FROM hidden_imports);
CREATE TRIGGER certificates_insert INSTEAD OF INSERT ON certificates BEGIN
  INSERT INTO certificate_rows(
    id, regroupement_id, holder_id, number, number_key, kind, period_start, period_end, status, created_at, updated_at)
  VALUES (
    NEW.id, NEW.regroupement_id, NEW.holder_id, NEW.number, NEW.number_key, coalesce(NEW.kind, ''), NEW.period_start,
    NEW.period_end, coalesce(NEW.status, ''), NEW.created_at, NEW.updated_at);
END;
CREATE TRIGGER certificates_update INSTEAD OF UPDATE ON certificates BEGIN
  UPDATE certificate_rows SET
    regroupement_id = NEW.regroupement_id, holder_id = NEW.holder_id, number = NEW.number,
    number_key = NEW.number_key, kind = NEW.kind, period_start = NEW.period_start, period_end = NEW.period_end,
    status = NEW.status, created_at = NEW.created_at, updated_at = NEW.updated_at
  WHERE rowid = OLD.rowid;
END;
CREATE TRIGGER certificates_delete INSTEAD OF DELETE ON certificates BEGIN DELETE FROM certificate_rows WHERE rowid = OLD.rowid; END;

ALTER TABLE invoices RENAME TO invoice_rows;
ALTER TABLE invoice_rows ADD COLUMN import_no INTEGER;  -- the import that brought the row
CREATE VIEW invoices AS SELECT
  rowid, id, regroupement_id, certificate_id, number, kind, issued_on, due_on, period_start, period_end, status,
  no_admin_fee, manual_amount, revision, created_at, updated_at, number_key
FROM invoice_rows WHERE import_no IS NULL OR import_no NOT IN (SELECT no FROM hidden_imports);
CREATE TRIGGER invoices_insert INSTEAD OF INSERT ON invoices BEGIN
  INSERT INTO invoice_rows(
    id, regroupement_id, certificate_id, number, kind, issued_on, due_on, period_start, period_end, status,
    no_admin_fee, manual_amount, revision, created_at, updated_at)
  VALUES (
    NEW.id, NEW.regroupement_id, NEW.certificate_id, NEW.number, coalesce(NEW.kind, ''), NEW.issued_on, NEW.due_on,
    NEW.period_start, NEW.period_end, coalesce(NEW.status, 'open'), coalesce(NEW.no_admin_fee, 0),
    coalesce(NEW.manual_amount, 0), coalesce(NEW.revision, 1), NEW.created_at, NEW.updated_at);
END;
CREATE TRIGGER invoices_update INSTEAD OF UPDATE ON invoices BEGIN
  UPDATE invoice_rows SET
    regroupement_id = NEW.regroupement_id, certificate_id = NEW.certificate_id, number = NEW.number,
    kind = NEW.kind, issued_on = NEW.issued_on, due_on = NEW.due_on, period_start = NEW.period_start,
    period_end = NEW.period_end, status = NEW.status, no_admin_fee = NEW.no_admin_fee,
    manual_amount = NEW.manual_amount, revision = NEW.revision, created_at = NEW.created_at,
    updated_at = NEW.updated_at
  WHERE rowid = OLD.rowid;
END;
CREATE TRIGGER invoices_delete INSTEAD OF DELETE ON invoices BEGIN DELETE FROM invoice_rows WHERE rowid = OLD.rowid; END;

ALTER TABLE endorsements RENAME TO endorsement_rows;
ALTER TABLE endorsement_rows ADD COLUMN import_no INTEGER;  -- the import that brought the row
CREATE VIEW endorsements AS SELECT
  rowid, id, regroupement_id, certificate_id, external_id, effective_on, description, amount_cents, manual_amount,
  invoice_id, created_at, updated_at
FROM endorsement_rows WHERE import_no IS NULL OR import_no NOT IN (SELECT no FROM hidden_imports);
CREATE TRIGGER endorsements_insert INSTEAD OF INSERT ON endorsements BEGIN
  INSERT INTO endorsement_rows(
    id, regroupement_id, certificate_id, external_id, effective_on, description, amount_cents, manual_amount,
    invoice_id, created_at, updated_at)
  VALUES (
    NEW.id, NEW.regroupement_id, NEW.certificate_id, NEW.external_id, NEW.effective_on, NEW.description,
    NEW.amount_cents, coalesce(NEW.manual_amount, 0), NEW.invoice_id, NEW.created_at, NEW.updated_at);
END;
CREATE TRIGGER endorsements_update INSTEAD OF UPDATE ON endorsements BEGIN
  UPDATE endorsement_rows SET
    regroupement_id = NEW.regroupement_id, certificate_id = NEW.certificate_id,
    external_id = NEW.external_id, effective_on = NEW.effective_on, description = NEW.description,
    amount_cents = NEW.amount_cents, manual_amount = NEW.manual_amount, invoice_id = NEW.invoice_id,
    created_at = NEW.created_at, updated_at = NEW.updated_at
  WHERE rowid = OLD.rowid;
END;
CREATE TRIGGER endorsements_delete INSTEAD OF DELETE ON endorsements BEGIN DELETE FROM endorsement_rows WHERE rowid = OLD.rowid; END;

ALTER TABLE ledger_entries RENAME TO ledger_rows;
ALTER TABLE ledger_rows ADD COLUMN import_no INTEGER;  -- the import that brought the row
CREATE VIEW ledger_entries AS SELECT
  rowid, id, regroupement_id, invoice_id, kind, amount_cents, source, payment_id, method, day, occurred_at, posted_at
FROM ledger_rows WHERE import_no IS NULL OR import_no NOT IN (SELECT no FROM hidden_imports);
CREATE TRIGGER ledger_entries_insert INSTEAD OF INSERT ON ledger_entries BEGIN
  INSERT INTO ledger_rows(
    id, regroupement_id, invoice_id, kind, amount_cents, source, payment_id, method, day, occurred_at, posted_at)
  VALUES (
    NEW.id, NEW.regroupement_id, NEW.invoice_id, NEW.kind, NEW.amount_cents, NEW.source, NEW.payment_id, NEW.method,
    NEW.day, NEW.occurred_at, NEW.posted_at);
END;
CREATE TRIGGER ledger_entries_update INSTEAD OF UPDATE ON ledger_entries BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER ledger_entries_delete INSTEAD OF DELETE ON ledger_entries BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
-- What was never visible was never in the ledger.
DROP TRIGGER ledger_no_delete;
CREATE TRIGGER ledger_no_delete BEFORE DELETE ON ledger_rows
  WHEN OLD.import_no IS NULL OR OLD.import_no NOT IN (SELECT no FROM hidden_imports WHERE abandoned = 1)
  BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;

-- Rows are staged beside the database now; of what an import writes, only changes to rows of before wait here.
DROP TABLE import_rows;
DROP TABLE import_writes;
CREATE TABLE import_changes (
  import_id TEXT NOT NULL,
  seq INTEGER NOT NULL,
  target TEXT NOT NULL,                        -- the table
  data BLOB NOT NULL,                          -- JSONB: the row as it becomes, its columns by name
  PRIMARY KEY (import_id, seq)
) STRICT;
