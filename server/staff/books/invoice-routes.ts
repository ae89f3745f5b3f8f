// The staff's API, below /v1/backoffice/{regroupement}/invoices: what is done to an invoice that was made: cancelled, credited, its credit
// applied to another. Each names the state that it was done from, and is done once a key.
import { Hono } from 'hono';
import { z } from 'zod';
import * as shown from '../../certificates/schemas.ts';
import { cancelInvoice } from '../../credits/cancel.ts';
import { type CreditRequest, makeCreditNote, previewCreditNote } from '../../credits/credit-notes.ts';
import { applyCredit, previewUndo, undoTransfer } from '../../credits/transfers.ts';
import type { Deps } from '../../deps.ts';
import { cents, line, token } from '../../fields.ts';
import { describe, validate } from '../../http/validate.ts';
import { MAX_CENTS } from '../../ledger/money.ts';
import { actor, type StaffEnv, staffGuard } from '../permission.ts';
import { Id, IdempotencyKey, IfMatch, ReverseRequest, versionIn } from '../schemas.ts';
import { InvoiceInFull as Invoice, inFull } from './invoice-in-full.ts';

const tags: [string] = ['backoffice'];
const reason = line(200).describe('she reads it on the note; stands in the copy of her data');
const CreditNoteRequest = z
  .union([
    z.strictObject({ amountCents: cents.max(MAX_CENTS).describe('in all, tax included'), reason }),
    z.strictObject({
      days: z.int().min(1).max(366).describe('of the premiums, with their tax at the invoice’s rate'),
      ofDays: z.int().min(1).max(366).default(365),
      reason,
    }),
  ])
  .meta({ ref: 'CreditNoteRequest' });
const TransferRequest = z.strictObject({
  toInvoiceId: token.describe('another invoice of the same holder'),
  amountCents: cents
    .max(MAX_CENTS)
    .optional()
    .describe('as much as the one has and the other takes when not given'),
});
const Lines = shown.Invoice.shape.lines;
const CreditPreview = z
  .object({
    number: z.string().describe('as it would be now'),
    amountCents: z.int(),
    lines: Lines,
    invoiceLines: Lines.describe('the invoice’s, with it, as she will read them'),
    totalCents: z.int(),
    balanceCents: z.int().describe('negative: a credit'),
  })
  .meta({ ref: 'CreditPreview' });
const UndoPreview = z
  .object({
    amountCents: z.int(),
    fromInvoiceNumber: z.string(),
    fromBalanceCents: z.int().describe('after it; negative: a credit'),
    toInvoiceNumber: z.string(),
    toBalanceCents: z.int(),
  })
  .meta({ ref: 'CreditTransferUndoPreview' });
const ACTS = [
  'forbidden',
  'not-found',
  'version-needed',
  'changed-meanwhile',
  'invoice-cancelled',
  'payment-in-progress',
  'payment-disputed',
  'idempotency-mismatch',
  'too-many-requests',
  'busy',
] as const;

export function invoiceRoutes(deps: Deps) {
  return new Hono<StaffEnv>()
    .route('/', creditNoteRoutes(deps))
    .route('/', undoRoutes(deps))
    .get(
      '/invoices/:id',
      describe({
        summary: 'An invoice, its credit notes, and the credits applied from it and to it',
        tags,
        staff: true,
        ok: { status: 200, description: 'The invoice', schema: Invoice },
        problems: ['forbidden', 'not-found', 'too-many-requests'],
      }),
      staffGuard(deps, 'read'),
      validate('param', Id),
      async (c) => c.json(await inFull(deps, c.get('regroupement').id, c.req.valid('param').id), 200),
    )
    .post(
      '/invoices/:id/cancel',
      describe({
        summary: 'Cancel an invoice, once a key; what was paid of it stands as a credit',
        tags,
        staff: true,
        ok: { status: 200, description: 'The invoice', schema: Invoice },
        problems: ACTS,
      }),
      staffGuard(deps, 'invoice'),
      validate('param', Id),
      validate('header', IdempotencyKey.extend(IfMatch.shape)),
      validate('json', ReverseRequest),
      async (c) => {
        const regroupementId = c.get('regroupement').id;
        const { id } = c.req.valid('param');
        const header = c.req.valid('header');
        await cancelInvoice(deps, regroupementId, id, {
          ...c.req.valid('json'),
          ...{ version: versionIn(header), by: actor(c), idempotencyKey: header['idempotency-key'] },
        });
        return c.json(await inFull(deps, regroupementId, id), 200);
      },
    )
    .post(
      '/invoices/:id/credit-transfer',
      describe({
        summary:
          '«\u00a0Appliquer un crédit\u00a0»: what was paid too much on an invoice pays another of hers, once a key',
        tags,
        staff: true,
        ok: { status: 201, description: 'The invoice that the credit was taken from', schema: Invoice },
        problems: [...ACTS, 'no-credit', 'nothing-to-pay'],
      }),
      staffGuard(deps, 'invoice'),
      validate('param', Id),
      validate('header', IdempotencyKey.extend(IfMatch.shape)),
      validate('json', TransferRequest),
      async (c) => {
        const regroupementId = c.get('regroupement').id;
        const { id } = c.req.valid('param');
        const header = c.req.valid('header');
        const { toInvoiceId, amountCents } = c.req.valid('json');
        await applyCredit(deps, regroupementId, id, {
          ...{ toId: toInvoiceId, cents: amountCents ?? null },
          ...{ version: versionIn(header), by: actor(c), idempotencyKey: header['idempotency-key'] },
        });
        return c.json(await inFull(deps, regroupementId, id), 201);
      },
    );
}

