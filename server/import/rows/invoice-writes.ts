// What an invoice in a file makes of ours, its administration fee or none included (S36, S38): a new one with its charge, a revision with the difference, or nothing.
import { certificateKey } from '../../certificates/number.ts';
import { noon, torontoDay } from '../../ledger/toronto.ts';
import { CellRefused, type Refusal, refusal } from '../refusal.ts';
import type { Conflict, ImportContext, Row, Verdict } from './context.ts';
import { invoiceKey, type KnownInvoice } from './known.ts';

export interface InvoiceInFile {
  number: string;
  certificateId: string;
  kind: string | null;
  issuedOn: string;
  dueOn: string;
  periodStart: string;
  periodEnd: string;
  cancelled: boolean;
  /** False where the file has no status, and the invoice's own stands. */
  statusSaid: boolean;
  noAdminFee: number | null;
  manualAmount: number | null;
  totalCents: number;
  /** What the file says is left; null when it does not say. */
  balanceCents: number | null;
  /** Null when the file has no detail: known lines stand. */
  lines: { code: string; description: string; amountCents: number; rate: string | null }[] | null;
}

/** What a cancelled invoice was for, before its adjustment. */
function totalOf(known: KnownInvoice): number {
  return known.status === 'cancelled'
    ? known.lines.reduce((sum, line) => sum + line.amountCents, 0)
    : known.totalCents;
}

/**
 * The rise of the premium tax that stays, in cents, because the file speaks of the invoice as it was before: a list that
 * comes again every night must neither take it back nor leave a credit to whoever has paid it. 0 when the file says
 * something else.
 */
function riseThatStays(
  file: Pick<InvoiceInFile, 'totalCents' | 'cancelled' | 'lines'>,
  known: KnownInvoice,
): number {
  const { raisedCents } = known;
  if (raisedCents === 0 || file.cancelled || known.status === 'cancelled') return 0;
  const same = file.lines === null || sameLines(file.lines, known.lines, raisedCents);
  return same && file.totalCents === known.totalCents - raisedCents ? raisedCents : 0;
}

/** Staff cancelled the invoice here, or took a part off it by a credit note. */
function changedHere(known: KnownInvoice): boolean {
  return known.cancelledHere === 1 || known.creditedCents !== 0;
}

/**
 * What a file may still say of an invoice that staff have cancelled or credited here: all but its amounts, and that it is
 * open. A list that comes again every night must not undo what was done since.
 */
function besideOurs<F extends Pick<InvoiceInFile, 'totalCents' | 'cancelled' | 'lines'>>(
  file: F,
  known: KnownInvoice,
): F {
  if (!changedHere(known)) return file;
  const cancelled = known.cancelledHere === 1 || file.cancelled;
  return { ...file, totalCents: totalOf(known), cancelled, lines: null };
}

/** Where the file says neither what it said before staff changed the invoice, nor what it says here now. */
function conflictWithOurs(file: InvoiceInFile, known: KnownInvoice): { conflict?: Conflict } {
  const ours = totalOf(known);
  const before = ours - known.creditedCents;
  const says = file.cancelled || [ours, before, before - known.raisedCents].includes(file.totalCents);
  const paid = known.totalCents - known.balanceCents;
  const left = known.cancelledHere === 1 || file.cancelled ? null : file.balanceCents;
  if (says && (left === null || left === file.totalCents - paid)) return {};
  const fileBalanceCents = balanceInFile(file);
  return { conflict: { invoice: file.number, fileBalanceCents, ourBalanceCents: known.balanceCents } };
}

/** Before anything is written for the row. Throws CellRefused when a payment holds the invoice and its amount would change. */
export function refuseHeld(
  file: Pick<InvoiceInFile, 'number' | 'totalCents' | 'cancelled' | 'lines'>,
  known: KnownInvoice | undefined,
): void {
  if (known === undefined || known.held !== 1) return;
  const invoice = besideOurs(file, known);
  const total = totalOf(known) - riseThatStays(invoice, known);
  if (invoice.totalCents === total && invoice.cancelled === (known.status === 'cancelled')) return;
  throw new CellRefused(
    refusal(
      `Un paiement est en cours pour la facture ${invoice.number} : son montant ne peut pas changer maintenant. Réessayez dans une heure.`,
      `A payment is under way for invoice ${invoice.number}: its amount cannot change now. Try again in an hour.`,
    ),
  );
}

