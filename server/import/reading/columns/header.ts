// What the titles of a file say of its columns, and when they say too little to read it.
import { notUnderstood, twice } from './doubtful-titles.ts';
import { type Columns, type Field, fieldOf, type Mapping, rememberedTitle, shownTitle } from './fields.ts';
import { type Kind, kindOf, READ, unknownColumns } from './kinds.ts';
import { type Subject, subjectOf, tellsOfPayment, titleKey } from './titles.ts';

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
  // Where nothing says what is left, the day or the number of a payment is all that tells of it.
  const untold = (kind === 'list' || kind === 'invoices') && !columns.has('balance') && !columns.has('paid');
  const matters = (title: string) => mattersTo(kind, subjectOf(title)) || (untold && tellsOfPayment(title));
  const doubtful = [
    ...unknown.filter((index) => matters(header[index] ?? '')),
    ...unused.filter(([field]) => DOUBTFUL[kind]?.includes(field)).map(([, index]) => index),
  ].filter((index) => !ignored(index));
  if (doubtful.length > 0) throw notUnderstood(header, doubtful, kind, line);
  const unread = [...unknown, ...unused.map(([, index]) => index)].toSorted((a, b) => a - b);
  return { columns, kind, unread: unread.map((index) => shownTitle(header[index] ?? '')) };
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
    invoices: ['money', 'person', 'status', 'period'],
    holders: ['person', 'status'],
    certificates: ['status', 'period'],
    endorsements: ['money'],
    payments: ['money', 'status'],
    lines: ['money'],
  };
  return matters[kind].includes(subject);
}
