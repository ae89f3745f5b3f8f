-- The register of confidentiality incidents holds what the Regulation asks for (CQLR c. A-2.1, r. 3.1, s. 7), each apart.
ALTER TABLE incidents ADD COLUMN occurred_until TEXT;                -- last day, of a period
ALTER TABLE incidents ADD COLUMN information TEXT NOT NULL DEFAULT '';  -- which personal information, or why that is not known
ALTER TABLE incidents ADD COLUMN risk TEXT NOT NULL DEFAULT '';      -- what `serious` was judged by
ALTER TABLE incidents ADD COLUMN commission_told_on TEXT;
ALTER TABLE incidents ADD COLUMN persons_told_on TEXT;

-- Kept five years at least (s. 8), then let go by the retention job (server/privacy/retention.ts).
DROP TRIGGER incidents_no_delete;
CREATE TRIGGER incidents_kept BEFORE DELETE ON incidents
  WHEN OLD.recorded_at > (unixepoch() - 1827 * 86400) * 1000
  BEGIN SELECT RAISE(ABORT, 'the register of incidents is kept'); END;
