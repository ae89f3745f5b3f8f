// The separate files of holders, certificates and endorsements (S33). Each row names what it belongs to; what
// is not known yet is refused with the file to bring first.
import { certificateKey } from '../../certificates/number.ts';
import { money } from '../../format.ts';
import { type CoordinatingOffice, coordinatingOffices } from '../../regroupements/coordinating-offices.ts';
import {
  certificateCell,
  dayCell,
  emailCell,
  missing,
  missingPeriod,
  periodCells,
  requiredMoney,
  statusCell,
  textCell,
  titleOf,
  yesCell,
} from '../reading/cells.ts';
import { plain } from '../reading/columns.ts';
import { type FileStatus, fileStatus } from '../reading/statuses.ts';
import { CellRefused, type Refusal, refusal } from '../refusal.ts';
import type { ImportContext, Row, Verdict } from './context.ts';
import {
  certificatesByNumber,
  holdersByExternalId,
  holdersById,
  invoiceKey,
  type KnownCertificate,
  type KnownHolder,
  samePerson,
} from './known.ts';
import { isRenamed, keptNames, otherPerson, writeHolder } from './list-people.ts';
import { invoicesOf, invoiceUnknown, loadByKey, otherCertificate } from './rows.ts';

export async function holderRows(ctx: ImportContext, rows: readonly Row[]): Promise<Verdict[]> {
  const known = await loadByKey<KnownHolder>(rows, async (id, mine) =>
    (
      await holdersByExternalId(
        ctx,
        id,
        mine.map((row) => row.cells.holderId ?? ''),
      )
    ).map((holder) => [holder.externalId ?? '', holder]),
  );
  const offices = await officesOf(ctx, rows);
  return ctx.judgeEach(rows, (row) => {
    const externalId = textCell(row, 'holderId', true);
    const firstName = textCell(row, 'firstName');
    const lastName = textCell(row, 'lastName');
    if (firstName === '' && lastName === '') throw new CellRefused(missing(row, 'lastName'));
    const before = known.get(`${row.regroupement.id}|${externalId}`);
    const email = emailCell(ctx, row);
    const renamed = before !== undefined && !samePerson(before, { firstName, lastName });
    if (renamed && !(isRenamed(before, { firstName, lastName, email }) && ctx.allows('name')))
      throw new CellRefused(otherPerson(row, `Le dossier ${externalId}`, `File ${externalId}`, before));
    const holder: KnownHolder = {
      id: before?.id ?? ctx.id(),
      externalId,
      ...(before === undefined ? { firstName, lastName } : keptNames(before, { firstName, lastName })),
      usualName: textCell(row, 'usualName') || (before?.usualName ?? ''),
      email: email ?? before?.email ?? null,
      lang: langOf(row) ?? before?.lang ?? 'fr-CA',
      status: statusText(row, statusCell(row, fileStatus), 'active') ?? before?.status ?? 'active',
      officeId: officeOf(row, offices.get(row.regroupement.id) ?? []) ?? before?.officeId ?? null,
    };
    if (before !== undefined && same(before, holder)) return { outcome: 'unchanged' };
    writeHolder(ctx, row, holder, { changes: before !== undefined });
    return {
      outcome: 'accepted',
      ...(before === undefined ? {} : { change: fileChange(before, holder) }),
    };
  });
}

