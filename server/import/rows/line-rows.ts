// The lines of invoices, fees of a bureau coordonnateur among them (S39): judged invoice by invoice, since they must add up to its total.

import { money } from '../../format.ts';
import { missing, requiredMoney, textCell, titleOf } from '../reading/cells.ts';
import { CellRefused, refusal } from '../refusal.ts';
import type { ImportContext, Row, Verdict } from './context.ts';
import { reviseInvoice } from './invoice-writes.ts';
import { invoiceKey, type KnownInvoice } from './known.ts';
import { invoicesOf, invoiceUnknown, refuseOthersInvoice } from './rows.ts';

/** Lines come by invoice: all of an invoice's rows are judged together, and replace what stood. */
export async function lineRows(ctx: ImportContext, rows: readonly Row[]): Promise<Verdict[]> {
  const invoices = await invoicesOf(ctx, rows);
  const groups = Map.groupBy(rows, (row) => `${row.regroupement.id}|${invoiceKey(row.cells.invoice ?? '')}`);
  const verdicts = new Map<Row, Verdict>();
  for (const [key, group] of groups)
    for (const [row, verdict] of linesOfOne(ctx, group, invoices.get(key))) verdicts.set(row, verdict);
  return rows.map((row) => verdicts.get(row) ?? { refused: missing(row, 'invoice') });
}

const CODES = ['PRIME', 'AVEN', 'CRED', 'TPA', 'FADM', 'TPS', 'TVQ', 'OTHER'];

/** The verdict on the row by itself. Throws CellRefused. */
function readable(row: Row): Verdict {
  textCell(row, 'invoice', true);
  textCell(row, 'description');
  if (!/^\d{1,3}$/.test(row.cells.line ?? ''))
    throw new CellRefused(
      refusal(
        `« ${titleOf(row, 'line')} » : « ${row.cells.line ?? ''} » n’est pas un numéro de ligne. Écrivez 1, 2, 3…`,
        `“${titleOf(row, 'line')}”: “${row.cells.line ?? ''}” is not the number of a line. Write 1, 2, 3…`,
      ),
    );
  if (!CODES.includes((row.cells.code ?? '').toUpperCase()))
    throw new CellRefused(
      refusal(
        `« ${titleOf(row, 'code')} » : « ${(row.cells.code ?? '').slice(0, 40)} » n’est pas un code connu. Écrivez l’un de ceux-ci : ${CODES.join(', ')}.`,
        `“${titleOf(row, 'code')}”: “${(row.cells.code ?? '').slice(0, 40)}” is not a known code. Write one of these: ${CODES.join(', ')}.`,
      ),
    );
  return { outcome: 'accepted', totalCents: requiredMoney(row, 'amount') };
}

function linesOfOne(
  ctx: ImportContext,
  group: readonly Row[],
  invoice: KnownInvoice | undefined,
): [Row, Verdict][] {
  const read = ctx.judgeEach(group, (row) => {
    if (invoice !== undefined) refuseOthersInvoice(row, invoice);
    return readable(row);
  });
  const refuseAll = (why: ReturnType<typeof refusal>): [Row, Verdict][] =>
    group.map((row) => [row, { refused: why }]);
  if (read.some((verdict) => 'refused' in verdict))
    return group.map((row, i) => [row, read[i] ?? { refused: missing(row, 'line') }]);
  const number = group[0]?.cells.invoice ?? '';
  if (invoice === undefined) return group.map((row) => [row, { refused: invoiceUnknown(row, number) }]);
  const lines = group
    .map((row) => ({
      position: Number(row.cells.line),
      code: (row.cells.code ?? '').toUpperCase(),
      description: row.cells.description ?? '',
      amountCents: requiredMoney(row, 'amount'),
      rate: /^0?[.,]\d{1,6}$/.test(row.cells.rate ?? '') ? (row.cells.rate ?? '').replace(',', '.') : null,
    }))
    .sort((a, b) => a.position - b.position);
  const sum = lines.reduce((all, line) => all + line.amountCents, 0);
  const total =
    invoice.status === 'cancelled'
      ? invoice.lines.reduce((all, line) => all + line.amountCents, 0)
      : invoice.totalCents;
  const totals = (row: Row) => ({ totalCents: requiredMoney(row, 'amount') });
  // Those of before staff credited or cancelled it here.
  if ((invoice.creditedCents !== 0 || invoice.cancelledHere === 1) && sum === total - invoice.creditedCents)
    return group.map((row) => [row, { outcome: 'unchanged', ...totals(row) }]);
  // The lines of before the premium tax followed the day of payment (M6): they are known, and do not come back.
  if (invoice.raisedCents !== 0 && sum === total - invoice.raisedCents && sameButTax(lines, invoice.lines))
    return group.map((row) => [row, { outcome: 'unchanged', ...totals(row) }]);
  if (sum !== total) {
    return refuseAll(
      refusal(
        `Les lignes de la facture ${number} donnent ${money(sum, 'fr-CA')}, mais son total est de ${money(total, 'fr-CA')}. Corrigez les lignes, ou importez d’abord la facture avec son montant exact.`,
        `The lines of invoice ${number} add up to ${money(sum, 'en-CA')}, but its total is ${money(total, 'en-CA')}. Correct the lines, or import the invoice with its exact amount first.`,
      ),
    );
  }
  if (new Set(lines.map((line) => line.position)).size < lines.length)
    return refuseAll(
      refusal(
        `La facture ${number} a deux fois le même numéro de ligne. Donnez à chaque ligne le sien.`,
        `Invoice ${number} has the same line number twice. Give each line its own.`,
      ),
    );
  const bare = (
    all: readonly { code: string; description: string; amountCents: number; rate: string | null }[],
  ) => JSON.stringify(all.map((l) => [l.code, l.description, l.amountCents, l.rate]));
  if (bare(lines) === bare(invoice.lines))
    return group.map((row) => [row, { outcome: 'unchanged', ...totals(row) }]);
  reviseInvoice(ctx, group[0]?.regroupement.id ?? '', invoice, lines);
  return group.map((row) => [row, { outcome: 'accepted', ...totals(row) }]);
}

function sameButTax(
  file: readonly { code: string; amountCents: number }[],
  known: KnownInvoice['lines'],
): boolean {
  const others = (lines: readonly { code: string; amountCents: number }[]) =>
    JSON.stringify(
      lines.filter(({ code }) => code !== 'TPA').map(({ code, amountCents }) => [code, amountCents]),
    );
  return others(file) === others(known);
}
