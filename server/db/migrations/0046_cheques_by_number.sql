-- The office finds a cheque by the number that is written on it.
CREATE INDEX recorded_payments_by_reference ON recorded_payments(regroupement_id, reference_key);
