-- An import of any size never holds the write lock for long, and nobody sees a part of it. In short batches it writes its
-- new rows, and beside rows of before what they become, hidden by a row of `hidden_imports`; when that row goes, all of it
-- is there at once. Everything reads through the views, which bear the tables' former names. What rows became is taken over
-- into their columns afterwards, in short batches too: the views show the same before and after.

CREATE TABLE hidden_imports (
  no INTEGER PRIMARY KEY AUTOINCREMENT,        -- never used again: rows bear it for good
  import_id TEXT NOT NULL UNIQUE,
  abandoned INTEGER NOT NULL DEFAULT 0         -- it may write no more, and its rows are to be removed: 1 what it changes was changed, or it failed; 2 it was found without a lease
) STRICT;

ALTER TABLE holders RENAME TO holder_rows;
ALTER TABLE holder_rows ADD COLUMN import_no INTEGER;  -- the import that brought the row
ALTER TABLE holder_rows ADD COLUMN next_no INTEGER;    -- the import that changes it
ALTER TABLE holder_rows ADD COLUMN next TEXT;          -- JSON: what its columns become
CREATE INDEX holders_next ON holder_rows(next_no) WHERE next_no IS NOT NULL;
CREATE VIEW holders AS SELECT
  rowid, id, regroupement_id, external_id, iif(becomes, next ->> 'first_name', first_name) AS first_name,
  iif(becomes, next ->> 'last_name', last_name) AS last_name,
  iif(becomes, next ->> 'usual_name', usual_name) AS usual_name, iif(becomes, next ->> 'email', email) AS email,
  iif(becomes, next ->> 'email_key', email_key) AS email_key, iif(becomes, next ->> 'lang', lang) AS lang,
  iif(becomes, next ->> 'status', status) AS status, created_at,
  iif(becomes, next ->> 'updated_at', updated_at) AS updated_at
FROM (
  SELECT rowid, *, next_no IS NOT NULL AND next_no NOT IN (SELECT no FROM hidden_imports) AS becomes FROM holder_rows
  WHERE import_no IS NULL OR import_no NOT IN (SELECT no FROM hidden_imports)
);
CREATE TRIGGER holders_insert INSTEAD OF INSERT ON holders BEGIN
  INSERT INTO holder_rows(
    id, regroupement_id, external_id, first_name, last_name, usual_name, email, email_key, lang, status, created_at,
    updated_at)
  VALUES (
    NEW.id, NEW.regroupement_id, NEW.external_id, NEW.first_name, coalesce(NEW.last_name, ''),
    coalesce(NEW.usual_name, ''), NEW.email, NEW.email_key, coalesce(NEW.lang, 'fr-CA'),
    coalesce(NEW.status, 'active'), NEW.created_at, NEW.updated_at);
END;
-- No id is ever changed: were it set, SQLite would look for rows that refer to it. An import that changes the row as it was
-- before has to begin again.
CREATE TRIGGER holders_update INSTEAD OF UPDATE ON holders BEGIN
  UPDATE hidden_imports SET abandoned = 1 WHERE no = (SELECT next_no FROM holder_rows WHERE rowid = OLD.rowid);
  UPDATE holder_rows SET
    regroupement_id = NEW.regroupement_id, external_id = NEW.external_id, first_name = NEW.first_name,
    last_name = NEW.last_name, usual_name = NEW.usual_name, email = NEW.email, email_key = NEW.email_key,
    lang = NEW.lang, status = NEW.status, created_at = NEW.created_at, updated_at = NEW.updated_at, next_no = NULL,
    next = NULL
  WHERE rowid = OLD.rowid;
END;
CREATE TRIGGER holders_delete INSTEAD OF DELETE ON holders BEGIN DELETE FROM holder_rows WHERE rowid = OLD.rowid; END;
-- `holders` has no index of what a row becomes (holdersWithEmail looks in both).
CREATE INDEX holders_by_next_email ON holder_rows(regroupement_id, CAST(next ->> 'email_key' AS TEXT)) WHERE next_no IS NOT NULL;

