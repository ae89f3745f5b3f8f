// Whose certificate a row of the list speaks of: found, corrected or made, with the certificate itself.
import { type FileName, foldName, type TypedName } from '../../certificates/names.ts';
import { certificateKey } from '../../certificates/number.ts';
import { emailKey } from '../../fields.ts';
import { emailCell, missing, textCell, titleOf } from '../reading/cells.ts';
import { plain } from '../reading/columns/fields.ts';
import { unaccented } from '../reading/unaccented.ts';
import { CellRefused, type Refusal, refusal } from '../refusal.ts';
import type { ImportContext, Row } from './context.ts';
import { certificateOf, type KnownCertificate, type KnownHolder, personKey, samePerson } from './known.ts';
import { addHolder, type ListLookup } from './list-lookup.ts';
import { holderChange, sameHolder, threeWay } from './three-way.ts';

/** The certificate of this number and period; a renewal keeps its holder; a new one is made where people are named. */
export function certificateFor(
  ctx: ImportContext,
  row: Row,
  lookup: ListLookup,
  number: string,
  period: { start: string; end: string },
  people: boolean,
): { certificate: KnownCertificate; corrected: Refusal | null } {
  const key = certificateKey(number);
  const same = lookup.certificates.filter((certificate) => certificate.numberKey === key);
  const contains = ({ periodStart, periodEnd }: KnownCertificate) =>
    periodStart <= period.start && period.start <= periodEnd;
  const named = { firstName: row.cells.firstName ?? '', lastName: row.cells.lastName ?? '' };
  const isHolders = ({ holderId }: KnownCertificate) => {
    const holder = lookup.holders.get(holderId);
    return !people || holder === undefined || samePerson(holder, named);
  };
  // An invoice in the middle of a period (an endorsement) belongs to the certificate of that period.
  const exact =
    same.find((certificate) => certificate.periodStart === period.start) ??
    same.find((certificate) => contains(certificate) && isHolders(certificate));
  if (exact !== undefined) refuseOtherDossier(row, exact, lookup);
  if (!people) {
    if (exact !== undefined) return { certificate: exact, corrected: null };
    throw new CellRefused(
      refusal(
        `« ${titleOf(row, 'certificate')} » : le certificat ${number} n’est pas connu pour la période ${period.start}/${period.end}. Importez d’abord les certificats.`,
        `“${titleOf(row, 'certificate')}”: certificate ${number} is not known for the period ${period.start}/${period.end}. Import the certificates first.`,
      ),
    );
  }
  if (exact === undefined) refuseOverlap(row, same, period, lookup);
  // Another period's certificate of this number is hers only if she is the same person: numbers are used again.
  const { holderId, corrected } = holderFor(
    ctx,
    row,
    lookup,
    exact?.holderId,
    same.map((certificate) => certificate.holderId),
  );
  if (exact !== undefined) return { certificate: exact, corrected };
  const certificate = {
    id: ctx.id(),
    regroupement_id: row.regroupement.id,
    holder_id: holderId,
    number,
    number_key: key,
    kind: '',
    period_start: period.start,
    period_end: period.end,
    status: '',
    created_at: ctx.deps.now(),
    updated_at: ctx.deps.now(),
  };
  // With its holder, for the later rows of this file: she is not in the database yet.
  const holder = JSON.stringify(lookup.holders.get(holderId) ?? null);
  ctx.write({
    target: 'certificates',
    lookup: `${row.regroupement.id}|${key}`,
    data: { ...certificate, holder },
  });
  const made = certificateOf(certificate);
  lookup.certificates.push(made);
  return { certificate: made, corrected };
}

/** Where the row names a dossier too, it is the certificate's. Throws CellRefused. */
function refuseOtherDossier(row: Row, { number, holderId }: KnownCertificate, lookup: ListLookup): void {
  const [written, dossier] = [row.cells.holderId ?? '', lookup.holders.get(holderId)?.externalId ?? ''];
  if (written === '' || dossier === '' || written === dossier) return;
  const title = titleOf(row, 'holderId');
  throw new CellRefused(
    refusal(
      `« ${title} » : le certificat ${number} est du dossier ${dossier}, et non ${written}. Corrigez l’un des deux numéros.`,
      `“${title}”: certificate ${number} belongs to file ${dossier}, not ${written}. Correct one of the two numbers.`,
    ),
  );
}

/** A number is used again in another period, never by two people at once. Throws CellRefused. */
function refuseOverlap(
  row: Row,
  same: readonly KnownCertificate[],
  period: { start: string; end: string },
  lookup: ListLookup,
): void {
  const named = { firstName: row.cells.firstName ?? '', lastName: row.cells.lastName ?? '' };
  for (const { number, holderId, periodStart, periodEnd } of same) {
    const holder = lookup.holders.get(holderId);
    const overlaps = periodStart <= period.end && period.start <= periodEnd;
    if (overlaps && holder !== undefined && !samePerson(holder, named))
      throw new CellRefused(otherPerson(row, `le certificat ${number}`, `certificate ${number}`, holder));
  }
}

