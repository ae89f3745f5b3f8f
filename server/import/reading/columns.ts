// Which column each title of a file names (column-names.ts), and which kind of file its columns make.
import { isFormula } from '../../csv.ts';
import { bare, visible } from '../../text.ts';
import { FileRefused, type Refusal, refusal } from '../refusal.ts';
import { NAMES } from './column-names.ts';
import { likeness, type Subject, subjectOf, titleKey } from './titles.ts';
import { unaccented } from './unaccented.ts';

export type Field = keyof typeof NAMES;
export type Kind = 'list' | 'holders' | 'certificates' | 'invoices' | 'lines' | 'endorsements' | 'payments';
/** Where each field stands in a row. */
export type Columns = ReadonlyMap<Field, number>;
export type Cells = Partial<Record<Field, string>>;
/** How the columns of a file are titled. */
export type Titles = Readonly<Partial<Record<Field, string>>>;

/** How people call each column, where a file has none of it. */
export const TITLES: Titles = {
  firstName: 'Prénom',
  lastName: 'Nom',
  usualName: 'Nom d’usage',
  certificate: '# de certificat',
  invoice: 'No facture',
  periodStart: 'Début',
  periodEnd: 'Fin',
  issuedOn: 'Date facture',
  dueOn: 'Échéance',
  period: 'Période',
  premium: 'Prime',
  premiumTax: 'Taxe primes',
  fees: 'Frais adm. et taxes',
  total: 'Total',
  balance: 'Solde',
  paid: 'Payé',
  amount: 'Montant',
  holderId: 'Dossier',
  status: 'Statut',
  line: 'Ligne',
  code: 'Code',
  paidOn: 'Date de paiement',
  effectiveOn: 'Date d’effet',
  paymentId: 'No paiement',
  endorsementId: 'No avenant',
  regroupement: 'Regroupement',
};

/** Where days stand. */
export const DAY_FIELDS: readonly Field[] = [
  'issuedOn',
  'dueOn',
  'period',
  'periodStart',
  'periodEnd',
  'effectiveOn',
  'paidOn',
];

const FIELDS = Object.entries(NAMES) as [Field, readonly string[]][];
const BY_WORDS = new Map<string, Field>();
const GLUED = new Map<string, Field>();
for (const [field, names] of FIELDS)
  for (const name of names) {
    if (!BY_WORDS.has(titleKey(name))) BY_WORDS.set(titleKey(name), field);
    for (const glued of gluedForms(name)) if (!GLUED.has(glued)) GLUED.set(glued, field);
  }

// « nodecertificat », « numerofacture »: how programs write a title.
function gluedForms(name: string): string[] {
  const words = name.split(' ');
  const numbers = words[0] === 'no' ? ['no', 'num', 'numero'] : [words[0] ?? ''];
  return numbers.flatMap((first) => ['', 'de', 'd'].map((joint) => [first, ...words.slice(1)].join(joint)));
}

/** Titles that staff gave a meaning, or set aside, for this regroupement: by `rememberedTitle`. */
export type Mapping = ReadonlyMap<string, Field | 'ignore'>;

/** How a title is remembered: as written, but for case and spaces. */
export function rememberedTitle(title: string): string {
  return title.normalize('NFC').replace(/\s+/g, ' ').trim().toLowerCase();
}

/** `Solde restant=balance`, as given on the command line; null when it names no field. */
export function givenColumn(text: string): { title: string; field: Field | 'ignore' } | null {
  const at = text.lastIndexOf('=');
  const [title, field] = [text.slice(0, at).trim(), text.slice(at + 1).trim()];
  if (at < 0 || title === '' || !(field === 'ignore' || Object.hasOwn(NAMES, field))) return null;
  return { title, field: field as Field | 'ignore' };
}

/** What `givenColumn` can name. */
export const FIELD_NAMES: readonly string[] = ['ignore', ...Object.keys(NAMES)];

function fieldOf(title: string, mapping: Mapping): Field | 'ignore' | undefined {
  return mapping.get(rememberedTitle(title)) ?? BY_WORDS.get(titleKey(title)) ?? GLUED.get(plain(title));
}

/** Without accents, case, spaces and punctuation: how titles of columns and names of regroupements are compared. */
export function plain(text: string): string {
  return unaccented(text)
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
}

/** How many of these cells are titles of columns that we know. */
export function headerScore(cells: readonly string[], mapping: Mapping = new Map()): number {
  return cells.filter((cell) => cell.trim() !== '' && fieldOf(cell, mapping) !== undefined).length;
}

/** What a header says: its columns, the kind of file that they make, and the titles that are not read. */
export interface Header {
  columns: Columns;
  kind: Kind;
  unread: string[];
}

