-- Of which request a message or an event came, so that the log tells one story under one id, from the click to the mail server.
-- Null where no request caused it, or an older program wrote it.
ALTER TABLE outbox ADD COLUMN request_id TEXT;
ALTER TABLE webhook_events ADD COLUMN request_id TEXT;
