// Transaction Search 1.9: what moved on a merchant's account between two instants: payments, what went back, what is held
// for a dispute, payouts; and what is on the account.
import type { Hono } from 'hono';
import { z } from 'zod';
import { type Books, type Capture, type Merchant, pends } from './books.ts';
import { malformed } from './errors.ts';
import type { Handlers } from './handlers.ts';

const MAX_WINDOW_MS = 31 * 86_400_000;
const Query = z.object({
  start_date: z.iso.datetime({ offset: true }),
  end_date: z.iso.datetime({ offset: true }),
  fields: z.string().optional(),
  page: z.coerce.number().int().min(1).default(1),
  page_size: z.coerce.number().int().min(1).max(500).default(100),
});

const BalancesQuery = z.object({
  as_of_time: z.iso.datetime({ offset: true }).optional(),
  currency_code: z.literal('CAD').default('CAD'),
});

interface Movement {
  id: string;
  code: string;
  status: string;
  at: number;
  cents: number;
  feeCents: number;
  capture: Capture | null;
  refersTo: string | null;
}

export function reportingRoutes(
  app: Hono,
  { bearer, serve }: Handlers,
  deps: { books: Books; now(): number; delayMs: number; publicUrl: string },
): void {
  app.get('/v1/reporting/transactions', (c) =>
    serve(c, 'transactions', () => {
      const merchant = bearer(c);
      const parsed = Query.safeParse(c.req.query());
      if (!parsed.success) throw malformed('start_date', 'INVALID_PARAMETER_SYNTAX');
      const { start_date, end_date, page, page_size } = parsed.data;
      const [from, to] = [Date.parse(start_date), Date.parse(end_date)];
      if (to < from || to - from > MAX_WINDOW_MS) throw malformed('end_date', 'INVALID_PARAMETER_VALUE');
      const all = movements(deps.books, merchant).filter(
        // PayPal counts in seconds.
        ({ at }) => at >= from && at < to + 1000 && at <= deps.now() - deps.delayMs,
      );
      return {
        status: 200,
        body: {
          transaction_details: all.slice((page - 1) * page_size, page * page_size).map(shown),
          account_number: merchant.merchantId,
          start_date,
          end_date,
          last_refreshed_datetime: iso(deps.now() - deps.delayMs),
          page,
          total_items: all.length,
          total_pages: Math.max(1, Math.ceil(all.length / page_size)),
          links: [{ href: `${deps.publicUrl}/v1/reporting/transactions`, rel: 'self', method: 'GET' }],
        },
      };
    }),
  );
  app.get('/v1/reporting/balances', (c) =>
    serve(c, 'balances', () => {
      const merchant = bearer(c);
      const parsed = BalancesQuery.safeParse(c.req.query());
      if (!parsed.success) throw malformed('as_of_time', 'INVALID_PARAMETER_SYNTAX');
      const { as_of_time, currency_code } = parsed.data;
      const refreshed = deps.now() - deps.delayMs;
      const until = Math.min(refreshed, as_of_time === undefined ? refreshed : Date.parse(as_of_time));
      const moved = movements(deps.books, merchant).filter(({ at, status }) => at <= until && status === 'S');
      const sum = (among: readonly Movement[]) =>
        among.reduce((cents, one) => cents + one.cents - one.feeCents, 0);
      const [held, free] = [moved.filter(isHold), moved.filter((one) => !isHold(one))];
      return {
        status: 200,
        body: {
          balances: [
            {
              currency: currency_code,
              primary: true,
              total_balance: money(sum(free)),
              available_balance: money(sum(moved)),
              withheld_balance: money(-sum(held)),
            },
          ],
          account_id: merchant.merchantId,
          as_of_time: iso(until),
          last_refresh_time: iso(refreshed),
        },
      };
    }),
  );
}

/** What is withheld for a dispute stays on the account. */
const isHold = ({ code }: Movement) => code === 'T1110' || code === 'T1111';

function movements(books: Books, merchant: Merchant): Movement[] {
  const own = (capture: Capture) => capture.order.merchant === merchant;
  const all: Movement[] = [];
  for (const capture of books.captures.values()) {
    if (!own(capture) || capture.status === 'DECLINED') continue;
    all.push({
      id: capture.id,
      code: 'T0006',
      status: pends(capture) ? 'P' : 'S',
      at: capture.createdAt,
      cents: capture.amountCents,
      feeCents: pends(capture) ? 0 : books.feeCents(capture),
      capture,
      refersTo: null,
    });
  }
  const move = (
    id: string,
    code: string,
    at: number,
    cents: number,
    capture: Capture,
    refersTo = capture.id,
  ) => {
    if (own(capture)) all.push({ id, code, status: 'S', at, cents, feeCents: 0, capture, refersTo });
  };
  for (const { id, capture, amountCents, createdAt } of books.refunds.values())
    move(id, 'T1107', createdAt, -amountCents, capture);
  for (const { id, capture, amountCents, createdAt, reason = 'CHARGEBACK' } of books.reversals.values())
    move(id, reason === 'CHARGEBACK' ? 'T1201' : 'T1106', createdAt, -amountCents, capture);
  for (const { id, reversal, amountCents, createdAt } of books.returns.values()) {
    // A chargeback lifted refers to the chargeback, a complaint lost to the payment.
    if (reversal.reason === 'BUYER_COMPLAINT') move(id, 'T1106', createdAt, amountCents, reversal.capture);
    else move(id, 'T1202', createdAt, amountCents, reversal.capture, reversal.id);
  }
  for (const { id, dispute, amountCents, createdAt, release } of books.holds.values()) {
    move(id, 'T1110', createdAt, -amountCents, dispute.capture);
    if (release !== null) move(release.id, 'T1111', release.at, amountCents, dispute.capture);
  }
  for (const { id, merchant: of, amountCents, createdAt } of books.payouts.values())
    if (of === merchant)
      all.push({
        id,
        code: 'T0400',
        status: 'S',
        at: createdAt,
        cents: -amountCents,
        feeCents: 0,
        capture: null,
        refersTo: null,
      });
  return all.sort((a, b) => a.at - b.at);
}

function shown({ id, code, status, at, cents, feeCents, capture, refersTo }: Movement) {
  const { custom_id, invoice_id, amount } = capture?.order.unit ?? {};
  const signed = (value: number) => money(value, amount?.currency_code);
  return {
    transaction_info: {
      transaction_id: id,
      ...(refersTo === null ? {} : { paypal_reference_id: refersTo, paypal_reference_id_type: 'TXN' }),
      transaction_event_code: code,
      transaction_initiation_date: iso(at),
      transaction_updated_date: iso(at),
      transaction_amount: signed(cents),
      fee_amount: signed(-feeCents),
      transaction_status: status,
      ...(invoice_id === undefined ? {} : { invoice_id }),
      ...(custom_id === undefined ? {} : { custom_field: custom_id }),
    },
  };
}

function money(cents: number, currency_code = 'CAD') {
  const [units, rest] = [Math.floor(Math.abs(cents) / 100), Math.abs(cents) % 100];
  return { currency_code, value: `${cents < 0 ? '-' : ''}${units}.${String(rest).padStart(2, '0')}` };
}

function iso(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
