// HTTP of the files: those that an account reaches, opening one by name and number, undoing that, quoting a payment.
import { Hono } from 'hono';
import { z } from 'zod';
import { signedIn } from '../accounts/signed-in.ts';
import type { Deps } from '../deps.ts';
import type { TenantEnv } from '../http/context.ts';
import { describe, validate } from '../http/validate.ts';
import { certificatesOf } from './certificates.ts';
import { openByNameAndNumber } from './linking.ts';
import { quote } from './quote.ts';
import {
  CertificateList,
  invoiceView,
  LinkedCertificates,
  LinkRequest,
  Quote,
  QuoteRequest,
  UndoRequest,
} from './schemas.ts';
import { checkUndo, undoLink } from './undo.ts';

export function certificatesRoutes(deps: Deps) {
  return new Hono<TenantEnv>()
    .get(
      '/certificates',
      describe({
        summary: 'The certificates that the account reaches, with their invoices',
        tags: ['certificates'],
        ok: { status: 200, description: 'The certificates, newest period first', schema: CertificateList },
        signedIn: true,
      }),
      signedIn(deps),
      async (c) => c.json(await certificatesOf(deps, c.get('session')), 200),
    )
    .post(
      '/certificates/links',
      describe({
        summary: 'Open a certificate by name and number',
        tags: ['certificates'],
        ok: { status: 201, description: 'The certificates found', schema: LinkedCertificates },
        problems: ['lookup-not-found', 'too-many-requests'],
        signedIn: true,
      }),
      signedIn(deps),
      validate('json', LinkRequest),
      async (c) => {
        const certificates = await openByNameAndNumber(
          deps,
          {
            regroupement: c.get('regroupement'),
            accountId: c.get('session').accountId,
            clientAddress: c.get('clientAddress'),
          },
          c.req.valid('json'),
        );
        return c.json({ certificates }, 201);
      },
    )
    .post(
      '/link-undo/check',
      describe({
        summary: 'Whether an e-mailed undo link still works',
        tags: ['certificates'],
        ok: { status: 200, description: 'It does', schema: z.object({ state: z.literal('valid') }) },
        problems: ['link-invalid', 'link-used'],
      }),
      validate('json', UndoRequest),
      async (c) => {
        await checkUndo(deps, c.get('regroupement').id, c.req.valid('json').token);
        return c.json({ state: 'valid' as const }, 200);
      },
    )
    .post(
      '/link-undo',
      describe({
        summary: 'Close a certificate that an account opened by name and number',
        tags: ['certificates'],
        ok: { status: 200, description: 'Closed', schema: z.object({ undone: z.literal(true) }) },
        problems: ['link-invalid', 'link-used'],
      }),
      validate('json', UndoRequest),
      async (c) => {
        await undoLink(deps, c.get('regroupement').id, c.req.valid('json').token);
        return c.json({ undone: true as const }, 200);
      },
    )
    .post(
      '/quotes',
      describe({
        summary: 'What paying these invoices online costs now',
        tags: ['certificates'],
        ok: { status: 200, description: 'The amounts, line by line', schema: Quote },
        problems: ['not-found', 'nothing-to-pay', 'already-paid', 'payment-in-progress'],
        signedIn: true,
      }),
      signedIn(deps),
      validate('json', QuoteRequest),
      async (c) => {
        const { invoiceIds, amountCents } = c.req.valid('json');
        const payer = { regroupement: c.get('regroupement'), accountId: c.get('session').accountId };
        const made = await quote(deps, payer, invoiceIds, amountCents);
        return c.json({ ...made, invoices: made.invoices.map(invoiceView) }, 200);
      },
    );
}
