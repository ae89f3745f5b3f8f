// Which kind of file its columns make, and what each kind is read for.
import { FileRefused, type Refusal, refusal } from '../../refusal.ts';
import { NAMES } from './column-names.ts';
import { type Columns, type Field, shownTitle, TITLES } from './fields.ts';

/** What a file lists. */
export type Kind = 'list' | 'holders' | 'certificates' | 'invoices' | 'lines' | 'endorsements' | 'payments';

const INVOICE: readonly Field[] = [
  ...([
    'regroupement',
    'certificate',
    'invoice',
    'issuedOn',
    'dueOn',
    'period',
    'periodStart',
    'periodEnd',
  ] as const),
  ...(['premium', 'premiumTax', 'fees', 'total', 'paid', 'balance', 'status', 'type'] as const),
  ...(['manualAmount', 'noAdminFee', 'currency'] as const),
];
const PERSON: readonly Field[] = ['firstName', 'lastName', 'usualName', 'email'];
/** The columns that are read in each kind of file; others are named in the report. */
export const READ: Readonly<Record<Kind, readonly Field[]>> = {
  list: [...INVOICE, ...PERSON],
  invoices: [...INVOICE, 'holderId'],
  holders: ['regroupement', 'holderId', ...PERSON, 'office', 'lang', 'status'],
  certificates: [
    'regroupement',
    'certificate',
    'holderId',
    'period',
    'periodStart',
    'periodEnd',
    'type',
    'status',
    'firstName',
    'lastName',
  ],
  lines: [
    'regroupement',
    'invoice',
    'certificate',
    'firstName',
    'lastName',
    'line',
    'code',
    'description',
    'amount',
    'rate',
    'currency',
  ],
  endorsements: [
    ...([
      'regroupement',
      'endorsementId',
      'certificate',
      'effectiveOn',
      'invoice',
      'description',
      'amount',
    ] as const),
    'manualAmount',
    'currency',
  ],
  payments: [
    ...([
      'regroupement',
      'paymentId',
      'invoice',
      'certificate',
      'firstName',
      'lastName',
      'amount',
      'paidOn',
      'issuedOn',
      'method',
      'reference',
    ] as const),
    'status',
    'currency',
  ],
};

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

/** What to say of a file whose titles make no kind of file that we know. */
export function unknownColumns(
  header: readonly string[] = [],
  line = 0,
  columns: Columns = new Map(),
): FileRefused {
  const titles = header.map(shownTitle).filter((title) => title !== '');
  const [fr, en] =
    titles.length === 0
      ? ['', '']
      : [` Titres lus : ${titles.join(' | ')}.`, ` Titles as read: ${titles.join(' | ')}.`];
  const none = refusal(
    'Les titres des colonnes ne sont pas reconnus.',
    'The titles of the columns are not recognised.',
  );
  const { why, kind } = columns.size < 3 ? { why: none, kind: 'list' } : lacking(columns);
  const least =
    kind === 'list'
      ? refusal(
          ' Une liste de factures a au moins « # de certificat », « No facture », « Total » et « Nom » ou « Prénom ».',
          ' A list of invoices has at least “# de certificat”, “No facture”, “Total” and “Nom” or “Prénom”.',
        )
      : refusal('', '');
  return new FileRefused(
    refusal(
      `${why.fr}${least.fr} Ajoutez ce qui manque, ou renommez les colonnes.${fr}`,
      `${why.en}${least.en} Add what is missing, or rename the columns.${en}`,
    ),
    line,
  );
}

/** The columns that are missing for the kind of file that these come closest to. */
function lacking(columns: Columns): { why: Refusal; kind: Kind | undefined } {
  const absent = KINDS.map(({ has, or = [] }) => [
    ...has.filter((field) => !columns.has(field)),
    ...(or.length === 0 || or.some((field) => columns.has(field)) ? [] : or.slice(0, 1)),
  ]);
  const least = Math.min(...absent.map((fields) => fields.length));
  // A list comes first among equals: it is what most files are.
  const list = KINDS.findIndex(({ kind }) => kind === 'list');
  const closest = absent[list]?.length === least ? list : absent.findIndex(({ length }) => length === least);
  const names = (absent[closest] ?? []).map((field) => TITLES[field] ?? field);
  const all = (quote: (name: string) => string) => names.map(quote).join(', ');
  const why =
    names.length === 1
      ? refusal(
          `Il manque la colonne ${all((n) => `« ${n} »`)}.`,
          `The column ${all((n) => `“${n}”`)} is missing.`,
        )
      : refusal(
          `Il manque des colonnes : ${all((n) => `« ${n} »`)}.`,
          `Columns are missing: ${all((n) => `“${n}”`)}.`,
        );
  return { why, kind: KINDS[closest]?.kind };
}