export async function certificateRows(ctx: ImportContext, rows: readonly Row[]): Promise<Verdict[]> {
  const holders = await loadByKey<KnownHolder>(rows, async (id, mine) =>
    (
      await holdersByExternalId(
        ctx,
        id,
        mine.map((row) => row.cells.holderId ?? ''),
      )
    ).map((holder) => [holder.externalId ?? '', holder]),
  );
  const known = await loadByKey(rows, async (id, mine) =>
    (
      await certificatesByNumber(
        ctx,
        id,
        mine.map((row) => row.cells.certificate ?? ''),
      )
    ).map((certificate) => [`${certificate.numberKey}|${certificate.periodStart}`, certificate]),
  );
  const ids = [...new Set([...known.values()].map((one) => one.holderId))];
  const owners = new Map((await holdersById(ctx, ids)).map((holder) => [holder.id, holder]));
  return ctx.judgeEach(rows, (row) => {
    const number = certificateCell(ctx, row);
    const period = periodCells(ctx, row);
    if (period === null) throw new CellRefused(missingPeriod(row));
    const holderId = textCell(row, 'holderId', true);
    const holder = holders.get(`${row.regroupement.id}|${holderId}`);
    if (holder === undefined) {
      throw new CellRefused(
        refusal(
          `« ${titleOf(row, 'holderId')} » : le dossier ${holderId} n’est pas connu. Importez d’abord les dossiers.`,
          `“${titleOf(row, 'holderId')}”: file ${holderId} is not known. Import the holders first.`,
        ),
      );
    }
    const { firstName = '', lastName = '' } = row.cells;
    if (firstName !== '' && lastName !== '' && !samePerson(holder, { firstName, lastName }))
      throw new CellRefused(otherPerson(row, `Le dossier ${holderId}`, `File ${holderId}`, holder));
    const key = certificateKey(number);
    const others = [...known.values()].filter(
      (one) =>
        one.regroupementId === row.regroupement.id && one.numberKey === key && one.holderId !== holder.id,
    );
    const owner = others.find((one) => one.periodStart <= period.end && period.start <= one.periodEnd);
    if (owner !== undefined) throw new CellRefused(otherFile(row, number, owner, owners.get(owner.holderId)));
    const before = known.get(`${row.regroupement.id}|${key}|${period.start}`);
    const now = ctx.deps.now();
    const data = {
      id: before?.id ?? ctx.id(),
      regroupement_id: row.regroupement.id,
      holder_id: holder.id,
      number,
      number_key: key,
      kind: textCell(row, 'type') || (before?.kind ?? ''),
      period_start: period.start,
      period_end: period.end,
      status: statusText(row, statusCell(row, fileStatus)) ?? before?.status ?? '',
      created_at: now,
      updated_at: now,
    };
    const unchanged =
      before !== undefined &&
      before.holderId === data.holder_id &&
      before.number === data.number &&
      before.kind === data.kind &&
      before.periodEnd === data.period_end &&
      before.status === data.status;
    if (unchanged) return { outcome: 'unchanged' };
    const changes = before !== undefined;
    ctx.write({ target: 'certificates', lookup: `${row.regroupement.id}|${key}`, changes, data });
    if (before === undefined) return { outcome: 'accepted' };
    return { outcome: 'accepted', change: certificateChange(before, data) };
  });
}

export async function endorsementRows(ctx: ImportContext, rows: readonly Row[]): Promise<Verdict[]> {
  const certificates = await loadByKey(rows, async (id, mine) =>
    (
      await certificatesByNumber(
        ctx,
        id,
        mine.map((row) => row.cells.certificate ?? ''),
      )
    ).map((certificate) => [`${certificate.numberKey}|${certificate.periodStart}`, certificate]),
  );
  const invoices = await invoicesOf(ctx, rows);
  const known = await knownEndorsements(ctx, rows);
  return ctx.judgeEach(rows, (row) => {
    const externalId = textCell(row, 'endorsementId', true);
    const number = certificateCell(ctx, row);
    const effectiveOn = dayCell(ctx, row, 'effectiveOn');
    if (effectiveOn === null) throw new CellRefused(missing(row, 'effectiveOn'));
    const certificate = certificateOn(row, [...certificates.values()], number, effectiveOn);
    const invoiceNumber = row.cells.invoice ?? '';
    const invoice = invoices.get(`${row.regroupement.id}|${invoiceKey(invoiceNumber)}`);
    if (invoiceNumber !== '' && invoice === undefined)
      throw new CellRefused(invoiceUnknown(row, invoiceNumber));
    if (invoice !== undefined && invoice.certificateKey !== certificateKey(number))
      throw new CellRefused(otherCertificate(row, invoice));
    const before = known.get(`${row.regroupement.id}|${externalId}`);
    const now = ctx.deps.now();
    const data = {
      id: before?.id ?? ctx.id(),
      regroupement_id: row.regroupement.id,
      certificate_id: certificate.id,
      external_id: externalId,
      effective_on: effectiveOn,
      description: textCell(row, 'description') || (before?.description ?? ''),
      amount_cents: requiredMoney(row, 'amount'),
      manual_amount: yesCell(row, 'manualAmount') ?? before?.manualAmount ?? 0,
      invoice_id: invoice?.id ?? before?.invoiceId ?? null,
      created_at: now,
      updated_at: now,
    };
    const facts = JSON.stringify([
      data.certificate_id,
      data.effective_on,
      data.description,
      data.amount_cents,
      data.manual_amount,
      data.invoice_id,
    ]);
    if (before?.facts === facts) return { outcome: 'unchanged' };
    if (before !== undefined && before.certificateId !== certificate.id)
      throw new CellRefused(
        refusal(
          `« ${titleOf(row, 'endorsementId')} » : l’avenant ${externalId} est déjà celui d’un autre certificat (${before.certificate}). Donnez-lui un autre numéro.`,
          `“${titleOf(row, 'endorsementId')}”: endorsement ${externalId} is already another certificate’s (${before.certificate}). Give it another number.`,
        ),
      );
    ctx.write({ target: 'endorsements', changes: before !== undefined, data });
    if (before === undefined) return { outcome: 'accepted' };
    return { outcome: 'accepted', change: endorsementChange(before, data) };
  });
}

