-- Forward only. Ids are client-made text; instants are UTC milliseconds; days are Toronto days (YYYY-MM-DD);
-- money is integer cents of CAD. JSON columns hold settings that no query looks into.

CREATE TABLE regroupements (
  id TEXT PRIMARY KEY,
  slug TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  aliases TEXT NOT NULL DEFAULT '[]',          -- other names and codes that import files use for it (JSON array)
  email TEXT NOT NULL,
  phone TEXT NOT NULL,
  address TEXT NOT NULL,
  privacy_title TEXT NOT NULL,                 -- Loi 25, s. 3.1: title and contact of the person in charge
  privacy_email TEXT NOT NULL,
  help_url TEXT,
  admin_fee_cents INTEGER NOT NULL DEFAULT 0,
  admin_fee_taxable INTEGER NOT NULL DEFAULT 0,
  gst_number TEXT,
  qst_number TEXT,
  online_fee TEXT NOT NULL DEFAULT '{"kind":"none"}',        -- see server/ledger/fees.ts
  instalments TEXT NOT NULL DEFAULT '{"kind":"none"}',
  premium_tax_policy TEXT NOT NULL DEFAULT 'as-invoiced' CHECK (premium_tax_policy IN ('as-invoiced','by-payment-date')),
  link_policy TEXT NOT NULL DEFAULT 'name-and-number' CHECK (link_policy IN ('name-and-number','code','secret','approval')),
  certificate_pattern TEXT,                    -- regular expression of a whole number; a hint for imports, never for access
  certificate_example TEXT NOT NULL DEFAULT '',
  pages TEXT NOT NULL DEFAULT '[]',            -- URLs of the pages that hold the widget; their origins are the allowed origins
  theme TEXT NOT NULL DEFAULT '{}',            -- {accent, background…} of the hosted page
  paypal_client_id TEXT,
  paypal_secret TEXT,                          -- encrypted, see server/crypto.ts
  paypal_merchant_id TEXT,
  paypal_webhook_id TEXT,
  paypal_version INTEGER NOT NULL DEFAULT 1,   -- rises when the credentials change; kept with each payment
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;

-- What the regroupement knows of an insured person (« dossier »).
CREATE TABLE holders (
  id TEXT PRIMARY KEY,
  regroupement_id TEXT NOT NULL REFERENCES regroupements(id),
  external_id TEXT,                            -- the id in the regroupement's own files
  first_name TEXT NOT NULL,
  last_name TEXT NOT NULL DEFAULT '',          -- empty for a mononym
  usual_name TEXT NOT NULL DEFAULT '',         -- nom d'usage
  email TEXT,                                  -- as on file; null when absent or unusable
  email_key TEXT,                              -- trimmed and case-folded, for the automatic match (S15)
  lang TEXT NOT NULL DEFAULT 'fr-CA',
  status TEXT NOT NULL DEFAULT 'active',
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  UNIQUE (regroupement_id, external_id)
) STRICT;
CREATE INDEX holders_by_email ON holders(regroupement_id, email_key);

CREATE TABLE certificates (
  id TEXT PRIMARY KEY,
  regroupement_id TEXT NOT NULL REFERENCES regroupements(id),
  holder_id TEXT NOT NULL REFERENCES holders(id),
  number TEXT NOT NULL,                        -- opaque, as printed
  number_key TEXT NOT NULL,                    -- domain/NAMES.md §4.1 rule 1
  kind TEXT NOT NULL DEFAULT '',
  period_start TEXT NOT NULL,
  period_end TEXT NOT NULL,
  status TEXT NOT NULL DEFAULT '',
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  UNIQUE (regroupement_id, number_key, period_start)
) STRICT;
CREATE INDEX certificates_by_holder ON certificates(holder_id);

CREATE TABLE invoices (
  id TEXT PRIMARY KEY,
  regroupement_id TEXT NOT NULL REFERENCES regroupements(id),
  certificate_id TEXT NOT NULL REFERENCES certificates(id),
  number TEXT NOT NULL,
  kind TEXT NOT NULL DEFAULT '',               -- renewal, endorsement, credit note… as the file says it
  issued_on TEXT NOT NULL,
  due_on TEXT NOT NULL,
  period_start TEXT NOT NULL,
  period_end TEXT NOT NULL,
  status TEXT NOT NULL DEFAULT 'open' CHECK (status IN ('open','cancelled')),
  no_admin_fee INTEGER NOT NULL DEFAULT 0,
  manual_amount INTEGER NOT NULL DEFAULT 0,
  revision INTEGER NOT NULL DEFAULT 1,         -- which invoice_lines are in force
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  UNIQUE (regroupement_id, number)
) STRICT;
CREATE INDEX invoices_by_certificate ON invoices(certificate_id);

CREATE TABLE invoice_lines (
  invoice_id TEXT NOT NULL REFERENCES invoices(id),
  revision INTEGER NOT NULL,
  position INTEGER NOT NULL,
  code TEXT NOT NULL CHECK (code IN ('PRIME','AVEN','CRED','TPA','FADM','TPS','TVQ','OTHER')),
  description TEXT NOT NULL,
  amount_cents INTEGER NOT NULL,
  rate TEXT,                                   -- exact decimal fraction as text, e.g. 0.09975
  PRIMARY KEY (invoice_id, revision, position)
) STRICT;

-- A change to a certificate (« avenant »). Without an invoice it changes no balance (M7).
CREATE TABLE endorsements (
  id TEXT PRIMARY KEY,
  regroupement_id TEXT NOT NULL REFERENCES regroupements(id),
  certificate_id TEXT NOT NULL REFERENCES certificates(id),
  external_id TEXT,
  effective_on TEXT NOT NULL,
  description TEXT NOT NULL,
  amount_cents INTEGER NOT NULL,
  manual_amount INTEGER NOT NULL DEFAULT 0,
  invoice_id TEXT REFERENCES invoices(id),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  UNIQUE (regroupement_id, external_id)
) STRICT;
CREATE INDEX endorsements_by_certificate ON endorsements(certificate_id);

-- The ledger: what is owed on an invoice is the sum of its entries (M2). Positive raises what is owed.
CREATE TABLE ledger_entries (
  id TEXT PRIMARY KEY,
  regroupement_id TEXT NOT NULL REFERENCES regroupements(id),
  invoice_id TEXT NOT NULL REFERENCES invoices(id),
  kind TEXT NOT NULL CHECK (kind IN ('charge','adjustment','online-fee','payment','refund','credit')),
  amount_cents INTEGER NOT NULL,
  source TEXT NOT NULL,                        -- the outside fact that this posts, once (M3)
  payment_id TEXT,
  method TEXT,                                 -- paypal, cheque, interac, debit, cash, imported
  day TEXT NOT NULL,                           -- Toronto day of the fact (M5)
  occurred_at INTEGER NOT NULL,
  posted_at INTEGER NOT NULL,
  UNIQUE (regroupement_id, source)
) STRICT;
CREATE INDEX ledger_by_invoice ON ledger_entries(invoice_id);
CREATE INDEX ledger_by_payment ON ledger_entries(payment_id) WHERE payment_id IS NOT NULL;
CREATE TRIGGER ledger_no_update BEFORE UPDATE ON ledger_entries BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER ledger_no_delete BEFORE DELETE ON ledger_entries BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;

CREATE TABLE accounts (
  id TEXT PRIMARY KEY,
  regroupement_id TEXT NOT NULL REFERENCES regroupements(id),
  name TEXT NOT NULL,
  email TEXT NOT NULL,                         -- as typed, trimmed
  email_key TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  lang TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  UNIQUE (regroupement_id, email_key)
) STRICT;

-- Each attempt to create an account is its own row with its own password (I5).
CREATE TABLE sign_ups (
  id TEXT PRIMARY KEY,
  regroupement_id TEXT NOT NULL REFERENCES regroupements(id),
  name TEXT NOT NULL,
  email TEXT NOT NULL,
  email_key TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  token_hash TEXT NOT NULL UNIQUE,
  lang TEXT NOT NULL,
  page TEXT,                                   -- the registered page she came from
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  used_at INTEGER,                             -- activated, by this link
  ended_at INTEGER                             -- another attempt, or a reset, made it void
) STRICT;
CREATE INDEX sign_ups_by_email ON sign_ups(regroupement_id, email_key);

CREATE TABLE password_resets (
  id TEXT PRIMARY KEY,
  regroupement_id TEXT NOT NULL REFERENCES regroupements(id),
  email_key TEXT NOT NULL,
  token_hash TEXT NOT NULL UNIQUE,
  page TEXT,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  used_at INTEGER,
  ended_at INTEGER
) STRICT;
CREATE INDEX password_resets_by_email ON password_resets(regroupement_id, email_key);

CREATE TABLE sessions (
  id TEXT PRIMARY KEY,
  regroupement_id TEXT NOT NULL REFERENCES regroupements(id),
  account_id TEXT NOT NULL REFERENCES accounts(id),
  created_at INTEGER NOT NULL,
  last_used_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,                 -- absolute end
  ended_at INTEGER,
  end_reason TEXT
) STRICT;
CREATE INDEX sessions_by_account ON sessions(account_id);

CREATE TABLE refresh_tokens (
  token_hash TEXT PRIMARY KEY,
  session_id TEXT NOT NULL REFERENCES sessions(id),
  created_at INTEGER NOT NULL,
  used_at INTEGER                              -- set once, when its successor was handed out
) STRICT;
CREATE INDEX refresh_tokens_by_session ON refresh_tokens(session_id);

CREATE TABLE signing_keys (
  kid TEXT PRIMARY KEY,
  algorithm TEXT NOT NULL,
  public_jwk TEXT NOT NULL,
  private_jwk TEXT NOT NULL,                   -- encrypted
  created_at INTEGER NOT NULL,
  retired_at INTEGER
) STRICT;

-- A certificate opened to an account by name and number, code, secret or staff. The match by verified e-mail
-- is a live comparison with holders.email_key and needs no row.
CREATE TABLE links (
  id TEXT PRIMARY KEY,
  regroupement_id TEXT NOT NULL REFERENCES regroupements(id),
  account_id TEXT NOT NULL REFERENCES accounts(id),
  holder_id TEXT NOT NULL REFERENCES holders(id),
  number_key TEXT NOT NULL,                    -- the link follows the number through its renewals
  level TEXT NOT NULL CHECK (level IN ('pay','verified')),
  method TEXT NOT NULL,
  undo_token_hash TEXT UNIQUE,
  created_at INTEGER NOT NULL,
  undone_at INTEGER
) STRICT;
CREATE UNIQUE INDEX links_once ON links(account_id, holder_id, number_key) WHERE undone_at IS NULL;

-- GCRA: one row a limited key; tat = theoretical arrival time.
CREATE TABLE rate_limits (
  key TEXT PRIMARY KEY,
  tat INTEGER NOT NULL
) STRICT;

CREATE TABLE payments (
  id TEXT PRIMARY KEY,
  regroupement_id TEXT NOT NULL REFERENCES regroupements(id),
  account_id TEXT NOT NULL REFERENCES accounts(id),
  number TEXT NOT NULL,                        -- what people and PayPal read: invoice_id at PayPal, confirmation number
  state TEXT NOT NULL CHECK (state IN ('created','approved','capturing','pending','unknown','declined','completed','failed','expired','cancelled','partly-refunded','refunded','reversed')),
  amount_cents INTEGER NOT NULL CHECK (amount_cents > 0),   -- what PayPal is asked for, online fee included
  online_fee_cents INTEGER NOT NULL DEFAULT 0,
  currency TEXT NOT NULL DEFAULT 'CAD',
  lang TEXT NOT NULL,
  idempotency_key TEXT NOT NULL,
  request_hash TEXT NOT NULL,
  nonce_hash TEXT NOT NULL UNIQUE,             -- finds the payment again when PayPal sends the browser back
  page TEXT NOT NULL,                          -- the registered page she left from
  paypal_version INTEGER NOT NULL,
  order_id TEXT UNIQUE,
  approve_url TEXT,
  capture_attempt INTEGER NOT NULL DEFAULT 1,  -- n of cap:{payment}:{n}; rises only with a recorded decline
  capture_id TEXT UNIQUE,
  failure TEXT,                                -- PayPal's issue code, or our own reason, of the last refusal
  claim_token TEXT,                            -- whoever finalises an attempt holds its claim (P0)
  claim_until INTEGER,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  approved_at INTEGER,
  confirmed_at INTEGER,                        -- her recorded « Confirmer »
  completed_at INTEGER,
  UNIQUE (regroupement_id, number),
  UNIQUE (account_id, idempotency_key)
) STRICT;
CREATE INDEX payments_by_account ON payments(account_id, created_at);
CREATE INDEX payments_unsettled ON payments(state, updated_at) WHERE state IN ('created','approved','capturing','pending','unknown','declined');

CREATE TABLE allocations (
  payment_id TEXT NOT NULL REFERENCES payments(id),
  invoice_id TEXT NOT NULL REFERENCES invoices(id),
  amount_cents INTEGER NOT NULL CHECK (amount_cents > 0),
  owed_cents INTEGER NOT NULL,                 -- what the invoice owed when the order was made; confirmed only if it still does
  PRIMARY KEY (payment_id, invoice_id)
) STRICT;
CREATE INDEX allocations_by_invoice ON allocations(invoice_id);

-- Only capturing, unknown and pending hold an invoice: one row, one holder.
CREATE TABLE invoice_holds (
  invoice_id TEXT PRIMARY KEY REFERENCES invoices(id),
  payment_id TEXT NOT NULL REFERENCES payments(id),
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE payment_events (
  id TEXT PRIMARY KEY,
  payment_id TEXT NOT NULL REFERENCES payments(id),
  at INTEGER NOT NULL,
  event TEXT NOT NULL,
  from_state TEXT,
  to_state TEXT NOT NULL,
  detail TEXT NOT NULL DEFAULT '{}'
) STRICT;
CREATE INDEX payment_events_by_payment ON payment_events(payment_id, at);
CREATE TRIGGER payment_events_no_update BEFORE UPDATE ON payment_events BEGIN SELECT RAISE(ABORT, 'payment events are append-only'); END;
CREATE TRIGGER payment_events_no_delete BEFORE DELETE ON payment_events BEGIN SELECT RAISE(ABORT, 'payment events are append-only'); END;

-- Numbered without gaps per regroupement; never changes once issued (M8).
CREATE TABLE receipts (
  id TEXT PRIMARY KEY,
  regroupement_id TEXT NOT NULL REFERENCES regroupements(id),
  number INTEGER NOT NULL,
  payment_id TEXT NOT NULL UNIQUE REFERENCES payments(id),
  account_id TEXT NOT NULL REFERENCES accounts(id),
  issued_at INTEGER NOT NULL,
  document TEXT NOT NULL,                      -- everything the receipt says, frozen (JSON)
  UNIQUE (regroupement_id, number)
) STRICT;
CREATE TRIGGER receipts_no_update BEFORE UPDATE ON receipts BEGIN SELECT RAISE(ABORT, 'a receipt never changes'); END;
CREATE TRIGGER receipts_no_delete BEFORE DELETE ON receipts BEGIN SELECT RAISE(ABORT, 'a receipt never changes'); END;

CREATE TABLE outbox (
  id TEXT PRIMARY KEY,
  regroupement_id TEXT NOT NULL REFERENCES regroupements(id),
  dedupe_key TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  recipient TEXT NOT NULL,
  lang TEXT NOT NULL,
  payload TEXT NOT NULL,                       -- what the message's template needs (JSON)
  state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting','sent','parked')),
  attempts INTEGER NOT NULL DEFAULT 0,
  next_at INTEGER NOT NULL,
  claim_until INTEGER,
  created_at INTEGER NOT NULL,
  sent_at INTEGER,
  last_error TEXT
) STRICT;
CREATE INDEX outbox_waiting ON outbox(next_at) WHERE state = 'waiting';

CREATE TABLE security_log (
  id TEXT PRIMARY KEY,
  regroupement_id TEXT NOT NULL,
  at INTEGER NOT NULL,
  event TEXT NOT NULL,
  account_id TEXT,
  detail TEXT NOT NULL DEFAULT '{}'
) STRICT;
CREATE INDEX security_log_by_time ON security_log(regroupement_id, at);
CREATE TRIGGER security_log_no_update BEFORE UPDATE ON security_log BEGIN SELECT RAISE(ABORT, 'the security log is append-only'); END;

-- Work that one process does at a time.
CREATE TABLE leases (
  name TEXT PRIMARY KEY,
  holder TEXT NOT NULL,
  until INTEGER NOT NULL
) STRICT;

-- INSERT INTO guard SELECT <condition> inside a batch: a false condition aborts the whole batch; a true one leaves no row.
CREATE TABLE guard (
  ok INTEGER NOT NULL CONSTRAINT guard_failed CHECK (ok = 1)
) STRICT;
CREATE TRIGGER guard_keeps_nothing AFTER INSERT ON guard BEGIN DELETE FROM guard; END;