/** Decides about one invoice and stages its writes. */
export function writeInvoice(
  ctx: ImportContext,
  row: Row,
  invoice: InvoiceInFile,
  known: KnownInvoice | undefined,
): Verdict {
  if (known === undefined) return create(ctx, row, invoice);
  if (!changedHere(known)) return compare(ctx, row, invoice, known);
  // Its own amounts and balance stand: the file's are only compared with them.
  const left = { ...besideOurs(invoice, known), balanceCents: null };
  const verdict = compare(ctx, row, left, { ...known, raisedCents: 0 });
  const sums = { totalCents: invoice.totalCents, balanceCents: balanceInFile(invoice) };
  return { ...verdict, ...sums, ...conflictWithOurs(invoice, known) };
}

function create(ctx: ImportContext, row: Row, invoice: InvoiceInFile): Verdict {
  const id = ctx.id();
  const now = ctx.deps.now();
  ctx.write({
    target: 'invoices',
    ...ctx.foundBy(row.regroupement.id, invoiceKey(invoice.number)),
    data: {
      id,
      certificate_key: certificateKey(row.cells.certificate ?? ''),
      regroupement_id: row.regroupement.id,
      certificate_id: invoice.certificateId,
      number: invoice.number,
      kind: invoice.kind ?? '',
      issued_on: invoice.issuedOn,
      due_on: invoice.dueOn,
      period_start: invoice.periodStart,
      period_end: invoice.periodEnd,
      status: invoice.cancelled ? 'cancelled' : 'open',
      no_admin_fee: invoice.noAdminFee ?? 0,
      manual_amount: invoice.manualAmount ?? 0,
      revision: 1,
      created_at: now,
      updated_at: now,
    },
  });
  writeLines(ctx, id, 1, invoice.lines ?? [oneLine(invoice)]);
  const at = noon(invoice.issuedOn);
  if (invoice.totalCents !== 0)
    entry(ctx, row, id, 'charge', invoice.totalCents, `invoice:${invoice.number}`, at);
  if (invoice.cancelled) {
    if (invoice.totalCents !== 0)
      entry(ctx, row, id, 'adjustment', -invoice.totalCents, `invoice-cancelled:${invoice.number}`, at);
  } else if (invoice.balanceCents !== null && invoice.totalCents !== invoice.balanceCents) {
    // Paid before we knew of it: nobody is asked to pay it again.
    const paid = invoice.balanceCents - invoice.totalCents;
    entry(ctx, row, id, 'payment', paid, `import-opening:${invoice.number}`, at);
  }
  return { outcome: 'accepted', totalCents: invoice.totalCents, balanceCents: balanceInFile(invoice) };
}

