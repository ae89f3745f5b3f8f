-- What the audit says in people's words, or of a person, stands beside it and can be erased (P-39.1, s. 23); the row itself
-- keeps a hash of it under a key that goes with the words. And the audit is sealed: each row by a hash of it and of the
-- seal before, so that whoever changes one has to change all that follow (server/operations/audit-seals.ts).
ALTER TABLE audit ADD COLUMN request_id TEXT;      -- NULL: not asked over HTTP
ALTER TABLE audit ADD COLUMN words_hash TEXT;      -- NULL: nothing was said in words
CREATE INDEX audit_of_regroupement ON audit(regroupement_id, seq);

CREATE TABLE audit_words (
  seq INTEGER PRIMARY KEY REFERENCES audit(seq),
  at INTEGER NOT NULL,
  hash_key TEXT NOT NULL,                      -- random, of this row alone
  words TEXT NOT NULL CHECK (json_type(words) = 'object') -- reason, before, after
) STRICT;
CREATE INDEX audit_words_by_age ON audit_words(at);
CREATE TRIGGER audit_words_no_update BEFORE UPDATE ON audit_words BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;

-- One statement writes both.
CREATE VIEW audit_acts AS
  SELECT a.seq, a.fingerprint, a.at, a.actor, a.regroupement_id, a.act, a.target, a.before, a.after, a.request_id, a.words_hash,
    w.hash_key, w.words
  FROM audit a LEFT JOIN audit_words w ON w.seq = a.seq;
CREATE TRIGGER audit_acts_insert INSTEAD OF INSERT ON audit_acts BEGIN
  INSERT INTO audit(fingerprint, at, actor, regroupement_id, act, target, before, after, request_id, words_hash)
  VALUES (NEW.fingerprint, NEW.at, NEW.actor, NEW.regroupement_id, NEW.act, NEW.target, NEW.before, NEW.after, NEW.request_id, NEW.words_hash)
  ON CONFLICT DO NOTHING;
  INSERT INTO audit_words(seq, at, hash_key, words)
  SELECT seq, at, NEW.hash_key, NEW.words FROM audit WHERE fingerprint = NEW.fingerprint AND NEW.words IS NOT NULL
  ON CONFLICT DO NOTHING;
END;

CREATE TABLE audit_seals (
  seq INTEGER PRIMARY KEY REFERENCES audit(seq),
  seal TEXT NOT NULL                           -- SHA-256 of the seal before it and of the row
) STRICT;
CREATE TRIGGER audit_seals_no_update BEFORE UPDATE ON audit_seals BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
CREATE TRIGGER audit_seals_no_delete BEFORE DELETE ON audit_seals BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
