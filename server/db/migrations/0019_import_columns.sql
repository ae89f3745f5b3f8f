-- What staff said of a column whose title is not known, for this file and later ones: « Solde restant » is the balance.
CREATE TABLE import_columns (
  regroupement_id TEXT NOT NULL REFERENCES regroupements(id),
  title TEXT NOT NULL,                         -- as it is remembered (server/import/reading/columns.ts)
  field TEXT NOT NULL,                         -- of the import; 'ignore' leaves the column aside
  PRIMARY KEY (regroupement_id, title)
) STRICT;
