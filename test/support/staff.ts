// A program of the regroupement's staff, with a key of its own, as it calls the staff's API.

import { newId } from '../../server/deps.ts';
import { createKey, type Scope } from '../../server/staff/api-keys.ts';
import { PUBLIC_URL, type TestApp } from './app.ts';
import { regroupementId } from './books.ts';

export type Staff = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Readonly<Record<string, string>>,
) => Promise<Response>;

export async function staffWith(
  t: TestApp,
  scopes: Scope[],
  slug = 'petits-bouleaux',
  type = 'application/json',
): Promise<Staff> {
  const key = { name: 'logiciel', scopes, lifeMs: 10 * 366 * 86_400_000, by: 'cli:test' } as const;
  const { secret } = await createKey(t.deps, await regroupementId(t, slug), key);
  return async (method, path, body, headers = {}) =>
    await t.app.request(`${PUBLIC_URL}/v1/backoffice/${slug}${path}`, {
      method,
      headers: {
        Authorization: `Bearer ${secret}`,
        'Content-Type': type,
        'Idempotency-Key': newId(t.deps),
        ...headers,
      },
      ...(body === undefined
        ? {}
        : {
            body:
              typeof body === 'string'
                ? body
                : body instanceof Uint8Array
                  ? new Uint8Array(body)
                  : JSON.stringify(body),
          }),
    });
}
