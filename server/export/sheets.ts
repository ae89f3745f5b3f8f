// What is exported: each sheet's columns, and its rows page by page as the books have them.
import type { Db } from '../db/db.ts';
import { balanceOf } from '../ledger/balance.ts';

export const SHEETS = ['invoices', 'payments', 'ledger', 'certificates'] as const;
export type SheetName = (typeof SHEETS)[number];

type Cell = string | number | null;
export type Row = Record<string, Cell>;
export interface Column {
  /** In JSON; money ends in `Cents`. */
  key: string;
  fr: string;
  en: string;
}
export interface Range {
  /** Toronto days, both included. */
  from: string;
  to: string;
}
interface Reading {
  db: Pick<Db, 'execute'>;
  regroupement: { id: string; name: string };
  range: Range;
  /** Today in Toronto: what is overdue. */
  today: string;
  lang: 'fr' | 'en';
}
export interface Sheet {
  columns: readonly Column[];
  /** Rows in order, in pages: what is written while it is read comes or does not, each row once. */
  pages(reading: Reading): AsyncGenerator<Row[]>;
}

const PAGE = 500;
const column = (key: string, fr: string, en: string): Column => ({ key, fr, en });
const REGROUPEMENT = column('regroupement', 'Regroupement', 'Association');
const PERSON = [
  column('firstName', 'Prénom', 'First name'),
  column('lastName', 'Nom', 'Last name'),
  column('usualName', 'Nom d’usage', 'Usual name'),
  column('email', 'Courriel', 'E-mail'),
];
const CERTIFICATE = column('certificate', '# certificat', 'Certificate no');
const INVOICE = column('invoice', 'No facture', 'Invoice no');
const HOLDER = column('holder', 'Titulaire', 'Holder');

/**
 * Pages of `sql`, which takes the regroupement (?1) and the last row's `after` keys (?2…), and answers at most PAGE rows.
 * `?` numbers above those are `more`.
 */
async function* pagesOf(
  { db, regroupement }: Reading,
  sql: string,
  start: readonly (string | number)[],
  more: readonly (string | number)[],
): AsyncGenerator<Row[]> {
  let after = start;
  for (;;) {
    const { rows } = await db.execute<Row>(`${sql} LIMIT ${PAGE}`, [regroupement.id, ...after, ...more]);
    if (rows.length === 0) return;
    const last = rows.at(-1) ?? {};
    after = start.map((_, i) => last[`after${i}`] ?? '');
    yield rows;
    if (rows.length < PAGE) return;
  }
}

const linesWith = (condition: string) =>
  `(SELECT COALESCE(SUM(amount_cents), 0) FROM invoice_lines WHERE invoice_id = i.id AND revision = i.revision AND ${condition})`;

/** The titles are those of the import, and so are the words: what is exported can be brought in again as it is. */
const invoices: Sheet = {
  columns: [
    REGROUPEMENT,
    ...PERSON,
    CERTIFICATE,
    INVOICE,
    column('type', 'Type', 'Type'),
    column('issuedOn', 'Date facture', 'Invoice date'),
    column('dueOn', 'Échéance', 'Due date'),
    column('period', 'Période', 'Period'),
    column('premiumCents', 'Prime', 'Premium'),
    column('premiumTaxCents', 'Taxe primes', 'Premium tax'),
    column('feesCents', 'Frais adm. et taxes', 'Admin fees'),
    column('totalCents', 'Total', 'Total'),
    column('paidCents', 'Payé', 'Paid'),
    column('balanceCents', 'Solde', 'Balance'),
    column('status', 'Statut', 'Status'),
    column('manualAmount', 'Montant manuel', 'Manual amount'),
    column('noAdminFee', 'Sans frais adm.', 'No admin fee'),
  ],
  async *pages(reading) {
    const { regroupement, range, today, lang } = reading;
    const pages = pagesOf(
      reading,
      `SELECT i.number AS after0, h.first_name AS firstName, h.last_name AS lastName, h.usual_name AS usualName, h.email,
         c.number AS certificate, i.number AS invoice, i.kind AS type, i.issued_on AS issuedOn, i.due_on AS dueOn,
         i.period_start || '/' || i.period_end AS period, i.status AS state, i.manual_amount AS manualAmount,
         i.no_admin_fee AS noAdminFee,
         (SELECT COALESCE(SUM(amount_cents), 0) FROM ledger_entries WHERE invoice_id = i.id AND kind IN ('charge', 'adjustment')) AS charged,
         ${balanceOf('i.id', 'i.regroupement_id')} AS balanceCents,
         ${linesWith('1')} AS lines, ${linesWith("code = 'TPA'")} AS tax, ${linesWith("code IN ('FADM', 'TPS', 'TVQ')")} AS fees,
         ${linesWith("code NOT IN ('TPA', 'FADM', 'TPS', 'TVQ')")} AS premium
       FROM invoices i JOIN certificates c ON c.id = i.certificate_id JOIN holders h ON h.id = c.holder_id
       WHERE i.regroupement_id = ?1 AND i.number > ?2 AND i.issued_on BETWEEN ?3 AND ?4 ORDER BY i.number`,
      [''],
      [range.from, range.to],
    );
    const yes = lang === 'fr' ? 'oui' : 'yes';
    const no = lang === 'fr' ? 'non' : 'no';
    for await (const page of pages)
      yield page.map((row) => {
        const cancelled = row.state === 'cancelled';
        const balanceCents = Number(row.balanceCents);
        // What a cancelled invoice was for still stands in its lines.
        const totalCents = Number(cancelled ? row.lines : row.charged);
        const detailed = row.lines === totalCents;
        return {
          ...row,
          regroupement: regroupement.name,
          premiumCents: detailed ? (row.premium ?? null) : null,
          premiumTaxCents: detailed ? (row.tax ?? null) : null,
          feesCents: detailed ? (row.fees ?? null) : null,
          totalCents,
          paidCents: cancelled ? -balanceCents : totalCents - balanceCents,
          status: statusOf(cancelled, balanceCents, String(row.dueOn) < today, lang),
          manualAmount: row.manualAmount === 1 ? yes : no,
          noAdminFee: row.noAdminFee === 1 ? yes : no,
        };
      });
  },
};

