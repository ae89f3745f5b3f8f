// HTTP of the files (S14–S20): those that an account reaches, opening one, quoting a payment.
import { Hono } from 'hono';
import { signedIn } from '../accounts/sessions/signed-in.ts';
import type { Deps } from '../deps.ts';
import { describe, validate } from '../http/validate.ts';
import type { TenantEnv } from '../regroupements/tenant.ts';
import { balanceOf } from './balance.ts';
import { linkRoutes } from './link-routes.ts';
import { plansOffered, quote, taxStepOf } from './quote.ts';
import { CertificateList, invoiceView, Quote, QuoteRequest } from './schemas.ts';

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
      async (c) => c.json(await balanceOf(deps, c.get('session'), c.get('read')), 200),
    )
    .route('/', linkRoutes(deps))
    .post(
      '/quotes',
      describe({
        summary: 'What paying these invoices online costs now',
        tags: ['certificates'],
        ok: { status: 200, description: 'The amounts, line by line', schema: Quote },
        problems: ['not-found', 'nothing-to-pay', 'already-paid', 'invoice-cancelled', 'payment-in-progress'],
        signedIn: true,
      }),
      signedIn(deps),
      validate('json', QuoteRequest),
      async (c) => {
        const { invoiceIds, amountCents } = c.req.valid('json');
        const regroupement = c.get('regroupement');
        const payer = { regroupement, accountId: c.get('session').accountId };
        const made = await quote(deps, payer, invoiceIds, amountCents);
        const taxStep = taxStepOf(deps, regroupement, made.invoices);
        const plans = plansOffered(deps, regroupement, made.invoices);
        return c.json(
          {
            ...made,
            invoices: made.invoices.map(invoiceView),
            ...(plans.length === 0 ? {} : { plans }),
            ...(taxStep === null ? {} : { taxStep }),
          },
          200,
        );
      },
    );
}
