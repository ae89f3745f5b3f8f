// Payments that staff recorded elsewhere: each posts once, under its own number.
import { money } from '../../format.ts';
import { torontoDay, yearsBefore } from '../../ledger/toronto.ts';
import { referenceKey } from '../../offline-payments/doubts.ts';
import { dayCell, missing, requiredMoney, statusCell, textCell, titleOf } from '../reading/cells.ts';
import { otherZeros, otherZerosRefusal } from '../reading/certificate-text.ts';
import { plain } from '../reading/columns/fields.ts';
import { parseInstant } from '../reading/dates.ts';
import { paymentStatus } from '../reading/statuses.ts';
import { CellRefused, type Refusal, refusal } from '../refusal.ts';
import type { ImportContext, Row, Verdict } from './context.ts';
import { entry } from './invoice-writes.ts';
import { invoiceKey, type KnownInvoice, plainNumber } from './known.ts';
import { invoicesOf, invoiceUnknown, loadByKey, numbered, refuseOthersInvoice } from './rows.ts';

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
  const invoices = await invoicesOf(ctx, rows);
  const { posted, undone } = await postedBySource(ctx, rows);
  const ours = await takenByUs(ctx, rows);
  const recorded = await loadByKey(rows, async (id, mine) => alreadyRecorded(ctx, id, mine));
  const openingLeft = new Map<string, number>();
  const due = new Map<string, number>();
  return ctx.judgeEach(rows, (row) => {
    const typed = plainNumber(textCell(row, 'paymentId', true));
    const number = textCell(row, 'invoice', true);
    const invoice = invoices.get(`${row.regroupement.id}|${invoiceKey(number)}`);
    if (invoice === undefined) throw new CellRefused(invoiceUnknown(row, number));
    refuseOthersInvoice(row, invoice);
    const cents = requiredMoney(row, 'amount');
    const at = instantOf(ctx, row);
    // Money that is not there yet posts nothing; a payment that we took ourselves is in the books already.
    const status = statusCell(row, paymentStatus);
    const isOurs = numbered(ours, row, row.cells.reference ?? '') === true;
    const before = isOurs ? undefined : postedAs(row, posted, invoice, typed);
    const paymentId = before === undefined ? typed : numberIn(before);
    if (status === 'not-posted' && before !== undefined) throw new CellRefused(bounced(row, paymentId));
    if (status === 'not-posted') return { outcome: 'unchanged', totalCents: cents };
    if (status === 'refunded' && cents > 0)
      throw new CellRefused(
        refusal(
          `« ${titleOf(row, 'status')} » : le paiement ${paymentId} est dit remboursé, mais son montant est positif. Gardez le paiement comme complété, et ajoutez une ligne de montant négatif pour le remboursement.`,
          `“${titleOf(row, 'status')}”: payment ${paymentId} is said to be refunded, but its amount is positive. Keep the payment as completed, and add a row with a negative amount for the refund.`,
        ),
      );
    if (isOurs) return { outcome: 'unchanged', totalCents: cents };
    if (before?.cents === -cents) return { outcome: 'unchanged', totalCents: cents };
    if (before !== undefined) throw new CellRefused(otherAmount(row, before, cents));
    if (cents === 0)
      throw new CellRefused(
        refusal(
          `« ${titleOf(row, 'amount')} » : le montant est de 0,00 $. Corrigez-le, ou retirez la ligne.`,
          `“${titleOf(row, 'amount')}”: the amount is $0.00. Correct it, or take the row out.`,
        ),
      );
    const written = recorded
      .get(`${row.regroupement.id}|${cents}`)
      ?.find((one) => isAlike(one, row, invoice.number, torontoDay(at)));
    if (written !== undefined) throw new CellRefused(isRecorded(written, cents));
    refuseOddDay(ctx, row, invoice, torontoDay(at));
    refuseImpossible(ctx, row, invoice, cents, due, openingLeft.get(invoice.id) ?? invoice.openingCents);
    entry(
      ctx,
      row,
      invoice.id,
      cents < 0 ? 'refund' : 'payment',
      -cents,
      // Found by the index without its spaces, and another text: what an undone import posted stays in the ledger.
      `${IMPORTED}${paymentId}${' '.repeat(numbered(undone, row, `${IMPORTED}${paymentId}`) ?? 0)}`,
      at,
      methodOf(row),
    );
    replaceOpening(ctx, row, { invoice, paymentId, cents, at }, openingLeft);
    return { outcome: 'accepted', totalCents: cents };
  });
}

