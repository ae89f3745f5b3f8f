-- Which e-mails a person of the office wants of a regroupement's payments and exceptions (S44, S45). Who wants each one at once
-- gets a copy of what goes to the office's own address, written with it.
CREATE TABLE staff_alerts (
  staff_id TEXT NOT NULL REFERENCES staff_users(id),
  regroupement_id TEXT NOT NULL REFERENCES regroupements(id),
  payments TEXT NOT NULL CHECK (payments IN ('each', 'daily', 'none')),
  exceptions TEXT NOT NULL CHECK (exceptions IN ('at-once', 'daily', 'none')),
  PRIMARY KEY (staff_id, regroupement_id)
) STRICT;
CREATE INDEX staff_alerts_by_regroupement ON staff_alerts(regroupement_id);

CREATE TRIGGER outbox_to_alerts AFTER INSERT ON outbox
  WHEN NEW.kind IN ('payment-received', 'exception') AND NEW.dedupe_key NOT LIKE '%:staff:%'
BEGIN
  INSERT INTO outbox(id, regroupement_id, dedupe_key, kind, recipient, lang, payload, next_at, created_at)
  SELECT NEW.id || '-' || u.id, NEW.regroupement_id, NEW.dedupe_key || ':staff:' || u.id, NEW.kind, u.email, u.lang, NEW.payload,
    NEW.next_at, NEW.created_at
  FROM staff_alerts a JOIN staff_users u ON u.id = a.staff_id AND u.enrolled_at IS NOT NULL
  JOIN memberships m ON m.staff_id = a.staff_id AND m.regroupement_id = a.regroupement_id AND m.removed_at IS NULL
    -- A Toronto day, or an hour beside it.
    AND (m.ends_on IS NULL OR m.ends_on >= date(NEW.created_at / 1000, 'unixepoch', '-5 hours'))
  WHERE a.regroupement_id = NEW.regroupement_id AND lower(u.email) <> lower(NEW.recipient)
    AND ((NEW.kind = 'payment-received' AND a.payments = 'each') OR (NEW.kind = 'exception' AND a.exceptions = 'at-once'))
  ON CONFLICT(dedupe_key) DO NOTHING;
END;
