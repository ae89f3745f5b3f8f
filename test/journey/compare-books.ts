// How every journey ends: three books that must say the same to the cent.
import assert from 'node:assert/strict';
import { type Demo, until } from '../support/demo.ts';

/**
 * Compares, for everything that was ever captured, the ledger, PayPal's captures and the receipts; and that every
 * receipt was mailed with its PDF. Answers the amounts captured for this e-mail's account, in cents.
 */
export async function compareBooks(demo: Demo, email: string): Promise<number[]> {
  const captures = await demo.captures();
  const payments = demo.rows<{ id: string; number: string; amount: number; capture: string; email: string }>(
    `SELECT p.id, p.number, p.amount_cents AS amount, p.capture_id AS capture, a.email FROM payments p
     JOIN accounts a ON a.id = p.account_id WHERE p.completed_at IS NOT NULL`,
  );
  assert.deepEqual(
    captures
      .filter((capture) => capture.status === 'COMPLETED')
      .map((capture) => capture.id)
      .sort(),
    payments.map((payment) => payment.capture).sort(),
    'each capture at PayPal is one completed payment, and the other way round',
  );
  for (const payment of payments) {
    const capture = captures.find((one) => one.id === payment.capture);
    assert.equal(Math.round(Number(capture?.amount) * 100), payment.amount, 'PayPal took what was agreed');
    assert.equal(capture?.invoice_id, payment.number);
    const [posted] = demo.rows<{ cents: number }>(
      "SELECT -SUM(amount_cents) AS cents FROM ledger_entries WHERE payment_id = ? AND kind = 'payment'",
      payment.id,
    );
    assert.equal(posted?.cents, payment.amount, 'the ledger posted what PayPal took');
    const receipts = demo.rows<{ number: number; document: string }>(
      'SELECT number, document FROM receipts WHERE payment_id = ?',
      payment.id,
    );
    assert.equal(receipts.length, 1, 'one receipt a payment');
    const document = JSON.parse(receipts[0]?.document ?? '{}') as {
      totalPaidCents: number;
      paypalTransaction: string;
    };
    assert.equal(document.totalPaidCents, payment.amount, 'the receipt says what PayPal took');
    assert.equal(document.paypalTransaction, payment.capture);
    await until(`the mailed receipt of ${payment.number}`, async () =>
      (await demo.mails()).find(
        (mail) =>
          mail.to === payment.email &&
          mail.text.includes(payment.number) &&
          mail.attachments.some((file) => file.contentType === 'application/pdf'),
      ),
    );
  }
  const numbers = demo.rows<{ regroupement: string; numbers: string }>(
    'SELECT regroupement_id AS regroupement, group_concat(number) AS numbers FROM (SELECT * FROM receipts ORDER BY number) GROUP BY regroupement_id',
  );
  for (const { numbers: given } of numbers) {
    assert.deepEqual(
      given.split(',').map(Number),
      given.split(',').map((_, i) => i + 1),
      'receipts are numbered without gaps',
    );
  }
  assert.deepEqual(demo.rows('SELECT invoice_id FROM invoice_holds'), [], 'no invoice stays held');
  return payments.filter((payment) => payment.email === email).map((payment) => payment.amount);
}
