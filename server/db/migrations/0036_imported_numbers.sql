-- What an office's files number (files, endorsements, payments) is the same in other letters and spaces: « Pay-1 », « PAY 1 ».
-- An import finds it by these; invoices and certificates have a column for it.
CREATE INDEX holders_by_plain_number ON holder_rows(regroupement_id, upper(replace(external_id, ' ', '')))
  WHERE external_id IS NOT NULL;
CREATE INDEX endorsements_by_plain_number ON endorsement_rows(regroupement_id, upper(replace(external_id, ' ', '')));
CREATE INDEX ledger_imported ON ledger_rows(regroupement_id, upper(replace(source, ' ', ''))) WHERE source GLOB 'import:*';