/** What this payment posted before, if it did. Throws CellRefused when its number is another payment's. */
function postedAs(
  row: Row,
  posted: ReadonlyMap<string, Posted>,
  invoice: KnownInvoice,
  paymentId: string,
): Posted | undefined {
  const sourced = (id: string) => numbered(posted, row, `${IMPORTED}${id}`);
  const before = sourced(row.cells.paymentId ?? '') ?? sourced(paymentId);
  const title = titleOf(row, 'paymentId');
  const zeros = otherZeros(paymentId).find((other) => sourced(other) !== undefined);
  if (before === undefined && zeros !== undefined)
    throw new CellRefused(otherZerosRefusal(paymentId, zeros, title));
  if (before !== undefined && before.invoiceId !== invoice.id)
    throw new CellRefused(
      refusal(
        `« ${title} » : le paiement ${numberIn(before)} est déjà inscrit sur la facture ${before.invoice}. Donnez à celui-ci un autre numéro, par exemple avec l’année devant.`,
        `“${title}”: payment ${numberIn(before)} is already posted on invoice ${before.invoice}. Give this one another number, for instance with the year before it.`,
      ),
    );
  return before;
}

function otherAmount(row: Row, before: Posted, cents: number): Refusal {
  const [title, paymentId] = [titleOf(row, 'amount'), numberIn(before)];
  return refusal(
    `« ${title} » : le paiement ${paymentId} est déjà inscrit, avec un montant de ${money(-before.cents, 'fr-CA')} et non de ${money(cents, 'fr-CA')}. Inscrivez plutôt une correction sous un nouveau numéro.`,
    `“${title}”: payment ${paymentId} is already posted, with an amount of ${money(-before.cents, 'en-CA')} and not ${money(cents, 'en-CA')}. Post a correction under a new number instead.`,
  );
}

/** A cheque that came back, after it was posted: the books still say that the invoice is paid. */
function bounced(row: Row, paymentId: string): Refusal {
  const [title, word] = [titleOf(row, 'status'), (row.cells.status ?? '').slice(0, 60)];
  return refusal(
    `« ${title} » dit « ${word} », mais le paiement ${paymentId} est déjà inscrit comme reçu. Gardez-le comme complété, et ajoutez une ligne de montant négatif, sous un autre numéro, pour ce qui a été repris.`,
    `“${title}” says “${word}”, but payment ${paymentId} is already posted as received. Keep it as completed, and add a row with a negative amount, under another number, for what was taken back.`,
  );
}

/** Before the number of a payment that a file brought: its entry's source (M3). */
const IMPORTED = 'import:';
const numberIn = ({ source }: Posted): string => source.slice(IMPORTED.length).trimEnd();

interface Posted {
  source: string;
  cents: number;
  invoiceId: string;
  invoice: string;
}

/** What an earlier list only called « déjà payé » is now known payment by payment. */
function replaceOpening(
  ctx: ImportContext,
  row: Row,
  { invoice, paymentId, cents, at }: { invoice: KnownInvoice; paymentId: string; cents: number; at: number },
  openingLeft: Map<string, number>,
): void {
  const left = openingLeft.get(invoice.id) ?? invoice.openingCents;
  if (cents <= 0 || left <= 0) return;
  const replaced = Math.min(left, cents);
  openingLeft.set(invoice.id, left - replaced);
  entry(ctx, row, invoice.id, 'refund', replaced, `import-opening:${invoice.number}:told:${paymentId}`, at);
}

/**
 * A payment above what is owed, or a refund above what was paid, each with those of the file before it. What a list
 * called « déjà payé » may still be told payment by payment. Throws CellRefused unless it is let through.
 */
