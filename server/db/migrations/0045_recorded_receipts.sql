-- Receipts of money that came otherwise than by PayPal, and what annuls one: each a document of its own, numbered without
-- gaps per regroupement, series and year; none ever changes (M8). C-2026-0001 is a receipt, CA-2026-0001 what annuls one.
CREATE TABLE recorded_receipts (
  id TEXT PRIMARY KEY,
  regroupement_id TEXT NOT NULL REFERENCES regroupements(id),
  series TEXT NOT NULL CHECK (series IN ('C', 'CA')),
  year TEXT NOT NULL,                          -- of the Toronto day on which it was issued
  number INTEGER NOT NULL,
  recorded_id TEXT NOT NULL UNIQUE REFERENCES recorded_payments(id), -- the first row of the cheque, or of what takes it back
  cancels TEXT UNIQUE REFERENCES recorded_receipts(id),
  issued_at INTEGER NOT NULL,
  document TEXT NOT NULL,                      -- everything it says, frozen (JSON)
  UNIQUE (regroupement_id, series, year, number),
  CHECK ((series = 'CA') = (cancels IS NOT NULL))
) STRICT;
CREATE TRIGGER recorded_receipts_no_update BEFORE UPDATE ON recorded_receipts BEGIN SELECT RAISE(ABORT, 'a receipt never changes'); END;
CREATE TRIGGER recorded_receipts_no_delete BEFORE DELETE ON recorded_receipts BEGIN SELECT RAISE(ABORT, 'a receipt never changes'); END;

-- « Défaire »: the transfer that a transfer undoes, once.
ALTER TABLE credit_transfers ADD COLUMN undoes TEXT REFERENCES credit_transfers(id);
CREATE UNIQUE INDEX credit_transfers_undone ON credit_transfers(undoes) WHERE undoes IS NOT NULL;

-- An endorsement may be invoiced again once the invoice that was made of it is cancelled.
CREATE TABLE manual_invoices_now (
  invoice_id TEXT PRIMARY KEY REFERENCES invoice_rows(id),
  endorsement_id TEXT NOT NULL REFERENCES endorsement_rows(id),
  regroupement_id TEXT NOT NULL REFERENCES regroupements(id),
  idempotency_key TEXT NOT NULL,
  request_hash TEXT NOT NULL,
  created_by TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  freed_at INTEGER,                            -- it is cancelled, and the endorsement waits again
  UNIQUE (regroupement_id, idempotency_key)
) STRICT;
INSERT INTO manual_invoices_now(invoice_id, endorsement_id, regroupement_id, idempotency_key, request_hash, created_by, created_at)
  SELECT invoice_id, endorsement_id, regroupement_id, idempotency_key, request_hash, created_by, created_at FROM manual_invoices;
DROP TABLE manual_invoices;
ALTER TABLE manual_invoices_now RENAME TO manual_invoices;
CREATE INDEX manual_invoices_by_endorsement ON manual_invoices(endorsement_id);
CREATE UNIQUE INDEX manual_invoices_in_force ON manual_invoices(endorsement_id) WHERE freed_at IS NULL;
-- Those that were cancelled before that was so.
UPDATE endorsements SET invoice_id = NULL, manual_amount = 0
  WHERE id IN (SELECT m.endorsement_id FROM cancellations x JOIN manual_invoices m ON m.invoice_id = x.invoice_id
    WHERE m.invoice_id = endorsements.invoice_id);
UPDATE manual_invoices SET freed_at = (SELECT cancelled_at FROM cancellations x WHERE x.invoice_id = manual_invoices.invoice_id)
  WHERE invoice_id IN (SELECT invoice_id FROM cancellations);
