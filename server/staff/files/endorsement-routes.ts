// The staff's API, below /v1/backoffice/{regroupement}/endorsements: « Montant manuel », seen before it is made; and the
// coordinating offices, whose fee goes with it.
import { Hono } from 'hono';
import { z } from 'zod';
import * as shown from '../../certificates/schemas.ts';
import type { Deps } from '../../deps.ts';
import { cents } from '../../fields.ts';
import { describe, validate } from '../../http/validate.ts';
import { readInvoices } from '../../ledger/invoices.ts';
import { MAX_CENTS } from '../../ledger/money.ts';
import { actor, type StaffEnv, staffGuard } from '../permission.ts';
import { Day, Id, IdempotencyKey } from '../schemas.ts';
import { makeManualInvoice, previewManualInvoice } from './endorsement-invoices.ts';
import { FileInvoice, fileInvoiceView } from './holder-views.ts';

const tags: [string] = ['backoffice'];
const ManualInvoiceRequest = z.strictObject({
  amountCents: cents.max(MAX_CENTS).optional().describe('the endorsement’s when not given'),
  issuedOn: Day.optional().describe('today when not given'),
  dueOn: Day.optional().describe('thirty days later when not given'),
  noAdminFee: z.boolean().default(false).describe('«\u00a0Ne pas facturer de frais d’adm.\u00a0»'),
});
const Preview = z
  .object({
    number: z.string().describe('as it would be now'),
    issuedOn: z.string(),
    dueOn: z.string(),
    lines: shown.Invoice.shape.lines.describe('as she will read them'),
    totalCents: z.int(),
    onlineFeeCents: z.int(),
    onlineTotalCents: z.int().describe('what she pays online'),
    adminFeeCents: z.int().describe('the fee that is charged, or would be if it were not waived'),
    officeName: z.string().nullable().describe('whose fee it is; null: the association’s'),
  })
  .meta({ ref: 'ManualInvoicePreview' });
export function endorsementRoutes(deps: Deps) {
  return new Hono<StaffEnv>()
    .post(
      '/endorsements/:id/invoice/preview',
      describe({
        summary: 'The invoice that a manual amount would make, line by line; nothing is made',
        tags,
        staff: true,
        ok: { status: 200, description: 'The invoice', schema: z.object({ preview: Preview }) },
        problems: ['forbidden', 'not-found', 'endorsement-invoiced', 'too-many-requests'],
      }),
      staffGuard(deps, 'invoice'),
      validate('param', Id),
      validate('json', ManualInvoiceRequest),
      async (c) => {
        const { id } = c.req.valid('param');
        const preview = await previewManualInvoice(deps, c.get('regroupement'), id, c.req.valid('json'));
        return c.json({ preview }, 200);
      },
    )
    .post(
      '/endorsements/:id/invoice',
      describe({
        summary: 'Make an endorsement’s invoice by a manual amount, once; she sees it at her next load',
        tags,
        staff: true,
        ok: { status: 201, description: 'The invoice', schema: z.object({ invoice: FileInvoice }) },
        problems: [
          'forbidden',
          'not-found',
          'endorsement-invoiced',
          'idempotency-mismatch',
          'too-many-requests',
          'busy',
        ],
      }),
      staffGuard(deps, 'invoice'),
      validate('param', Id),
      validate('header', IdempotencyKey),
      validate('json', ManualInvoiceRequest),
      async (c) => {
        const regroupement = c.get('regroupement');
        const { id } = await makeManualInvoice(deps, regroupement, c.req.valid('param').id, {
          ...c.req.valid('json'),
          by: actor(c),
          idempotencyKey: c.req.valid('header')['idempotency-key'],
        });
        const [invoice] = await readInvoices(deps, regroupement.id, '', { invoiceIds: [id] });
        if (invoice === undefined) throw new Error('an invoice that was made is not there');
        return c.json({ invoice: fileInvoiceView(invoice) }, 201);
      },
    );
}
