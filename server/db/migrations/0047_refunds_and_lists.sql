-- What of a payment was applied to other invoices is looked up for that payment alone: as a sum grouped by payment, a list of payments had
-- it worked out for all that there ever were. And what is on its way back from another payment of the same invoice is gone for this one:
-- two refunds asked at once gave back more together than the credit that was left.

DROP TRIGGER refunds_not_of_applied_credits;
DROP VIEW payments_applied_elsewhere;
CREATE VIEW payments_applied_elsewhere AS
  SELECT p.id AS payment_id, (
    SELECT coalesce(sum(max(0,
      (SELECT coalesce(sum(e.amount_cents), 0) FROM ledger_rows e WHERE e.invoice_id = a.invoice_id
        AND (e.kind = 'credit' OR (e.kind IN ('payment', 'refund') AND e.payment_id IS NOT a.payment_id)))
      + (SELECT coalesce(sum(min(b.amount_cents, (
          SELECT coalesce(sum(r.amount_cents), 0) FROM refunds r
          WHERE r.payment_id = b.payment_id AND r.state IN ('asked', 'unknown', 'pending')))), 0)
        FROM allocations b WHERE b.invoice_id = a.invoice_id AND b.payment_id <> a.payment_id))), 0)
    FROM allocations a
    WHERE a.payment_id = p.id
      AND EXISTS (SELECT 1 FROM ledger_rows e WHERE e.invoice_id = a.invoice_id AND e.kind = 'credit' AND e.amount_cents > 0)
  ) AS cents
  FROM payments p;
CREATE TRIGGER refunds_not_of_applied_credits BEFORE INSERT ON refunds WHEN NEW.origin = 'staff'
  AND EXISTS (SELECT 1 FROM payments_applied_elsewhere WHERE payment_id = NEW.payment_id AND cents > 0)
BEGIN
  SELECT RAISE(ABORT, 'guard_failed: a credit of this payment is applied to another invoice')
  WHERE NEW.amount_cents > (SELECT amount_cents FROM payments WHERE id = NEW.payment_id)
    - (SELECT coalesce(sum(amount_cents), 0) FROM refunds WHERE payment_id = NEW.payment_id AND state <> 'failed')
    + (SELECT coalesce(sum(amount_cents), 0) FROM reversal_returns WHERE payment_id = NEW.payment_id)
    - (SELECT cents FROM payments_applied_elsewhere WHERE payment_id = NEW.payment_id);
END;

-- « Paiements » of one method that staff write down.
CREATE INDEX recorded_payments_by_method ON recorded_payments(regroupement_id, method, recorded_at) WHERE reverses IS NULL;
