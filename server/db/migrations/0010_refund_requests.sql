-- What staff asked for under a key: all that was left (null), or an amount. The same key for the other is another request.
ALTER TABLE refunds ADD COLUMN asked_cents INTEGER;
UPDATE refunds SET asked_cents = amount_cents WHERE origin = 'staff';
