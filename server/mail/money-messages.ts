// Messages about money: what came (the receipt, S31; « Paiement reçu » to staff, S44, S45), what went back, what waits,
// what needs a person.
import type { Deps } from '../deps.ts';
import { dateTime, day, money } from '../format.ts';
import { balanceOf } from '../ledger/balance.ts';
import { readInvoices } from '../ledger/invoices.ts';
import { receiptContent } from '../receipts/content.ts';
import { ReceiptDocument, RefundDocument } from '../receipts/document.ts';
import { refundContent } from '../receipts/refund-content.ts';
import type { Regroupement } from '../regroupements/regroupements.ts';
import { taxStepWords } from './exception-words.ts';
import type { Writers } from './writers.ts';

export const moneyMessages: Writers<
  | 'receipt'
  | 'unconfirmed'
  | 'payment-expired'
  | 'payment-stopped'
  | 'payment-failed'
  | 'payment-received'
  | 'exception'
  | 'refund-receipt'
  | 'instalment'
> = {
  receipt: async (deps, { t, lang, page, regroupement }, { receiptId }) => {
    const { rows } = await deps.db.execute<{
      id: string;
      number: number;
      document: string;
      issued_at: number;
    }>('SELECT id, number, document, issued_at FROM receipts WHERE id = ? AND regroupement_id = ?', [
      receiptId,
      regroupement.id,
    ]);
    const row = rows[0];
    if (row === undefined) throw new Error('a receipt to send is not there');
    const document = ReceiptDocument.parse(JSON.parse(row.document));
    const content = receiptContent({ number: row.number, document });
    const amount = money(document.totalPaidCents, lang);
    const remaining = document.invoices.reduce(
      (sum, invoice) => sum + Math.max(0, invoice.remainingCents),
      0,
    );
    return {
      subject: t.receiptSubject(amount, regroupement.naming),
      parts: [
        { text: t.helloName(document.payer.name) },
        { text: t.receiptBody(amount, dateTime(Date.parse(document.paidAt), lang)) },
        {
          facts: [
            ...document.invoices.flatMap((invoice): [string, string][] => [
              [t.invoice, invoice.number],
              [t.certificate, invoice.certificateNumber],
            ]),
            [t.confirmation, document.confirmationNumber],
            [t.receiptNumber, String(row.number)],
            [t.paypalTransaction, document.paypalTransaction],
            [t.paid, amount],
            [t.remaining, money(remaining, lang)],
          ],
        },
        { text: t.receiptKeep },
        { link: page, label: t.seePayments },
      ],
      attachments: [
        {
          filename: `${lang === 'fr-CA' ? 'recu' : 'receipt'}-${row.number}.pdf`,
          contentType: 'application/pdf',
          content: () => deps.pdf(content),
        },
      ],
    };
  },
  unconfirmed: async (deps, { t, lang, page, regroupement }, { paymentId }) => {
    const payment = await paymentFacts(deps, regroupement, paymentId);
    return {
      subject: t.unconfirmedSubject,
      parts: [
        { text: t.hello },
        { text: t.unconfirmedBody(money(payment.amountCents, lang)) },
        { link: page, label: t.unconfirmedButton },
        { text: t.unconfirmedEnd },
      ],
    };
  },
  'payment-expired': async (deps, { t, lang, page, regroupement }, { paymentId }) => {
    const payment = await paymentFacts(deps, regroupement, paymentId);
    return {
      subject: t.expiredSubject,
      parts: [
        { text: t.hello },
        { text: t.expiredBody(money(payment.amountCents, lang), payment.owed === 1) },
        { link: page, label: payment.owed === 1 ? t.payAgain : t.seePayments },
      ],
    };
  },
  'payment-stopped': async (deps, { t, lang, page, regroupement }, { paymentId, why }) => {
    const payment = await paymentFacts(deps, regroupement, paymentId);
    return {
      subject: t.expiredSubject,
      parts: [
        { text: t.hello },
        { text: t.stoppedBody(money(payment.amountCents, lang)) },
        { text: why },
        { link: page, label: t.seePayments },
      ],
    };
  },
  'payment-failed': async (deps, { t, lang, page, regroupement }, { paymentId }) => {
    const payment = await paymentFacts(deps, regroupement, paymentId);
    return {
      subject: t.failedSubject,
      parts: [
        { text: t.hello },
        { text: t.failedBody(money(payment.amountCents, lang), payment.owed === 1) },
        { link: page, label: payment.owed === 1 ? t.payAgain : t.seePayments },
      ],
    };
  },
  'payment-received': async (deps, { t, lang, regroupement }, { paymentId }) => {
    const payment = await paymentFacts(deps, regroupement, paymentId);
    const amount = money(payment.amountCents, lang);
    return {
      subject: t.receivedSubject(payment.holder, payment.certificate, amount),
      parts: [
        { text: t.receivedBody(amount) },
        {
          facts: [
            [t.holder, payment.holder],
            [t.certificate, payment.certificate],
            [t.invoice, payment.invoices],
            [t.confirmation, payment.number],
            [t.paypalTransaction, payment.captureId ?? '–'],
          ],
        },
      ],
    };
  },
  exception: async (deps, { t, lang, regroupement }, { key }) => {
    const { rows } = await deps.db.execute<{ kind: string; number: string | null; detail: string }>(
      `SELECT e.kind, p.number, e.detail FROM exceptions e LEFT JOIN payments p ON p.id = e.payment_id
       WHERE e.dedupe_key = ? AND e.regroupement_id = ?`,
      [key, regroupement.id],
    );
    const [row] = rows;
    if (row === undefined) throw new Error('an exception to tell is not there');
    const detail = JSON.parse(row.detail) as {
      captureId?: string;
      amountCents?: number;
      certificateNumber?: string | null;
    };
    if (row.kind === 'lookup-alert') {
      return {
        subject: t.lookupAlertSubject,
        parts: [
          { text: t.exceptions['lookup-alert'] },
          ...(detail.certificateNumber == null
            ? []
            : [{ facts: [[t.certificate, detail.certificateNumber] as const] }]),
          { text: t.lookupAlertEnd },
        ],
      };
    }
    if (row.kind === 'premium-tax') return taxStepWords(regroupement, detail, lang);
    return {
      subject: t.exceptionSubject(row.number),
      parts: [
        { text: t.exceptions[row.kind as keyof typeof t.exceptions] },
        {
          facts: [
            ...(row.number === null ? [] : [[t.confirmation, row.number] as [string, string]]),
            ...(detail.amountCents === undefined
              ? []
              : [[t.exceptionAmount, money(detail.amountCents, lang)] as [string, string]]),
            [t.paypalTransaction, detail.captureId ?? '–'],
          ],
        },
        { text: t.exceptionEnd },
      ],
    };
  },
  instalment: async (deps, { t, lang, page, regroupement }, { planId, no, late }) => {
    const { rows } = await deps.db.execute<{ id: string }>(
      'SELECT invoice_id AS id FROM instalment_plans WHERE id = ? AND regroupement_id = ?',
      [planId, regroupement.id],
    );
    const invoiceIds = rows.map(({ id }) => id);
    const [invoice] = await readInvoices(deps, regroupement.id, '', { invoiceIds });
    if (invoice === undefined) throw new Error('an invoice to remind of is not there');
    const one = invoice.plan?.id === planId ? invoice.plan.instalments[no - 1] : undefined;
    const left = one?.leftCents ?? 0;
    const words = [money(left, lang), day(one?.dueOn ?? '', lang)] as const;
    return {
      subject: late ? t.instalmentLateSubject(regroupement.name) : t.instalmentSubject(regroupement.name),
      parts: [
        { text: t.hello },
        // Since it was written, she may have paid.
        {
          text:
            left === 0 ? t.instalmentDone : late ? t.instalmentLate(...words) : t.instalmentSoon(...words),
        },
        {
          facts: [
            [t.invoice, invoice.number],
            [t.certificate, invoice.certificateNumber],
          ],
        },
        ...(left === 0 ? [] : [{ text: t.instalmentHow }]),
        { link: page, label: t.payAgain },
      ],
    };
  },
  'refund-receipt': async (deps, { t, lang, page, regroupement }, { receiptId }) => {
    const { rows } = await deps.db.execute<{ number: number; document: string }>(
      'SELECT number, document FROM refund_receipts WHERE id = ? AND regroupement_id = ?',
      [receiptId, regroupement.id],
    );
    const [row] = rows;
    if (row === undefined) throw new Error('a refund receipt to send is not there');
    const document = RefundDocument.parse(JSON.parse(row.document));
    const content = refundContent({ number: row.number, document });
    const amount = money(document.totalCents, lang);
    return {
      subject: t.refundSubject(amount, regroupement.name),
      parts: [
        { text: t.helloName(document.payer.name) },
        { text: t.refundBody(amount, dateTime(Date.parse(document.refundedAt), lang)) },
        {
          facts: [
            ...document.invoices.map((invoice): [string, string] => [t.invoice, invoice.number]),
            [t.confirmation, document.confirmationNumber],
            [t.refundNumber, String(row.number)],
            [t.paypalTransaction, document.paypalTransaction],
            [t.refunded, amount],
          ],
        },
        { link: page, label: t.seePayments },
      ],
      attachments: [
        {
          filename: `${lang === 'fr-CA' ? 'remboursement' : 'refund'}-${row.number}.pdf`,
          contentType: 'application/pdf',
          content: () => deps.pdf(content),
        },
      ],
    };
  },
};

