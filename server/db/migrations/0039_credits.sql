-- What staff take off an invoice, or carry from one to another: cancelled, credited, a credit applied. Each once a key.
CREATE TABLE cancellations (
  invoice_id TEXT PRIMARY KEY REFERENCES invoice_rows(id),
  regroupement_id TEXT NOT NULL REFERENCES regroupements(id),
  amount_cents INTEGER NOT NULL,               -- what it was for
  reason TEXT NOT NULL,
  cancelled_by TEXT NOT NULL,
  cancelled_at INTEGER NOT NULL,
  idempotency_key TEXT NOT NULL,
  request_hash TEXT NOT NULL,
  UNIQUE (regroupement_id, idempotency_key)
) STRICT;

CREATE TABLE credit_notes (
  id TEXT PRIMARY KEY,
  regroupement_id TEXT NOT NULL REFERENCES regroupements(id),
  invoice_id TEXT NOT NULL REFERENCES invoice_rows(id),
  number TEXT NOT NULL,                        -- CR-2026-0001
  day TEXT NOT NULL,                           -- Toronto day
  reason TEXT NOT NULL,                        -- as she reads it
  days INTEGER,                                -- of a part by days: 214 of 365
  of_days INTEGER,
  premium_cents INTEGER NOT NULL,              -- what it takes off the premiums, before tax
  amount_cents INTEGER NOT NULL,               -- what it takes off in all
  lines TEXT NOT NULL,                         -- JSON; it never changes
  created_by TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  idempotency_key TEXT NOT NULL,
  request_hash TEXT NOT NULL,
  UNIQUE (regroupement_id, number),
  UNIQUE (regroupement_id, idempotency_key)
) STRICT;
CREATE INDEX credit_notes_by_invoice ON credit_notes(invoice_id);

CREATE TABLE credit_transfers (
  id TEXT PRIMARY KEY,
  regroupement_id TEXT NOT NULL REFERENCES regroupements(id),
  from_invoice_id TEXT NOT NULL REFERENCES invoice_rows(id),
  to_invoice_id TEXT NOT NULL REFERENCES invoice_rows(id),
  amount_cents INTEGER NOT NULL CHECK (amount_cents > 0),
  created_by TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  idempotency_key TEXT NOT NULL,
  request_hash TEXT NOT NULL,
  UNIQUE (regroupement_id, idempotency_key)
) STRICT;
CREATE INDEX credit_transfers_by_source ON credit_transfers(from_invoice_id);
CREATE INDEX credit_transfers_by_target ON credit_transfers(to_invoice_id);

-- What of a payment was applied to other invoices than those that it paid, as a credit: that much cannot go back too.
CREATE VIEW payments_applied_elsewhere AS
  SELECT a.payment_id, sum(max(0, (
    SELECT coalesce(sum(e.amount_cents), 0) FROM ledger_rows e WHERE e.invoice_id = a.invoice_id
      AND (e.kind = 'credit' OR (e.kind IN ('payment', 'refund') AND e.payment_id IS NOT a.payment_id))))) AS cents
  FROM allocations a
  WHERE EXISTS (SELECT 1 FROM ledger_rows e WHERE e.invoice_id = a.invoice_id AND e.kind = 'credit' AND e.amount_cents > 0)
  GROUP BY a.payment_id;
CREATE TRIGGER refunds_not_of_applied_credits BEFORE INSERT ON refunds WHEN NEW.origin = 'staff'
  AND EXISTS (SELECT 1 FROM payments_applied_elsewhere WHERE payment_id = NEW.payment_id AND cents > 0)
BEGIN
  SELECT RAISE(ABORT, 'guard_failed: a credit of this payment is applied to another invoice')
  WHERE NEW.amount_cents > (SELECT amount_cents FROM payments WHERE id = NEW.payment_id)
    - (SELECT coalesce(sum(amount_cents), 0) FROM refunds WHERE payment_id = NEW.payment_id AND state <> 'failed')
    + (SELECT coalesce(sum(amount_cents), 0) FROM reversal_returns WHERE payment_id = NEW.payment_id)
    - (SELECT cents FROM payments_applied_elsewhere WHERE payment_id = NEW.payment_id);
END;
