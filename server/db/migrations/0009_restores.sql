-- A backup brought back knows nothing of what came after it. Payments wait until PayPal's books since then are in ours.

-- When the copy was taken: stands in backups only.
CREATE TABLE backup_mark (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  made_at INTEGER NOT NULL
) STRICT;

CREATE TABLE payment_stops (
  id TEXT PRIMARY KEY,
  regroupement_id TEXT NOT NULL REFERENCES regroupements(id),
  backup_at INTEGER NOT NULL,                  -- what PayPal did from here on may be missing in our books
  stopped_at INTEGER NOT NULL,                 -- the restore
  resumed_at INTEGER,
  resumed_by TEXT,                             -- `reconcile`, or who of the staff
  note TEXT
) STRICT;
CREATE UNIQUE INDEX payment_stops_open ON payment_stops(regroupement_id) WHERE resumed_at IS NULL;

-- An export reads the ledger in the order of its facts, page after page.
CREATE INDEX ledger_by_time ON ledger_entries(regroupement_id, occurred_at, id);

-- What is written about money during a stop was probably sent before the restore: staff decide who is told again.
CREATE TRIGGER outbox_parked_during_stop AFTER INSERT ON outbox
WHEN NEW.state = 'waiting'
  AND NEW.kind IN ('receipt', 'refund-receipt', 'payment-received', 'unconfirmed', 'payment-expired', 'payment-failed')
  AND EXISTS (SELECT 1 FROM payment_stops WHERE regroupement_id = NEW.regroupement_id AND resumed_at IS NULL)
BEGIN
  UPDATE outbox SET state = 'parked', last_error = 'restored' WHERE id = NEW.id;
END;
