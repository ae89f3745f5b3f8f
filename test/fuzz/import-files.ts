// Files for the import: a right list of invoices, and the table of what can happen to one on its way, each damage with
// what is expected of it: the same books, or a refusal that names the damage.
import fc from 'fast-check';
import { bytesIn, DAMAGE_TO_ACCENTS } from '../support/damaged-text.ts';

/** A list before it is written: its titles and its rows, cell by cell. */
export interface List {
  titles: string[];
  rows: string[][];
}
const TITLES = [
  ...['Prénom', 'Nom', 'Courriel', '# certificat', 'No facture', 'Date facture', 'Échéance', 'Période'],
  ...['Total', 'Solde', 'Statut'],
];
const [FIRST, LAST, EMAIL, CERTIFICATE, INVOICE, , DUE, PERIOD, TOTAL, BALANCE, STATUS] = TITLES.map(
  (_, i) => i,
) as [...[number, number, number, number, number, number, number, number, number, number, number]];
const FIRSTS = [
  'Zoé',
  'Renée',
  'Chloé',
  'Éloïse',
  'Geneviève',
  'Françoise',
  'Noëlla',
  'Maïté',
  'Joëlle',
  'Hélène',
];
const LASTS = [
  'Roy',
  'Côté',
  'Bélanger',
  'Lévesque',
  'Nguyen',
  'O’Connor',
  'Gagné-Hébert',
  'Tremblay',
  'Haddad',
];

const dollars = (cents: number) => `${Math.trunc(cents / 100)},${String(cents % 100).padStart(2, '0')}`;

/** A right list of one to four invoices, each of another person. */
export const rightList: fc.Arbitrary<List> = fc
  .uniqueArray(
    fc.record({
      first: fc.constantFrom(...FIRSTS),
      last: fc.constantFrom(...LASTS),
      cents: fc.integer({ min: 20_000, max: 99_999 }),
      left: fc.constantFrom<'all' | 'none' | 'half'>('all', 'none', 'half'),
      month: fc.integer({ min: 1, max: 12 }),
    }),
    { minLength: 1, maxLength: 4, selector: ({ first, last }) => `${first}|${last}` },
  )
  .map((people) => ({
    titles: [...TITLES],
    rows: people.map(({ first, last, cents, left, month }, i) => {
      const start = `2026-${String(month).padStart(2, '0')}-01`;
      const end = new Date(Date.UTC(2027, month - 1, 0)).toISOString().slice(0, 10);
      const balance = { all: cents, none: 0, half: Math.floor(cents / 2) }[left];
      const status = { all: 'ouverte', none: 'payée', half: 'partielle' }[left];
      return [
        ...[first, last, `p${i}@example.org`, `PB-00000${i + 1}`, `F-${i + 1}`, '2026-01-15', start],
        ...[`${start}/${end}`, dollars(cents), dollars(balance), status],
      ];
    }),
  }));

const quoted = (cell: string, delimiter: string) =>
  cell.includes(delimiter) || cell.includes('"') ? `"${cell.replaceAll('"', '""')}"` : cell;
/** The list as a spreadsheet writes it. */
export const written = ({ titles, rows }: List, delimiter = ';', end = '\r\n') =>
  [titles, ...rows]
    .map((cells) => cells.map((cell) => quoted(cell, delimiter)).join(delimiter) + end)
    .join('');
const utf8 = (text: string) => new TextEncoder().encode(text);

/** What happens to a list; `at` chooses the row. Null where it cannot happen to this one. */
export interface Damage {
  name: string;
  apply(list: List, at: number): Uint8Array | null;
  /** The same books, or a refusal in these words. */
  expected: 'same' | RegExp;
  /** It comes when the right list is in the books already. */
  after?: true;
}

const cell = (
  name: string,
  column: number,
  text: string | ((was: string) => string),
  expected: RegExp,
): Damage => ({
  name,
  expected,
  apply: ({ titles, rows }, at) => {
    const value = typeof text === 'string' ? () => text : text;
    const change = (cells: string[], i: number) =>
      i === at % rows.length ? cells.with(column, value(cells[column] ?? '')) : cells;
    return utf8(written({ titles, rows: rows.map(change) }));
  },
});
const all = (
  name: string,
  column: number,
  change: (was: string) => string,
  expected: Damage['expected'],
): Damage => ({
  name,
  expected,
  apply: ({ titles, rows }) =>
    utf8(written({ titles, rows: rows.map((cells) => cells.with(column, change(cells[column] ?? ''))) })),
});
const text = (
  name: string,
  change: (text: string) => string | Uint8Array | null,
  expected: Damage['expected'],
): Damage => ({
  name,
  expected,
  apply: (list) => {
    const changed = change(written(list));
    return typeof changed === 'string' ? utf8(changed) : changed;
  },
});
const titled = (
  name: string,
  column: number,
  title: string | null,
  expected: Damage['expected'],
): Damage => ({
  name,
  expected,
  apply: ({ titles, rows }) =>
    utf8(
      title === null
        ? written({
            titles: titles.toSpliced(column, 1),
            rows: rows.map((cells) => cells.toSpliced(column, 1)),
          })
        : written({ titles: titles.with(column, title), rows }),
    ),
});
const plainTitles = [
  'Prenom',
  'Nom',
  'Courriel',
  'Certificat',
  'Facture',
  'Date facture',
  'Due date',
  'Period',
  'Total',
  'Solde',
  'Statut',
];
const bytes = (set: 'macintosh' | 'cp850' | 'cp437' | 'windows', text: string) => {
  const found = bytesIn(set, text);
  return found === null ? null : Uint8Array.from(found);
};
const openOnly = ({ rows }: List) =>
  rows.map((cells) => cells.with(STATUS, 'ouverte').with(BALANCE, cells[TOTAL] ?? ''));

