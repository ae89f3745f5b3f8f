-- What happened, for programs that ask what is new: ids, numbers and cents, under a number that only rises. Each row is
-- written by the fact itself, in its batch. An import is one fact; its rows are none.
CREATE TABLE events (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,       -- never given twice, in the order in which facts came to stand
  regroupement_id TEXT NOT NULL REFERENCES regroupements(id),
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,                       -- `table:id`
  facts TEXT NOT NULL,                         -- JSON; nothing personal
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX events_after ON events(regroupement_id, seq);

CREATE TRIGGER payments_to_events AFTER UPDATE ON payments WHEN OLD.completed_at IS NULL AND NEW.completed_at IS NOT NULL BEGIN
  INSERT INTO events(regroupement_id, kind, subject, facts, at) VALUES (
    NEW.regroupement_id, 'payment.completed', 'payments:' || NEW.id,
    json_object('paymentNumber', NEW.number, 'amountCents', NEW.amount_cents), NEW.completed_at);
END;
CREATE TRIGGER refunds_to_events AFTER UPDATE ON refunds WHEN OLD.completed_at IS NULL AND NEW.completed_at IS NOT NULL BEGIN
  INSERT INTO events(regroupement_id, kind, subject, facts, at) VALUES (
    NEW.regroupement_id, iif(NEW.origin = 'reversal', 'payment.reversed', 'payment.refunded'), 'payments:' || NEW.payment_id,
    json_object('paymentNumber', (SELECT number FROM payments WHERE id = NEW.payment_id), 'amountCents', NEW.amount_cents),
    NEW.completed_at);
END;
CREATE TRIGGER new_refunds_to_events AFTER INSERT ON refunds WHEN NEW.completed_at IS NOT NULL BEGIN
  INSERT INTO events(regroupement_id, kind, subject, facts, at) VALUES (
    NEW.regroupement_id, iif(NEW.origin = 'reversal', 'payment.reversed', 'payment.refunded'), 'payments:' || NEW.payment_id,
    json_object('paymentNumber', (SELECT number FROM payments WHERE id = NEW.payment_id), 'amountCents', NEW.amount_cents),
    NEW.completed_at);
END;
CREATE TRIGGER recorded_payments_to_events AFTER INSERT ON recorded_payments BEGIN
  INSERT INTO events(regroupement_id, kind, subject, facts, at) VALUES (
    NEW.regroupement_id, iif(NEW.reverses IS NULL, 'payment.recorded', 'payment.returned'), 'recorded_payments:' || NEW.id,
    json_object('invoiceId', NEW.invoice_id, 'method', NEW.method, 'amountCents', NEW.amount_cents, 'day', NEW.received_on,
      'reverses', NEW.reverses, 'byBank', json(iif(NEW.returned = 1, 'true', 'false'))),
    NEW.recorded_at);
END;
CREATE TRIGGER invoice_rows_to_events AFTER INSERT ON invoice_rows WHEN NEW.import_no IS NULL BEGIN
  INSERT INTO events(regroupement_id, kind, subject, facts, at) VALUES (
    NEW.regroupement_id, 'invoice.created', 'invoices:' || NEW.id, json_object('invoiceNumber', NEW.number), NEW.created_at);
END;
CREATE TRIGGER invoice_rows_to_events_anew AFTER UPDATE ON invoice_rows
  WHEN OLD.next_no IS NULL AND NEW.next_no IS NULL AND (OLD.status, OLD.revision) IS NOT (NEW.status, NEW.revision)
BEGIN
  INSERT INTO events(regroupement_id, kind, subject, facts, at) VALUES (
    NEW.regroupement_id, iif(OLD.status = 'open' AND NEW.status = 'cancelled', 'invoice.cancelled', 'invoice.changed'),
    'invoices:' || NEW.id, json_object('invoiceNumber', NEW.number), NEW.updated_at);
END;
CREATE TRIGGER holder_rows_to_events AFTER UPDATE ON holder_rows
  WHEN OLD.next_no IS NULL AND NEW.next_no IS NULL
    AND (OLD.first_name, OLD.last_name, OLD.usual_name, OLD.email, OLD.lang, OLD.status, OLD.office_id)
      IS NOT (NEW.first_name, NEW.last_name, NEW.usual_name, NEW.email, NEW.lang, NEW.status, NEW.office_id)
BEGIN
  INSERT INTO events(regroupement_id, kind, subject, facts, at) VALUES (
    NEW.regroupement_id, 'holder.changed', 'holders:' || NEW.id, '{}', NEW.updated_at);
END;
CREATE TRIGGER link_requests_to_events AFTER INSERT ON link_requests BEGIN
  INSERT INTO events(regroupement_id, kind, subject, facts, at) VALUES (
    NEW.regroupement_id, 'link.requested', 'link_requests:' || NEW.id, json_object('holderId', NEW.holder_id), NEW.asked_at);
END;
CREATE TRIGGER decided_links_to_events AFTER UPDATE ON link_requests WHEN OLD.decision IS NULL AND NEW.decision IS NOT NULL BEGIN
  INSERT INTO events(regroupement_id, kind, subject, facts, at) VALUES (
    NEW.regroupement_id, 'link.decided', 'link_requests:' || NEW.id,
    json_object('holderId', NEW.holder_id, 'decision', NEW.decision), coalesce(NEW.decided_at, NEW.asked_at));
END;
CREATE TRIGGER exceptions_to_events AFTER INSERT ON exceptions BEGIN
  INSERT INTO events(regroupement_id, kind, subject, facts, at) VALUES (
    NEW.regroupement_id, 'exception.opened', 'exceptions:' || NEW.id, json_object('exception', NEW.kind), NEW.opened_at);
END;
CREATE TRIGGER closed_exceptions_to_events AFTER UPDATE ON exceptions WHEN OLD.closed_at IS NULL AND NEW.closed_at IS NOT NULL BEGIN
  INSERT INTO events(regroupement_id, kind, subject, facts, at) VALUES (
    NEW.regroupement_id, 'exception.closed', 'exceptions:' || NEW.id, json_object('exception', NEW.kind), NEW.closed_at);
END;
CREATE TRIGGER imports_to_events AFTER UPDATE ON imports WHEN OLD.merged_at IS NULL AND NEW.merged_at IS NOT NULL BEGIN
  INSERT INTO events(regroupement_id, kind, subject, facts, at) VALUES (
    NEW.regroupement_id, 'import.completed', 'imports:' || NEW.id,
    json_object('rows', NEW.report ->> 'rows', 'accepted', NEW.report ->> 'accepted'), NEW.merged_at);
END;
