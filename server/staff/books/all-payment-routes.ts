// The staff's API, GET /v1/backoffice/{regroupement}/all-payments: what came in, whichever way (« Paiements »).
import { Hono } from 'hono';
import { z } from 'zod';
import type { Deps } from '../../deps.ts';
import { line } from '../../fields.ts';
import { describe, validate } from '../../http/validate.ts';
import { RECORDED_METHODS } from '../../offline-payments/methods.ts';
import { recordedWithReversals } from '../../offline-payments/store.ts';
import { paymentsWhere } from '../../payments/store.ts';
import { type StaffEnv, staffGuard } from '../permission.ts';
import { After, Next, RecordedAnswer, StaffPayment } from '../schemas.ts';
import { recordedView, staffPaymentViews } from '../views.ts';
import { allPayments, OUTCOMES, type Place, paymentsNamed } from './all-payments.ts';

const Item = z
  .object({
    holderId: z.string(),
    holderName: z.string(),
    payment: StaffPayment.nullable().describe('at PayPal'),
    recorded: RecordedAnswer.nullable().describe('as staff wrote it down'),
    takenBack: RecordedAnswer.nullable().describe('the row that takes that back'),
  })
  .meta({ ref: 'AnyPayment' });
type Item = z.infer<typeof Item>;
const Listed = z.object({
  payments: z.array(Item),
  total: z
    .object({ count: z.int(), cents: z.int().describe('before anything went back') })
    .nullable()
    .describe('of all that match; null where they are more than 10,000, or asked for by `reference`'),
  next: Next,
});
const Query = z.object({
  outcome: z
    .enum(OUTCOMES)
    .default('received')
    .describe('whether the money came, may still come, never came, or went back or is disputed'),
  method: z.enum(['paypal', ...RECORDED_METHODS]).optional(),
  from: z.iso.date().optional().describe('Toronto day that the money came on, or that the payment began on'),
  to: z.iso.date().optional().describe('included'),
  reference: line(60)
    .optional()
    .describe('a payment’s number, PayPal’s or a cheque’s, or an invoice’s; nothing else is looked at then'),
  after: After,
  limit: z.coerce.number().int().min(1).max(200).default(100),
});

export function allPaymentRoutes(deps: Deps) {
  return new Hono<StaffEnv>().get(
    '/all-payments',
    describe({
      summary: 'Payments of every method, newest first',
      tags: ['backoffice'],
      staff: true,
      ok: { status: 200, description: 'The payments', schema: Listed },
      problems: ['forbidden', 'too-many-requests'],
    }),
    staffGuard(deps, 'read'),
    validate('query', Query),
    async (c) => {
      const { id } = c.get('regroupement');
      const { reference, ...asked } = c.req.valid('query');
      const { places, ...rest } =
        reference === undefined
          ? await allPayments(deps, id, asked)
          : { places: await paymentsNamed(deps, id, reference), total: null };
      return c.json({ payments: await itemsOf(deps, places), ...rest }, 200);
    },
  );
}

async function itemsOf(deps: Deps, places: readonly Place[]): Promise<Item[]> {
  const idsIn = (table: Place['table']) => places.filter((one) => one.table === table).map(({ id }) => id);
  const stored = await paymentsWhere(deps, 'id IN (SELECT value FROM json_each(?))', [
    JSON.stringify(idsIn('payments')),
  ]);
  const views = await staffPaymentViews(deps, stored);
  const online = new Map(stored.map(({ id }, i) => [id, views[i] ?? null]));
  const recorded = await recordedWithReversals(deps, idsIn('recorded_payments'));
  const holders = await holdersOf(deps, places);
  return places.map(({ id }, i) => {
    const [holderId, holderName] = holders[i] ?? ['', ''];
    const written = recorded.find((one) => one.id === id);
    const back = recorded.find(({ reverses }) => reverses === id);
    return {
      ...{ holderId, holderName, payment: online.get(id) ?? null },
      recorded: written === undefined ? null : recordedView(written),
      takenBack: back === undefined ? null : recordedView(back),
    };
  });
}

/** Whose file each is on: id and name. */
async function holdersOf(
  deps: Pick<Deps, 'db'>,
  places: readonly Place[],
): Promise<(readonly [string, string])[]> {
  const { rows } = await deps.db.execute<{ id: string | null; name: string | null }>(
    `SELECT h.id, trim(h.first_name || ' ' || h.last_name) AS name FROM json_each(?) x
     LEFT JOIN invoices i ON i.id = CASE x.value ->> '$.table' WHEN 'payments'
       THEN (SELECT invoice_id FROM allocations WHERE payment_id = x.value ->> '$.id' LIMIT 1)
       ELSE (SELECT invoice_id FROM recorded_payments WHERE id = x.value ->> '$.id') END
     LEFT JOIN certificates c ON c.id = i.certificate_id LEFT JOIN holders h ON h.id = c.holder_id
     ORDER BY x.key`,
    [JSON.stringify(places.map(({ table, id }) => ({ table, id })))],
  );
  return rows.map(({ id, name }) => [id ?? '', name ?? ''] as const);
}