ALTER TABLE certificates RENAME TO certificate_rows;
ALTER TABLE certificate_rows ADD COLUMN import_no INTEGER;  -- the import that brought the row
ALTER TABLE certificate_rows ADD COLUMN next_no INTEGER;    -- the import that changes it
ALTER TABLE certificate_rows ADD COLUMN next TEXT;          -- JSON: what its columns become
CREATE INDEX certificates_next ON certificate_rows(next_no) WHERE next_no IS NOT NULL;
CREATE VIEW certificates AS SELECT
  rowid, id, regroupement_id, holder_id, iif(becomes, next ->> 'number', number) AS number, number_key,
  iif(becomes, next ->> 'kind', kind) AS kind, period_start,
  iif(becomes, next ->> 'period_end', period_end) AS period_end, iif(becomes, next ->> 'status', status) AS status,
  created_at, iif(becomes, next ->> 'updated_at', updated_at) AS updated_at
FROM (
  SELECT rowid, *, next_no IS NOT NULL AND next_no NOT IN (SELECT no FROM hidden_imports) AS becomes FROM certificate_rows
  WHERE import_no IS NULL OR import_no NOT IN (SELECT no FROM hidden_imports)
);
CREATE TRIGGER certificates_insert INSTEAD OF INSERT ON certificates BEGIN
  INSERT INTO certificate_rows(
    id, regroupement_id, holder_id, number, number_key, kind, period_start, period_end, status, created_at, updated_at)
  VALUES (
    NEW.id, NEW.regroupement_id, NEW.holder_id, NEW.number, NEW.number_key, coalesce(NEW.kind, ''), NEW.period_start,
    NEW.period_end, coalesce(NEW.status, ''), NEW.created_at, NEW.updated_at);
END;
CREATE TRIGGER certificates_update INSTEAD OF UPDATE ON certificates BEGIN
  UPDATE hidden_imports SET abandoned = 1 WHERE no = (SELECT next_no FROM certificate_rows WHERE rowid = OLD.rowid);
  UPDATE certificate_rows SET
    regroupement_id = NEW.regroupement_id, holder_id = NEW.holder_id, number = NEW.number,
    number_key = NEW.number_key, kind = NEW.kind, period_start = NEW.period_start, period_end = NEW.period_end,
    status = NEW.status, created_at = NEW.created_at, updated_at = NEW.updated_at, next_no = NULL, next = NULL
  WHERE rowid = OLD.rowid;
END;
CREATE TRIGGER certificates_delete INSTEAD OF DELETE ON certificates BEGIN DELETE FROM certificate_rows WHERE rowid = OLD.rowid; END;

ALTER TABLE invoices RENAME TO invoice_rows;
ALTER TABLE invoice_rows ADD COLUMN import_no INTEGER;  -- the import that brought the row
ALTER TABLE invoice_rows ADD COLUMN next_no INTEGER;    -- the import that changes it
ALTER TABLE invoice_rows ADD COLUMN next TEXT;          -- JSON: what its columns become
CREATE INDEX invoices_next ON invoice_rows(next_no) WHERE next_no IS NOT NULL;
CREATE VIEW invoices AS SELECT
  rowid, id, regroupement_id, certificate_id, number, iif(becomes, next ->> 'kind', kind) AS kind,
  iif(becomes, next ->> 'issued_on', issued_on) AS issued_on, iif(becomes, next ->> 'due_on', due_on) AS due_on,
  iif(becomes, next ->> 'period_start', period_start) AS period_start,
  iif(becomes, next ->> 'period_end', period_end) AS period_end, iif(becomes, next ->> 'status', status) AS status,
  iif(becomes, next ->> 'no_admin_fee', no_admin_fee) AS no_admin_fee,
  iif(becomes, next ->> 'manual_amount', manual_amount) AS manual_amount,
  iif(becomes, next ->> 'revision', revision) AS revision, created_at,
  iif(becomes, next ->> 'updated_at', updated_at) AS updated_at, number_key
