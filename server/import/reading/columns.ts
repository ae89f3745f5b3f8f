// What a column may be called, in French and in English, and which kind of file its columns make.

import { isFormula } from '../../csv.ts';
import { bare, visible } from '../../text.ts';
import { FileRefused, refusal } from '../refusal.ts';

const NAMES = {
  regroupement: ['regroupement', 'regroupementid', 'association'],
  firstName: ['prenom', 'prenomrsg', 'firstname', 'givenname'],
  lastName: ['nom', 'nomrsg', 'nomdefamille', 'lastname', 'familyname', 'surname'],
  usualName: ['nomusage', 'nomdusage', 'usualname'],
  email: ['courriel', 'adressecourriel', 'email', 'emailaddress', 'mail'],
  certificate: [
    'certificat',
    'nocertificat',
    'nodecertificat',
    'numerocertificat',
    'numerodecertificat',
    'ncertificat',
    'certificate',
    'certificateno',
    'certificatenumber',
    'nocertification',
  ],
  invoice: [
    'facture',
    'nofacture',
    'nodefacture',
    'numerofacture',
    'numerodefacture',
    'nfacture',
    'invoice',
    'invoiceno',
    'invoicenumber',
  ],
  issuedOn: [
    'datefacture',
    'datedefacture',
    'datedelafacture',
    'dateemission',
    'datedemission',
    'emission',
    'invoicedate',
    'issuedate',
    'date',
  ],
  dueOn: ['echeance', 'dateecheance', 'datedecheance', 'duedate', 'due'],
  period: ['periode', 'periodeassurance', 'periodedassurance', 'period', 'insuranceperiod'],
  periodStart: ['periodedebut', 'debutperiode', 'debut', 'datedebut', 'periodstart', 'startdate'],
  periodEnd: ['periodefin', 'finperiode', 'fin', 'datefin', 'periodend', 'enddate'],
  premium: ['prime', 'primes', 'premium'],
  premiumTax: [
    'taxeprimes',
    'taxeprime',
    'taxesprimes',
    'taxesurprimes',
    'taxesurlesprimes',
    'taxedeprime',
    'premiumtax',
    'tax',
  ],
  fees: [
    'fraisadmettaxes',
    'fraisadm',
    'fraisdadm',
    'fraisadministration',
    'fraisdadministration',
    'frais',
    'adminfees',
    'adminfee',
    'fees',
  ],
  total: ['total', 'montanttotal', 'totalfacture', 'totaldelafacture', 'invoicetotal'],
  paid: ['paye', 'montantpaye', 'dejapaye', 'paid', 'amountpaid'],
  balance: ['solde', 'soldedu', 'balance', 'amountdue'],
  status: ['statut', 'etat', 'status'],
  note: ['note', 'notes', 'remarque', 'remarques', 'commentaire', 'commentaires', 'comment', 'comments'],
  holderId: ['dossierid', 'dossier', 'nodossier', 'iddossier', 'fileid'],
  lang: ['langue', 'language', 'lang'],
  type: ['type'],
  manualAmount: ['montantmanuel', 'manualamount'],
  noAdminFee: ['sansfraisadm', 'nepasfacturerdefraisdadm', 'noadminfee'],
  line: ['ligne', 'noligne', 'line', 'lineno'],
  code: ['code'],
  description: ['description', 'libelle'],
  amount: ['montant', 'amount'],
  rate: ['taux', 'rate'],
  endorsementId: ['avenantid', 'avenant', 'noavenant', 'endorsement', 'endorsementid'],
  effectiveOn: ['dateeffet', 'datedeffet', 'effet', 'effectivedate'],
  paymentId: ['paiementid', 'nopaiement', 'paiement', 'paymentid', 'payment'],
  paidOn: ['datepaiement', 'datedepaiement', 'datedupaiement', 'paymentdate'],
  method: ['mode', 'modepaiement', 'modedepaiement', 'method', 'paymentmethod'],
  reference: ['reference', 'noreference', 'ref'],
} as const;
export type Field = keyof typeof NAMES;
export type Kind = 'list' | 'holders' | 'certificates' | 'invoices' | 'lines' | 'endorsements' | 'payments';
/** Where each field stands in a row. */
export type Columns = ReadonlyMap<Field, number>;
export type Cells = Partial<Record<Field, string>>;
/** How the columns of a file are titled. */
export type Titles = Readonly<Partial<Record<Field, string>>>;

const BY_NAME = new Map<string, Field>(
  (Object.entries(NAMES) as [Field, readonly string[]][]).flatMap(([field, names]) =>
    names.map((name): [string, Field] => [name, field]),
  ),
);