const HARMLESS: readonly Damage[] = [
  text('a byte order mark', (t) => `\ufeff${t}`, 'same'),
  text('UTF-16', (t) => new Uint8Array(Buffer.from(`\ufeff${t}`, 'utf16le')), 'same'),
  text('Windows-1252', (t) => bytes('windows', t), 'same'),
  text('line feeds', (t) => t.replaceAll('\r\n', '\n'), 'same'),
  text('carriage returns', (t) => t.replaceAll('\r\n', '\r'), 'same'),
  text('blank lines of delimiters', (t) => t.replaceAll('\r\n', '\r\n;;;;\r\n\r\n'), 'same'),
  text('delimiters left behind', (t) => t.replaceAll('\r\n', ';;;\r\n'), 'same'),
  text('a title above', (t) => `Liste des factures;;\r\n\r\n${t}`, 'same'),
  text('a line that names the delimiter', (t) => `sep=;\r\n${t}`, 'same'),
  text('sums at the foot', (t) => `${t}TOTAL;;;;;;;;1 234,56;0,00;\r\n`, 'same'),
  text('no end of the last line', (t) => t.slice(0, -2), 'same'),
  text('the last row twice', (t) => `${t}${t.split('\r\n').at(-2)}\r\n`, 'same'),
  { name: 'tabs', expected: 'same', apply: (list) => utf8(written(list, '\t')) },
  { name: 'commas', expected: 'same', apply: (list) => utf8(written(list, ',')) },
  {
    name: 'columns the other way round',
    expected: 'same',
    apply: ({ titles, rows }) =>
      utf8(written({ titles: titles.toReversed(), rows: rows.map((cells) => cells.toReversed()) })),
  },
  {
    name: 'two columns of notes',
    expected: 'same',
    apply: ({ titles, rows }) =>
      utf8(written({ titles: [...titles, 'Note', 'Note'], rows: rows.map((r) => [...r, 'a', 'b']) })),
  },
  titled('« Solde restant »', BALANCE, 'Solde restant ($)', 'same'),
  titled('« N° de certificat »', CERTIFICATE, 'N° de certificat', 'same'),
  titled('no column of statuses', STATUS, null, 'same'),
  all('amounts with dollars and no-break spaces', TOTAL, (was) => `${was}\u00a0$`, 'same'),
  all(
    'days in words',
    DUE,
    (was) =>
      `le ${Number(was.slice(8))}er ${'janvier,février,mars,avril,mai,juin,juillet,août,septembre,octobre,novembre,décembre'.split(',')[Number(was.slice(5, 7)) - 1]} ${was.slice(0, 4)}`,
    'same',
  ),
  all('spaces around numbers', INVOICE, (was) => `  ${was}\u00a0`, 'same'),
  all(
    'periods day first',
    PERIOD,
    (was) =>
      was
        .split('/')
        .map((d) => d.split('-').reverse().join('/'))
        .join(' au '),
    'same',
  ),
];

const ACCENTS: readonly Damage[] = Object.entries(DAMAGE_TO_ACCENTS).flatMap(([name, change]) => [
  text(name, change, /^Accents abîmés/),
  {
    name: `${name}, in the names alone`,
    expected: /^Accents abîmés/,
    apply: (list: List) => {
      const rows = openOnly(list).map((cells) => cells.with(FIRST, change(cells[FIRST] ?? '') ?? ''));
      return rows.some((cells) => cells[FIRST] === '') ? null : utf8(written({ titles: plainTitles, rows }));
    },
  },
]);
const OLD_SETS: readonly Damage[] = (['macintosh', 'cp850', 'cp437'] as const).map((set) => ({
  name: `bytes of ${set}`,
  expected: /^Accents abîmés/,
  apply: (list: List) =>
    bytes(set, written({ titles: plainTitles, rows: openOnly(list) }).replaceAll('’', "'")),
}));

