-- A manual amount makes an endorsement's invoice (S34), with the administration fee of her coordinating office (S39).
CREATE TABLE coordinating_offices (
  id TEXT PRIMARY KEY,
  regroupement_id TEXT NOT NULL REFERENCES regroupements(id),
  code TEXT NOT NULL,                          -- what the regroupement's files call it
  name TEXT NOT NULL,
  admin_fee_cents INTEGER CHECK (admin_fee_cents >= 0), -- NULL: the regroupement's
  admin_fee_taxable INTEGER CHECK (admin_fee_taxable IN (0, 1)), -- NULL: the regroupement's
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  UNIQUE (regroupement_id, code)
) STRICT;

ALTER TABLE regroupements ADD COLUMN manual_amount_with_tax INTEGER NOT NULL DEFAULT 1 CHECK (manual_amount_with_tax IN (0, 1));

-- The next number of each series of ours: `AV-2026` makes AV-2026-0001.
CREATE TABLE invoice_series (
  regroupement_id TEXT NOT NULL REFERENCES regroupements(id),
  name TEXT NOT NULL,
  next INTEGER NOT NULL,
  PRIMARY KEY (regroupement_id, name)
) STRICT;

-- One invoice an endorsement, of those that a manual amount made: files may give several endorsements one.
CREATE TABLE manual_invoices (
  endorsement_id TEXT PRIMARY KEY REFERENCES endorsement_rows(id),
  invoice_id TEXT NOT NULL UNIQUE REFERENCES invoice_rows(id),
  regroupement_id TEXT NOT NULL REFERENCES regroupements(id),
  idempotency_key TEXT NOT NULL,
  request_hash TEXT NOT NULL,
  created_by TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  UNIQUE (regroupement_id, idempotency_key)
) STRICT;

DROP VIEW holders;
ALTER TABLE holder_rows ADD COLUMN office_id TEXT REFERENCES coordinating_offices(id);
CREATE VIEW holders AS SELECT
  rowid, id, regroupement_id, external_id, iif(becomes, next ->> 'first_name', first_name) AS first_name,
  iif(becomes, next ->> 'last_name', last_name) AS last_name,
  iif(becomes, next ->> 'usual_name', usual_name) AS usual_name, iif(becomes, next ->> 'email', email) AS email,
  iif(becomes, next ->> 'email_key', email_key) AS email_key, iif(becomes, next ->> 'lang', lang) AS lang,
  iif(becomes, next ->> 'status', status) AS status, iif(becomes, next ->> 'office_id', office_id) AS office_id, created_at,
  iif(becomes, next ->> 'updated_at', updated_at) AS updated_at
FROM (
  SELECT rowid, *, next_no IS NOT NULL AND next_no NOT IN (SELECT no FROM hidden_imports) AS becomes FROM holder_rows
  WHERE import_no IS NULL OR import_no NOT IN (SELECT no FROM hidden_imports)
);
CREATE TRIGGER holders_insert INSTEAD OF INSERT ON holders BEGIN
  INSERT INTO holder_rows(
    id, regroupement_id, external_id, first_name, last_name, usual_name, email, email_key, lang, status, office_id,
    created_at, updated_at)
  VALUES (
    NEW.id, NEW.regroupement_id, NEW.external_id, NEW.first_name, coalesce(NEW.last_name, ''),
    coalesce(NEW.usual_name, ''), NEW.email, NEW.email_key, coalesce(NEW.lang, 'fr-CA'),
    coalesce(NEW.status, 'active'), NEW.office_id, NEW.created_at, NEW.updated_at);
END;
CREATE TRIGGER holders_update INSTEAD OF UPDATE ON holders BEGIN
  UPDATE hidden_imports SET abandoned = 1 WHERE no = (SELECT next_no FROM holder_rows WHERE rowid = OLD.rowid);
  UPDATE holder_rows SET
    regroupement_id = NEW.regroupement_id, external_id = NEW.external_id, first_name = NEW.first_name,
    last_name = NEW.last_name, usual_name = NEW.usual_name, email = NEW.email, email_key = NEW.email_key,
    lang = NEW.lang, status = NEW.status, office_id = NEW.office_id, created_at = NEW.created_at,
    updated_at = NEW.updated_at, next_no = NULL, next = NULL
  WHERE rowid = OLD.rowid;
END;
CREATE TRIGGER holders_delete INSTEAD OF DELETE ON holders BEGIN DELETE FROM holder_rows WHERE rowid = OLD.rowid; END;
