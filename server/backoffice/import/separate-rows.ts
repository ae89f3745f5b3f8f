// The separate files: holders, certificates, endorsements, lines, payments. Each row names what it belongs to; what
// is not known yet is refused with the file to bring first.
import { certificateKey } from '../../certificates/number.ts';
import {
  Bad,
  certificateCell,
  dayCell,
  emailCell,
  periodCells,
  requiredMoney,
  textCell,
  titleOf,
  yes,
} from './cells.ts';
import { plain } from './columns.ts';
import type { ImportContext, Row, Verdict } from './context.ts';
import { entry } from './invoice-writes.ts';
import {
  certificatesByNumber,
  holdersByExternalId,
  invoicesByNumber,
  type KnownHolder,
  type KnownInvoice,
} from './known.ts';
import { writeHolder } from './list-rows.ts';
import { refusal } from './refusal.ts';
import { missing } from './text.ts';

type Decide = (row: Row) => Verdict;

function each(rows: readonly Row[], decide: Decide): Verdict[] {
  return rows.map((row) => {
    try {
      return decide(row);
    } catch (error) {
      if (error instanceof Bad) return { refused: error.why };
      throw error;
    }
  });
}

/** One map for the rows of each regroupement, keyed `{regroupement}|{key}`. */
async function shelf<T>(
  rows: readonly Row[],
  load: (regroupementId: string, rows: readonly Row[]) => Promise<[string, T][]>,
): Promise<Map<string, T>> {
  const all = new Map<string, T>();
  for (const id of new Set(rows.map((row) => row.regroupement.id))) {
    const found = await load(
      id,
      rows.filter((row) => row.regroupement.id === id),
    );
    for (const [key, value] of found) all.set(`${id}|${key}`, value);
  }
  return all;
}

