// Someone signed in, as the widget on her regroupement's page calls the API.
import { createAccount } from '../../server/accounts/accounts.ts';
import { openSession } from '../../server/accounts/sessions.ts';
import { regroupementBySlug } from '../../server/regroupements/regroupements.ts';
import { PUBLIC_URL, type TestApp } from './app.ts';

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
  const { accessToken } = await openSession(t.deps, regroupement, accountId);
  return {
    accountId,
    accessToken,
    async call(method, path, body, headers = {}) {
      return await t.app.request(`${PUBLIC_URL}/v1/regroupements/${slug}${path}`, {
        method,
        headers: {
          Origin: `https://${slug}.test`,
          Authorization: `Bearer ${accessToken}`,
          ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    },
  };
}
