// A list of invoices as an association exports it, with sound rows to spoil.
import type { Deps } from '../../server/deps.ts';
import { importFile } from '../../server/import/import-file.ts';
import type { ImportReport } from '../../server/import/report.ts';
import type { ImportRequest } from '../../server/import/run.ts';

export const HEADER =
  'Regroupement;Prénom;Nom;Courriel;# certificat;No facture;Date facture;Échéance;Période;Prime;Taxe primes;Frais adm. et taxes;Total;Solde;Statut;Note';
/** One sound row, but for what is given. */
export const row = (
  given: Partial<
    Record<
      | 'first'
      | 'last'
      | 'email'
      | 'certificate'
      | 'invoice'
      | 'issued'
      | 'due'
      | 'period'
      | 'premium'
      | 'tax'
      | 'fees'
      | 'total'
      | 'balance'
      | 'status'
      | 'regroupement'
      | 'note',
      string
    >
  > = {},
) => {
  const r = {
    first: 'Ginette',
    last: 'Roy',
    email: 'g.roy@example.org',
    certificate: 'PB-000001',
    invoice: 'F-1',
    issued: '2026-03-01',
    due: '2026-04-01',
    period: '2026-04-01/2027-03-31',
    premium: '100,00 $',
    tax: '9,00 $',
    fees: '0,00 $',
    total: '109,00 $',
    balance: '109,00 $',
    status: 'à payer',
    regroupement: '',
    note: '',
    ...given,
  };
  return `${r.regroupement};${r.first};${r.last};${r.email};${r.certificate};${r.invoice};${r.issued};${r.due};${r.period};${r.premium};${r.tax};${r.fees};${r.total};${r.balance};${r.status};${r.note}`;
};

/** The whole file of these rows. */
export const listOf = (...rows: string[]) => `${[HEADER, ...rows].join('\r\n')}\r\n`;

/** Imports a file of this text, or of these bytes, for petits-bouleaux, unless told otherwise. */
export function importText(
  deps: Deps,
  file: string | Uint8Array,
  more: Partial<ImportRequest> = {},
): Promise<ImportReport> {
  return importFile(deps, {
    by: 'cli:test',
    regroupement: 'petits-bouleaux',
    name: 'liste.csv',
    bytes: typeof file === 'string' ? new TextEncoder().encode(file) : file,
    ...more,
  });
}
