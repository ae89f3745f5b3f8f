// The combined list, one invoice a row (S34), and the invoices of separate files: finds or makes the certificate and its
// holder, then the invoice.
import { certificateKey } from '../../certificates/number.ts';
import { money } from '../../format.ts';
import { yearsBefore } from '../../ledger/toronto.ts';
import {
  certificateCell,
  dayCell,
  invoiceCell,
  missing,
  missingPeriod,
  moneyCell,
  periodCells,
  requiredMoney,
  statusCell,
  textCell,
  titleOf,
  yesCell,
} from '../reading/cells.ts';
import {
  addedZerosRefusal,
  lostZerosRefusal,
  otherZeros,
  otherZerosRefusal,
} from '../reading/certificate-text.ts';
import { type InvoiceStatus, invoiceStatus } from '../reading/statuses.ts';
import { unaccented } from '../reading/unaccented.ts';
import { CellRefused, type Refusal, refusal } from '../refusal.ts';
import type { ImportContext, Row, Verdict } from './context.ts';
import { type InvoiceInFile, refuseHeld, writeInvoice } from './invoice-writes.ts';
import { invoiceKey, type KnownInvoice, plainNumber, prefixedNumber } from './known.ts';
import { type ListLookup, loadLookup } from './list-lookup.ts';
import { certificateFor } from './list-people.ts';

/** Decides about rows of the combined list (`people`), or of separate invoices, which need their certificate first. */
export async function invoiceRows(
  ctx: ImportContext,
  rows: readonly Row[],
  people: boolean,
): Promise<Verdict[]> {
  const lookups = new Map<string, ListLookup>();
  for (const id of new Set(rows.map((row) => row.regroupement.id))) {
    lookups.set(
      id,
      await loadLookup(
        ctx,
        id,
        rows.filter((row) => row.regroupement.id === id),
      ),
    );
  }
  return ctx.judgeEach(rows, (row) => {
    const lookup = lookups.get(row.regroupement.id);
    if (lookup === undefined) throw new Error('a row has no lookup');
    return decide(ctx, row, lookup, people);
  });
}

function decide(ctx: ImportContext, row: Row, lookup: ListLookup, people: boolean): Verdict {
  const written = invoiceCell(ctx, row);
  const certificateNumber = certificateCell(ctx, row);
  if (lookup.shortened.certificates.has(certificateNumber))
    throw new CellRefused(lostZerosRefusal(certificateNumber, titleOf(row, 'certificate')));
  if (lookup.lengthened.certificates.has(certificateNumber))
    throw new CellRefused(addedZerosRefusal(certificateNumber, titleOf(row, 'certificate')));
  const totalCents = requiredMoney(row, 'total');
  const paid = moneyCell(row, 'paid');
  const balance = moneyCell(row, 'balance');
  if (lookup.shortened.invoices.has(written))
    throw new CellRefused(lostZerosRefusal(written, titleOf(row, 'invoice')));
  if (lookup.lengthened.invoices.has(written))
    throw new CellRefused(addedZerosRefusal(written, titleOf(row, 'invoice')));
  const inFile = periodCells(ctx, row);
  const { known, number } = bookedInvoice(row, lookup, written, certificateNumber, {
    period: inFile,
    issuedOn: dayCell(ctx, row, 'issuedOn'),
  });
  const status = statusCell(row, invoiceStatus);
  const cancelled = status === null ? known?.status === 'cancelled' : status === 'cancelled';
  checkSums(row, totalCents, paid, balance, cancelled);
  if (!cancelled) checkRange(row, totalCents, paid, balance);
  const left = balance ?? (paid === null ? null : totalCents - paid);
  checkStatus(row, status, totalCents, left);
  if (!cancelled && known === undefined) refusePaymentAside(row, totalCents, left);
  const issuedOn = dayCell(ctx, row, 'issuedOn');
  const dueOn = dayCell(ctx, row, 'dueOn');
  refuseLostCents(row, totalCents, known);
  const period = inFile ?? (known === undefined ? null : { start: known.periodStart, end: known.periodEnd });
  const issued = issuedOn ?? known?.issuedOn ?? dueOn;
  if (issued === null || issued === undefined) throw new CellRefused(missing(row, 'issuedOn'));
  if (period === null) throw new CellRefused(missingPeriod(row));
  if (dueOn !== null && dueOn !== known?.dueOn) refuseFarDay(row, dueOn, issued);
  // Read before anything is written for this row: a refused row leaves nothing.
  const kind = textCell(row, 'type') || null;
  const facts = {
    number,
    kind,
    issuedOn: issued,
    dueOn: dueOn ?? known?.dueOn ?? issued,
    periodStart: period.start,
    periodEnd: period.end,
    cancelled,
    statusSaid: status !== null,
    noAdminFee: yesCell(row, 'noAdminFee'),
    manualAmount: yesCell(row, 'manualAmount'),
    totalCents,
    balanceCents: balance ?? (paid === null ? null : totalCents - paid),
    lines: linesOf(row, totalCents),
  };
  refuseHeld(facts, known);
  const { certificate, corrected } = certificateFor(ctx, row, lookup, certificateNumber, period, people);
  const invoice: InvoiceInFile = { ...facts, certificateId: certificate.id };
  return withCorrection(writeInvoice(ctx, row, invoice, known), corrected);
}

