-- « À traiter »: who sees to what, and what a person has called settled where nothing else ends it. An item is named
-- `kind.id` (server/staff/work/sources.ts).
CREATE TABLE worklist_marks (
  regroupement_id TEXT NOT NULL REFERENCES regroupements(id),
  item TEXT NOT NULL,
  assigned_to TEXT REFERENCES staff_users(id),
  assigned_at INTEGER,
  settled_by TEXT,
  settled_at INTEGER,
  PRIMARY KEY (regroupement_id, item)
) STRICT;

CREATE INDEX endorsements_without_invoice ON endorsement_rows(regroupement_id, created_at, id)
  WHERE invoice_id IS NULL AND amount_cents > 0;
CREATE INDEX recorded_payments_doubtful ON recorded_payments(regroupement_id, recorded_at, id)
  WHERE even_so LIKE '%possible-duplicate%';
CREATE INDEX payments_unconfirmed ON payments(regroupement_id, approved_at, id) WHERE state = 'approved';

-- Invoices on which more was paid than was owed, and since when; one that is a credit no more stays until it is read.
CREATE TABLE credits (
  invoice_id TEXT PRIMARY KEY REFERENCES invoice_rows(id) ON DELETE CASCADE,
  regroupement_id TEXT NOT NULL REFERENCES regroupements(id),
  since INTEGER NOT NULL
) STRICT;
CREATE INDEX credits_by_age ON credits(regroupement_id, since, invoice_id);
INSERT INTO credits(invoice_id, regroupement_id, since)
  SELECT invoice_id, regroupement_id, max(posted_at) FROM ledger_rows GROUP BY invoice_id HAVING sum(amount_cents) < 0;
CREATE TRIGGER ledger_rows_to_credits AFTER INSERT ON ledger_rows WHEN NEW.amount_cents < 0 BEGIN
  INSERT INTO credits(invoice_id, regroupement_id, since)
    SELECT NEW.invoice_id, NEW.regroupement_id, NEW.posted_at
    FROM ledger_rows WHERE invoice_id = NEW.invoice_id GROUP BY invoice_id HAVING sum(amount_cents) < 0
    ON CONFLICT DO UPDATE SET since = excluded.since
      WHERE (SELECT sum(amount_cents) FROM ledger_rows WHERE invoice_id = NEW.invoice_id) - NEW.amount_cents >= 0;
END;
