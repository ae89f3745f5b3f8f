// A search as the widget makes it, whatever it answers, and the messages that it causes.
import type { Certificate } from '../../server/certificates/schemas.ts';
import type { TestApp } from './app.ts';
import type { Payer } from './payer.ts';

export interface LinkAnswer {
  status: number;
  retryAfter: string | null;
  /** All but the request's own id. */
  headers: string[];
  body: {
    certificates?: Certificate[];
    proof?: 'code' | 'approval';
    challengeId?: string;
    expiresIn?: number;
    type?: string;
    triesLeft?: number;
    errors?: { pointer: string; code: string }[];
  };
}

async function answered(response: Response): Promise<LinkAnswer> {
  return {
    status: response.status,
    retryAfter: response.headers.get('Retry-After'),
    headers: [...response.headers]
      .filter(([name]) => name !== 'x-request-id')
      .map((header) => header.join(': ')),
    body: (await response.json()) as LinkAnswer['body'],
  };
}

/** « Recherche de votre facture »: last name, first name, number, and the secret where there is one. */
export async function look(
  payer: Payer,
  [lastName, firstName, certificateNumber]: readonly [string, string, string],
  invoiceSecret?: string,
): Promise<LinkAnswer> {
  const body = {
    lastName,
    firstName,
    certificateNumber,
    ...(invoiceSecret === undefined ? {} : { invoiceSecret }),
  };
  return answered(await payer.call('POST', '/certificates/links', body));
}

export async function confirm(
  payer: Payer,
  challengeId: string | undefined,
  code: string,
): Promise<LinkAnswer> {
  return answered(await payer.call('POST', '/certificates/links/confirm', { challengeId, code }));
}

/** The messages of one kind that wait, oldest first. */
export async function waiting(
  t: TestApp,
  kind: string,
): Promise<{ recipient: string; next_at: number; payload: Record<string, string> }[]> {
  const { rows } = await t.deps.db.execute<{ recipient: string; next_at: number; payload: string }>(
    "SELECT recipient, next_at, payload FROM outbox WHERE kind = ? AND state = 'waiting' ORDER BY rowid",
    [kind],
  );
  return rows.map((row) => ({ ...row, payload: JSON.parse(row.payload) as Record<string, string> }));
}

export async function setPolicy(t: TestApp, policy: string): Promise<void> {
  await t.deps.db.execute('UPDATE regroupements SET link_policy = ?', [policy]);
}
