-- Sessions bound to a key of the browser that opened them (RFC 9449). Whoever was signed in before signs in again.
ALTER TABLE sessions ADD COLUMN jkt TEXT NOT NULL DEFAULT '';
UPDATE sessions SET ended_at = last_used_at, end_reason = 'signed-out' WHERE ended_at IS NULL;

-- Proofs that changed something: each is taken once.
CREATE TABLE dpop_proofs (
  key TEXT NOT NULL PRIMARY KEY,               -- hash of the browser's key and the proof's own id
  call TEXT NOT NULL,                          -- who took it
  expires_at INTEGER NOT NULL                  -- its nonce is refused from then on
) STRICT;
CREATE INDEX dpop_proofs_by_end ON dpop_proofs(expires_at);
