// A program of somebody else's, by the client that openapi-typescript and openapi-fetch make of /openapi.json.
import createClient from 'openapi-fetch';
import type { paths } from './api.d.ts';

interface Given {
  baseUrl: string;
  accessToken: string;
  page: string;
  fetch: (request: Request) => Promise<Response>;
  /** Sends her to PayPal, and waits until she is back. */
  approve: (url: string) => Promise<unknown>;
}

/** Pays the first invoice that is owed, whole; answers what became of it. */
export async function payFirstInvoice({ baseUrl, accessToken, page, fetch, approve }: Given) {
  const client = createClient<paths>({ baseUrl, fetch, headers: { Authorization: `DPoP ${accessToken}` } });
  const path = { regroupement: 'petits-bouleaux' };
  const { data: list } = await client.GET('/v1/regroupements/{regroupement}/certificates', {
    params: { path },
  });
  const invoice = list?.certificates.flatMap(({ invoices }) => invoices)[0];
  if (invoice === undefined) throw new Error('nothing is owed');
  const { data: quote } = await client.POST('/v1/regroupements/{regroupement}/quotes', {
    params: { path },
    body: { invoiceIds: [invoice.id] },
  });
  if (quote === undefined) throw new Error('no quote');
  const { data: begun, error } = await client.POST('/v1/regroupements/{regroupement}/payments', {
    params: { path, header: { 'idempotency-key': 'a-key-of-this-attempt' } },
    body: { invoiceIds: [invoice.id], expectedTotalCents: quote.totalCents, page, lang: 'fr-CA' },
  });
  if (begun === undefined) throw new Error(error.type);
  await approve(begun.approveUrl);
  const { data: done } = await client.POST('/v1/regroupements/{regroupement}/payments/{id}/confirm', {
    params: { path: { ...path, id: begun.payment.id } },
    body: { expectedTotalCents: quote.totalCents },
  });
  return done?.payment;
}

/** What is wrong does not compile. */
export async function wrong(client: ReturnType<typeof createClient<paths>>) {
  // @ts-expect-error there is no such route
  await client.GET('/v1/regroupements/{regroupement}/invoice', {});
  await client.POST('/v1/regroupements/{regroupement}/quotes', {
    params: { path: { regroupement: 'petits-bouleaux' } },
    // @ts-expect-error ids are a list
    body: { invoiceIds: 'one' },
  });
}
