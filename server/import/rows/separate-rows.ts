// The separate files of holders and certificates (S33). Each row names what it belongs to; what
// is not known yet is refused with the file to bring first.
import { certificateKey } from '../../certificates/number.ts';
import { type CoordinatingOffice, coordinatingOffices } from '../../regroupements/coordinating-offices.ts';
import {
  certificateCell,
  emailCell,
  missing,
  missingPeriod,
  periodCells,
  statusCell,
  textCell,
  titleOf,
} from '../reading/cells.ts';
import { plain } from '../reading/columns/fields.ts';
import { type FileStatus, fileStatus } from '../reading/statuses.ts';
import { CellRefused, type Refusal, refusal } from '../refusal.ts';
import type { ImportContext, Row, Verdict } from './context.ts';
import {
  certificatesByNumber,
  holderOf,
  holdersByExternalId,
  holdersById,
  invoiceKey,
  type KnownCertificate,
  type KnownHolder,
  samePerson,
} from './known.ts';
import { isRenamed, isSwapped, keptNames, otherPerson, swapped, writeHolder } from './list-people.ts';
import { loadByKey, numbered, underBoth } from './rows.ts';
import { holderChange, sameHolder, threeWay } from './three-way.ts';

/** The people whose files the rows name. */
function holdersOf(ctx: ImportContext, rows: readonly Row[]): Promise<Map<string, KnownHolder>> {
  return loadByKey(rows, async (id, mine) => {
    const numbers = mine.map((row) => row.cells.holderId ?? '');
    const made = await ctx.madeNow(
      'holders',
      numbers.map((number) => `${id}|${invoiceKey(number)}`),
    );
    const found = [...(await holdersByExternalId(ctx, id, numbers)), ...made.map(holderOf)];
    return underBoth(found, ({ externalId }) => externalId ?? '');
  });
}

/** Of whom no file has spoken. */
const NOBODY = {
  usualName: '',
  email: null,
  lang: 'fr-CA',
  status: 'active',
  officeId: null,
  imported: null,
};

export async function holderRows(ctx: ImportContext, rows: readonly Row[]): Promise<Verdict[]> {
  const known = await holdersOf(ctx, rows);
  const offices = await officesOf(ctx, rows);
  return ctx.judgeEach(rows, (row) => {
    const written = textCell(row, 'holderId', true);
    const before = numbered(known, row, written);
    const externalId = before?.externalId ?? written;
    const firstName = textCell(row, 'firstName');
    const lastName = textCell(row, 'lastName');
    if (firstName === '' && lastName === '') throw new CellRefused(missing(row, 'lastName'));
    const email = emailCell(ctx, row);
    const renamed = before !== undefined && !samePerson(before, { firstName, lastName });
    if (renamed && !(isRenamed(before, { firstName, lastName, email }) && ctx.allows('name')))
      throw new CellRefused(otherPerson(row, `le dossier ${externalId}`, `file ${externalId}`, before));
    if (before !== undefined && isSwapped(before, { firstName, lastName }) && !ctx.allows('name'))
      throw new CellRefused(swapped(row, before));
    const usualName = textCell(row, 'usualName');
    const lang = langOf(row);
    const officeId = officeOf(row, offices.get(row.regroupement.id) ?? []);
    const status = statusText(row, statusCell(row, fileStatus), 'active');
    const said = {
      ...(before === undefined ? { firstName, lastName } : keptNames(before, { firstName, lastName })),
      ...(usualName === '' ? {} : { usualName }),
      ...(email === null ? {} : { email }),
      ...(lang === null ? {} : { lang }),
      ...(officeId === null ? {} : { officeId }),
    };
    const holder: KnownHolder = {
      ...(before === undefined
        ? { ...NOBODY, ...said, id: ctx.id(), externalId }
        : threeWay(ctx, row.line, before, said)),
      ...(status === null ? {} : { status }),
    };
    if (before !== undefined && sameHolder(before, holder)) return { outcome: 'unchanged' };
    writeHolder(
      ctx,
      row,
      holder,
      before === undefined ? ctx.foundBy(row.regroupement.id, invoiceKey(externalId)) : { changes: true },
    );
    return {
      outcome: 'accepted',
      ...(before === undefined
        ? {}
        : {
            change: holderChange(before, holder, {
              fr: `le dossier ${externalId}`,
              en: `file ${externalId}`,
              withValues: ctx.withValues,
              officeName: (id) =>
                offices.get(row.regroupement.id)?.find((office) => office.id === id)?.name ?? id,
            }),
          }),
    };
  });
}

export async function certificateRows(ctx: ImportContext, rows: readonly Row[]): Promise<Verdict[]> {
  const holders = await holdersOf(ctx, rows);
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
    const holder = numbered(holders, row, holderId);
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
      throw new CellRefused(otherPerson(row, `le dossier ${holderId}`, `file ${holderId}`, holder));
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

async function officesOf(
  ctx: ImportContext,
  rows: readonly Row[],
): Promise<Map<string, readonly CoordinatingOffice[]>> {
  const named = rows.filter((row) => (row.cells.office ?? '') !== '');
  const ids = [...new Set(named.map((row) => row.regroupement.id))];
  return new Map(
    await Promise.all(
      ids.map(async (id) => [id, ctx.offices ?? (await coordinatingOffices(ctx.deps, id))] as const),
    ),
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