/** The certificate of this number on that day; outside its periods, the only person's who has it. Throws CellRefused. */
function certificateOn(
  row: Row,
  all: readonly KnownCertificate[],
  number: string,
  day: string,
): KnownCertificate {
  const mine = all.filter(
    (one) => one.regroupementId === row.regroupement.id && one.numberKey === certificateKey(number),
  );
  const inPeriod = mine.find((one) => one.periodStart <= day && day <= one.periodEnd);
  if (inPeriod === undefined && new Set(mine.map(({ holderId }) => holderId)).size > 1)
    throw new CellRefused(
      refusal(
        `« ${titleOf(row, 'effectiveOn')} » : le certificat ${number} est de plusieurs personnes, et de personne le ${day}. Corrigez la date ou le numéro.`,
        `“${titleOf(row, 'effectiveOn')}”: certificate ${number} is that of several people, and of nobody on ${day}. Correct the day or the number.`,
      ),
    );
  const certificate = inPeriod ?? mine[0];
  if (certificate !== undefined) return certificate;
  throw new CellRefused(
    refusal(
      `« ${titleOf(row, 'certificate')} » : le certificat ${number} n’est pas connu. Importez d’abord les certificats.`,
      `“${titleOf(row, 'certificate')}”: certificate ${number} is not known. Import the certificates first.`,
    ),
  );
}

interface KnownEndorsement {
  id: string;
  external_id: string;
  certificateId: string;
  certificate: string;
  effectiveOn: string;
  description: string;
  amountCents: number;
  manualAmount: number;
  invoiceId: string | null;
  facts: string;
}

/** The endorsements that the rows name, with what they say as one text to compare. */
function knownEndorsements(ctx: ImportContext, rows: readonly Row[]): Promise<Map<string, KnownEndorsement>> {
  return loadByKey(rows, async (id, mine) => {
    const found = await ctx.deps.db.execute<KnownEndorsement>(
      `SELECT id, external_id, certificate_id AS certificateId,
         (SELECT number FROM certificates WHERE id = certificate_id) AS certificate, effective_on AS effectiveOn, description, amount_cents AS amountCents, manual_amount AS manualAmount, invoice_id AS invoiceId, json_array(certificate_id, effective_on, description, amount_cents, manual_amount, invoice_id) AS facts
       FROM endorsements WHERE regroupement_id = ? AND external_id IN (SELECT value FROM json_each(?))`,
      [id, JSON.stringify(mine.map((row) => row.cells.endorsementId ?? ''))],
    );
    return found.rows.map((endorsement): [string, KnownEndorsement] => [
      endorsement.external_id,
      endorsement,
    ]);
  });
}

async function officesOf(
  ctx: ImportContext,
  rows: readonly Row[],
): Promise<Map<string, readonly CoordinatingOffice[]>> {
  const named = rows.filter((row) => (row.cells.office ?? '') !== '');
  const ids = [...new Set(named.map((row) => row.regroupement.id))];
  return new Map(
    await Promise.all(ids.map(async (id) => [id, await coordinatingOffices(ctx.deps, id)] as const)),
  );
}

/** Her coordinating office (S39), by its code or its name; null where the row, or the regroupement, has none. */
function officeOf(row: Row, offices: readonly CoordinatingOffice[]): string | null {
  const written = textCell(row, 'office');
  if (written === '' || offices.length === 0) return null;
  const office = offices.find(({ code, name }) => [code, name].some((one) => plain(one) === plain(written)));
  if (office !== undefined) return office.id;
  throw new CellRefused(
    refusal(
      `« ${titleOf(row, 'office')} » : le bureau coordonnateur ${written} n’est pas connu. Ajoutez-le d’abord : offices set.`,
      `“${titleOf(row, 'office')}”: coordinating office ${written} is not known. Add it first: offices set.`,
    ),
  );
}

