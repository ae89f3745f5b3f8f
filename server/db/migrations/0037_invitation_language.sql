-- The language of an invitation's e-mail, for when an owner sends it again.
ALTER TABLE staff_invitations ADD COLUMN lang TEXT NOT NULL DEFAULT 'fr-CA' CHECK (lang IN ('fr-CA', 'en-CA'));
