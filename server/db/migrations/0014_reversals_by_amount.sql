-- What a bank or PayPal takes back has an amount, may be held first, and may come back (server/refunds/reversals/).

-- The states are a CHECK, so the table is made anew under its own name: what refers to it by name goes on doing so, and
-- its references are checked when the whole is written.
CREATE INDEX exceptions_by_payment ON exceptions(payment_id) WHERE payment_id IS NOT NULL;
PRAGMA defer_foreign_keys = ON;
CREATE TABLE payments_before AS SELECT * FROM payments;
DROP TABLE payments;
CREATE TABLE payments (
  id TEXT PRIMARY KEY,
  regroupement_id TEXT NOT NULL REFERENCES regroupements(id),
  account_id TEXT NOT NULL REFERENCES accounts(id),
  number TEXT NOT NULL,                        -- what people and PayPal read: invoice_id at PayPal, confirmation number
  state TEXT NOT NULL CHECK (state IN ('created','approved','capturing','pending','unknown','declined','completed','failed','expired','cancelled','partly-refunded','refunded','disputed','partly-reversed','reversed')),
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
  paypal_fee_cents INTEGER,                    -- what PayPal kept of the capture; null until it says
  looked_at INTEGER,                           -- when the sweeper last asked PayPal about it
  held_at INTEGER,                             -- PayPal holds the money for a dispute since; nothing went back yet
  UNIQUE (regroupement_id, number),
  UNIQUE (account_id, idempotency_key)
) STRICT;
INSERT INTO payments(id, regroupement_id, account_id, number, state, amount_cents, online_fee_cents, currency, lang, idempotency_key,
    request_hash, nonce_hash, page, paypal_version, order_id, approve_url, capture_attempt, capture_id, failure, claim_token,
    claim_until, created_at, updated_at, approved_at, confirmed_at, completed_at, paypal_fee_cents, looked_at)
  SELECT id, regroupement_id, account_id, number, state, amount_cents, online_fee_cents, currency, lang, idempotency_key,
    request_hash, nonce_hash, page, paypal_version, order_id, approve_url, capture_attempt, capture_id, failure, claim_token,
    claim_until, created_at, updated_at, approved_at, confirmed_at, completed_at, paypal_fee_cents, looked_at
  FROM payments_before;
DROP TABLE payments_before;
CREATE INDEX payments_by_account ON payments(account_id, created_at);
CREATE INDEX payments_unsettled ON payments(state, updated_at) WHERE state IN ('created','approved','capturing','pending','unknown','declined');

-- Reversals that were written down as all that was left, under no id of PayPal's: compared with PayPal's record once, by the
-- job of server/refunds/old-reversals.ts.
ALTER TABLE refunds ADD COLUMN unchecked INTEGER NOT NULL DEFAULT 0;
UPDATE refunds SET unchecked = 1 WHERE origin = 'reversal';
CREATE INDEX refunds_unchecked ON refunds(regroupement_id) WHERE unchecked = 1;
-- What PayPal gave back of its fee, or took more; null until its list of the day says.
ALTER TABLE refunds ADD COLUMN paypal_fee_cents INTEGER;

-- Money that had been taken back and came again: a dispute won, a chargeback lifted.
CREATE TABLE reversal_returns (
  id TEXT PRIMARY KEY,
  regroupement_id TEXT NOT NULL REFERENCES regroupements(id),
  payment_id TEXT NOT NULL REFERENCES payments(id),
  amount_cents INTEGER NOT NULL CHECK (amount_cents > 0),
  source TEXT NOT NULL,                        -- PayPal's id of what it is posted under: the movement, or the dispute won
  transaction_id TEXT UNIQUE,                  -- PayPal's id of the movement; null until its list shows it
  corrects TEXT UNIQUE REFERENCES refunds(id), -- a reversal that PayPal's record does not bear out; no movement at PayPal
  paypal_fee_cents INTEGER,
  returned_at INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  UNIQUE (regroupement_id, source)
) STRICT;
CREATE INDEX reversal_returns_by_payment ON reversal_returns(payment_id);

-- Disputes that PayPal told of, as far as refunds and states need them; who complains, and why, stays at PayPal.
CREATE TABLE disputes (
  regroupement_id TEXT NOT NULL REFERENCES regroupements(id),
  dispute_id TEXT NOT NULL,                    -- PayPal's
  payment_id TEXT NOT NULL REFERENCES payments(id),
  amount_cents INTEGER,
  opened_at INTEGER NOT NULL,
  resolved_at INTEGER,
  outcome TEXT,
  looked_at INTEGER NOT NULL,                  -- when PayPal was last asked about it
  PRIMARY KEY (regroupement_id, dispute_id)
) STRICT;
CREATE INDEX disputes_by_payment ON disputes(payment_id);
CREATE INDEX disputes_open ON disputes(looked_at) WHERE resolved_at IS NULL;
