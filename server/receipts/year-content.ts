// What was paid in a calendar year (by day of payment, in Toronto), for taxes: by this account online, and by cheque and
// the like on the certificates that bear its e-mail. Drawn up when it is asked for, from receipts and ledger.
import { holdersWithEmail } from '../db/holders-with-email.ts';
import type { Deps } from '../deps.ts';
import type { Lang } from '../fields.ts';
import { day, money } from '../format.ts';
import { HAS_A_DAY } from '../ledger/entries.ts';
import { type InvoiceLine, LINES_OF_I } from '../ledger/invoices.ts';
import { sum } from '../ledger/money.ts';
import { takenBackOf } from '../ledger/taken-back.ts';
import { taxInPayment } from '../ledger/tax-change.ts';
import { torontoDay } from '../ledger/toronto.ts';
import type { Content, Fact } from '../pdf/content.ts';
import { payeeLines } from './content.ts';
import { ReceiptDocument, RefundDocument } from './document.ts';
import { type Receipts, readReceipts } from './tax-parts.ts';

/** Signed cents: what was paid, and what was given back. */
interface Movement {
  day: string;
  what: string;
  cents: number;
  /** The premium tax in it, in proportion when a part was paid. */
  taxCents: number;
}

const N = '\u00a0';
const FR = {
  title: (year: number) => `Relevé annuel ${year}`,
  soFar: (title: string, on: string) => `${title}, au ${on}`,
  payer: 'Au nom de',
  year: 'Année civile',
  heading: 'Paiements de l’année',
  columns: ['Date et objet', 'Montant'] as readonly [string, string],
  paid: (number: number, invoices: string) => `reçu no${N}${number}, facture ${invoices}`,
  refund: (number: number, invoices: string) => `remboursement no${N}${number}, facture ${invoices}`,
  reversed: (invoices: string) => `repris par la banque ou par PayPal, facture ${invoices}`,
  returned: (invoices: string) => `rendu par la banque ou par PayPal, facture ${invoices}`,
  other: (method: string, invoice: string) => `${method}, facture ${invoice}`,
  methods: {
    cheque: 'chèque',
    interac: 'virement Interac',
    debit: 'prélèvement',
    cash: 'comptant',
  } as Record<string, string>,
  method: 'paiement inscrit par le regroupement',
  none: 'Aucun paiement cette année-là.',
  tax: 'Dont la taxe sur les primes d’assurance',
  total: (year: number) => `Total payé en ${year}`,
  unfinished: (year: number) =>
    `L’année n’est pas finie${N}: ce relevé s’arrête à sa date. Pour vos impôts, prenez celui de l’année complète, à compter du 1er janvier ${year + 1}.`,
  notes: [
    'Ce relevé résume vos paiements. Il ne remplace ni vos reçus ni votre certificat d’assurance.',
    'Tous les montants sont en dollars canadiens.',
  ],
};
const EN: typeof FR = {
  title: (year) => `Annual summary ${year}`,
  soFar: (title, on) => `${title}, as of ${on}`,
  payer: 'In the name of',
  year: 'Calendar year',
  heading: 'Payments during the year',
  columns: ['Date and purpose', 'Amount'],
  paid: (number, invoices) => `receipt no.${N}${number}, invoice ${invoices}`,
  refund: (number, invoices) => `refund no.${N}${number}, invoice ${invoices}`,
  reversed: (invoices) => `taken back by the bank or by PayPal, invoice ${invoices}`,
  returned: (invoices) => `returned by the bank or by PayPal, invoice ${invoices}`,
  other: (method, invoice) => `${method}, invoice ${invoice}`,
  methods: { cheque: 'cheque', interac: 'Interac transfer', debit: 'pre-authorized debit', cash: 'cash' },
  method: 'payment recorded by the association',
  none: 'No payment that year.',
  tax: 'Including tax on insurance premiums',
  total: (year) => `Total paid in ${year}`,
  unfinished: (year) =>
    `The year is not over: this summary stops at its date. For your taxes, get the one for the whole year, from January 1, ${year + 1}.`,
  notes: [
    'This summary lists your payments. It replaces neither your receipts nor your insurance certificate.',
    'All amounts are in Canadian dollars.',
  ],
};

/**
 * The summary of `year` for an account that exists. Until the year is over it says up to which day it goes, and is dated
 * so: what is paid later that year is not in it.
 */
