-- « Aujourd'hui » asks which open invoices are overdue.
CREATE INDEX invoices_by_due_day ON invoice_rows(regroupement_id, due_on) WHERE status = 'open';
