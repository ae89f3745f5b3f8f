-- What is asked for again and again costs the same with a million payments as with a thousand (test/plans holds it).

-- Staff's lists, newest or oldest first.
CREATE INDEX payments_by_time ON payments(regroupement_id, created_at);
CREATE INDEX payments_by_state ON payments(regroupement_id, state, created_at);
DROP INDEX exceptions_open;
CREATE INDEX exceptions_open ON exceptions(regroupement_id, opened_at, id) WHERE closed_at IS NULL;
CREATE INDEX exceptions_by_time ON exceptions(regroupement_id, opened_at, id);
CREATE INDEX recorded_payments_by_time ON recorded_payments(regroupement_id, recorded_at);
CREATE INDEX links_by_number ON links(regroupement_id, number_key, created_at, id) WHERE undone_at IS NULL;
CREATE INDEX links_by_method ON links(regroupement_id, method, created_at, id) WHERE undone_at IS NULL;
CREATE INDEX outbox_unsent ON outbox(state, regroupement_id, created_at, id, kind, next_at) WHERE state <> 'sent';

-- A day of PayPal's list beside our books.
CREATE INDEX payments_completed ON payments(regroupement_id, completed_at) WHERE completed_at IS NOT NULL;
CREATE INDEX refunds_completed ON refunds(regroupement_id, completed_at) WHERE completed_at IS NOT NULL;
CREATE INDEX reversal_returns_by_time ON reversal_returns(regroupement_id, returned_at);

-- What the bank or PayPal holds, or has taken back.
CREATE INDEX payments_held ON payments(looked_at) WHERE held_at IS NOT NULL;
CREATE INDEX payments_reversed ON payments(state) WHERE state = 'reversed';

-- An import asks which numbers lost their zeros in a spreadsheet.
CREATE INDEX certificates_with_zeros ON certificates(regroupement_id, ltrim(number_key, '0'))
  WHERE number_key <> ltrim(number_key, '0');
CREATE INDEX invoices_with_zeros ON invoices(regroupement_id, ltrim(number_key, '0'))
  WHERE number_key <> ltrim(number_key, '0');

-- What is one payer's, or one payment's.
CREATE INDEX receipts_by_account ON receipts(account_id, number);
CREATE INDEX refund_receipts_by_account ON refund_receipts(account_id, number);
CREATE INDEX invoice_holds_by_payment ON invoice_holds(payment_id);
CREATE INDEX links_by_account ON links(account_id, holder_id, number_key);
CREATE INDEX links_by_holder ON links(holder_id);
CREATE INDEX link_challenges_by_holder ON link_challenges(holder_id) WHERE holder_id IS NOT NULL;
CREATE INDEX link_requests_by_account ON link_requests(account_id, holder_id, number_key);
CREATE INDEX outbox_by_recipient ON outbox(regroupement_id, lower(recipient)) WHERE recipient <> '';
CREATE INDEX security_log_by_account ON security_log(account_id, at) WHERE account_id IS NOT NULL;
CREATE INDEX invoice_secrets_by_hash ON invoice_secrets(regroupement_id, secret_hash);

-- What has been kept long enough (server/privacy/retention.ts), by the instant from which that counts.
CREATE INDEX sign_ups_by_end ON sign_ups(expires_at);
CREATE INDEX password_resets_by_end ON password_resets(expires_at);
CREATE INDEX email_changes_by_end ON email_changes(coalesce(used_at, expires_at));
CREATE INDEX sessions_by_end ON sessions(coalesce(ended_at, expires_at));
CREATE INDEX rate_limits_by_end ON rate_limits(tat);
CREATE INDEX link_challenges_by_end ON link_challenges(expires_at);
CREATE INDEX link_requests_by_end ON link_requests(decided_at) WHERE decided_at IS NOT NULL;
CREATE INDEX outbox_by_end ON outbox(coalesce(sent_at, next_at)) WHERE state <> 'waiting' AND recipient <> '';
CREATE INDEX webhook_events_by_end ON webhook_events(coalesce(done_at, next_at)) WHERE state <> 'waiting' AND body <> '';
CREATE INDEX security_log_by_end ON security_log(at);
CREATE INDEX accounts_by_use ON accounts(max(last_seen_at, created_at)) WHERE erased_at IS NULL;

-- What `/metrics` tells: how many, without counting them each time.
CREATE INDEX webhook_events_open ON webhook_events(state, regroupement_id) WHERE state <> 'done';
CREATE TABLE payment_counts (
  regroupement_id TEXT NOT NULL REFERENCES regroupements(id),
  state TEXT NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (regroupement_id, state)
) STRICT;
INSERT INTO payment_counts SELECT regroupement_id, state, count(*) FROM payments GROUP BY 1, 2;
CREATE TRIGGER payments_counted AFTER INSERT ON payments BEGIN
  INSERT INTO payment_counts VALUES (NEW.regroupement_id, NEW.state, 1)
    ON CONFLICT(regroupement_id, state) DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER payments_counted_again AFTER UPDATE OF state ON payments WHEN NEW.state <> OLD.state BEGIN
  UPDATE payment_counts SET count = count - 1 WHERE regroupement_id = OLD.regroupement_id AND state = OLD.state;
  INSERT INTO payment_counts VALUES (NEW.regroupement_id, NEW.state, 1)
    ON CONFLICT(regroupement_id, state) DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER payments_counted_no_more AFTER DELETE ON payments BEGIN
  UPDATE payment_counts SET count = count - 1 WHERE regroupement_id = OLD.regroupement_id AND state = OLD.state;
END;