function statusOf(cancelled: boolean, balanceCents: number, late: boolean, lang: 'fr' | 'en'): string {
  const fr = lang === 'fr';
  if (cancelled) return fr ? 'annulée' : 'cancelled';
  if (balanceCents < 0) return fr ? 'crédit' : 'credit';
  if (balanceCents === 0) return fr ? 'payée' : 'paid';
  return late ? (fr ? 'en retard' : 'overdue') : fr ? 'à payer' : 'to pay';
}

const WORDS: Readonly<Record<string, string>> = {
  payment: 'paiement',
  refund: 'remboursement',
  charge: 'facture',
  adjustment: 'ajustement',
  credit: 'crédit',
  'online-fee': 'frais en ligne',
  paypal: 'PayPal',
  cheque: 'chèque',
  interac: 'Interac',
  debit: 'prélèvement',
  cash: 'comptant',
  imported: 'import',
  completed: 'complété',
  'partly-refunded': 'remboursé en partie',
  refunded: 'remboursé',
  disputed: 'contesté chez PayPal',
  'partly-reversed': 'repris en partie par la banque ou par PayPal',
  reversed: 'repris par la banque ou par PayPal',
  reversal: 'repris par la banque ou par PayPal',
  return: 'rendu par la banque ou par PayPal',
  'possible-duplicate': 'possible doublon',
  'more-than-balance': 'plus que le solde',
};
const word = (value: Cell | undefined, lang: 'fr' | 'en'): Cell =>
  value === null || value === undefined || lang === 'en' ? (value ?? null) : (WORDS[value] ?? value);

// A refund that nobody here made was taken back; one that lowers what is owed came again.
const KIND = `CASE WHEN e.kind = 'refund' AND e.source LIKE 'paypal-return:%' THEN 'return'
  WHEN e.kind = 'refund' AND EXISTS (SELECT 1 FROM refunds g WHERE g.payment_id = e.payment_id AND g.origin = 'reversal'
    AND e.source LIKE 'paypal-refund:' || g.refund_id || ':%') THEN 'reversal' ELSE e.kind END`;

/** Entries of the ledger in the order of the facts; `only` narrows them. */
function entries(reading: Reading, only: string): AsyncGenerator<Row[]> {
  return pagesOf(
    reading,
    `SELECT e.occurred_at AS after0, e.id AS after1, e.day, ${KIND} AS kind, -e.amount_cents AS moneyCents, e.amount_cents AS amountCents,
       e.method, e.source, i.number AS invoice, c.number AS certificate, trim(h.first_name || ' ' || h.last_name) AS holder,
       p.number AS payment, p.order_id AS orderId, p.capture_id AS captureId, p.state, r.reference,
       r.recorded_by AS recordedBy, r.even_so AS evenSo,
       (e.kind = 'payment' AND e.id = (SELECT MIN(id) FROM ledger_entries WHERE payment_id = p.id AND kind = 'payment')) AS first,
       p.paypal_fee_cents AS paypalFee,
       (SELECT COALESCE(SUM(amount_cents), 0) FROM refunds WHERE payment_id = p.id AND state = 'completed')
         - (SELECT COALESCE(SUM(amount_cents), 0) FROM reversal_returns WHERE payment_id = p.id) AS refunded
     FROM ledger_entries e JOIN invoices i ON i.id = e.invoice_id JOIN certificates c ON c.id = i.certificate_id
     JOIN holders h ON h.id = c.holder_id LEFT JOIN payments p ON p.id = e.payment_id
     LEFT JOIN recorded_payments r ON e.source = 'recorded:' || r.id AND r.regroupement_id = e.regroupement_id
     WHERE e.regroupement_id = ?1 AND (e.occurred_at, e.id) > (?2, ?3) AND e.day BETWEEN ?4 AND ?5 ${only}
     ORDER BY e.occurred_at, e.id`,
    [Number.MIN_SAFE_INTEGER, ''],
    [reading.range.from, reading.range.to],
  );
}