function compare(ctx: ImportContext, row: Row, invoice: InvoiceInFile, known: KnownInvoice): Verdict {
  const wasCancelled = known.status === 'cancelled';
  const raised = riseThatStays(invoice, known);
  const charged = wasCancelled ? 0 : known.totalCents - raised;
  const difference = (invoice.cancelled ? 0 : invoice.totalCents) - charged;
  const sums = {
    totalCents: invoice.totalCents,
    balanceCents: balanceInFile(invoice),
  };
  const was = { cents: charged, changedByCents: difference };
  const otherLines = invoice.lines !== null && !sameLines(invoice.lines, known.lines, raised);
  const otherTotal = invoice.totalCents !== totalOf(known) - raised;
  const conflict = conflictOf(invoice, expectedBalance(invoice, known, raised));
  if (!otherLines && !otherTotal && sameFacts(invoice, known))
    return { outcome: 'unchanged', ...sums, ...conflict, known: { ...was, changed: false } };
  const redrawn = otherLines || (otherTotal && invoice.lines === null);
  const revision = redrawn ? ctx.revisionAfter(known.revision) : known.revision;
  ctx.write({
    target: 'invoices',
    changes: true,
    data: {
      id: known.id,
      was_revision: known.revision,
      regroupement_id: row.regroupement.id,
      certificate_id: invoice.certificateId,
      number: invoice.number,
      kind: invoice.kind ?? known.kind,
      issued_on: invoice.issuedOn,
      due_on: invoice.dueOn,
      period_start: invoice.periodStart,
      period_end: invoice.periodEnd,
      status: invoice.cancelled ? 'cancelled' : 'open',
      no_admin_fee: invoice.noAdminFee ?? known.noAdminFee,
      manual_amount: invoice.manualAmount ?? known.manualAmount,
      revision,
      created_at: known.createdAt,
      updated_at: ctx.deps.now(),
    },
  });
  if (redrawn) writeLines(ctx, known.id, revision, invoice.lines ?? [oneLine(invoice)]);
  if (difference !== 0) {
    const source = `import-adjustment:${invoice.number}:${ctx.importId}`;
    entry(ctx, row, known.id, 'adjustment', difference, source, ctx.deps.now());
  }
  const change = changeOf(invoice, known, charged, difference);
  return { outcome: 'accepted', ...sums, ...conflict, change, known: { ...was, changed: true } };
}

function sameFacts(invoice: InvoiceInFile, known: KnownInvoice): boolean {
  return (
    invoice.certificateId === known.certificateId &&
    invoice.issuedOn === known.issuedOn &&
    invoice.dueOn === known.dueOn &&
    invoice.periodStart === known.periodStart &&
    invoice.periodEnd === known.periodEnd &&
    invoice.cancelled === (known.status === 'cancelled') &&
    (invoice.kind ?? known.kind) === known.kind &&
    (invoice.noAdminFee ?? known.noAdminFee) === known.noAdminFee &&
    (invoice.manualAmount ?? known.manualAmount) === known.manualAmount
  );
}

/** What is left by our books once the invoice is as the file says, in cents. */
function expectedBalance(invoice: InvoiceInFile, known: KnownInvoice, raised: number): number {
  if (invoice.cancelled) return known.balanceCents;
  if (raised !== 0 && known.balanceCents <= 0) return known.balanceCents;
  const total = totalOf(known);
  return invoice.totalCents - (total - (known.status === 'cancelled' ? total - raised : known.balanceCents));
}

function conflictOf(invoice: InvoiceInFile, expected: number): { conflict?: Conflict } {
  const says = invoice.balanceCents !== null && (!invoice.cancelled || !invoice.statusSaid);
  if (!says || invoice.balanceCents === null || invoice.balanceCents === expected) return {};
  return {
    conflict: {
      invoice: invoice.number,
      fileBalanceCents: invoice.balanceCents,
      ourBalanceCents: expected,
    },
  };
}

/** What changes, from what to what. */
function changeOf(invoice: InvoiceInFile, known: KnownInvoice, charged: number, difference: number): Refusal {
  const yesNo = (yes: number) => (yes === 1 ? 'oui' : 'non');
  const facts = [
    ['montant', 'amount', dollars(charged), dollars(charged + difference)],
    [
      'statut',
      'status',
      known.status === 'cancelled' ? 'annulée' : 'ouverte',
      invoice.cancelled ? 'annulée' : 'ouverte',
    ],
    ['date', 'date', known.issuedOn, invoice.issuedOn],
    ['échéance', 'due date', known.dueOn, invoice.dueOn],
    ['début', 'start', known.periodStart, invoice.periodStart],
    ['fin', 'end', known.periodEnd, invoice.periodEnd],
    ['type', 'type', known.kind, invoice.kind ?? known.kind],
    [
      'sans frais adm.',
      'no admin fee',
      yesNo(known.noAdminFee),
      yesNo(invoice.noAdminFee ?? known.noAdminFee),
    ],
    [
      'montant manuel',
      'manual amount',
      yesNo(known.manualAmount),
      yesNo(invoice.manualAmount ?? known.manualAmount),
    ],
  ].filter(([, , was, is]) => was !== is);
  if (facts.length === 0)
    return refusal(
      `la facture ${invoice.number} : le détail du montant change, pas le total.`,
      `invoice ${invoice.number}: the detail of the amount changes, not the total.`,
    );
  return refusal(
    `la facture ${invoice.number} change : ${facts.map(([fr, , was, is]) => `${fr} ${was} → ${is}`).join(', ')}.`,
    `invoice ${invoice.number} changes: ${facts.map(([, en, was, is]) => `${en} ${was} → ${is}`).join(', ')}.`,
  );
}

