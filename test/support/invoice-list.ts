// A list of invoices as an association exports it, with sound rows to spoil.
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
