// The separate files of holders, certificates and endorsements (S33). Each row names what it belongs to; what
// is not known yet is refused with the file to bring first.
import { certificateKey } from '../../certificates/number.ts';
import {
  CellRefused,
  certificateCell,
  dayCell,
  emailCell,
  missing,
  periodCells,
  requiredMoney,
  statusCell,
  textCell,
  yesCell,
} from '../reading/cells.ts';
import { type FileStatus, fileStatus } from '../reading/statuses.ts';
import { refusal } from '../refusal.ts';
import type { ImportContext, Row, Verdict } from './context.ts';
import { certificatesByNumber, holdersByExternalId, invoiceKey, type KnownHolder } from './known.ts';
import { writeHolder } from './list-people.ts';
import { invoicesOf, invoiceUnknown, judgeEach, loadByKey } from './rows.ts';

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
  return judgeEach(rows, (row) => {
    const externalId = textCell(row, 'holderId', true);
    const firstName = textCell(row, 'firstName');
    const lastName = textCell(row, 'lastName');
    if (firstName === '' && lastName === '') throw new CellRefused(missing(row, 'lastName'));
    const before = known.get(`${row.regroupement.id}|${externalId}`);
    const holder: KnownHolder = {
      id: before?.id ?? ctx.id(),
      externalId,
      firstName,
      lastName,
      usualName: textCell(row, 'usualName') || (before?.usualName ?? ''),
      email: emailCell(ctx, row) ?? before?.email ?? null,
      lang: langOf(row) ?? before?.lang ?? 'fr-CA',
      status: statusText(row, statusCell(row, fileStatus), 'active') ?? before?.status ?? 'active',
    };
    if (before !== undefined && same(before, holder)) return { outcome: 'unchanged' };
    writeHolder(ctx, row, holder);
    return {
      outcome: 'accepted',
      ...(before === undefined
        ? {}
        : { change: refusal(`le dossier ${externalId} est mis à jour.`, `file ${externalId} is updated.`) }),
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
  return judgeEach(rows, (row) => {
    const number = certificateCell(ctx, row);
    const period = periodCells(ctx, row);
    if (period === null) throw new CellRefused(missing(row, 'period'));
    const holderId = textCell(row, 'holderId', true);
    const holder = holders.get(`${row.regroupement.id}|${holderId}`);
    if (holder === undefined) {
      throw new CellRefused(
        refusal(
          `Le dossier ${holderId} n’est pas connu. Importez d’abord les dossiers.`,
          `File ${holderId} is not known. Import the holders first.`,
        ),
      );
    }
    const key = certificateKey(number);
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
    ctx.write({ target: 'certificates', lookup: `${row.regroupement.id}|${key}`, data });
    return { outcome: 'accepted' };
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
  return judgeEach(rows, (row) => {
    const externalId = textCell(row, 'endorsementId', true);
    const number = certificateCell(ctx, row);
    const effectiveOn = dayCell(ctx, row, 'effectiveOn');
    if (effectiveOn === null) throw new CellRefused(missing(row, 'effectiveOn'));
    const mine = [...certificates.values()].filter(
      (one) => one.regroupementId === row.regroupement.id && one.numberKey === certificateKey(number),
    );
    const certificate =
      mine.find((one) => one.periodStart <= effectiveOn && effectiveOn <= one.periodEnd) ?? mine[0];
    if (certificate === undefined)
      throw new CellRefused(
        refusal(
          `Le certificat ${number} n’est pas connu. Importez d’abord les certificats.`,
          `Certificate ${number} is not known. Import the certificates first.`,
        ),
      );
    const invoiceNumber = row.cells.invoice ?? '';
    const invoice = invoices.get(`${row.regroupement.id}|${invoiceKey(invoiceNumber)}`);
    if (invoiceNumber !== '' && invoice === undefined) throw new CellRefused(invoiceUnknown(invoiceNumber));
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
    ctx.write({ target: 'endorsements', data });
    return { outcome: 'accepted' };
  });
}

interface KnownEndorsement {
  id: string;
  external_id: string;
  description: string;
  manualAmount: number;
  invoiceId: string | null;
  facts: string;
}

/** The endorsements that the rows name, with what they say as one text to compare. */
function knownEndorsements(ctx: ImportContext, rows: readonly Row[]): Promise<Map<string, KnownEndorsement>> {
  return loadByKey(rows, async (id, mine) => {
    const found = await ctx.deps.db.execute<KnownEndorsement>(
      `SELECT id, external_id, description, manual_amount AS manualAmount, invoice_id AS invoiceId, json_array(certificate_id, effective_on, description, amount_cents, manual_amount, invoice_id) AS facts
       FROM endorsements WHERE regroupement_id = ? AND external_id IN (SELECT value FROM json_each(?))`,
      [id, JSON.stringify(mine.map((row) => row.cells.endorsementId ?? ''))],
    );
    return found.rows.map((endorsement): [string, KnownEndorsement] => [
      endorsement.external_id,
      endorsement,
    ]);
  });
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
  return (['firstName', 'lastName', 'usualName', 'email', 'lang', 'status'] as const).every(
    (field) => a[field] === b[field],
  );
}
