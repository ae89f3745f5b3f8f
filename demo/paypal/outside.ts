// What people do on PayPal's own site, and banks behind it: refunds, reversals, disputes, payouts, sales of another kind.
// For the demo and the tests; PayPal has no such calls.
import { Hono } from 'hono';
import { z } from 'zod';
import type { Books, Merchant } from './books.ts';
import { PayPalError } from './errors.ts';
import { paymentJson, refundJson } from './wire.ts';

const Amount = z.object({ cents: z.number().int().positive().optional() });
const Sale = z.object({
  clientId: z.string(),
  cents: z.number().int().positive(),
  invoiceId: z.string().optional(),
  customId: z.string().optional(),
});
const Reverse = Amount.extend({ reason: z.enum(['CHARGEBACK', 'BUYER_COMPLAINT']).default('CHARGEBACK') });
const Complaint = Amount.extend({ hold: z.boolean().default(false) });
const PayOut = z.object({ clientId: z.string(), cents: z.number().int().positive() });
const Outcome = z.object({
  outcome: z
    .enum(['RESOLVED_BUYER_FAVOUR', 'RESOLVED_SELLER_FAVOUR', 'CANCELED_BY_BUYER'])
    .default('RESOLVED_SELLER_FAVOUR'),
});

export function outside(books: Books, merchants: readonly Merchant[], publicUrl: string): Hono {
  const app = new Hono();
  app.onError((error, c) => {
    const issue = error instanceof PayPalError ? error.details[0]?.issue : undefined;
    return c.json({ error: issue ?? 'see demo/paypal/README.md' }, 422);
  });
  const body = async <S extends z.ZodType>(request: Request, schema: S): Promise<z.infer<S>> =>
    schema.parse(await request.json().catch(() => ({})));
  app.post('/captures/:id/refund', async (c) => {
    const capture = books.captures.get(c.req.param('id'));
    if (capture === undefined) return c.json({ error: 'no such capture' }, 404);
    const { cents } = await body(c.req.raw, Amount);
    return c.json(refundJson(books, books.refund(capture, cents ?? null, null), publicUrl), 201);
  });
  app.post('/captures/:id/reverse', async (c) => {
    const capture = books.captures.get(c.req.param('id'));
    const { cents, reason } = await body(c.req.raw, Reverse);
    const reversal =
      capture === undefined
        ? undefined
        : books.reverse(capture, { reason, ...(cents === undefined ? {} : { cents }) });
    return reversal === undefined
      ? c.json({ error: 'nothing to take back' }, 404)
      : c.json({ id: reversal.id, capture_id: reversal.capture.id }, 201);
  });
  app.post('/reversals/:id/return', (c) => {
    const reversal = books.reversals.get(c.req.param('id'));
    const back = reversal === undefined ? undefined : books.giveBack(reversal);
    return back === undefined
      ? c.json({ error: 'nothing to give back' }, 404)
      : c.json({ id: back.id, reversal_id: back.reversal.id }, 201);
  });
  app.post('/captures/:id/dispute', async (c) => {
    const capture = books.captures.get(c.req.param('id'));
    if (capture === undefined) return c.json({ error: 'no such capture' }, 404);
    const { cents, hold } = await body(c.req.raw, Complaint);
    return c.json(
      { id: books.dispute(capture, { hold, ...(cents === undefined ? {} : { cents }) }).id },
      201,
    );
  });
  app.post('/disputes/:id/resolve', async (c) => {
    const dispute = books.disputes.get(c.req.param('id'));
    if (dispute === undefined) return c.json({ error: 'no such dispute' }, 404);
    const { outcome } = await body(c.req.raw, Outcome);
    books.resolve(dispute, outcome);
    return c.json({ id: dispute.id, outcome });
  });
  app.post('/payouts', async (c) => {
    const { clientId, cents } = await body(c.req.raw, PayOut);
    const merchant = merchants.find((one) => one.clientId === clientId);
    if (merchant === undefined) return c.json({ error: 'no such merchant' }, 404);
    return c.json({ id: books.payOut(merchant, cents).id }, 201);
  });
  app.post('/sales', async (c) => {
    const { clientId, cents, invoiceId, customId } = await body(c.req.raw, Sale);
    const merchant = merchants.find((one) => one.clientId === clientId);
    if (merchant === undefined) return c.json({ error: 'no such merchant' }, 404);
    const ids = {
      ...(invoiceId === undefined ? {} : { invoiceId }),
      ...(customId === undefined ? {} : { customId }),
    };
    return c.json(paymentJson(books, books.sale(merchant, cents, ids), publicUrl), 201);
  });
  return app;
}