/** Reads a header. Throws FileRefused for a column that stands there twice, and for a title that must not be left aside. */
export function readHeader(header: readonly string[], line: number, mapping: Mapping): Header {
  const columns = new Map<Field, number>();
  const unknown: number[] = [];
  const again: [Field, number][] = [];
  for (const [index, title] of header.entries()) {
    const field = fieldOf(title, mapping);
    if (field === undefined || field === 'ignore') {
      if (title.trim() !== '') unknown.push(index);
      continue;
    }
    const before = columns.get(field);
    if (before === undefined) columns.set(field, index);
    else if (field === 'issuedOn' && titleKey(header[before] ?? '') === 'date') {
      // « Date » says less than « Date facture ».
      columns.set(field, index);
      unknown.push(before);
    } else if (field === 'issuedOn' && titleKey(title) === 'date') unknown.push(index);
    else again.push([field, index]);
  }
  unknown.push(...paymentOfList(columns, header));
  amountOfList(columns);
  const kind = kindOf(columns);
  if (kind === undefined) throw unknownColumns(header, line, columns);
  for (const [field, index] of again) {
    if (READ[kind].includes(field)) throw twice(header, columns.get(field) ?? 0, index, line);
    unknown.push(index);
  }
  const unused = [...columns].filter(([field]) => !READ[kind].includes(field));
  const ignored = (index: number) => mapping.get(rememberedTitle(header[index] ?? '')) === 'ignore';
  const doubtful = [
    ...unknown.filter((index) => mattersTo(kind, subjectOf(header[index] ?? ''))),
    ...unused.filter(([field]) => DOUBTFUL[kind]?.includes(field)).map(([, index]) => index),
  ].filter((index) => !ignored(index));
  if (doubtful.length > 0) throw notUnderstood(header, doubtful, kind, line);
  const unread = [...unknown, ...unused.map(([, index]) => index)].toSorted((a, b) => a - b);
  return { columns, kind, unread: unread.map((index) => shown(header[index] ?? '')) };
}

/** « Montant » beside « Total », « Montant payé » beside « Montant » of a payment: money, and no telling which. */
const DOUBTFUL: Readonly<Partial<Record<Kind, readonly Field[]>>> = {
  list: ['amount', 'paymentId'],
  invoices: ['amount', 'paymentId'],
  payments: ['total', 'paid'],
};

// « Paiement » in a list of people's invoices is no number of a payment.
function paymentOfList(columns: Map<Field, number>, header: readonly string[]): number[] {
  const index = columns.get('paymentId');
  const bare = index !== undefined && /^(paiement|payment)$/.test(titleKey(header[index] ?? ''));
  const list = (['lastName', 'balance', 'paid', 'total'] as const).some((field) => columns.has(field));
  if (!bare || !list || !columns.has('certificate')) return [];
  columns.delete('paymentId');
  return [index];
}

// « Montant » is the total of a list that has no other.
function amountOfList(columns: Map<Field, number>): void {
  const amount = columns.get('amount');
  const invoices = columns.has('invoice') && columns.has('certificate');
  const other = (['total', 'paymentId', 'endorsementId', 'line'] as const).some((field) =>
    columns.has(field),
  );
  if (amount === undefined || !invoices || other) return;
  columns.delete('amount');
  columns.set('total', amount);
}

function mattersTo(kind: Kind, subject: Subject | null): boolean {
  if (subject === null) return false;
  const matters: Readonly<Record<Kind, readonly Subject[]>> = {
    list: ['money', 'person', 'status', 'period'],
    invoices: ['money', 'status', 'period'],
    holders: ['person', 'status'],
    certificates: ['status', 'period'],
    endorsements: ['money'],
    payments: ['money', 'status'],
    lines: ['money'],
  };
  return matters[kind].includes(subject);
}

const shown = (title: string) => title.replace(/\s+/g, ' ').trim().slice(0, 80);

function twice(header: readonly string[], first: number, second: number, line: number): FileRefused {
  const [a, b] = [shown(header[first] ?? ''), shown(header[second] ?? '')];
  const both = a === b ? `« ${a} »` : `« ${a} », « ${b} »`;
  return new FileRefused(
    refusal(
      `La même colonne est présente deux fois : ${both}. Gardez-en une seule, ou laissez l’autre de côté : --column "${b}=ignore".`,
      `The same column is there twice: ${both}. Keep only one, or leave the other aside: --column "${b}=ignore".`,
    ),
    line,
  );
}

