// Which field each title of a file names: by what staff said of it, or by its words (column-names.ts).
import { unaccented } from '../unaccented.ts';
import { NAMES } from './column-names.ts';
import { titleKey } from './titles.ts';

export type Field = keyof typeof NAMES;
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
  currency: 'Devise',
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

interface KnownTitles {
  byWords: ReadonlyMap<string, Field>;
  glued: ReadonlyMap<string, Field>;
}
let known: KnownTitles | undefined;

// Worked out when a file is first read: a server that imports nothing starts without.
function knownTitles(): KnownTitles {
  if (known !== undefined) return known;
  const [byWords, glued] = [new Map<string, Field>(), new Map<string, Field>()];
  for (const [field, names] of FIELDS)
    for (const name of names) {
      const key = titleKey(name);
      if (!byWords.has(key)) byWords.set(key, field);
      for (const form of gluedForms(name)) if (!glued.has(form)) glued.set(form, field);
    }
  known = { byWords, glued };
  return known;
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

/** What a title names. */
export function fieldOf(title: string, mapping: Mapping): Field | 'ignore' | undefined {
  const { byWords, glued } = knownTitles();
  return mapping.get(rememberedTitle(title)) ?? byWords.get(titleKey(title)) ?? glued.get(plain(title));
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

/** A title, as a sentence quotes it. */
export const shownTitle = (title: string) => title.replace(/\s+/g, ' ').trim().slice(0, 80);

/** Every column that is read, by all its titles. */
export function columnTable(): { columns: string[]; rows: string[][] } {
  return {
    columns: ['column', 'titles'],
    rows: Object.entries(NAMES).map(([field, titles]) => [field, titles.join(', ')]),
  };
}
