-- « Entente de versements »: days and amounts by which an invoice is paid off, four at most. What is left of each is never stored: it follows
-- from the ledger's entries since. Nothing is charged by it.
CREATE TABLE instalment_plans (
  id TEXT PRIMARY KEY,
  regroupement_id TEXT NOT NULL REFERENCES regroupements(id),
  invoice_id TEXT NOT NULL REFERENCES invoice_rows(id),
  revision INTEGER NOT NULL,                   -- of the invoice's lines, when it was made
  total_cents INTEGER NOT NULL CHECK (total_cents > 0),  -- the balance then, which its amounts add up to
  account_id TEXT REFERENCES accounts(id),     -- who proposed it; NULL: staff
  made_by TEXT NOT NULL,                       -- account:…, staff:…, key:…
  made_at INTEGER NOT NULL,                    -- after every entry before it: later ones move its instalments
  ended_at INTEGER,
  ended_by TEXT,
  ended_why TEXT CHECK (ended_why IN ('cancelled', 'replaced')),
  idempotency_key TEXT NOT NULL,
  request_hash TEXT NOT NULL,
  CHECK ((ended_at IS NULL) = (ended_why IS NULL)),
  UNIQUE (regroupement_id, made_by, idempotency_key)
) STRICT;
CREATE UNIQUE INDEX instalment_plans_open ON instalment_plans(invoice_id) WHERE ended_at IS NULL;
CREATE INDEX instalment_plans_by_invoice ON instalment_plans(invoice_id);

CREATE TABLE instalments (
  plan_id TEXT NOT NULL REFERENCES instalment_plans(id),
  no INTEGER NOT NULL CHECK (no BETWEEN 1 AND 4),
  due_on TEXT NOT NULL,                        -- Toronto day
  amount_cents INTEGER NOT NULL CHECK (amount_cents > 0),
  PRIMARY KEY (plan_id, no)
) STRICT;
CREATE INDEX instalments_by_day ON instalments(due_on);
CREATE TRIGGER instalments_no_update BEFORE UPDATE ON instalments
BEGIN SELECT RAISE(ABORT, 'an instalment never changes: another plan takes its place'); END;