/**
 * The invoice that the row speaks of, and its number in the books: another writing of a number that we have is no
 * change. Throws CellRefused when the number is another person's, certificate's or period's.
 */
function bookedInvoice(
  row: Row,
  lookup: ListLookup,
  written: string,
  certificate: string,
  day: { period: { start: string } | null; issuedOn: string | null },
): { known: KnownInvoice | undefined; number: string } {
  const isSame = (invoice: KnownInvoice) =>
    invoice.certificateKey === certificateKey(certificate) &&
    (day.period === null || invoice.periodStart === day.period.start);
  const plain = plainNumber(written);
  for (const writing of new Set([written, plain])) {
    const asWritten = lookup.invoices.get(invoiceKey(writing));
    if (asWritten !== undefined && isSame(asWritten)) return { known: asWritten, number: asWritten.number };
  }
  const year = (day.issuedOn ?? day.period?.start ?? '').slice(0, 4);
  const inBooks = (writing: string) =>
    lookup.invoices.get(invoiceKey(prefixedNumber(row.regroupement.invoicePrefix, writing, year)));
  const number = prefixedNumber(row.regroupement.invoicePrefix, plain, year);
  const known = inBooks(plain);
  const zeros =
    known === undefined ? otherZeros(plain).find((other) => inBooks(other) !== undefined) : undefined;
  if (zeros !== undefined) throw new CellRefused(otherZerosRefusal(plain, zeros, titleOf(row, 'invoice')));
  if (known !== undefined && !isSame(known)) throw new CellRefused(takenNumber(row, written, known));
  return { known, number: known?.number ?? number };
}

function takenNumber(row: Row, number: string, known: KnownInvoice): Refusal {
  const whose = `${known.firstName} ${known.lastName}`.trim();
  const period = `${known.periodStart}/${known.periodEnd}`;
  const title = titleOf(row, 'invoice');
  const option = `regroupement set ${row.regroupement.slug} --invoice-prefix "{année}-"`;
  return refusal(
    `« ${title} » : la facture ${number} est déjà celle de ${whose} (certificat ${known.certificate}, période ${period}). Elle ne peut pas changer de personne, de certificat ni de période : donnez un autre numéro à cette ligne. Si vos numéros recommencent chaque année, faites mettre l’année devant : ${option}.`,
    `“${title}”: invoice ${number} is already ${whose}’s (certificate ${known.certificate}, period ${period}). It cannot change its person, certificate or period: give this row another number. If your numbers begin again each year, have the year put before them: ${option}.`,
  );
}

/** A correction of her name or e-mail is a change, also when the invoice beside it is as we know it. */
function withCorrection(verdict: Verdict, corrected: Refusal | null): Verdict {
  if (corrected === null || 'refused' in verdict) return verdict;
  const also = verdict.change;
  return {
    ...verdict,
    outcome: 'accepted',
    change:
      also === undefined ? corrected : refusal(`${corrected.fr} ${also.fr}`, `${corrected.en} ${also.en}`),
  };
}

/** 2062 where 2026 was meant. */
function refuseFarDay(row: Row, dueOn: string, issuedOn: string): void {
  if (yearsBefore(dueOn, YEARS_APART) <= issuedOn && yearsBefore(issuedOn, YEARS_APART) <= dueOn) return;
  throw new CellRefused(
    refusal(
      `« ${titleOf(row, 'dueOn')} » : ${dueOn} est à plus de trois ans de la date de la facture (${issuedOn}). Corrigez l’une des deux dates.`,
      `“${titleOf(row, 'dueOn')}”: ${dueOn} is more than three years from the day of the invoice (${issuedOn}). Correct one of the two days.`,
    ),
  );
}
const YEARS_APART = 3;