function creditNoteRoutes(deps: Deps) {
  return new Hono<StaffEnv>()
    .post(
      '/invoices/:id/credit-notes/preview',
      describe({
        summary: 'The credit note that an amount, or days, would make; nothing is made',
        tags,
        staff: true,
        ok: { status: 200, description: 'The note', schema: z.object({ preview: CreditPreview }) },
        problems: ['forbidden', 'not-found', 'invoice-cancelled', 'too-many-requests'],
      }),
      staffGuard(deps, 'invoice'),
      validate('param', Id),
      validate('json', CreditNoteRequest),
      async (c) => {
        const { id } = c.req.valid('param');
        const request = creditRequest(c.req.valid('json'));
        const preview = await previewCreditNote(deps, c.get('regroupement').id, id, request);
        return c.json({ preview }, 200);
      },
    )
    .post(
      '/invoices/:id/credit-notes',
      describe({
        summary: 'Take a part off an invoice by a numbered credit note, once a key',
        tags,
        staff: true,
        ok: { status: 201, description: 'The invoice, the note among its notes', schema: Invoice },
        problems: ACTS,
      }),
      staffGuard(deps, 'invoice'),
      validate('param', Id),
      validate('header', IdempotencyKey.extend(IfMatch.shape)),
      validate('json', CreditNoteRequest),
      async (c) => {
        const regroupementId = c.get('regroupement').id;
        const { id } = c.req.valid('param');
        const header = c.req.valid('header');
        await makeCreditNote(deps, regroupementId, id, {
          ...creditRequest(c.req.valid('json')),
          ...{ version: versionIn(header), by: actor(c), idempotencyKey: header['idempotency-key'] },
        });
        return c.json(await inFull(deps, regroupementId, id), 201);
      },
    );
}

const UNDONE = [
  'forbidden',
  'not-found',
  'reversal-final',
  'no-credit',
  'invoice-cancelled',
  'payment-in-progress',
  'payment-disputed',
  'too-many-requests',
] as const;

function undoRoutes(deps: Deps) {
  return new Hono<StaffEnv>()
    .post(
      '/credit-transfers/:id/undo/preview',
      describe({
        summary: 'What undoing an applied credit would leave; nothing is done',
        tags,
        staff: true,
        ok: { status: 200, description: 'The balances after it', schema: z.object({ preview: UndoPreview }) },
        problems: UNDONE,
      }),
      staffGuard(deps, 'invoice'),
      validate('param', Id),
      async (c) => {
        const { id } = c.req.valid('param');
        return c.json({ preview: await previewUndo(deps, c.get('regroupement').id, id) }, 200);
      },
    )
    .post(
      '/credit-transfers/:id/undo',
      describe({
        summary:
          '«\u00a0Défaire\u00a0» an applied credit by two opposite entries; undone already, it stays so',
        tags,
        staff: true,
        ok: { status: 200, description: 'The invoice that the credit is on again', schema: Invoice },
        problems: [...UNDONE, 'busy'],
      }),
      staffGuard(deps, 'invoice'),
      validate('param', Id),
      async (c) => {
        const { id: regroupementId } = c.get('regroupement');
        const invoiceId = await undoTransfer(deps, regroupementId, c.req.valid('param').id, actor(c));
        return c.json(await inFull(deps, regroupementId, invoiceId), 200);
      },
    );
}

function creditRequest(body: z.infer<typeof CreditNoteRequest>): CreditRequest {
  return 'amountCents' in body ? { cents: body.amountCents, reason: body.reason } : body;
}
