-- What happens to money after it came, beside it, and at PayPal without us.

-- Each set of PayPal credentials that a regroupement ever had: a payment is settled with those it was made with.
CREATE TABLE paypal_accounts (
  regroupement_id TEXT NOT NULL REFERENCES regroupements(id),
  version INTEGER NOT NULL,
  client_id TEXT NOT NULL,
  secret TEXT NOT NULL,                        -- encrypted
  merchant_id TEXT,
  webhook_id TEXT,
  PRIMARY KEY (regroupement_id, version)
) STRICT;
INSERT INTO paypal_accounts SELECT id, paypal_version, paypal_client_id, paypal_secret, paypal_merchant_id, paypal_webhook_id
  FROM regroupements WHERE paypal_client_id IS NOT NULL AND paypal_secret IS NOT NULL;
CREATE TRIGGER paypal_accounts_made AFTER INSERT ON regroupements WHEN NEW.paypal_client_id IS NOT NULL AND NEW.paypal_secret IS NOT NULL
BEGIN
  INSERT INTO paypal_accounts VALUES (NEW.id, NEW.paypal_version, NEW.paypal_client_id, NEW.paypal_secret, NEW.paypal_merchant_id, NEW.paypal_webhook_id);
END;
CREATE TRIGGER paypal_accounts_kept AFTER UPDATE ON regroupements WHEN NEW.paypal_client_id IS NOT NULL AND NEW.paypal_secret IS NOT NULL
BEGIN
  INSERT INTO paypal_accounts VALUES (NEW.id, NEW.paypal_version, NEW.paypal_client_id, NEW.paypal_secret, NEW.paypal_merchant_id, NEW.paypal_webhook_id)
  ON CONFLICT(regroupement_id, version) DO UPDATE SET client_id = excluded.client_id, secret = excluded.secret,
    merchant_id = excluded.merchant_id, webhook_id = excluded.webhook_id;
END;

ALTER TABLE payments ADD COLUMN paypal_fee_cents INTEGER;      -- what PayPal kept of the capture; null until it says
ALTER TABLE payments ADD COLUMN looked_at INTEGER;             -- when the sweeper last asked PayPal about it

-- Money that goes back: asked by staff, made on PayPal's site, or taken back by a bank (reversal).
CREATE TABLE refunds (
  id TEXT PRIMARY KEY,
  regroupement_id TEXT NOT NULL REFERENCES regroupements(id),
  payment_id TEXT NOT NULL REFERENCES payments(id),
  amount_cents INTEGER NOT NULL CHECK (amount_cents > 0),
  origin TEXT NOT NULL CHECK (origin IN ('staff','paypal','reversal')),
  state TEXT NOT NULL CHECK (state IN ('asked','unknown','pending','completed','failed')),
  reason TEXT NOT NULL DEFAULT '',             -- staff's words, for staff
  asked_by TEXT,                               -- which key, or the command line
  idempotency_key TEXT,
  refund_id TEXT UNIQUE,                       -- PayPal's
  failure TEXT,
  claim_token TEXT,
  claim_until INTEGER,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  completed_at INTEGER,
  UNIQUE (regroupement_id, idempotency_key)
) STRICT;
CREATE INDEX refunds_by_payment ON refunds(payment_id);
CREATE INDEX refunds_unsettled ON refunds(state, updated_at) WHERE state IN ('asked','unknown','pending');

-- « Reçu de remboursement »: numbered without gaps per regroupement, never changes (M8).
CREATE TABLE refund_receipts (
  id TEXT PRIMARY KEY,
  regroupement_id TEXT NOT NULL REFERENCES regroupements(id),
  number INTEGER NOT NULL,
  refund_id TEXT NOT NULL UNIQUE REFERENCES refunds(id),
  account_id TEXT NOT NULL REFERENCES accounts(id),
  issued_at INTEGER NOT NULL,
  document TEXT NOT NULL,
  UNIQUE (regroupement_id, number)
) STRICT;
CREATE TRIGGER refund_receipts_no_update BEFORE UPDATE ON refund_receipts BEGIN SELECT RAISE(ABORT, 'a receipt never changes'); END;
CREATE TRIGGER refund_receipts_no_delete BEFORE DELETE ON refund_receipts BEGIN SELECT RAISE(ABORT, 'a receipt never changes'); END;