function holderFor(
  ctx: ImportContext,
  row: Row,
  lookup: ListLookup,
  knownId: string | undefined,
  otherPeriods: readonly string[],
): { holderId: string; corrected: Refusal | null } {
  const firstName = textCell(row, 'firstName');
  const lastName = textCell(row, 'lastName');
  if (firstName === '' && lastName === '') throw new CellRefused(missing(row, 'lastName'));
  const usualName = textCell(row, 'usualName');
  const email = emailCell(ctx, row);
  const key = email === null ? null : emailKey(email);
  const person = () => personKey(row.regroupement.id, firstName, lastName, key ?? '');
  const renewed = () =>
    otherPeriods.find((holderId) => {
      const holder = lookup.holders.get(holderId);
      return holder !== undefined && samePerson(holder, { firstName, lastName });
    });
  const byEmail = () => (key === null ? undefined : lookup.people.get(person()));
  const id =
    knownId ??
    renewed() ??
    byEmail() ??
    renamedHolder(ctx, row, lookup, { firstName, lastName, email }, otherPeriods);
  const known = id === undefined ? undefined : lookup.holders.get(id);
  if (id !== undefined && known === undefined) return { holderId: id, corrected: null }; // staged by an earlier row of this file
  if (known !== undefined) {
    const renamed = knownId !== undefined && !samePerson(known, { firstName, lastName });
    if (renamed && !(isRenamed(known, { firstName, lastName, email }) && ctx.allows('name'))) {
      throw new CellRefused(
        otherPerson(
          row,
          `le certificat ${textCell(row, 'certificate')}`,
          `certificate ${textCell(row, 'certificate')}`,
          known,
        ),
      );
    }
    if (isSwapped(known, { firstName, lastName }) && !ctx.allows('name'))
      throw new CellRefused(swapped(row, known));
    const now = threeWay(ctx, row.line, known, {
      ...keptNames(known, { firstName, lastName }),
      ...(usualName === '' ? {} : { usualName }),
      ...(email === null ? {} : { email }),
    });
    if (sameHolder(known, now)) return { holderId: known.id, corrected: null };
    writeHolder(ctx, row, now, { changes: true });
    addHolder(lookup, now);
    const certificate = textCell(row, 'certificate');
    const corrected = holderChange(known, now, {
      fr: `le dossier du certificat ${certificate}`,
      en: `the file of certificate ${certificate}`,
      withValues: ctx.withValues,
    });
    return { holderId: known.id, corrected };
  }
  const made: KnownHolder = {
    id: ctx.id(),
    externalId: null,
    firstName,
    lastName,
    usualName,
    email,
    lang: 'fr-CA',
    status: 'active',
    officeId: null,
    imported: null,
  };
  writeHolder(ctx, row, made, { lookup: person() });
  addHolder(lookup, made);
  lookup.people.set(person(), made.id);
  return { holderId: made.id, corrected: null };
}

/** Whose it is, and what to do: another number, or the name of before with the new one as « Nom d’usage ». */
export function otherPerson(row: Row, fr: string, en: string, known: KnownHolder): Refusal {
  const whose = `${known.firstName} ${known.lastName}`.trim();
  const title = titleOf(row, 'lastName');
  return refusal(
    `« ${title} » : ${fr} est déjà au nom de ${whose}. Si c’est une autre personne, corrigez le numéro. Si c’est la même qui a changé de nom, laissez « ${known.lastName} » sous « ${title} » et écrivez le nouveau nom dans une colonne « Nom d’usage » (ou, pour le remplacer, importez avec --even-so name).`,
    `“${title}”: ${en} already bears the name of ${whose}. If this is another person, correct the number. If it is the same one with a new name, leave “${known.lastName}” under “${title}” and write the new name in a column “Nom d’usage” (or, to replace it, import with --even-so name).`,
  );
}

/**
 * Somebody on file who has the e-mail of the row, or its certificate in another period, under the same name written
 * otherwise, or under the same first name and another last name: she may have married. Throws CellRefused unless that is
 * let through.
 */