/** 29 613 where 296,13 was meant: five digits without cents, or a hundred times what the books have. */
function refuseLostCents(row: Row, totalCents: number, known: KnownInvoice | undefined): void {
  const bare = (['total', 'balance', 'paid'] as const).find((field) =>
    /^-?\d{5,}$/.test(row.cells[field] ?? ''),
  );
  const hundredfold = known !== undefined && known.totalCents > 0 && totalCents === 100 * known.totalCents;
  if (bare === undefined && !hundredfold) return;
  const field = bare ?? 'total';
  const [title, text] = [titleOf(row, field), row.cells[field] ?? ''];
  if (hundredfold && known !== undefined)
    throw new CellRefused(
      refusal(
        `« ${title} » : « ${text} » est cent fois le montant connu de cette facture (${money(known.totalCents, 'fr-CA')}) : il a peut-être perdu sa virgule. Corrigez-le.`,
        `“${title}”: “${text}” is a hundred times the known amount of this invoice (${money(known.totalCents, 'en-CA')}): it may have lost its decimal point. Correct it.`,
      ),
    );
  throw new CellRefused(
    refusal(
      `« ${title} » : « ${text} » a peut-être perdu sa virgule (296,13 devenu 29613). Écrivez le montant avec ses cents, comme 1 234,56 $.`,
      `“${title}”: “${text}” may have lost its decimal point (296.13 become 29613). Write the amount with its cents, like $1,234.56.`,
    ),
  );
}

/** « payée » or « partielle » beside a balance that says otherwise, or none at all: nobody is charged on a guess. */
function checkStatus(row: Row, status: InvoiceStatus | null, total: number, balance: number | null): void {
  const fits = {
    paid: balance !== null && balance <= 0,
    partly: balance !== null && balance > 0 && balance < total,
    credit: (balance ?? total) <= 0,
  };
  if (status === null || status === 'open' || status === 'cancelled' || fits[status]) return;
  const [title, word] = [titleOf(row, 'status'), row.cells.status ?? ''];
  const [fr, en] =
    balance === null
      ? ['le fichier ne dit pas le solde', 'the file does not say the balance']
      : [`le solde est de ${money(balance, 'fr-CA')}`, `the balance is ${money(balance, 'en-CA')}`];
  throw new CellRefused(
    refusal(
      `« ${title} » dit « ${word} », mais ${fr}. Écrivez le solde exact sous « ${titleOf(row, 'balance')} » (0,00 $ si tout est payé), ou corrigez le statut.`,
      `“${title}” says “${word}”, but ${en}. Write the exact balance under “${titleOf(row, 'balance')}” ($0.00 when all is paid), or correct the status.`,
    ),
  );
}

/** A day or a cheque of a payment beside an invoice that would be owed in full. Throws CellRefused. */
function refusePaymentAside(row: Row, total: number, left: number | null): void {
  if (total <= 0 || (left !== null && left < total)) return;
  const field = (['paidOn', 'reference'] as const).find(
    (one) =>
      (row.cells[one] ?? '') !== '' && (one === 'paidOn' || OF_PAYMENT.test(unaccented(titleOf(row, one)))),
  );
  if (field === undefined) return;
  const [title, text, balance] = [titleOf(row, field), row.cells[field] ?? '', titleOf(row, 'balance')];
  throw new CellRefused(
    refusal(
      `« ${title} » dit « ${text.slice(0, 40)} », comme si un paiement était reçu, mais rien ne dit combien. Écrivez le solde exact sous « ${balance} » (0,00 $ si tout est payé); si rien n’est payé, videz la case ou laissez la colonne de côté : --column "${title}=ignore".`,
      `“${title}” says “${text.slice(0, 40)}”, as if a payment had been received, but nothing says how much. Write the exact balance under “${balance}” ($0.00 when all is paid); when nothing is paid, empty the cell or leave the column aside: --column "${title}=ignore".`,
    ),
  );
}
const OF_PAYMENT = /cheque|paiement|payment|virement|interac/i;