-- Money that came otherwise, as staff wrote it down; corrected by a row that reverses it, never changed.
CREATE TABLE recorded_payments (
  id TEXT PRIMARY KEY,
  regroupement_id TEXT NOT NULL REFERENCES regroupements(id),
  invoice_id TEXT NOT NULL REFERENCES invoices(id),
  method TEXT NOT NULL CHECK (method IN ('cheque','interac','debit','cash')),
  amount_cents INTEGER NOT NULL CHECK (amount_cents > 0),
  received_on TEXT NOT NULL,                   -- Toronto day
  reference TEXT NOT NULL DEFAULT '',          -- number of the cheque…
  reverses TEXT UNIQUE REFERENCES recorded_payments(id),
  recorded_by TEXT NOT NULL,
  idempotency_key TEXT NOT NULL,
  request_hash TEXT NOT NULL,
  recorded_at INTEGER NOT NULL,
  UNIQUE (regroupement_id, idempotency_key)
) STRICT;
CREATE INDEX recorded_payments_by_invoice ON recorded_payments(invoice_id);
CREATE TRIGGER recorded_payments_no_update BEFORE UPDATE ON recorded_payments BEGIN SELECT RAISE(ABORT, 'a recorded payment is corrected by another'); END;
CREATE TRIGGER recorded_payments_no_delete BEFORE DELETE ON recorded_payments BEGIN SELECT RAISE(ABORT, 'a recorded payment is corrected by another'); END;

-- PayPal's webhooks: kept as they came before anything is done about them. Only `done` makes a repeat a repeat.
CREATE TABLE webhook_events (
  id TEXT PRIMARY KEY,
  regroupement_id TEXT NOT NULL REFERENCES regroupements(id),
  event_id TEXT NOT NULL,
  event_type TEXT NOT NULL,
  body TEXT NOT NULL,
  state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting','done','parked')),
  attempts INTEGER NOT NULL DEFAULT 0,
  next_at INTEGER NOT NULL,
  claim_until INTEGER,
  received_at INTEGER NOT NULL,
  done_at INTEGER,
  last_error TEXT,
  UNIQUE (regroupement_id, event_id)
) STRICT;
CREATE INDEX webhook_events_waiting ON webhook_events(next_at) WHERE state = 'waiting';

-- How often something was refused, by day: what is not worth a row each time.
CREATE TABLE counters (
  regroupement_id TEXT NOT NULL REFERENCES regroupements(id),
  day TEXT NOT NULL,
  name TEXT NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (regroupement_id, day, name)
) STRICT;

-- What a person must look at: the list that staff work off.
CREATE TABLE exceptions (
  id TEXT PRIMARY KEY,
  regroupement_id TEXT NOT NULL REFERENCES regroupements(id),
  dedupe_key TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  payment_id TEXT REFERENCES payments(id),
  detail TEXT NOT NULL DEFAULT '{}',
  opened_at INTEGER NOT NULL,
  closed_at INTEGER,
  closed_by TEXT,
  note TEXT
) STRICT;
CREATE INDEX exceptions_open ON exceptions(regroupement_id, opened_at) WHERE closed_at IS NULL;

-- A day of PayPal's books beside ours, as it was last compared.
CREATE TABLE reconciliations (
  regroupement_id TEXT NOT NULL REFERENCES regroupements(id),
  day TEXT NOT NULL,
  made_at INTEGER NOT NULL,
  report TEXT NOT NULL,
  PRIMARY KEY (regroupement_id, day)
) STRICT;

-- Keys of the staff's API: shown once, kept hashed.
CREATE TABLE api_keys (
  id TEXT PRIMARY KEY,
  regroupement_id TEXT NOT NULL REFERENCES regroupements(id),
  name TEXT NOT NULL,
  secret_hash TEXT NOT NULL UNIQUE,
  scopes TEXT NOT NULL,                        -- JSON array of read, refund, record, import
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  revoked_at INTEGER,
  last_used_at INTEGER
) STRICT;
