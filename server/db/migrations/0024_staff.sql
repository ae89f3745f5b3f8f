-- People of the regroupements' offices: who they are, once; what each may do at a regroupement; how they prove that it is they.
CREATE TABLE staff_users (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  email TEXT NOT NULL,
  email_key TEXT NOT NULL UNIQUE,
  password_hash TEXT NOT NULL,
  lang TEXT NOT NULL CHECK (lang IN ('fr-CA', 'en-CA')),
  enrolled_at INTEGER,                         -- since when there is a second factor; NULL: nothing opens
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE memberships (
  staff_id TEXT NOT NULL REFERENCES staff_users(id),
  regroupement_id TEXT NOT NULL REFERENCES regroupements(id),
  role TEXT NOT NULL CHECK (role IN ('reader', 'office', 'owner')),
  may_refund INTEGER NOT NULL CHECK (may_refund IN (0, 1)),
  refund_ceiling_cents INTEGER NOT NULL CHECK (refund_ceiling_cents >= 0), -- above it, her identity is confirmed again
  ends_on TEXT,                                -- the last Toronto day; never an owner's, so that the last one cannot lapse
  created_at INTEGER NOT NULL,
  removed_at INTEGER,
  PRIMARY KEY (staff_id, regroupement_id),
  CHECK (role <> 'owner' OR ends_on IS NULL)
) STRICT;
CREATE INDEX memberships_by_regroupement ON memberships(regroupement_id);

CREATE TABLE staff_invitations (
  id TEXT PRIMARY KEY,
  regroupement_id TEXT NOT NULL REFERENCES regroupements(id),
  email TEXT NOT NULL,
  email_key TEXT NOT NULL,
  name TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('reader', 'office', 'owner')),
  may_refund INTEGER NOT NULL CHECK (may_refund IN (0, 1)),
  refund_ceiling_cents INTEGER NOT NULL CHECK (refund_ceiling_cents >= 0),
  ends_on TEXT,
  token_hash TEXT NOT NULL UNIQUE,
  invited_by TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  used_at INTEGER,
  ended_at INTEGER                             -- sent again, or withdrawn
) STRICT;
CREATE INDEX staff_invitations_by_email ON staff_invitations(regroupement_id, email_key);
CREATE INDEX staff_invitations_by_end ON staff_invitations(expires_at);

-- Links e-mailed to one of them: to choose another password, or to set up a second factor anew.
CREATE TABLE staff_links (
  id TEXT PRIMARY KEY,
  staff_id TEXT REFERENCES staff_users(id),    -- NULL: it was asked for by an e-mail that is nobody's
  kind TEXT NOT NULL CHECK (kind IN ('password', 'enrolment')),
  token_hash TEXT NOT NULL UNIQUE,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  used_at INTEGER,
  ended_at INTEGER
) STRICT;
CREATE INDEX staff_links_by_person ON staff_links(staff_id);
CREATE INDEX staff_links_by_end ON staff_links(expires_at);

CREATE TABLE staff_passkeys (
  credential_id TEXT PRIMARY KEY,              -- base64url
  staff_id TEXT NOT NULL REFERENCES staff_users(id),
  public_key TEXT NOT NULL,                    -- COSE, base64url
  counter INTEGER NOT NULL,
  transports TEXT NOT NULL,                    -- JSON
  name TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  last_used_at INTEGER
) STRICT;
CREATE INDEX staff_passkeys_by_person ON staff_passkeys(staff_id);

CREATE TABLE staff_totp (
  staff_id TEXT PRIMARY KEY REFERENCES staff_users(id),
  secret TEXT,                                 -- encrypted; NULL until a code of the first app was typed
  pending TEXT,                                -- encrypted: the next one, until a code of it is typed
  last_step INTEGER NOT NULL DEFAULT 0         -- a code serves once
) STRICT;

CREATE TABLE staff_recovery_codes (
  code_hash TEXT PRIMARY KEY,
  staff_id TEXT NOT NULL REFERENCES staff_users(id),
  confirmed_at INTEGER,                        -- NULL until one of them was typed back
  used_at INTEGER
) STRICT;
CREATE INDEX staff_recovery_codes_by_person ON staff_recovery_codes(staff_id);

-- What an authenticator must sign, once.
CREATE TABLE staff_challenges (
  challenge_hash TEXT PRIMARY KEY,
  staff_id TEXT REFERENCES staff_users(id),    -- NULL: whoever signs in
  expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX staff_challenges_by_end ON staff_challenges(expires_at);

CREATE TABLE staff_sessions (
  id TEXT PRIMARY KEY,
  staff_id TEXT NOT NULL REFERENCES staff_users(id),
  jkt TEXT NOT NULL,
  browser TEXT NOT NULL,
  enrols TEXT,                                 -- the invitation or link by which it may set up factors, and nothing else
  idle_ms INTEGER NOT NULL,
  fresh_at INTEGER,                            -- when the second factor was last proven
  created_at INTEGER NOT NULL,
  last_used_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  ended_at INTEGER,
  end_reason TEXT
) STRICT;
CREATE INDEX staff_sessions_by_person ON staff_sessions(staff_id);
CREATE INDEX staff_sessions_by_end ON staff_sessions(coalesce(ended_at, expires_at));

CREATE TABLE staff_refresh_tokens (
  token_hash TEXT PRIMARY KEY,
  session_id TEXT NOT NULL REFERENCES staff_sessions(id),
  created_at INTEGER NOT NULL,
  used_at INTEGER
) STRICT;
CREATE INDEX staff_refresh_tokens_by_session ON staff_refresh_tokens(session_id);