function refuseImpossible(
  ctx: ImportContext,
  row: Row,
  invoice: KnownInvoice,
  cents: number,
  due: Map<string, number>,
  opening: number,
): void {
  const before = due.get(invoice.id) ?? invoice.balanceCents + invoice.openingCents;
  const after = before - cents;
  const tooMuch = cents > 0 ? after < 0 && cents > opening : after > Math.max(invoice.totalCents, before);
  if (tooMuch && !ctx.allows('more-than-balance')) {
    const title = titleOf(row, 'amount');
    const limit = Math.max(0, cents > 0 ? before : invoice.totalCents - before);
    const [paid, left] = [money(Math.abs(cents), 'fr-CA'), money(limit, 'fr-CA')];
    const [paidEn, leftEn] = [money(Math.abs(cents), 'en-CA'), money(limit, 'en-CA')];
    const lost = cents > 0 && (cents === 100 * limit || cents === 100 * invoice.totalCents);
    const [fr, en] =
      cents > 0
        ? [
            `« ${title} » : ce paiement (${paid}) dépasse ce qui reste dû sur la facture ${invoice.number} (${left}).`,
            `“${title}”: this payment (${paidEn}) is more than what is owed on invoice ${invoice.number} (${leftEn}).`,
          ]
        : [
            `« ${title} » : ce remboursement (${paid}) dépasse ce qui a été payé sur la facture ${invoice.number} (${left}).`,
            `“${title}”: this refund (${paidEn}) is more than what was paid on invoice ${invoice.number} (${leftEn}).`,
          ];
    throw new CellRefused(
      refusal(
        `${fr}${lost ? ' C’est cent fois le montant : la virgule s’est perdue.' : ''} Corrigez le montant ou le numéro; si le montant est juste, importez avec --even-so more-than-balance.`,
        `${en}${lost ? ' It is a hundred times the amount: the decimal point was lost.' : ''} Correct the amount or the number; if the amount is right, import with --even-so more-than-balance.`,
      ),
    );
  }
  due.set(invoice.id, after);
}

/** Money that would come more than a year from now (2062 where 2026 was meant), or came years before its invoice. Throws CellRefused. */
function refuseOddDay(ctx: ImportContext, row: Row, invoice: KnownInvoice, day: string): void {
  const title = titleOf(row, row.cells.paidOn === undefined ? 'issuedOn' : 'paidOn');
  if (yearsBefore(day, 1) > torontoDay(ctx.deps.now()))
    throw new CellRefused(
      refusal(
        `« ${title} » : ${day} est dans plus d’un an : cet argent n’est pas reçu. Corrigez la date, ou gardez la ligne pour ce jour-là.`,
        `“${title}”: ${day} is more than a year ahead: this money is not received. Correct the day, or keep the row until then.`,
      ),
    );
  if (day >= yearsBefore(invoice.issuedOn, YEARS_BEFORE)) return;
  throw new CellRefused(
    refusal(
      `« ${title} » : ${day} est à plus de trois ans de la date de la facture ${invoice.number} (${invoice.issuedOn}). Corrigez la date, ou le numéro de la facture.`,
      `“${title}”: ${day} is more than three years from the day of invoice ${invoice.number} (${invoice.issuedOn}). Correct the day, or the number of the invoice.`,
    ),
  );
}
const YEARS_BEFORE = 3;

/**
 * What was posted for the payments that an earlier file brought, keyed `{regroupement}|{source}`; and how often it was posted
 * and undone with its import.
 */
async function postedBySource(
  ctx: ImportContext,
  rows: readonly Row[],
): Promise<{ posted: Map<string, Posted>; undone: Map<string, number> }> {
  const all = await loadByKey(rows, async (id, mine) => {
    const sources = mine.flatMap(({ cells: { paymentId = '' } }) => {
      const plain = plainNumber(paymentId);
      return [paymentId, plain, ...otherZeros(plain)].map((number) => invoiceKey(`${IMPORTED}${number}`));
    });
    const found = await ctx.deps.db.execute<Posted & { undone: 0 | 1 }>(
      `SELECT rtrim(e.source) AS source, e.amount_cents AS cents, i.id AS invoiceId, i.number AS invoice,
         EXISTS (SELECT 1 FROM ledger_entries u WHERE u.regroupement_id = e.regroupement_id AND u.source = 'import-undone:' || e.id)
           AS undone
       FROM ledger_entries e JOIN invoices i ON i.id = e.invoice_id
       WHERE e.regroupement_id = ? AND e.source GLOB 'import:*'
         AND upper(replace(e.source, ' ', '')) IN (SELECT value FROM json_each(?))`,
      [id, JSON.stringify([...new Set(sources)])],
    );
    return [...Map.groupBy(found.rows, ({ source }) => invoiceKey(source))];
  });
  const posted = new Map<string, Posted>();
  const undone = new Map<string, number>();
  for (const [key, entries] of all) {
    const regroupement = key.slice(0, key.indexOf('|'));
    undone.set(key, entries.length);
    for (const one of entries.filter((entry) => entry.undone === 0)) {
      posted.set(key, one);
      posted.set(`${regroupement}|${one.source}`, one);
    }
  }
  return { posted, undone };
}

