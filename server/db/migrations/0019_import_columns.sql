-- What staff said of a column whose title is not known, for this file and later ones: « Solde restant » is the balance.
CREATE TABLE import_columns (
  regroupement_id TEXT NOT NULL REFERENCES regroupements(id),
  title TEXT NOT NULL,                         -- as it is remembered (server/import/reading/columns.ts)
  field TEXT NOT NULL,                         -- of the import; 'ignore' leaves the column aside
  PRIMARY KEY (regroupement_id, title)
) STRICT;

-- What stands before imported invoice numbers that begin again each year: « {année}- » makes F1 of 2027 « 2027-F1 ».
ALTER TABLE regroupements ADD COLUMN invoice_prefix TEXT;