function notUnderstood(
  header: readonly string[],
  doubtful: readonly number[],
  kind: Kind,
  line: number,
): FileRefused {
  const titles = doubtful.map((index) => shown(header[index] ?? ''));
  const near = titles.map((title) => {
    const fields = nearest(title, kind);
    const known = fields.map((field) => `${TITLES[field] ?? field} (${field})`).join(', ');
    return { title, known, example: `--column "${title}=${fields[0] ?? 'ignore'}"` };
  });
  const list = (like: string, quote: (title: string) => string) =>
    near.map(({ title, known }) => `${quote(title)}${known === '' ? '' : ` (${like} ${known})`}`).join('; ');
  const all = header.map(shown).filter((title) => title !== '');
  const examples = near.map(({ example }) => example).join(' ');
  return new FileRefused(
    refusal(
      `${near.length === 1 ? 'Ce titre n’est pas compris, et ce qu’il dit ne doit pas être laissé de côté' : 'Ces titres ne sont pas compris, et ce qu’ils disent ne doit pas être laissé de côté'} : ${list('proche de', (t) => `« ${t} »`)}. Renommez ${near.length === 1 ? 'la colonne, ou dites ce qu’elle est' : 'ces colonnes, ou dites ce qu’elles sont'} : ${examples}; si une colonne ne compte pas : =ignore. Titres lus : ${all.join(' | ')}.`,
      `${near.length === 1 ? 'This title is not understood, and what it says must not be left aside' : 'These titles are not understood, and what they say must not be left aside'}: ${list('close to', (t) => `“${t}”`)}. Rename ${near.length === 1 ? 'the column, or say what it is' : 'these columns, or say what they are'}: ${examples}; when a column does not count: =ignore. Titles as read: ${all.join(' | ')}.`,
    ),
    line,
  );
}

/** The fields of this kind of file whose titles look most like this one, at most three. */
function nearest(title: string, kind: Kind): Field[] {
  return READ[kind]
    .map((field) => ({ field, score: Math.max(...NAMES[field].map((name) => likeness(title, name))) }))
    .filter(({ score }) => score >= 0.4)
    .sort((a, b) => b.score - a.score)
    .slice(0, 3)
    .map(({ field }) => field);
}

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
  ...(['manualAmount', 'noAdminFee'] as const),
];
const PERSON: readonly Field[] = ['firstName', 'lastName', 'usualName', 'email'];
/** The columns that are read in each kind of file; others are named in the report. */
const READ: Readonly<Record<Kind, readonly Field[]>> = {
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
function kindOf(columns: Columns): Kind | undefined {
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

/** What to say of a file whose titles make no kind of file that we know. */
export function unknownColumns(
  header: readonly string[] = [],
  line = 0,
  columns: Columns = new Map(),
): FileRefused {
  const titles = header.map(shown).filter((title) => title !== '');
  const [fr, en] =
    titles.length === 0
      ? ['', '']
      : [` Titres lus : ${titles.join(' | ')}.`, ` Titles as read: ${titles.join(' | ')}.`];
  const least =
    columns.size < 3
      ? refusal(
          'Les titres des colonnes ne sont pas reconnus.',
          'The titles of the columns are not recognised.',
        )
      : lacking(columns);
  return new FileRefused(
    refusal(
      `${least.fr} Une liste de factures a au moins « # de certificat », « No facture », « Total » et « Nom » ou « Prénom ». Ajoutez ce qui manque, ou renommez les colonnes.${fr}`,
      `${least.en} A list of invoices has at least “# de certificat”, “No facture”, “Total” and “Nom” or “Prénom”. Add what is missing, or rename the columns.${en}`,
    ),
    line,
  );
}

/** The columns that are missing for the kind of file that these come closest to. */
function lacking(columns: Columns): Refusal {
  const absent = KINDS.map(({ has, or = [] }) => [
    ...has.filter((field) => !columns.has(field)),
    ...(or.length === 0 || or.some((field) => columns.has(field)) ? [] : or.slice(0, 1)),
  ]);
  const least = Math.min(...absent.map((fields) => fields.length));
  // A list comes first among equals: it is what most files are.
  const list = KINDS.findIndex(({ kind }) => kind === 'list');
  const fields =
    absent[list]?.length === least ? absent[list] : absent.find(({ length }) => length === least);
  const names = (fields ?? []).map((field) => TITLES[field] ?? field);
  const all = (quote: (name: string) => string) => names.map(quote).join(', ');
  return names.length === 1
    ? refusal(
        `Il manque la colonne ${all((n) => `« ${n} »`)}.`,
        `The column ${all((n) => `“${n}”`)} is missing.`,
      )
    : refusal(
        `Il manque des colonnes : ${all((n) => `« ${n} »`)}.`,
        `Columns are missing: ${all((n) => `“${n}”`)}.`,
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
    const whole = seen(record[index] ?? '');
    const inner = unwrapped(whole);
    const text = inner === whole ? whole : seen(inner);
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