/** The captures among the rows' references that are payments of our own, keyed `{regroupement}|{capture}`. */
function takenByUs(ctx: ImportContext, rows: readonly Row[]): Promise<Map<string, true>> {
  return loadByKey(rows, async (id, mine) => {
    const found = await ctx.deps.db.execute<{ capture_id: string }>(
      'SELECT capture_id FROM payments WHERE +regroupement_id = ? AND completed_at IS NOT NULL AND capture_id IN (SELECT value FROM json_each(?))',
      [
        id,
        // PayPal's are capitals, wherever they were copied from.
        JSON.stringify(mine.flatMap(({ cells: { reference = '' } }) => [reference, invoiceKey(reference)])),
      ],
    );
    return found.rows.map((one): [string, true] => [one.capture_id, true]);
  });
}

interface Recorded {
  invoice: string;
  day: string;
  method: string;
  reference: string;
  key: string;
  by: string;
}
const withinAYear = (one: string, other: string) =>
  yearsBefore(one > other ? one : other, 1) <= (one > other ? other : one);

// The rule of offline-payments/doubts.ts, but that without a reference the day tells: a file brings every month's debit.
function isAlike(written: Recorded, row: Row, invoice: string, day: string): boolean {
  const method = methodOf(row);
  if (method !== 'imported' && method !== written.method) return false;
  const key = referenceKey(row.cells.reference ?? '');
  return key === '' || written.key === ''
    ? written.invoice === invoice && written.day === day
    : written.key === key && withinAYear(written.day, day);
}

// Money that staff wrote down by hand, and not taken back: the file may bring the same cheque.
async function alreadyRecorded(
  ctx: ImportContext,
  regroupementId: string,
  rows: readonly Row[],
): Promise<[string, Recorded[]][]> {
  const found = await ctx.deps.db.execute<Recorded & { cents: number }>(
    `SELECT i.number AS invoice, p.received_on AS day, p.reference, p.reference_key AS key, p.recorded_by AS "by", p.method,
       p.amount_cents AS cents
     FROM recorded_payments p JOIN invoices i ON i.id = p.invoice_id
     WHERE p.regroupement_id = ?1 AND p.reverses IS NULL
       AND (p.reference_key IN (SELECT value FROM json_each(?2)) OR i.number_key IN (SELECT value FROM json_each(?3)))
       AND NOT EXISTS (SELECT 1 FROM recorded_payments b WHERE b.reverses = p.id)`,
    [
      regroupementId,
      JSON.stringify(rows.map((row) => referenceKey(row.cells.reference ?? '')).filter((key) => key !== '')),
      JSON.stringify(rows.map((row) => invoiceKey(row.cells.invoice ?? ''))),
    ],
  );
  return [...Map.groupBy(found.rows, ({ cents }) => String(cents))];
}

function isRecorded({ invoice, day, reference, by }: Recorded, cents: number) {
  const no = reference === '' ? '' : ` no ${reference},`;
  const en = reference === '' ? '' : ` no. ${reference},`;
  return refusal(
    `Un paiement semblable est déjà inscrit : ${money(cents, 'fr-CA')},${no} le ${day}, sur la facture ${invoice}, par ${by}. Si c’est le même, retirez cette ligne; si c’en est un autre, inscrivez-le avec « record … --even-so possible-duplicate ».`,
    `A payment like this one is written down already: ${money(cents, 'en-CA')},${en} on ${day}, on invoice ${invoice}, by ${by}. If it is the same, take this row out; if it is another one, write it down with “record … --even-so possible-duplicate”.`,
  );
}

function instantOf(ctx: ImportContext, row: Row): number {
  const field = row.cells.paidOn === undefined ? 'issuedOn' : 'paidOn';
  const day = dayCell(ctx, row, field);
  if (day === null) throw new CellRefused(missing(row, 'paidOn'));
  return parseInstant(row.cells[field] ?? '') ?? Date.parse(`${day}T17:00:00Z`);
}
