-- How many files a regroupement has kept is counted with each new one.
CREATE INDEX import_files_by_regroupement ON import_files(regroupement_id);
