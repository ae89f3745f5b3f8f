-- What proves, beyond a name and a number, that a certificate may open (I6): a code by e-mail, a printed secret, staff.

-- An account may hold a link of each level: the later, better proof has an undo of its own.
DROP INDEX links_once;
CREATE UNIQUE INDEX links_once ON links(account_id, holder_id, number_key, level) WHERE undone_at IS NULL;

-- A code that was sent to the e-mail on file, or was not: a search that found nobody leaves the same row.
CREATE TABLE link_challenges (
  id TEXT PRIMARY KEY,
  regroupement_id TEXT NOT NULL REFERENCES regroupements(id),
  account_id TEXT NOT NULL REFERENCES accounts(id),
  asked_key TEXT NOT NULL,                     -- hash of the number as typed: one live challenge for it
  holder_id TEXT REFERENCES holders(id),       -- null: no code can be right
  number_key TEXT NOT NULL,
  code_hash TEXT NOT NULL,
  tries INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  used_at INTEGER,
  ended_at INTEGER                             -- a newer one took its place
) STRICT;
CREATE INDEX link_challenges_by_account ON link_challenges(account_id, asked_key);

-- A match that waits for the staff's yes or no.
CREATE TABLE link_requests (
  id TEXT PRIMARY KEY,
  regroupement_id TEXT NOT NULL REFERENCES regroupements(id),
  account_id TEXT NOT NULL REFERENCES accounts(id),
  holder_id TEXT NOT NULL REFERENCES holders(id),
  number_key TEXT NOT NULL,
  asked_at INTEGER NOT NULL,
  decision TEXT CHECK (decision IN ('approved','refused')),
  decided_at INTEGER,
  decided_by TEXT
) STRICT;
CREATE UNIQUE INDEX link_requests_once ON link_requests(account_id, holder_id, number_key) WHERE decision IS NULL;
CREATE INDEX link_requests_pending ON link_requests(regroupement_id, asked_at) WHERE decision IS NULL;

-- The secret printed on an invoice, hashed; a new one takes the old one's place.
CREATE TABLE invoice_secrets (
  regroupement_id TEXT NOT NULL REFERENCES regroupements(id),
  holder_id TEXT NOT NULL REFERENCES holders(id),
  number_key TEXT NOT NULL,
  secret_hash TEXT NOT NULL,
  made_at INTEGER NOT NULL,
  made_by TEXT NOT NULL,
  PRIMARY KEY (regroupement_id, number_key, holder_id)
) STRICT;
