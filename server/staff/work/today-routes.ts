// The staff's API, GET /v1/backoffice/{regroupement}/today.
import { Hono } from 'hono';
import { z } from 'zod';
import type { Deps } from '../../deps.ts';
import { describe } from '../../http/validate.ts';
import { type StaffEnv, staffGuard } from '../permission.ts';
import { Day } from '../schemas.ts';
import { today } from './today.ts';
import { workCounts } from './worklist.ts';

const Figures = z
  .object({
    day: Day,
    paypalCents: z.int().describe('what payers paid, the online fee included'),
    otherwiseCents: z.int(),
    refundedCents: z.int(),
    feeCents: z.int().describe('PayPal’s, as far as they are known'),
    netCents: z.int(),
  })
  .meta({ ref: 'DayFigures' });
const Count = z.object({ count: z.int(), cents: z.int() });
const Today = z
  .object({
    at: z.iso.datetime().describe('the instant of these figures'),
    figures: Figures.describe('of today'),
    unconfirmed: Count.describe('approved at PayPal, without her «\u00a0Confirmer\u00a0»'),
    overdue: Count.describe(
      'open invoices past their due day, or past a date of their plan; what is left to pay on them',
    ),
    waiting: z.int().describe('all that the worklist has'),
    days: z.array(Figures).describe('thirty, today last'),
    last: z
      .array(
        z.object({
          method: z.enum(['paypal', 'cheque', 'interac', 'debit', 'cash', 'imported']),
          paymentNumber: z.string().nullable(),
          recordedPaymentId: z.string().nullable(),
          at: z.iso.datetime(),
          amountCents: z.int().describe('negative: what was taken back'),
          invoiceNumber: z.string().describe('the first, where several were paid'),
          holderId: z.string(),
          holderName: z.string(),
        }),
      )
      .describe('the last twenty payments, newest first'),
  })
  .meta({ ref: 'Today' });

export function todayRoutes(deps: Deps) {
  return new Hono<StaffEnv>().get(
    '/today',
    describe({
      summary: 'What came in today, what waits, thirty days of it, the last payments',
      tags: ['backoffice'],
      staff: true,
      ok: { status: 200, description: 'The figures', schema: Today },
      problems: ['forbidden', 'too-many-requests'],
    }),
    staffGuard(deps, 'read'),
    async (c) => {
      const { id } = c.get('regroupement');
      const { last, ...read } = await today(deps, id);
      const waiting = Object.values(await workCounts(deps, id)).reduce((all, n) => all + n, 0);
      const iso = (at: number) => new Date(at).toISOString();
      return c.json(
        { at: iso(deps.now()), ...read, waiting, last: last.map((one) => ({ ...one, at: iso(one.at) })) },
        200,
      );
    },
  );
}
