// Where the rows of each target stand, hidden ones included (server/db/migrations/0022_hidden_imports.sql).
import type { Target } from '../rows/targets.ts';

export const TABLES: Readonly<Record<Target, string>> = {
  holders: 'holder_rows',
  certificates: 'certificate_rows',
  invoices: 'invoice_rows',
  invoice_lines: 'invoice_lines',
  endorsements: 'endorsement_rows',
  ledger_entries: 'ledger_rows',
};

/** Bears the number of the import that hides it. Lines are seen once their invoice says that they are in force. */
export const isHidden = (target: Target): boolean => target !== 'invoice_lines';

/** Between two batches, whoever waits for the lock gets it. */
export const PAUSE_MS = 5;