export async function yearContent(
  deps: Pick<Deps, 'db' | 'now'>,
  accountId: string,
  year: number,
  lang: Lang,
): Promise<Content> {
  const t = lang === 'fr-CA' ? FR : EN;
  const { rows } = await deps.db.execute<{
    name: string;
    email: string;
    regroupement: string;
    address: string;
    rEmail: string;
    phone: string;
    gst: string | null;
    qst: string | null;
  }>(
    `SELECT a.name, a.email, r.name AS regroupement, r.address, r.email AS rEmail, r.phone, r.gst_number AS gst, r.qst_number AS qst
     FROM accounts a JOIN regroupements r ON r.id = a.regroupement_id WHERE a.id = ?`,
    [accountId],
  );
  const [who] = rows;
  if (who === undefined) throw new Error('a summary for an account that is not there');
  const today = torontoDay(deps.now());
  const last = `${year}-12-31`;
  const unfinished = today <= last;
  const soFar = (title: string) => (unfinished ? t.soFar(title, day(today, lang)) : title);
  const all = await movementsOf(deps, accountId, t);
  const movements = all.filter((one) => one.day.startsWith(`${year}-`));
  movements.sort((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : 0));
  return {
    lang,
    title: soFar(t.title(year)),
    dated: `${unfinished ? today : last}T17:00:00Z`,
    payee: payeeLines(
      {
        name: who.regroupement,
        address: who.address,
        email: who.rEmail,
        phone: who.phone,
        gstNumber: who.gst,
        qstNumber: who.qst,
      },
      lang,
    ),
    facts: [
      [t.payer, `${who.name} (${who.email})`],
      [t.year, String(year)],
    ],
    sections: [
      {
        heading: t.heading,
        about: movements.length === 0 ? t.none : null,
        columns: t.columns,
        lines: movements.map((one): Fact => [`${day(one.day, lang)} – ${one.what}`, money(one.cents, lang)]),
        sums: [[t.tax, money(sum(movements.map((one) => one.taxCents)), lang)]],
      },
    ],
    total: [[soFar(t.total(year)), money(sum(movements.map((one) => one.cents)), lang)]],
    notes: unfinished ? [t.unfinished(year), ...t.notes] : t.notes,
  };
}

/** The calendar years with payments, newest first, with the account's language for their summaries. */
export async function yearsOf(
  deps: Pick<Deps, 'db'>,
  accountId: string,
): Promise<{ year: number; lang: Lang }[]> {
  const { rows } = await deps.db.execute<{ lang: Lang }>('SELECT lang FROM accounts WHERE id = ?', [
    accountId,
  ]);
  const years = (await movementsOf(deps, accountId, FR)).map(({ day }) => Number(day.slice(0, 4)));
  return [...new Set(years)].sort((a, b) => b - a).map((year) => ({ year, lang: rows[0]?.lang ?? 'fr-CA' }));
}

async function movementsOf(deps: Pick<Deps, 'db'>, accountId: string, t: typeof FR): Promise<Movement[]> {
  return [...(await paidOnline(deps, accountId, t)), ...(await paidOtherwise(deps, accountId, t))];
}

async function paidOnline(deps: Pick<Deps, 'db'>, accountId: string, t: typeof FR): Promise<Movement[]> {
  const receipts = await deps.db.execute<{ number: number; document: string; paymentId: string }>(
    'SELECT number, document, payment_id AS paymentId FROM receipts WHERE account_id = ? ORDER BY number',
    [accountId],
  );
  const refunds = await deps.db.execute<{ number: number; document: string; paymentId: string }>(
    `SELECT f.number, f.document, g.payment_id AS paymentId FROM refund_receipts f JOIN refunds g ON g.id = f.refund_id
     WHERE f.account_id = ? ORDER BY f.number`,
    [accountId],
  );
  const { rows: invoices } = await deps.db.execute<{ id: string; number: string }>(
    `SELECT DISTINCT i.id, i.number FROM receipts r JOIN allocations a ON a.payment_id = r.payment_id
     JOIN invoices i ON i.id = a.invoice_id WHERE r.account_id = ?`,
    [accountId],
  );
  const all = await readReceipts(deps, invoices);
  const movements: Movement[] = [];
  const paid = new Map<string, Paid>();
  const documents = [
    ...receipts.rows.map(({ document, ...row }) => {
      const receipt = ReceiptDocument.parse(JSON.parse(document));
      return { ...row, at: Date.parse(receipt.paidAt), receipt };
    }),
    ...refunds.rows.map(({ document, ...row }) => {
      const refund = RefundDocument.parse(JSON.parse(document));
      return { ...row, at: Date.parse(refund.refundedAt), refund };
    }),
  ].sort((a, b) => a.at - b.at);
  for (const one of documents) {
    const day = torontoDay(one.at);
    if ('receipt' in one) {
      const { receipt, number, paymentId } = one;
      const taxCents = sum(receipt.invoices.map((invoice) => all.taxIn('online', number, invoice.number)));
      paid.set(paymentId, { receipt, left: receipt.totalPaidCents, taxLeft: taxCents });
      movements.push({
        day,
        what: t.paid(number, numbers(receipt)),
        cents: receipt.totalPaidCents,
        taxCents,
      });
    } else {
      const { refund, number, paymentId } = one;
      const taxCents = taxInRefund(all, paid.get(paymentId), number, refund);
      movements.push({
        ...{ day, what: t.refund(number, numbers(refund)), cents: -refund.totalCents, taxCents: -taxCents },
      });
    }
  }
  return [...movements, ...(await takenBack(deps, accountId, paid, t))];
}