export async function holderRows(ctx: ImportContext, rows: readonly Row[]): Promise<Verdict[]> {
  const known = await shelf<KnownHolder>(rows, async (id, mine) =>
    (
      await holdersByExternalId(
        ctx,
        id,
        mine.map((row) => row.cells.holderId ?? ''),
      )
    ).map((holder) => [holder.externalId ?? '', holder]),
  );
  return each(rows, (row) => {
    const externalId = textCell(row, 'holderId', true);
    const firstName = textCell(row, 'firstName');
    const lastName = textCell(row, 'lastName');
    if (firstName === '' && lastName === '') throw new Bad(missing('Nom'));
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
  const holders = await shelf<KnownHolder>(rows, async (id, mine) =>
    (
      await holdersByExternalId(
        ctx,
        id,
        mine.map((row) => row.cells.holderId ?? ''),
      )
    ).map((holder) => [holder.externalId ?? '', holder]),
  );
  const known = await shelf(rows, async (id, mine) =>
    (
      await certificatesByNumber(
        ctx,
        id,
        mine.map((row) => row.cells.certificate ?? ''),
      )
    ).map((certificate) => [`${certificate.numberKey}|${certificate.periodStart}`, certificate]),
  );
  return each(rows, (row) => {
    const number = certificateCell(ctx, row);
    const period = periodCells(ctx, row);
    if (period === null) throw new Bad(missing(titleOf('period')));
    const holderId = textCell(row, 'holderId', true);
    const holder = holders.get(`${row.regroupement.id}|${holderId}`);
    if (holder === undefined) {
      throw new Bad(
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
  const certificates = await shelf(rows, async (id, mine) =>
    (
      await certificatesByNumber(
        ctx,
        id,
        mine.map((row) => row.cells.certificate ?? ''),
      )
    ).map((certificate) => [`${certificate.numberKey}|${certificate.periodStart}`, certificate]),
  );
  const invoices = await shelf(rows, async (id, mine) =>
    (
      await invoicesByNumber(
        ctx,
        id,
        mine.map((row) => row.cells.invoice ?? ''),
      )
    ).map((invoice) => [invoice.number, invoice]),
  );
  const known = await shelf(rows, async (id, mine) => {
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
  return each(rows, (row) => {
    const externalId = textCell(row, 'endorsementId', true);
    const number = certificateCell(ctx, row);
    const effectiveOn = dayCell(ctx, row, 'effectiveOn');
    if (effectiveOn === null) throw new Bad(missing('Date d’effet'));
    const mine = [...certificates.values()].filter(
      (one) => one.regroupementId === row.regroupement.id && one.numberKey === certificateKey(number),
    );
    const certificate =
      mine.find((one) => one.periodStart <= effectiveOn && effectiveOn <= one.periodEnd) ?? mine[0];
    if (certificate === undefined)
      throw new Bad(
        refusal(
          `Le certificat ${number} n’est pas connu. Importez d’abord les certificats.`,
          `Certificate ${number} is not known. Import the certificates first.`,
        ),
      );
    const invoiceNumber = row.cells.invoice ?? '';
    const invoice = invoices.get(`${row.regroupement.id}|${invoiceNumber}`);
    if (invoiceNumber !== '' && invoice === undefined) throw new Bad(invoiceUnknown(invoiceNumber));
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

/** Methods as files say them. */
const METHODS: Readonly<Record<string, string>> = {
  paypal: 'paypal',
  cheque: 'cheque',
  interac: 'interac',
  prelevement: 'debit',
  comptant: 'cash',
};
const methodOf = (row: Row): string => METHODS[plain(row.cells.method ?? '')] ?? 'imported';

export async function paymentRows(ctx: ImportContext, rows: readonly Row[]): Promise<Verdict[]> {
  const invoices = await shelf<KnownInvoice>(rows, async (id, mine) =>
    (
      await invoicesByNumber(
        ctx,
        id,
        mine.map((row) => row.cells.invoice ?? ''),
      )
    ).map((invoice) => [invoice.number, invoice]),
  );
  const posted = await shelf(rows, async (id, mine) => {
    const sources = mine.map((row) => `import:${row.cells.paymentId ?? ''}`);
    const found = await ctx.deps.db.execute<{ source: string; amount_cents: number }>(
      'SELECT source, amount_cents FROM ledger_entries WHERE regroupement_id = ? AND source IN (SELECT value FROM json_each(?))',
      [id, JSON.stringify(sources)],
    );
    return found.rows.map((one): [string, number] => [one.source, one.amount_cents]);
  });
  const ours = await shelf(rows, async (id, mine) => {
    const found = await ctx.deps.db.execute<{ capture_id: string }>(
      'SELECT capture_id FROM payments WHERE regroupement_id = ? AND completed_at IS NOT NULL AND capture_id IN (SELECT value FROM json_each(?))',
      [id, JSON.stringify(mine.map((row) => row.cells.reference ?? ''))],
    );
    return found.rows.map((one): [string, true] => [one.capture_id, true]);
  });
  const openingLeft = new Map<string, number>();
  return each(rows, (row) => {
    const paymentId = textCell(row, 'paymentId', true);
    const number = textCell(row, 'invoice', true);
    const invoice = invoices.get(`${row.regroupement.id}|${number}`);
    if (invoice === undefined) throw new Bad(invoiceUnknown(number));
    const cents = requiredMoney(row, 'amount');
    const at = instantOf(ctx, row);
    const status = plain(row.cells.status ?? '');
    // Money that is not there yet posts nothing; a payment that we took ourselves is in the books already.
    if (/^(enattente|pending|annulee?|refusee?|echouee?|failed|declined)$/.test(status))
      return { outcome: 'unchanged', totalCents: cents };
    if (ours.has(`${row.regroupement.id}|${row.cells.reference ?? ''}`))
      return { outcome: 'unchanged', totalCents: cents };
    const before = posted.get(`${row.regroupement.id}|import:${paymentId}`);
    if (before === -cents) return { outcome: 'unchanged', totalCents: cents };
    if (before !== undefined) {
      throw new Bad(
        refusal(
          `Le paiement ${paymentId} est déjà inscrit avec un autre montant. Inscrivez plutôt une correction sous un nouveau numéro.`,
          `Payment ${paymentId} is already posted with another amount. Post a correction under a new number instead.`,
        ),
      );
    }
    if (cents === 0) throw new Bad(refusal('Le montant est de 0,00 $.', 'The amount is $0.00.'));
    entry(
      ctx,
      row,
      invoice.id,
      cents < 0 ? 'refund' : 'payment',
      -cents,
      `import:${paymentId}`,
      at,
      methodOf(row),
    );
    // What an earlier list only called « déjà payé » is now told payment by payment.
    const left = openingLeft.get(invoice.id) ?? invoice.openingCents;
    if (cents > 0 && left > 0) {
      const replaced = Math.min(left, cents);
      openingLeft.set(invoice.id, left - replaced);
      entry(ctx, row, invoice.id, 'refund', replaced, `import-opening:${number}:told:${paymentId}`, at);
    }
    return { outcome: 'accepted', totalCents: cents };
  });
}

function instantOf(ctx: ImportContext, row: Row): number {
  const text = row.cells.paidOn ?? row.cells.issuedOn ?? '';
  if (/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})$/.test(text)) return Date.parse(text);
  const day = dayCell(ctx, row, row.cells.paidOn === undefined ? 'issuedOn' : 'paidOn');
  if (day === null) throw new Bad(missing('Date de paiement'));
  return Date.parse(`${day}T17:00:00Z`);
}

/** Lines come by invoice: all of an invoice's rows are judged together, and replace what stood. */
export async function lineRows(ctx: ImportContext, rows: readonly Row[]): Promise<Verdict[]> {
  const invoices = await shelf<KnownInvoice>(rows, async (id, mine) =>
    (
      await invoicesByNumber(
        ctx,
        id,
        mine.map((row) => row.cells.invoice ?? ''),
      )
    ).map((invoice) => [invoice.number, invoice]),
  );
  const groups = Map.groupBy(rows, (row) => `${row.regroupement.id}|${row.cells.invoice ?? ''}`);
  const verdicts = new Map<Row, Verdict>();
  for (const [key, group] of groups)
    for (const [row, verdict] of linesOfOne(ctx, group, invoices.get(key))) verdicts.set(row, verdict);
  return rows.map((row) => verdicts.get(row) ?? { refused: missing(titleOf('invoice')) });
}

const CODES = ['PRIME', 'AVEN', 'CRED', 'TPA', 'FADM', 'TPS', 'TVQ', 'OTHER'];

function linesOfOne(
  ctx: ImportContext,
  group: readonly Row[],
  invoice: KnownInvoice | undefined,
): [Row, Verdict][] {
  const read = each(group, (row) => {
    textCell(row, 'invoice', true);
    textCell(row, 'description');
    if (!/^\d{1,3}$/.test(row.cells.line ?? ''))
      throw new Bad(refusal('« Ligne » n’est pas un numéro.', '“Ligne” is not a number.'));
    if (!CODES.includes((row.cells.code ?? '').toUpperCase()))
      throw new Bad(
        refusal(
          `Le code « ${row.cells.code ?? ''} » n’est pas connu (${CODES.join(', ')}).`,
          `The code “${row.cells.code ?? ''}” is not known (${CODES.join(', ')}).`,
        ),
      );
    return { outcome: 'accepted', totalCents: requiredMoney(row, 'amount') };
  });
  const refuseAll = (why: ReturnType<typeof refusal>): [Row, Verdict][] =>
    group.map((row) => [row, { refused: why }]);
  if (read.some((verdict) => 'refused' in verdict))
    return group.map((row, i) => [row, read[i] ?? { refused: missing('Ligne') }]);
  const number = group[0]?.cells.invoice ?? '';
  if (invoice === undefined) return refuseAll(invoiceUnknown(number));
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
  if (sum !== total) {
    return refuseAll(
      refusal(
        `Les lignes de la facture ${number} ne donnent pas son total. Importez d’abord la facture avec son montant exact.`,
        `The lines of invoice ${number} do not add up to its total. Import the invoice with its exact amount first.`,
      ),
    );
  }
  if (new Set(lines.map((line) => line.position)).size < lines.length)
    return refuseAll(
      refusal(
        `La facture ${number} a deux fois le même numéro de ligne.`,
        `Invoice ${number} has the same line number twice.`,
      ),
    );
  const bare = (
    all: readonly { code: string; description: string; amountCents: number; rate: string | null }[],
  ) => JSON.stringify(all.map((l) => [l.code, l.description, l.amountCents, l.rate]));
  const totals = (row: Row) => ({ totalCents: requiredMoney(row, 'amount') });
  if (bare(lines) === bare(invoice.lines))
    return group.map((row) => [row, { outcome: 'unchanged', ...totals(row) }]);
  const revision = invoice.revision + 1;
  for (const [index, line] of lines.entries()) {
    ctx.write({
      target: 'invoice_lines',
      data: {
        invoice_id: invoice.id,
        revision,
        position: index + 1,
        code: line.code,
        description: line.description,
        amount_cents: line.amountCents,
        rate: line.rate,
      },
    });
  }
  ctx.write({
    target: 'invoices',
    data: {
      id: invoice.id,
      regroupement_id: group[0]?.regroupement.id ?? '',
      certificate_id: invoice.certificateId,
      number: invoice.number,
      kind: invoice.kind,
      issued_on: invoice.issuedOn,
      due_on: invoice.dueOn,
      period_start: invoice.periodStart,
      period_end: invoice.periodEnd,
      status: invoice.status,
      no_admin_fee: invoice.noAdminFee,
      manual_amount: invoice.manualAmount,
      revision,
      created_at: invoice.createdAt,
      updated_at: ctx.deps.now(),
    },
  });
  return group.map((row) => [row, { outcome: 'accepted', ...totals(row) }]);
}

function invoiceUnknown(number: string) {
  return refusal(
    `La facture ${number} n’est pas connue. Importez d’abord les factures.`,
    `Invoice ${number} is not known. Import the invoices first.`,
  );
}

function same(a: KnownHolder, b: KnownHolder): boolean {
  return (['firstName', 'lastName', 'usualName', 'email', 'lang', 'status'] as const).every(
    (field) => a[field] === b[field],
  );
}
