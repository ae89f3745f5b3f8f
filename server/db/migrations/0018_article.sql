-- With which article the regroupement's name stands in a French sentence (server/regroupements/naming.ts); NULL: its own
-- first word tells.
ALTER TABLE regroupements ADD COLUMN article TEXT CHECK (article IN ('le', 'la', 'l’', 'les', 'aucun'));
