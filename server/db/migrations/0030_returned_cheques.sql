-- What a bank gave back (NSF) is no mistake of staff's: its row says so, and which invoice charges the fee for it.
ALTER TABLE recorded_payments ADD COLUMN returned INTEGER NOT NULL DEFAULT 0 CHECK (returned IN (0, 1));
ALTER TABLE recorded_payments ADD COLUMN fee_invoice_id TEXT REFERENCES invoice_rows(id);
CREATE INDEX recorded_payments_by_fee_invoice ON recorded_payments(fee_invoice_id) WHERE fee_invoice_id IS NOT NULL;
