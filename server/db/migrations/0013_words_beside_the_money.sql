-- What staff write when they release a payment stands beside the payment (server/payments/confirm.ts), in her copy: the
-- security log names nobody. So do the reasons that went into the log before.
DROP TRIGGER payment_events_no_update;
UPDATE payment_events SET detail = json_set(detail, '$.reason',
    (SELECT l.detail ->> '$.reason' FROM security_log l
     WHERE l.event = 'staff-released-payment' AND l.detail ->> '$.payment' = payment_events.payment_id LIMIT 1))
  WHERE event = 'released' AND detail ->> '$.reason' IS NULL AND payment_id IN
    (SELECT l.detail ->> '$.payment' FROM security_log l WHERE l.event = 'staff-released-payment');
CREATE TRIGGER payment_events_no_update BEFORE UPDATE ON payment_events BEGIN SELECT RAISE(ABORT, 'payment events are append-only'); END;

DROP TRIGGER security_log_no_update;
UPDATE security_log SET detail = json_remove(detail, '$.reason') WHERE event = 'staff-released-payment';
CREATE TRIGGER security_log_no_update BEFORE UPDATE ON security_log BEGIN SELECT RAISE(ABORT, 'the security log is append-only'); END;
