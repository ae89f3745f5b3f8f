-- The picture on a regroupement's hosted page, apart from the settings that every call reads.
CREATE TABLE logos (
  regroupement_id TEXT NOT NULL PRIMARY KEY REFERENCES regroupements(id),
  type TEXT NOT NULL CHECK (type IN ('image/png', 'image/jpeg', 'image/webp', 'image/svg+xml')),
  body TEXT NOT NULL,                          -- base64
  hash TEXT NOT NULL                           -- of the body; in its address, so that it may be kept for good
) STRICT;