function otherFile(
  row: Row,
  number: string,
  { periodStart, periodEnd }: KnownCertificate,
  owner: KnownHolder | undefined,
): Refusal {
  const file = owner?.externalId ?? '?';
  const whose = `${owner?.firstName ?? ''} ${owner?.lastName ?? ''}`.trim();
  const title = titleOf(row, 'certificate');
  return refusal(
    `« ${title} » : le certificat ${number} est du dossier ${file} (${whose}, période ${periodStart}/${periodEnd}), et ne change pas de dossier. Corrigez le numéro du certificat ou celui du dossier.`,
    `“${title}”: certificate ${number} belongs to file ${file} (${whose}, period ${periodStart}/${periodEnd}), and does not go to another. Correct the number of the certificate or of the file.`,
  );
}

/** Which of her data change; they stay out of reports, which may be logged (I9). */
function fileChange(before: KnownHolder, after: KnownHolder): Refusal {
  const words = {
    firstName: ['prénom', 'first name'],
    lastName: ['nom', 'last name'],
    usualName: ['nom d’usage', 'usual name'],
    email: ['courriel', 'e-mail'],
    lang: ['langue', 'language'],
    status: ['statut', 'status'],
    officeId: ['bureau coordonnateur', 'coordinating office'],
  } as const;
  const fields = (Object.keys(words) as (keyof typeof words)[]).filter(
    (field) => before[field] !== after[field],
  );
  const list = (i: 0 | 1) => fields.map((field) => words[field][i]).join(', ');
  return refusal(
    `le dossier ${after.externalId} change : ${list(0)}.`,
    `file ${after.externalId} changes: ${list(1)}.`,
  );
}

function certificateChange(
  before: KnownCertificate,
  after: { number: string; kind: string; period_end: string; status: string },
): Refusal {
  const facts = [
    ['numéro', 'number', before.number, after.number],
    ['type', 'type', before.kind, after.kind],
    ['fin', 'end', before.periodEnd, after.period_end],
    ['statut', 'status', before.status, after.status],
  ]
    .filter(([, , was, is]) => was !== is)
    .map((fact) => fact.map((text) => text || '–'));
  return refusal(
    `le certificat ${after.number} change : ${facts.map(([fr, , was, is]) => `${fr} « ${was} » → « ${is} »`).join(', ')}.`,
    `certificate ${after.number} changes: ${facts.map(([, en, was, is]) => `${en} “${was}” → “${is}”`).join(', ')}.`,
  );
}

function endorsementChange(
  before: KnownEndorsement,
  after: {
    effective_on: string;
    description: string;
    amount_cents: number;
    manual_amount: number;
    invoice_id: string | null;
  },
): Refusal {
  const change = (lang: 'fr' | 'en') => {
    const [french, yes, no] = [lang === 'fr', lang === 'fr' ? 'oui' : 'yes', lang === 'fr' ? 'non' : 'no'];
    const dollars = (cents: number) => money(cents, french ? 'fr-CA' : 'en-CA');
    const facts: [string, string, string][] = [
      [french ? 'date' : 'day', before.effectiveOn, after.effective_on],
      ['description', before.description || '–', after.description || '–'],
      [french ? 'montant' : 'amount', dollars(before.amountCents), dollars(after.amount_cents)],
      [
        french ? 'montant manuel' : 'manual amount',
        before.manualAmount === 1 ? yes : no,
        after.manual_amount === 1 ? yes : no,
      ],
    ];
    const told = facts.filter(([, was, is]) => was !== is).map(([what, was, is]) => `${what} ${was} → ${is}`);
    if (before.invoiceId !== after.invoice_id) told.push(french ? 'facture' : 'invoice');
    return told.join(', ');
  };
  const number = before.external_id;
  return refusal(
    `l’avenant ${number} change : ${change('fr')}.`,
    `endorsement ${number} changes: ${change('en')}.`,
  );
}

/** The status as it is kept: « inactif » or « résilié » under a word that closes the file; null where none is written. */
function statusText(row: Row, status: FileStatus | null, active = textCell(row, 'status')): string | null {
  if (status === null) return null;
  if (status === 'active') return active;
  return status === 'closed' ? 'fermé' : textCell(row, 'status');
}

function langOf(row: Row): string | null {
  const text = row.cells.lang ?? '';
  if (text === '') return null;
  return /^(en|ang)/i.test(text) ? 'en-CA' : 'fr-CA';
}

function same(a: KnownHolder, b: KnownHolder): boolean {
  return (['firstName', 'lastName', 'usualName', 'email', 'lang', 'status', 'officeId'] as const).every(
    (field) => a[field] === b[field],
  );
}