/** Money that came and went, one row a ledger entry: the running total is the ledger's. */
const payments: Sheet = {
  columns: [
    column('day', 'Date', 'Date'),
    column('kind', 'Nature', 'Nature'),
    column('payment', 'Confirmation', 'Confirmation'),
    CERTIFICATE,
    INVOICE,
    HOLDER,
    column('method', 'Mode', 'Method'),
    column('amountCents', 'Montant', 'Amount'),
    column('paypalFeeCents', 'Frais PayPal', 'PayPal fee'),
    column('refundedCents', 'Remboursé', 'Refunded'),
    column('state', 'Statut', 'Status'),
    column('orderId', 'Commande PayPal', 'PayPal order'),
    column('captureId', 'Transaction PayPal', 'PayPal transaction'),
    column('reference', 'Référence', 'Reference'),
    column('runningCents', 'Cumul', 'Running total'),
    column('recordedBy', 'Inscrit par', 'Written down by'),
    column('evenSo', 'Inscrit malgré', 'Written down despite'),
  ],
  async *pages(reading) {
    const { lang } = reading;
    let running = 0;
    for await (const page of entries(reading, "AND e.kind IN ('payment', 'refund')"))
      yield page.map((row) => {
        running += Number(row.moneyCents);
        const fee = /:fee(-paid)?$/.test(String(row.source));
        const nature = word(fee ? 'online-fee' : row.kind, lang);
        return {
          ...row,
          kind: nature,
          method: word(row.method, lang),
          state: word(row.state, lang),
          amountCents: row.moneyCents ?? 0,
          paypalFeeCents: row.first === 1 ? (row.paypalFee ?? null) : null,
          refundedCents: row.first === 1 ? (row.refunded ?? null) : null,
          // A capture whose payer a restore could not tell has no payment; its entry names it.
          captureId: row.captureId ?? /^paypal:([A-Z0-9]+):/.exec(String(row.source))?.[1] ?? null,
          // The cheque's number, or the number that an imported payment had where it came from.
          reference: row.reference ?? /^import:(.+)$/.exec(String(row.source))?.[1] ?? null,
          runningCents: running,
          evenSo:
            row.evenSo == null
              ? null
              : (JSON.parse(String(row.evenSo)) as string[]).map((doubt) => word(doubt, lang)).join(', ') ||
                null,
        };
      });
  },
};

/** Every entry, as the ledger keeps it: what raises what is owed is positive. */
const ledger: Sheet = {
  columns: [
    column('day', 'Date', 'Date'),
    column('kind', 'Nature', 'Nature'),
    CERTIFICATE,
    INVOICE,
    HOLDER,
    column('method', 'Mode', 'Method'),
    column('amountCents', 'Montant', 'Amount'),
    column('runningCents', 'Cumul', 'Running total'),
    column('payment', 'Confirmation', 'Confirmation'),
    column('source', 'Source', 'Source'),
  ],
  async *pages(reading) {
    let running = 0;
    for await (const page of entries(reading, ''))
      yield page.map((row) => {
        running += Number(row.amountCents);
        return {
          ...row,
          kind: word(row.kind, reading.lang),
          method: word(row.method, reading.lang),
          runningCents: running,
        };
      });
  },
};

const certificates: Sheet = {
  columns: [
    REGROUPEMENT,
    column('holderId', 'Dossier', 'File ID'),
    ...PERSON,
    CERTIFICATE,
    column('type', 'Type', 'Type'),
    column('period', 'Période', 'Period'),
    column('status', 'Statut', 'Status'),
    column('balanceCents', 'Solde', 'Balance'),
  ],
  async *pages(reading) {
    const pages = pagesOf(
      reading,
      `SELECT c.number_key AS after0, c.period_start AS after1, h.external_id AS holderId, h.first_name AS firstName,
         h.last_name AS lastName, h.usual_name AS usualName, h.email, c.number AS certificate, c.kind AS type,
         c.period_start || '/' || c.period_end AS period, c.status,
         (SELECT COALESCE(SUM(${balanceOf('i.id', 'i.regroupement_id')}), 0) FROM invoices i
          WHERE i.certificate_id = c.id) AS balanceCents
       FROM certificates c JOIN holders h ON h.id = c.holder_id
       WHERE c.regroupement_id = ?1 AND (c.number_key, c.period_start) > (?2, ?3) AND c.period_start BETWEEN ?4 AND ?5
       ORDER BY c.number_key, c.period_start`,
      ['', ''],
      [reading.range.from, reading.range.to],
    );
    for await (const page of pages)
      yield page.map((row) => ({ ...row, regroupement: reading.regroupement.name }));
  },
};

export const SHEET: Readonly<Record<SheetName, Sheet>> = { invoices, payments, ledger, certificates };