FROM (
  SELECT rowid, *, next_no IS NOT NULL AND next_no NOT IN (SELECT no FROM hidden_imports) AS becomes FROM invoice_rows
  WHERE import_no IS NULL OR import_no NOT IN (SELECT no FROM hidden_imports)
);
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
  UPDATE hidden_imports SET abandoned = 1 WHERE no = (SELECT next_no FROM invoice_rows WHERE rowid = OLD.rowid);
  UPDATE invoice_rows SET
    regroupement_id = NEW.regroupement_id, certificate_id = NEW.certificate_id, number = NEW.number, kind = NEW.kind,
    issued_on = NEW.issued_on, due_on = NEW.due_on, period_start = NEW.period_start, period_end = NEW.period_end,
    status = NEW.status, no_admin_fee = NEW.no_admin_fee, manual_amount = NEW.manual_amount, revision = NEW.revision,
    created_at = NEW.created_at, updated_at = NEW.updated_at, next_no = NULL, next = NULL
  WHERE rowid = OLD.rowid;
END;
CREATE TRIGGER invoices_delete INSTEAD OF DELETE ON invoices BEGIN DELETE FROM invoice_rows WHERE rowid = OLD.rowid; END;

ALTER TABLE endorsements RENAME TO endorsement_rows;
ALTER TABLE endorsement_rows ADD COLUMN import_no INTEGER;  -- the import that brought the row
ALTER TABLE endorsement_rows ADD COLUMN next_no INTEGER;    -- the import that changes it
ALTER TABLE endorsement_rows ADD COLUMN next TEXT;          -- JSON: what its columns become
CREATE INDEX endorsements_next ON endorsement_rows(next_no) WHERE next_no IS NOT NULL;
CREATE VIEW endorsements AS SELECT
  rowid, id, regroupement_id, certificate_id, external_id,
  iif(becomes, next ->> 'effective_on', effective_on) AS effective_on,
  iif(becomes, next ->> 'description', description) AS description,
  iif(becomes, next ->> 'amount_cents', amount_cents) AS amount_cents,
  iif(becomes, next ->> 'manual_amount', manual_amount) AS manual_amount,
  iif(becomes, next ->> 'invoice_id', invoice_id) AS invoice_id, created_at,
  iif(becomes, next ->> 'updated_at', updated_at) AS updated_at
FROM (
  SELECT rowid, *, next_no IS NOT NULL AND next_no NOT IN (SELECT no FROM hidden_imports) AS becomes FROM endorsement_rows
  WHERE import_no IS NULL OR import_no NOT IN (SELECT no FROM hidden_imports)
);
CREATE TRIGGER endorsements_insert INSTEAD OF INSERT ON endorsements BEGIN
  INSERT INTO endorsement_rows(
    id, regroupement_id, certificate_id, external_id, effective_on, description, amount_cents, manual_amount,
    invoice_id, created_at, updated_at)
  VALUES (
    NEW.id, NEW.regroupement_id, NEW.certificate_id, NEW.external_id, NEW.effective_on, NEW.description,
    NEW.amount_cents, coalesce(NEW.manual_amount, 0), NEW.invoice_id, NEW.created_at, NEW.updated_at);
END;
CREATE TRIGGER endorsements_update INSTEAD OF UPDATE ON endorsements BEGIN
  UPDATE hidden_imports SET abandoned = 1 WHERE no = (SELECT next_no FROM endorsement_rows WHERE rowid = OLD.rowid);
  UPDATE endorsement_rows SET
    regroupement_id = NEW.regroupement_id, certificate_id = NEW.certificate_id, external_id = NEW.external_id,
    effective_on = NEW.effective_on, description = NEW.description, amount_cents = NEW.amount_cents,
    manual_amount = NEW.manual_amount, invoice_id = NEW.invoice_id, created_at = NEW.created_at,
    updated_at = NEW.updated_at, next_no = NULL, next = NULL
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
  WHEN OLD.import_no IS NULL OR OLD.import_no NOT IN (SELECT no FROM hidden_imports WHERE abandoned > 0)
  BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;

-- Rows are staged beside the database now.
DROP TABLE import_rows;
DROP TABLE import_writes;

-- When hidden rows go, SQLite looks for rows that refer to them.
CREATE INDEX endorsements_by_invoice ON endorsement_rows(invoice_id) WHERE invoice_id IS NOT NULL;
CREATE INDEX allocations_by_certificate ON allocations(certificate_id) WHERE certificate_id IS NOT NULL;
CREATE INDEX invoice_secrets_by_holder ON invoice_secrets(holder_id);
CREATE INDEX link_requests_by_holder ON link_requests(holder_id);