/** Without accents, case, spaces and punctuation: how titles of columns and names of regroupements are compared. */
export function plain(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
}

/** How many of these cells are titles of columns that we know. */
export function headerScore(cells: readonly string[]): number {
  return cells.filter((cell) => BY_NAME.has(plain(cell))).length;
}

/** The columns of a header. Throws FileRefused for one that stands there twice. */
export function columnsOf(header: readonly string[], line: number): Columns {
  const columns = new Map<Field, number>();
  for (const [index, title] of header.entries()) {
    const field = BY_NAME.get(plain(title));
    if (field === undefined) continue;
    const before = columns.get(field);
    if (before !== undefined) {
      const both = header[before] === title ? `« ${title} »` : `« ${header[before]} », « ${title} »`;
      throw new FileRefused(
        refusal(
          `La même colonne est présente deux fois : ${both}. Gardez-en une seule.`,
          `The same column is there twice: ${both}. Keep only one.`,
        ),
        line,
      );
    }
    columns.set(field, index);
  }
  return columns;
}

/** What makes a file of each kind: all of `has`, and one of `or`. The first that fits. */
const KINDS: readonly { kind: Kind; has: readonly Field[]; or?: readonly Field[] }[] = [
  { kind: 'payments', has: ['paymentId', 'invoice', 'amount'] },
  { kind: 'endorsements', has: ['endorsementId', 'certificate', 'effectiveOn'] },
  { kind: 'lines', has: ['invoice', 'line', 'code', 'amount'] },
  { kind: 'list', has: ['invoice', 'certificate', 'total'], or: ['lastName', 'firstName'] },
  { kind: 'invoices', has: ['invoice', 'certificate', 'total'] },
  { kind: 'certificates', has: ['certificate', 'holderId'], or: ['periodStart', 'period'] },
  { kind: 'holders', has: ['holderId'], or: ['lastName', 'firstName'] },
];

/** Which kind of file these columns make, or undefined. */
export function kindOf(columns: Columns): Kind | undefined {
  const there = (field: Field) => columns.has(field);
  return KINDS.find(({ has, or }) => has.every(there) && (or === undefined || or.some(there)))?.kind;
}

/** The columns that each kind of file needs, one line a kind, for who writes a program. */
export function kindsHelp(): string {
  const first = (field: Field) => NAMES[field][0];
  return KINDS.map(({ kind, has, or = [] }) =>
    [
      `- ${kind}: ${has.map(first).join(', ')}`,
      ...(or.length === 0 ? [] : [or.map(first).join(' or ')]),
    ].join(', '),
  ).join('\n');
}

/** Every column that is read, by all its titles. */
export function columnTable(): { columns: string[]; rows: string[][] } {
  return {
    columns: ['column', 'titles'],
    rows: Object.entries(NAMES).map(([field, titles]) => [field, titles.join(', ')]),
  };
}

export function unknownColumns(): FileRefused {
  return new FileRefused(
    refusal(
      'Les titres des colonnes ne sont pas reconnus. Une liste de factures a au moins « # certificat », « No facture », « Total » et « Nom » ou « Prénom ».',
      'The titles of the columns are not recognised. A list of invoices has at least “# certificat”, “No facture”, “Total” and “Nom” or “Prénom”.',
    ),
  );
}

/** Names of things: one writing each, whatever spaces came along. */
const IDENTIFIERS: readonly Field[] = [
  'regroupement',
  'certificate',
  'invoice',
  'holderId',
  'endorsementId',
  'paymentId',
  'reference',
];

/** Names and sentences, where a script may need what is not seen; in anything else nothing unseen has a place. */
const WORDS: readonly Field[] = [
  'firstName',
  'lastName',
  'usualName',
  'type',
  'status',
  'note',
  'description',
];

/** The cells of a record by field, without what nobody sees: spaces around (no-break ones too), zero-width characters. */
export function cellsOf(record: readonly string[], columns: Columns): Cells {
  const cells: Cells = {};
  for (const [field, index] of columns) {
    const seen = WORDS.includes(field) ? visible : bare;
    const text = seen(unwrapped(seen(record[index] ?? '')));
    cells[field] = IDENTIFIERS.includes(field) ? text.replace(/\s+/gu, ' ') : text;
  }
  return cells;
}

// `="00123"` is how people make Excel keep a number as text; an apostrophe is how our exports keep it from running one.
function unwrapped(cell: string): string {
  if (cell.startsWith("'") && isFormula(cell)) return cell.slice(1);
  const text = /^="((?:[^"]|"")*)"$/.exec(cell)?.[1];
  return text === undefined ? cell : text.replaceAll('""', '"');
}
