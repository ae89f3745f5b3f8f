-- What /readyz writes to learn whether anything can be written: one row of a few pages, the one before it gone.
CREATE TABLE write_probe (
  at INTEGER PRIMARY KEY,
  filler BLOB NOT NULL
) STRICT;
