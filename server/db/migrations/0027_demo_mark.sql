-- A row: `npm start` made this database, with people of the office whose passwords everybody knows. No other server opens it.
CREATE TABLE demo_mark (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  made_at INTEGER NOT NULL
) STRICT;
