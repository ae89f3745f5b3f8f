-- Cheques that are taken to the bank together, against the slip's total; a cheque for several invoices is a group of rows.
CREATE TABLE deposits (
  id TEXT PRIMARY KEY,
  regroupement_id TEXT NOT NULL REFERENCES regroupements(id),
  day TEXT NOT NULL,                           -- the slip's, a Toronto day
  slip_cents INTEGER NOT NULL CHECK (slip_cents > 0),
  opened_by TEXT NOT NULL,
  opened_at INTEGER NOT NULL,
  closed_by TEXT,
  closed_at INTEGER,                           -- its rows are the slip's then, to the cent
  idempotency_key TEXT NOT NULL,
  request_hash TEXT NOT NULL,
  UNIQUE (regroupement_id, idempotency_key)
) STRICT;
CREATE INDEX deposits_by_time ON deposits(regroupement_id, opened_at);

ALTER TABLE recorded_payments ADD COLUMN group_id TEXT;   -- the rows of one cheque; NULL: it is alone
ALTER TABLE recorded_payments ADD COLUMN deposit_id TEXT REFERENCES deposits(id);
CREATE INDEX recorded_payments_by_group ON recorded_payments(group_id) WHERE group_id IS NOT NULL;
CREATE INDEX recorded_payments_by_deposit ON recorded_payments(deposit_id) WHERE deposit_id IS NOT NULL;