/** The tax in what went back of a payment. */
function taxInRefund(all: Receipts, of: Paid | undefined, number: number, refund: RefundDocument): number {
  if (of === undefined) return 0;
  const taxCents = sum(refund.invoices.map((invoice) => all.taxIn('refund', number, invoice.number)));
  of.left -= refund.totalCents;
  of.taxLeft -= taxCents;
  return taxCents;
}

interface Paid {
  receipt: ReceiptDocument;
  /** What is left of it after what went back so far, and the tax in that. */
  left: number;
  taxLeft: number;
}

// Nobody writes a receipt when a bank or PayPal takes money back, or gives it again.
async function takenBack(
  deps: Pick<Deps, 'db'>,
  accountId: string,
  paid: Map<string, Paid>,
  t: typeof FR,
): Promise<Movement[]> {
  const { rows } = await deps.db.execute<{ paymentId: string }>(
    'SELECT DISTINCT g.payment_id AS paymentId FROM refunds g JOIN payments p ON p.id = g.payment_id WHERE p.account_id = ? AND g.origin = ?',
    [accountId, 'reversal'],
  );
  const movements: Movement[] = [];
  for (const { paymentId } of rows)
    for (const { cents, at, invoices } of await takenBackOf(deps, paymentId)) {
      const of = paid.get(paymentId);
      let taxCents = 0;
      if (of !== undefined) {
        const all = sum(of.receipt.invoices.map((invoice) => taxInPayment(invoice, invoice.amountCents)));
        of.left += cents;
        // Whole again, or gone altogether: the cents of the parts before add up.
        taxCents =
          of.left <= 0
            ? -of.taxLeft
            : of.left >= of.receipt.totalPaidCents
              ? all - of.taxLeft
              : sum(
                  of.receipt.invoices.map((invoice) =>
                    taxInPayment(invoice, invoices.get(invoice.number) ?? 0),
                  ),
                );
        of.taxLeft += taxCents;
      }
      const what = cents < 0 ? t.reversed : t.returned;
      movements.push({
        day: torontoDay(at),
        what: what(of === undefined ? '' : numbers(of.receipt)),
        cents,
        taxCents,
      });
    }
  return movements;
}

function numbers({ invoices }: { invoices: readonly { number: string }[] }): string {
  return invoices.map((invoice) => invoice.number).join(', ');
}

// A cheque that bounced, or was written down by mistake, was never paid: neither it nor its reversal is here.
async function paidOtherwise(deps: Pick<Deps, 'db'>, accountId: string, t: typeof FR): Promise<Movement[]> {
  const { rows } = await deps.db.execute<{
    day: string;
    method: string;
    number: string;
    cents: number;
    taxCents: number | null;
    lines: string;
  }>(
    `SELECT e.day, e.method, i.number, -e.amount_cents AS cents, ${LINES_OF_I} AS lines,
       (SELECT paid.value ->> 'taxCents' FROM recorded_payments p
         CROSS JOIN recorded_receipts t ON t.recorded_id = coalesce(p.group_id, p.id) CROSS JOIN json_each(t.document, '$.invoices') paid
         WHERE e.source LIKE 'recorded:%' AND p.id = substr(e.source, 10) AND paid.value ->> 'number' = i.number) AS taxCents
     FROM accounts a
     CROSS JOIN holders h ON h.id IN ${holdersWithEmail('a.regroupement_id', '= a.email_key')} AND h.email_key = a.email_key
     CROSS JOIN certificates c ON c.holder_id = h.id
     CROSS JOIN invoices i ON i.certificate_id = c.id
     CROSS JOIN ledger_entries e ON e.invoice_id = i.id
     WHERE a.id = ? AND e.kind IN ('payment', 'refund') AND e.payment_id IS NULL AND ${HAS_A_DAY}
       AND NOT (e.source LIKE 'recorded:%' AND EXISTS (SELECT 1 FROM recorded_payments p
         WHERE p.id = substr(e.source, 10) AND (p.reverses IS NOT NULL OR EXISTS (SELECT 1 FROM recorded_payments b WHERE b.reverses = p.id))))
     ORDER BY e.day, e.posted_at`,
    [accountId],
  );
  return rows.map((row) => {
    const lines = JSON.parse(row.lines) as InvoiceLine[];
    return {
      day: row.day,
      what: t.other(t.methods[row.method] ?? t.method, row.number),
      cents: row.cents,
      // As its receipt says, where it has one.
      taxCents:
        row.taxCents ??
        taxInPayment({ lines, totalCents: sum(lines.map((one) => one.amountCents)) }, row.cents, row.day),
    };
  });
}
