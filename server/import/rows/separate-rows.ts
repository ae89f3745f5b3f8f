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
  textCell,
  titleOf,
  yes,
} from '../reading/cells.ts';
import { plain } from '../reading/columns.ts';
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
    if (firstName === '' && lastName === '') throw new CellRefused(missing('Nom'));
    const status = plain(row.cells.status ?? '');
    const before = known.get(`${row.regroupement.id}|${externalId}`);
    const holder: KnownHolder = {
      id: before?.id ?? ctx.id(),
      externalId,
      firstName,
      lastName,
      usualName: textCell(row, 'usualName'),
      email: emailCell(ctx, row),
      lang: /^en/i.test(row.cells.lang ?? '') ? 'en-CA' : 'fr-CA',
      status: status === '' || status === 'actif' || status === 'active' ? 'active' : textCell(row, 'status'),
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
    if (period === null) throw new CellRefused(missing(titleOf('period')));
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
      kind: textCell(row, 'type'),
      period_start: period.start,
      period_end: period.end,
      status: textCell(row, 'status'),
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
    if (effectiveOn === null) throw new CellRefused(missing('Date d’effet'));
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
      description: textCell(row, 'description'),
      amount_cents: requiredMoney(row, 'amount'),
      manual_amount: Number(yes(row.cells.manualAmount)),
      invoice_id: invoice?.id ?? null,
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

/** The endorsements that the rows name, with what they say as one text to compare. */
function knownEndorsements(
  ctx: ImportContext,
  rows: readonly Row[],
): Promise<Map<string, { id: string; facts: string }>> {
  return loadByKey(rows, async (id, mine) => {
    const found = await ctx.deps.db.execute<{ id: string; external_id: string; facts: string }>(
      `SELECT id, external_id, json_array(certificate_id, effective_on, description, amount_cents, manual_amount, invoice_id) AS facts
       FROM endorsements WHERE regroupement_id = ? AND external_id IN (SELECT value FROM json_each(?))`,
      [id, JSON.stringify(mine.map((row) => row.cells.endorsementId ?? ''))],
    );
    return found.rows.map((endorsement): [string, { id: string; facts: string }] => [
      endorsement.external_id,
      endorsement,
    ]);
  });
}

function same(a: KnownHolder, b: KnownHolder): boolean {
  return (['firstName', 'lastName', 'usualName', 'email', 'lang', 'status'] as const).every(
    (field) => a[field] === b[field],
  );
}
