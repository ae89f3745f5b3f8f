-- What she does with her own account: another e-mail, its sessions, its end (I9).

ALTER TABLE accounts ADD COLUMN last_seen_at INTEGER NOT NULL DEFAULT 0;  -- last sign-in
UPDATE accounts SET last_seen_at = updated_at;
ALTER TABLE accounts ADD COLUMN ending_told_at INTEGER;      -- told that it will be erased unless she signs in
-- The row of an erased account stays for the books that point to it, with nothing of hers in it.
ALTER TABLE accounts ADD COLUMN erased_at INTEGER;
ALTER TABLE sessions ADD COLUMN browser TEXT NOT NULL DEFAULT '';  -- e.g. « Safari, iPhone »: for her to recognise it by

-- An e-mail address that takes the place of another: proven by a link to the new one, undone by a link to the old one.
CREATE TABLE email_changes (
  id TEXT PRIMARY KEY,
  regroupement_id TEXT NOT NULL REFERENCES regroupements(id),
  account_id TEXT NOT NULL REFERENCES accounts(id),
  email TEXT NOT NULL,
  email_key TEXT NOT NULL,
  token_hash TEXT NOT NULL UNIQUE,
  old_email TEXT,                              -- set when it is done
  undo_hash TEXT UNIQUE,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  used_at INTEGER,
  ended_at INTEGER,                            -- a newer one, a new password or a reset made it void
  undone_at INTEGER
) STRICT;
CREATE INDEX email_changes_by_account ON email_changes(account_id);

-- The register of confidentiality incidents (Regulation respecting confidentiality incidents, CQLR c. A-2.1, r. 3.1).
CREATE TABLE incidents (
  id TEXT PRIMARY KEY,
  regroupement_id TEXT NOT NULL REFERENCES regroupements(id),
  occurred_on TEXT NOT NULL,                   -- day, or the first day of a period
  known_on TEXT NOT NULL,
  what TEXT NOT NULL,                          -- which information, what happened
  persons INTEGER NOT NULL,                    -- how many people in Québec, as far as is known
  serious INTEGER NOT NULL,                    -- a risk of serious injury: the Commission and the people must be told
  told TEXT NOT NULL DEFAULT '',               -- the Commission and the people: when, and how
  measures TEXT NOT NULL DEFAULT '',
  corrects TEXT REFERENCES incidents(id),
  recorded_by TEXT NOT NULL,
  recorded_at INTEGER NOT NULL
) STRICT;
CREATE TRIGGER incidents_no_update BEFORE UPDATE ON incidents BEGIN SELECT RAISE(ABORT, 'an incident is corrected by another row'); END;

-- Events go only when their time is over (server/privacy/retention.ts): five years are the law's for the register.
CREATE TRIGGER security_log_kept BEFORE DELETE ON security_log
  WHEN OLD.at > (unixepoch() - 5 * 365 * 86400) * 1000
  BEGIN SELECT RAISE(ABORT, 'the security log is append-only'); END;
CREATE TRIGGER incidents_no_delete BEFORE DELETE ON incidents BEGIN SELECT RAISE(ABORT, 'the register of incidents is kept'); END;
