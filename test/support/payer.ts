// Someone signed in, as the widget on her regroupement's page calls the API.
import type { z } from 'zod';
import { createAccount } from '../../server/accounts/accounts.ts';
import { openSession } from '../../server/accounts/sessions/sessions.ts';
import type { Certificate, CertificateList, Quote } from '../../server/certificates/schemas.ts';
import { regroupementBySlug } from '../../server/regroupements/regroupements.ts';
import { PUBLIC_URL, type TestApp } from './app.ts';
import { BROWSER } from './browser-key.ts';

export interface Payer {
  accountId: string;
  accessToken: string;
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>;
}

/** An active account of that regroupement, with an open session. */
export async function signIn(t: TestApp, email: string, slug = 'petits-bouleaux'): Promise<Payer> {
  const regroupement = await regroupementBySlug(t.deps, slug);
  const accountId = await createAccount(t.deps, {
    regroupement,
    name: 'Une Personne',
    email,
    password: 'sept grenouilles bleues',
    lang: 'fr-CA',
  });
  return signInAgain(t, accountId, slug);
}

/** The same account with a new session, once the clock has gone past the one before. */
export async function signInAgain(t: TestApp, accountId: string, slug = 'petits-bouleaux'): Promise<Payer> {
  const regroupement = await regroupementBySlug(t.deps, slug);
  const { accessToken } = await openSession(t.deps, regroupement, accountId, BROWSER);
  return {
    accountId,
    accessToken,
    async call(method, path, body, headers = {}) {
      return await t.app.request(`${PUBLIC_URL}/v1/regroupements/${slug}${path}`, {
        method,
        headers: {
          Origin: `https://${slug}.test`,
          Authorization: `DPoP ${accessToken}`,
          ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    },
  };
}

type Balance = z.infer<typeof CertificateList>;

/** What the balance screen is told. */
export async function balance(payer: Payer): Promise<Balance> {
  const answer = await payer.call('GET', '/certificates');
  if (answer.status !== 200) throw new Error(`GET /certificates answered ${answer.status}`);
  return (await answer.json()) as Balance;
}

/** What these invoices cost, or a part of them: status and answer. */
export async function quote(
  payer: Payer,
  invoiceIds: string[],
  amountCents?: number,
): Promise<[status: number, answer: Quote & { type?: string }]> {
  const body = amountCents === undefined ? { invoiceIds } : { invoiceIds, amountCents };
  const answer = await payer.call('POST', '/quotes', body);
  return [answer.status, (await answer.json()) as Quote & { type?: string }];
}

/** « Recherche de votre facture », fields in the screen's order. */
export async function search(
  payer: Payer,
  lastName: string,
  firstName: string,
  certificateNumber: string,
): Promise<{
  status: number;
  body: { certificates?: Certificate[]; type?: string; retryAfter?: number; requestId?: string };
}> {
  const answer = await payer.call('POST', '/certificates/links', { lastName, firstName, certificateNumber });
  return { status: answer.status, body: (await answer.json()) as { certificates?: Certificate[] } };
}
