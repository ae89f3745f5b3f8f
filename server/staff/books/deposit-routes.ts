// The staff's API, below /v1/backoffice/{regroupement}/deposits: cheques typed one by one against the bank's slip.
import { Hono } from 'hono';
import { z } from 'zod';
import { closeDeposit, type Deposit, depositById, deposits, openDeposit } from '../../deposits/deposits.ts';
import type { Deps } from '../../deps.ts';
import { cents, line, MAX_INVOICE_NUMBER } from '../../fields.ts';
import { describe, validate } from '../../http/validate.ts';
import { MAX_CENTS } from '../../ledger/money.ts';
import { nextOf } from '../../next-page.ts';
import { recordCheque } from '../../offline-payments/record.ts';
import { recordedIn } from '../../offline-payments/store.ts';
import { documentUrls } from '../../receipts/links.ts';
import { actor, type StaffEnv, staffGuard } from '../permission.ts';
import { After, Day, Id, IdempotencyKey, Next, RecordedAnswer, RecordRequest } from '../schemas.ts';
import { recordedView } from '../views.ts';

const tags: [string] = ['backoffice'];
const MOST_PARTS = 20;
const written = cents.max(MAX_CENTS);
const DepositRequest = z.strictObject({
  day: Day.describe('the slip’s'),
  slipCents: written.describe('the slip’s total'),
});
const ChequeRequest = z.strictObject({
  ...RecordRequest.pick({ reference: true, evenSo: true }).shape,
  method: RecordRequest.shape.method.default('cheque'),
  invoices: z
    .array(z.strictObject({ invoiceNumber: line(MAX_INVOICE_NUMBER), amountCents: written }))
    .min(1)
    .max(MOST_PARTS)
    .describe('of one holder; together the cheque’s amount'),
});
const CloseRequest = z.strictObject({
  slipCents: written.optional().describe('where the slip’s total was mistyped'),
});
const DepositAnswer = z
  .object({
    id: z.string(),
    day: z.string(),
    slipCents: z.int(),
    totalCents: z.int().describe('what is written down in it, less what was a mistake'),
    cheques: z.int().describe('one for several invoices is one'),
    openedBy: z.string(),
    openedAt: z.iso.datetime(),
    closedBy: z.string().nullable(),
    closedAt: z.iso.datetime().nullable(),
  })
  .meta({ ref: 'Deposit' });
const InFull = z
  .object({
    deposit: DepositAnswer,
    rows: z
      .array(
        RecordedAnswer.extend({
          holderName: z.string(),
          reversedBy: z.enum(['mistake', 'bank']).nullable().describe('what was taken back of it since'),
        }).meta({ ref: 'DepositRow' }),
      )
      .describe('as they were typed'),
  })
  .meta({ ref: 'DepositInFull' });

export function depositRoutes(deps: Deps) {
  return new Hono<StaffEnv>()
    .route('/', depositActRoutes(deps))
    .route('/', depositReceiptRoutes(deps))
    .get(
      '/deposits',
      describe({
        summary: 'The deposits of cheques, newest first',
        tags,
        staff: true,
        ok: {
          status: 200,
          description: 'The deposits',
          schema: z.object({ deposits: z.array(DepositAnswer), next: Next }),
        },
        problems: ['forbidden', 'too-many-requests'],
      }),
      staffGuard(deps, 'read'),
      validate(
        'query',
        z.object({ after: After, limit: z.coerce.number().int().min(1).max(200).default(100) }),
      ),
      async (c) => {
        const asked = c.req.valid('query');
        const found = await deposits(deps, c.get('regroupement').id, asked);
        return c.json({ deposits: found.map(depositView), ...nextOf(found, asked.limit) }, 200);
      },
    )
    .get(
      '/deposits/:id',
      describe({
        summary: 'A deposit and its cheques',
        tags,
        staff: true,
        ok: { status: 200, description: 'The deposit', schema: InFull },
        problems: ['forbidden', 'not-found', 'too-many-requests'],
      }),
      staffGuard(deps, 'read'),
      validate('param', Id),
      async (c) => c.json(await inFull(deps, c.get('regroupement').id, c.req.valid('param').id), 200),
    );
}