const WRONG: readonly Damage[] = [
  cell(
    'an error of the spreadsheet',
    CERTIFICATE,
    '#N/A',
    /« # certificat » : « #N\/A » est une erreur du tableur/,
  ),
  cell('a French error of the spreadsheet', TOTAL, '#VALEUR!', /« Total » : « #VALEUR! » est une erreur/),
  cell('no certificate', CERTIFICATE, '', /« # certificat » est vide/),
  cell('a power of ten', CERTIFICATE, '2,6E+418', /changé en nombre par le tableur/),
  cell('a word for nothing', INVOICE, 'aucun', /« No facture » : « aucun » n’est pas un numéro/),
  cell('a question for a letter', FIRST, 'Ren?e', /Accents abîmés, caractères perdus \(\?\) : « Ren\?e »/),
  cell('an amount in words', TOTAL, 'cent', /« Total » : « cent » n’est pas un montant sûr/),
  cell('a lost comma', TOTAL, (was) => was.replace(',', ''), /perdu sa virgule|ne s’accordent pas|dit « p/),
  cell(
    'a balance above the total',
    BALANCE,
    '9999,00',
    /« Solde » : le solde .* dépasse le total|le solde est de/,
  ),
  cell('an unknown status', STATUS, 'bizarre', /« bizarre » n’est pas un statut connu/),
  cell('a day that reads two ways', DUE, '01/04/2026', /peut se lire de deux façons/),
  cell('a day that is none', DUE, '2026-02-30', /« 2026-02-30 » n’est pas une date/),
  cell('a short year', DUE, '01/04/26', /année de deux chiffres/),
  cell('midnight at Greenwich', DUE, '2026-04-01T00:00:00Z', /minuit à Greenwich/),
  cell('a period the wrong way round', PERIOD, '2027-03-31/2026-04-01', /avant de commencer/),
  cell('a control character', FIRST, 'Zo\u0007é', /caractère de contrôle/),
  text('a delimiter in a text', (t) => t.replace(/(\r\n[^;]+)/, '$1; fille'), /12 cases pour 11 titres/),
  titled('no column of totals', TOTAL, null, /Il manque la colonne « Total »/),
  titled('no column of periods', PERIOD, null, /Il manque la colonne « Période »/),
  titled('a title that speaks of money', BALANCE, 'Solde 2025', /« Solde 2025 »/),
  titled('the total twice', BALANCE, 'Total', /deux fois : « Total »/),
  text(
    'a misplaced quotation mark',
    (t) => t.replace(/(\r\n[^;]+)/, '$1" x'),
    /guillemet \("\) est mal placé/,
  ),
  text('a quotation mark never closed', (t) => t.replace(/\r\n/, '\r\n"'), /guillemet/),
  text('a null character', (t) => t.replace('F-1', 'F\0-1'), /pas du texte|caractère nul/),
  text('nothing', () => '', /^Le fichier est vide/),
  text('a workbook', () => Uint8Array.from([0x50, 0x4b, 3, 4, 0, 0]), /classeur/),
  text('a PDF', () => '%PDF-1.7', /PDF/),
  text(
    'a file cut off',
    (t) => t.slice(0, -(t.split('\r\n').at(-2) ?? '').split(';').slice(-3).join(';').length - 3),
    /coupée/,
  ),
  text(
    'one number for two',
    (t) =>
      `${t}Ana;Diaz;ana@example.org;PB-000099;F-1;2026-01-15;2026-02-01;2026-02-01/2027-01-31;300,00;300,00;ouverte\r\n`,
    /« F-1 » est aussi à la ligne/,
  ),
  {
    name: 'another regroupement',
    expected: /aucun regroupement d’ici ne s’appelle « RSG Montérégie »/,
    apply: ({ titles, rows }) =>
      utf8(
        written({
          titles: ['Regroupement', ...titles],
          rows: rows.map((cells) => ['RSG Montérégie', ...cells]),
        }),
      ),
  },
];
const AFTER: readonly Damage[] = [
  { ...all('the same again', STATUS, (was) => was, 'same'), after: true },
  {
    name: 'the numbers of other people',
    after: true,
    expected: /est déjà (celle de|au nom de)/,
    apply: ({ titles, rows }) =>
      utf8(
        written({
          titles,
          rows: rows.map((cells, i) =>
            cells.with(FIRST, 'Ulrike').with(LAST, 'Zimmer').with(EMAIL, `u${i}@example.org`),
          ),
        }),
      ),
  },
  {
    ...all(
      'other certificates',
      CERTIFICATE,
      (was) => was.replace('PB-0000', 'PB-7777'),
      /est déjà celle de/,
    ),
    after: true,
  },
  { ...all('a married name', LAST, () => 'Zimmerman', /« Nom d’usage »/), after: true },
  { ...all('other periods', PERIOD, () => '2030-01-01/2030-12-31', /est déjà celle de/), after: true },
  {
    name: 'a hundred times the amounts',
    after: true,
    expected: /cent fois le montant connu/,
    apply: (list) =>
      utf8(
        written({
          titles: list.titles,
          rows: openOnly(list).map((cells) =>
            cells
              .with(TOTAL, `${(cells[TOTAL] ?? '').replace(',', '')},00`)
              .with(BALANCE, `${(cells[TOTAL] ?? '').replace(',', '')},00`),
          ),
        }),
      ),
  },
];

export const DAMAGES: readonly Damage[] = [...HARMLESS, ...ACCENTS, ...OLD_SETS, ...WRONG, ...AFTER];