/** What was paid above the total, or below nothing, or « 1 » for yes. Throws CellRefused. */
function checkRange(row: Row, total: number, paid: number | null, balance: number | null): void {
  const sign = (['paid', 'balance'] as const).find((field) => row.cells[field] === '1');
  if (sign !== undefined)
    throw new CellRefused(
      refusal(
        `« ${titleOf(row, sign)} » : « 1 » est peut-être un oui, et non 1,00 $. Écrivez le montant, comme 296,13 $.`,
        `“${titleOf(row, sign)}”: “1” may be a yes, and not $1.00. Write the amount, like $296.13.`,
      ),
    );
  const most = Math.abs(total);
  const left = balance ?? (paid === null ? null : total - paid);
  const overpaid = left !== null && left < -most && (paid === null || balance === null);
  const negative = paid !== null && paid < 0 && total >= 0;
  const wrong = negative || (overpaid && balance === null) ? 'paid' : overpaid ? 'balance' : null;
  if (wrong === null) return;
  const text = row.cells[wrong] ?? '';
  throw new CellRefused(
    refusal(
      `« ${titleOf(row, wrong)} » : « ${text} » ne peut pas aller avec un total de ${money(total, 'fr-CA')}. Corrigez le montant.`,
      `“${titleOf(row, wrong)}”: “${text}” cannot go with a total of ${money(total, 'en-CA')}. Correct the amount.`,
    ),
  );
}

function checkSums(
  row: Row,
  total: number,
  paid: number | null,
  balance: number | null,
  cancelled: boolean,
): void {
  const fields = ['premium', 'premiumTax', 'fees'] as const;
  const parts = fields.map((field) => moneyCell(row, field));
  const addends = (lang: 'fr' | 'en') =>
    fields
      .filter((_, i) => parts[i] !== null)
      .map((field) => (lang === 'fr' ? `« ${titleOf(row, field)} »` : `“${titleOf(row, field)}”`))
      .join(', ');
  if (parts.some((part) => part !== null)) {
    const sum = parts.reduce<number>((all, part) => all + (part ?? 0), 0);
    if (sum !== total) {
      throw new CellRefused(
        refusal(
          `« ${titleOf(row, 'total')} » : les montants ne s’additionnent pas : ${money(sum, 'fr-CA')} en tout (${addends('fr')}), mais le total dit ${money(total, 'fr-CA')}. Corrigez ces montants.`,
          `“${titleOf(row, 'total')}”: the amounts do not add up: ${money(sum, 'en-CA')} in all (${addends('en')}), but the total says ${money(total, 'en-CA')}. Correct these amounts.`,
        ),
      );
    }
  }
  if (balance !== null && balance > total && total >= 0 && !cancelled) {
    throw new CellRefused(
      refusal(
        `« ${titleOf(row, 'balance')} » : le solde (${money(balance, 'fr-CA')}) dépasse le total (${money(total, 'fr-CA')}). Corrigez l’un ou l’autre.`,
        `“${titleOf(row, 'balance')}”: the balance (${money(balance, 'en-CA')}) is more than the total (${money(total, 'en-CA')}). Correct one of them.`,
      ),
    );
  }
  if (paid !== null && balance !== null && !cancelled && total - paid !== balance) {
    throw new CellRefused(
      refusal(
        `« ${titleOf(row, 'total')} » (${money(total, 'fr-CA')}), « ${titleOf(row, 'paid')} » (${money(paid, 'fr-CA')}) et « ${titleOf(row, 'balance')} » (${money(balance, 'fr-CA')}) ne s’accordent pas : total moins payé donne ${money(total - paid, 'fr-CA')}. Corrigez ces montants.`,
        `“${titleOf(row, 'total')}” (${money(total, 'en-CA')}), “${titleOf(row, 'paid')}” (${money(paid, 'en-CA')}) and “${titleOf(row, 'balance')}” (${money(balance, 'en-CA')}) do not agree: total less paid is ${money(total - paid, 'en-CA')}. Correct these amounts.`,
      ),
    );
  }
}

function linesOf(row: Row, total: number): InvoiceInFile['lines'] {
  const premium = moneyCell(row, 'premium');
  const tax = moneyCell(row, 'premiumTax');
  const fees = moneyCell(row, 'fees');
  if (premium === null && tax === null && fees === null) return null;
  const lines = [
    {
      code: total < 0 ? 'CRED' : 'PRIME',
      description: total < 0 ? 'Crédit' : 'Prime',
      amountCents: premium ?? 0,
      rate: null,
    },
    { code: 'TPA', description: 'Taxe sur les primes d’assurance', amountCents: tax ?? 0, rate: null },
    { code: 'FADM', description: 'Frais d’administration', amountCents: fees ?? 0, rate: null },
  ];
  const present = lines.filter((line) => line.amountCents !== 0);
  return present.length > 0 ? present : lines.slice(0, 1);
}