function renamedHolder(
  ctx: ImportContext,
  row: Row,
  lookup: ListLookup,
  named: Named,
  otherPeriods: readonly string[],
): string | undefined {
  const key = named.email === null ? null : emailKey(named.email);
  const withEmail = (key === null ? undefined : lookup.byEmail.get(key)) ?? [];
  for (const id of new Set([...otherPeriods, ...withEmail])) {
    const holder = lookup.holders.get(id);
    if (holder === undefined) continue;
    const hasEmail = key !== null && holder.email !== null && emailKey(holder.email) === key;
    if (!hasEmail && !otherPeriods.includes(id)) continue;
    if (samePerson(holder, named)) return holder.id;
    // Who has her certificate of another period may have a new address too.
    const renewal = otherPeriods.includes(id) && isRenamed(holder, { ...named, email: null });
    if (!renewal && !isRenamed(holder, named)) continue;
    if (ctx.allows('name')) return holder.id;
    const certificate = textCell(row, 'certificate');
    throw new CellRefused(
      hasEmail
        ? otherPerson(row, 'ce courriel', 'this e-mail', holder)
        : otherPerson(row, `le certificat ${certificate}`, `certificate ${certificate}`, holder),
    );
  }
  return undefined;
}

interface Named {
  firstName: string;
  lastName: string;
  email: string | null;
}

/** Whether she may be the same under another last name: her first name is hers, and her e-mail is no other. */
export function isRenamed(known: KnownHolder, named: Named): boolean {
  const sameEmail =
    known.email === null || named.email === null || emailKey(known.email) === emailKey(named.email);
  return sameEmail && plain(named.firstName) !== '' && plain(known.firstName) === plain(named.firstName);
}

/** Whether her first name stands in the place of her last name, and the other way round. */
export function isSwapped(known: FileName, typed: TypedName): boolean {
  const [first, last] = [foldName(known.firstName), foldName(known.lastName)];
  return (
    first !== '' &&
    last !== '' &&
    first !== last &&
    foldName(typed.firstName) === last &&
    foldName(typed.lastName) === first
  );
}

/** Which of the two is which, and what to do. */
export function swapped(row: Row, { firstName, lastName }: KnownHolder): Refusal {
  const [first, last] = [titleOf(row, 'firstName'), titleOf(row, 'lastName')];
  return refusal(
    `« ${first} » et « ${last} » sont peut-être inversés : au dossier, « ${firstName} » est le prénom et « ${lastName} » le nom. Corrigez les titres ou la ligne; si c’est le fichier qui a raison, importez avec --even-so name.`,
    `“${first}” and “${last}” may be the wrong way round: on file, “${firstName}” is the first name and “${lastName}” the last name. Correct the titles or the row; if the file is right, import with --even-so name.`,
  );
}

/** The same letters with fewer accents, or all in capitals: how old programs write a name. */
function isPoorer(typed: string, known: string): boolean {
  if (typed === known || foldCase(typed) !== foldCase(known)) return false;
  const accents = (text: string) => text.normalize('NFD').match(/\p{M}/gu)?.length ?? 0;
  const capitals = (text: string) => text === text.toUpperCase() && text !== text.toLowerCase();
  return accents(typed) < accents(known) || (capitals(typed) && !capitals(known));
}
const foldCase = (text: string) => unaccented(text).toLowerCase();

/**
 * The names to keep: her usual name in the place of her last name says nothing new, nor do both names in one cell, nor a
 * poorer writing of them.
 */
export function keptNames(
  known: KnownHolder,
  typed: { firstName: string; lastName: string },
): { firstName: string; lastName: string } {
  const byUsualName =
    known.usualName !== '' && samePerson(known, typed) && !samePerson({ ...known, usualName: '' }, typed);
  const inOneCell =
    (typed.firstName === '' || typed.lastName === '') &&
    known.firstName !== '' &&
    known.lastName !== '' &&
    samePerson(known, typed);
  if (byUsualName || inOneCell) return { firstName: known.firstName, lastName: known.lastName };
  const kept = (field: 'firstName' | 'lastName') =>
    isPoorer(typed[field], known[field]) ? known[field] : typed[field];
  return { firstName: kept('firstName'), lastName: kept('lastName') };
}

/** A holder, new or changed. */
export function writeHolder(
  ctx: ImportContext,
  row: Row,
  holder: KnownHolder,
  how: { lookup?: string; changes?: boolean },
): void {
  const now = ctx.deps.now();
  ctx.write({
    target: 'holders',
    ...how,
    data: {
      id: holder.id,
      regroupement_id: row.regroupement.id,
      external_id: holder.externalId,
      first_name: holder.firstName,
      last_name: holder.lastName,
      usual_name: holder.usualName,
      email: holder.email,
      email_key: holder.email === null ? null : emailKey(holder.email),
      lang: holder.lang,
      status: holder.status,
      office_id: holder.officeId,
      imported: holder.imported === null ? null : JSON.stringify(holder.imported),
      created_at: now,
      updated_at: now,
    },
  });
}