/** Gives a known invoice other lines of the same total, and changes nothing else. */
export function reviseInvoice(
  ctx: ImportContext,
  regroupementId: string,
  invoice: KnownInvoice,
  lines: NonNullable<InvoiceInFile['lines']>,
): void {
  const revision = ctx.revisionAfter(invoice.revision);
  writeLines(ctx, invoice.id, revision, lines);
  ctx.write({
    target: 'invoices',
    changes: true,
    data: {
      id: invoice.id,
      was_revision: invoice.revision,
      regroupement_id: regroupementId,
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
}

/** The one line of an invoice whose file has no detail. */
function oneLine({ totalCents }: InvoiceInFile): NonNullable<InvoiceInFile['lines']>[number] {
  return { code: 'OTHER', description: 'Facture', amountCents: totalCents, rate: null };
}

// Three columns of a list against the finer lines that we may have: premiums, their tax, fees with theirs.
function sameLines(
  file: NonNullable<InvoiceInFile['lines']>,
  known: KnownInvoice['lines'],
  raisedCents: number,
): boolean {
  const group = (code: string) =>
    code === 'TPA' ? 1 : code === 'FADM' || code === 'TPS' || code === 'TVQ' ? 2 : 0;
  const sums = (lines: readonly { code: string; amountCents: number }[], raised: number) => {
    const totals = [0, -raised, 0];
    for (const line of lines) totals[group(line.code)] = (totals[group(line.code)] ?? 0) + line.amountCents;
    return totals.join();
  };
  return known.length > 0 && sums(file, 0) === sums(known, raisedCents);
}

function writeLines(
  ctx: ImportContext,
  invoiceId: string,
  revision: number,
  lines: NonNullable<InvoiceInFile['lines']>,
): void {
  for (const [index, line] of lines.entries()) {
    ctx.write({
      target: 'invoice_lines',
      data: {
        invoice_id: invoiceId,
        revision,
        position: index + 1,
        code: line.code,
        description: line.description,
        amount_cents: line.amountCents,
        rate: line.rate,
      },
    });
  }
}

/** One ledger entry, signed as the ledger keeps it. */
export function entry(
  ctx: ImportContext,
  row: Row,
  invoiceId: string,
  kind: string,
  amountCents: number,
  source: string,
  at: number,
  method = 'imported',
): void {
  ctx.write({
    target: 'ledger_entries',
    data: {
      id: ctx.id(),
      regroupement_id: row.regroupement.id,
      invoice_id: invoiceId,
      kind,
      amount_cents: amountCents,
      // A payment's own number stands for it (rows/payment-rows.ts).
      source: source.startsWith('import:') ? source : ctx.source(row.regroupement.id, source),
      method: kind === 'payment' || kind === 'refund' ? method : null,
      day: torontoDay(at),
      occurred_at: at,
      posted_at: ctx.deps.now(),
    },
  });
}

function balanceInFile(invoice: InvoiceInFile): number {
  return invoice.balanceCents ?? (invoice.cancelled ? 0 : invoice.totalCents);
}

function dollars(cents: number): string {
  return new Intl.NumberFormat('fr-CA', { style: 'currency', currency: 'CAD' }).format(cents / 100);
}
