// The receipt of a cheque, or of other money that staff wrote down, and what annuls it: to the RSG, the document attached.
import type { Deps, MailMessage } from '../deps.ts';
import { day, money } from '../format.ts';
import { balanceOf } from '../ledger/balance.ts';
import { contentOf, type Issued, issuedById } from '../receipts/recorded.ts';
import { cancelledLine } from '../receipts/recorded-content.ts';
import type { Writers } from './writers.ts';

export const recordedMessages: Writers<'recorded-receipt' | 'receipt-cancelled'> = {
  'recorded-receipt': async (deps, { t, lang, page, regroupement }, { receiptId }) => {
    const issued = await found(deps, receiptId, 'receipt');
    const { document, number } = issued;
    const amount = money(document.totalPaidCents, lang);
    return {
      subject: t.receiptSubject(amount, regroupement.naming),
      parts: [
        { text: t.helloName(document.payer.name) },
        { text: t.recordedBody(amount, day(document.receivedOn, lang)) },
        {
          facts: [
            ...document.invoices.flatMap((invoice): [string, string][] => [
              [t.invoice, invoice.number],
              [t.certificate, invoice.certificateNumber],
            ]),
            [t.receiptNumber, number],
            [t.paid, amount],
            [t.remaining, money(remaining(document.invoices), lang)],
          ],
        },
        { text: t.receiptKeep },
        { link: page, label: t.seePayments },
      ],
      attachments: attached(deps, issued),
    };
  },
  'receipt-cancelled': async (deps, { t, lang, page, regroupement }, { receiptId }) => {
    const issued = await found(deps, receiptId, 'cancellation');
    const { document } = issued;
    const left = await leftOf(deps, regroupement.id, document.invoices);
    return {
      subject: t.cancelledSubject(document.receiptNumber, regroupement.name),
      parts: [
        { text: t.helloName(document.payer.name) },
        { text: cancelledLine(document, lang) },
        {
          facts: [
            ...document.invoices.map((invoice): [string, string] => [t.invoice, invoice.number]),
            [t.cancelled, money(document.totalCents, lang)],
          ],
        },
        ...(left === 0 ? [] : [{ text: t.cancelledLeft(money(left, lang)) }]),
        { text: t.cancelledEnd(regroupement.naming) },
        { link: page, label: left === 0 ? t.seePayments : t.payAgain },
      ],
      attachments: attached(deps, issued),
    };
  },
};

const remaining = (invoices: readonly { remainingCents: number }[]) =>
  invoices.reduce((all, one) => all + Math.max(0, one.remainingCents), 0);

/** What is left to pay of these invoices now, in cents: what was taken back may have been paid twice, or paid again since. */
async function leftOf(
  deps: Pick<Deps, 'db'>,
  regroupementId: string,
  invoices: readonly { number: string }[],
): Promise<number> {
  const { rows } = await deps.db.execute<{ cents: number | null }>(
    `SELECT sum(max(0, ${balanceOf('i.id', 'i.regroupement_id')})) AS cents FROM invoices i
     WHERE i.regroupement_id = ? AND i.number IN (SELECT value FROM json_each(?)) AND i.status = 'open'`,
    [regroupementId, JSON.stringify(invoices.map(({ number }) => number))],
  );
  return rows[0]?.cents ?? 0;
}

async function found<K extends Issued['kind']>(
  deps: Deps,
  id: string,
  kind: K,
): Promise<Extract<Issued, { kind: K }>> {
  const issued = await issuedById(deps, id);
  if (issued?.kind !== kind) throw new Error('a receipt to send is not there');
  return issued as Extract<Issued, { kind: K }>;
}

function attached(deps: Deps, issued: Issued): MailMessage['attachments'] {
  const { content, name } = contentOf(issued);
  return [{ filename: `${name}.pdf`, contentType: 'application/pdf', content: () => deps.pdf(content) }];
}
