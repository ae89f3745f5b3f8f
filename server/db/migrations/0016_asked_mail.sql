-- Messages that a stranger can cause leave one after the other at an even pace, one a beat, and a miss takes a beat like a
-- hit (mail/worker.ts). asked_by: a keyed hash of the network address that asked, until the message has left; '' for
-- whatever nobody's asking caused, which waits for none of them. turn: how many of that address's were waiting already.
-- A row of kind 'nothing' has no recipient, is never a message, and goes when its beat is over.
ALTER TABLE outbox ADD COLUMN asked_by TEXT NOT NULL DEFAULT '';
ALTER TABLE outbox ADD COLUMN turn INTEGER NOT NULL DEFAULT 0;
DROP INDEX outbox_waiting;
CREATE INDEX outbox_own ON outbox(next_at) WHERE state = 'waiting' AND asked_by = '';
CREATE INDEX outbox_asked ON outbox(turn, next_at) WHERE state = 'waiting' AND asked_by <> '';
CREATE INDEX outbox_asked_by ON outbox(asked_by) WHERE state = 'waiting' AND asked_by <> '';
