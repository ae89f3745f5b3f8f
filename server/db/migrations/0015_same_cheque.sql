-- What is written down twice is noticed (server/offline-payments/doubts.ts): the reference as it is compared, and what the
-- writer was told of and confirmed all the same (JSON array of causes).
ALTER TABLE recorded_payments ADD COLUMN reference_key TEXT NOT NULL DEFAULT '';
ALTER TABLE recorded_payments ADD COLUMN even_so TEXT NOT NULL DEFAULT '[]';
DROP TRIGGER recorded_payments_no_update;
UPDATE recorded_payments SET reference_key = ltrim(upper(replace(replace(replace(reference, ' ', ''), '#', ''), '-', '')), '0')
  WHERE reverses IS NULL;
CREATE TRIGGER recorded_payments_no_update BEFORE UPDATE ON recorded_payments BEGIN SELECT RAISE(ABORT, 'a recorded payment is corrected by another'); END;
CREATE INDEX recorded_payments_alike ON recorded_payments(regroupement_id, method, amount_cents) WHERE reverses IS NULL;

-- Whose invoice it was when she agreed to pay it (server/payments/confirm.ts); unknown for payments made before.
ALTER TABLE allocations ADD COLUMN certificate_id TEXT REFERENCES certificates(id);