interface PaymentFacts {
  number: string;
  amountCents: number;
  captureId: string | null;
  holder: string;
  certificate: string;
  invoices: string;
  /** Whether something is left to pay on them. */
  owed: 0 | 1;
}

async function paymentFacts(
  deps: Deps,
  regroupement: Regroupement,
  paymentId: string,
): Promise<PaymentFacts> {
  const { rows } = await deps.db.execute<PaymentFacts & { holder: string }>(
    `SELECT p.number, p.amount_cents AS amountCents, p.capture_id AS captureId,
       group_concat(DISTINCT trim(h.first_name || ' ' || h.last_name)) AS holder,
       group_concat(DISTINCT c.number) AS certificate, group_concat(DISTINCT i.number) AS invoices,
       max(i.status = 'open' AND ${balanceOf('i.id', 'i.regroupement_id')} > 0) AS owed
     FROM payments p JOIN allocations a ON a.payment_id = p.id JOIN invoices i ON i.id = a.invoice_id
     JOIN certificates c ON c.id = i.certificate_id JOIN holders h ON h.id = c.holder_id
     WHERE p.id = ? AND p.regroupement_id = ? GROUP BY p.id`,
    [paymentId, regroupement.id],
  );
  const [facts] = rows;
  if (facts === undefined) throw new Error('a payment to write about is not there');
  return facts;
}
