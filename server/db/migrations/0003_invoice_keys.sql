-- « F 1 », « f1 » and « F1 » are one invoice: told by its number without spaces and case (server/import/rows/known.ts).
ALTER TABLE invoices ADD COLUMN number_key TEXT GENERATED ALWAYS AS (upper(replace(number, ' ', ''))) VIRTUAL;
CREATE UNIQUE INDEX invoices_by_key ON invoices(regroupement_id, number_key);

-- Whose certificate a row speaks of, so that two e-mails for one person can be told.
ALTER TABLE import_rows ADD COLUMN subject TEXT;
ALTER TABLE import_rows ADD COLUMN email_key TEXT;
CREATE INDEX import_rows_subjects ON import_rows(import_id, subject) WHERE subject IS NOT NULL;
