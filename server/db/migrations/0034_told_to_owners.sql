-- What the owners of a regroupement are told by e-mail, as soon as it stands in the audit: who came in, whose role or second
-- factor changed, a key, PayPal, the pages and what opens a file, and many people's data taken out. The message is written
-- from the audit's row; it names nobody who pays.
CREATE TRIGGER audit_told_to_owners AFTER INSERT ON audit
  WHEN NEW.act IN ('staff-joined', 'staff-factor-reset', 'key-created', 'people-exported')
    OR (NEW.act = 'staff-changed' AND NEW.before ->> 'role' <> NEW.after ->> 'role')
    OR (NEW.act = 'settings-changed' AND EXISTS (SELECT 1 FROM json_each(NEW.after) s
      WHERE s.key IN ('pages', 'link_policy') OR s.key LIKE 'paypal%'))
BEGIN
  INSERT INTO outbox(id, regroupement_id, dedupe_key, kind, recipient, lang, payload, next_at, created_at)
  SELECT u.id || '-' || NEW.seq, NEW.regroupement_id, 'staff-notice:' || NEW.seq || ':' || u.id, 'staff-notice', u.email, u.lang,
    json_object('seq', NEW.seq), NEW.at, NEW.at
  FROM memberships m JOIN staff_users u ON u.id = m.staff_id AND u.enrolled_at IS NOT NULL
  WHERE m.regroupement_id = NEW.regroupement_id AND m.role = 'owner' AND m.removed_at IS NULL
    -- She knows that she has come in.
    AND NOT (NEW.act = 'staff-joined' AND NEW.target = 'staff_users:' || u.id)
  ON CONFLICT(dedupe_key) DO NOTHING;
END;