function depositReceiptRoutes(deps: Deps) {
  return new Hono<StaffEnv>().get(
    '/deposits/:id/receipts',
    describe({
      summary: 'The receipts of its cheques that stand, to be printed, by a link of a quarter of an hour',
      tags,
      staff: true,
      ok: { status: 200, description: 'The link', schema: z.object({ htmlUrl: z.string() }) },
      problems: ['forbidden', 'not-found', 'too-many-requests'],
    }),
    staffGuard(deps, 'read'),
    validate('param', Id),
    async (c) => {
      const { id } = await depositById(deps, c.get('regroupement').id, c.req.valid('param').id);
      const { htmlUrl } = await documentUrls(deps, { kind: 'deposit', id });
      return c.json({ htmlUrl }, 200);
    },
  );
}

function depositActRoutes(deps: Deps) {
  return new Hono<StaffEnv>()
    .post(
      '/deposits',
      describe({
        summary: 'Open a deposit with what the bank’s slip says, once a key',
        tags,
        staff: true,
        ok: { status: 201, description: 'The deposit', schema: InFull },
        problems: ['forbidden', 'idempotency-mismatch', 'too-many-requests'],
      }),
      staffGuard(deps, 'record'),
      validate('header', IdempotencyKey),
      validate('json', DepositRequest),
      async (c) => {
        const { id: regroupementId } = c.get('regroupement');
        const idempotencyKey = c.req.valid('header')['idempotency-key'];
        const request = { ...c.req.valid('json'), by: actor(c), idempotencyKey };
        const id = await openDeposit(deps, regroupementId, request);
        return c.json(await inFull(deps, regroupementId, id), 201);
      },
    )
    .post(
      '/deposits/:id/cheques',
      describe({
        summary: 'Write down a cheque of the deposit, for one or several invoices of a holder, once a key',
        tags,
        staff: true,
        ok: { status: 201, description: 'The deposit, the cheque in it', schema: InFull },
        problems: [
          'forbidden',
          'not-found',
          'deposit-closed',
          'payment-in-progress',
          'possible-duplicate',
          'more-than-balance',
          'idempotency-mismatch',
          'too-many-requests',
          'busy',
        ],
      }),
      staffGuard(deps, 'record'),
      validate('param', Id),
      validate('header', IdempotencyKey),
      validate('json', ChequeRequest),
      async (c) => {
        const { id: regroupementId } = c.get('regroupement');
        const { id } = c.req.valid('param');
        const { invoices, ...cheque } = c.req.valid('json');
        const { day } = await depositById(deps, regroupementId, id);
        await recordCheque(deps, regroupementId, {
          ...cheque,
          ...{ depositId: id, receivedOn: day, recordedBy: actor(c) },
          parts: invoices.map(({ invoiceNumber, amountCents }) => ({ invoiceNumber, cents: amountCents })),
          idempotencyKey: c.req.valid('header')['idempotency-key'],
        });
        return c.json(await inFull(deps, regroupementId, id), 201);
      },
    )
    .post(
      '/deposits/:id/close',
      describe({
        summary: 'Close a deposit whose cheques are the slip’s total; closed already, it stays so',
        tags,
        staff: true,
        ok: { status: 200, description: 'The deposit', schema: InFull },
        problems: ['forbidden', 'not-found', 'deposit-differs', 'too-many-requests', 'busy'],
      }),
      staffGuard(deps, 'record'),
      validate('param', Id),
      validate('json', CloseRequest),
      async (c) => {
        const { id: regroupementId } = c.get('regroupement');
        const { id } = c.req.valid('param');
        await closeDeposit(deps, regroupementId, id, { ...c.req.valid('json'), by: actor(c) });
        return c.json(await inFull(deps, regroupementId, id), 200);
      },
    );
}

function depositView({ openedAt, closedAt, ...deposit }: Deposit): z.infer<typeof DepositAnswer> {
  return {
    ...deposit,
    openedAt: new Date(openedAt).toISOString(),
    closedAt: closedAt === null ? null : new Date(closedAt).toISOString(),
  };
}

async function inFull(deps: Deps, regroupementId: string, id: string): Promise<z.infer<typeof InFull>> {
  const deposit = await depositById(deps, regroupementId, id);
  const rows = await recordedIn(deps, regroupementId, id);
  return {
    deposit: depositView(deposit),
    rows: rows.map(({ holderName, reversedBy, ...row }) => ({
      ...recordedView(row),
      holderName,
      reversedBy,
    })),
  };
}
