// Someone at the door: what she types, and what she finds in her mailbox.
import assert from 'node:assert/strict';
import type { Tokens } from '../../server/accounts/sessions/sessions.ts';
import type { MailKind } from '../../server/mail/outbox.ts';
import type { TestApp } from './app.ts';

export const EMAIL = 'marie-eve.lecuyer@example.org';
export const PASSWORD = 'trois castors sous la pluie';
export const newcomer = { name: 'Marie-Eve Lécuyer', email: EMAIL, password: PASSWORD, lang: 'fr-CA' };

/** The messages for an address, oldest first. */
export async function mailbox(
  t: TestApp,
  recipient = EMAIL,
): Promise<{ kind: MailKind; lang: string; payload: { token?: string } }[]> {
  const { rows } = await t.deps.db.execute<{ kind: MailKind; lang: string; payload: string }>(
    'SELECT kind, lang, payload FROM outbox WHERE recipient = ? ORDER BY rowid',
    [recipient],
  );
  return rows.map((row) => ({ ...row, payload: JSON.parse(row.payload) }));
}

/** The messages for an address that wait: in how many milliseconds they may leave. */
export async function leaving(t: TestApp, recipient = EMAIL): Promise<{ kind: MailKind; inMs: number }[]> {
  const { rows } = await t.deps.db.execute<{ kind: MailKind; at: number }>(
    "SELECT kind, next_at AS at FROM outbox WHERE recipient = ? AND state = 'waiting' ORDER BY next_at, rowid",
    [recipient],
  );
  return rows.map(({ kind, at }) => ({ kind, inMs: Math.max(0, at - t.deps.now()) }));
}

/** The secret of the newest link of that kind in the mailbox. */
export async function newestLink(t: TestApp, kind: MailKind, recipient = EMAIL): Promise<string> {
  const token = (await mailbox(t, recipient)).findLast((mail) => mail.kind === kind)?.payload.token;
  assert.ok(token, `no ${kind} e-mail for this address`);
  return token;
}

/** An account in each regroupement, which nobody signs in to; the id of the one. */
export async function addAccount(t: Pick<TestApp, 'deps'>, email: string): Promise<string> {
  const id = `compte-${email}`;
  await t.deps.db.execute(
    `INSERT INTO accounts(id, regroupement_id, name, email, email_key, password_hash, lang, created_at, updated_at)
     SELECT iif(slug = 'petits-bouleaux', ?1, slug || ?1), id, 'Quelqu’un', ?2, ?2, 'x', 'fr-CA', ?3, ?3 FROM regroupements`,
    [id, email, t.deps.now()],
  );
  return id;
}

/** Signs up and answers the link that was sent. */
export async function signUp(
  t: TestApp,
  given: Partial<typeof newcomer> & { page?: string; attempt?: string } = {},
): Promise<string> {
  const body = { ...newcomer, ...given };
  const answer = await t.call('POST', '/accounts', body);
  assert.equal(answer.status, 202, await answer.text());
  return await newestLink(t, 'activate', body.email);
}

/** Signs up, opens the e-mail, activates: an account and its first session. */
export async function join(t: TestApp, given: Partial<typeof newcomer> = {}): Promise<Tokens> {
  const token = await signUp(t, given);
  const answer = await t.call('POST', '/activations', { token, password: given.password ?? PASSWORD });
  assert.equal(answer.status, 201, await answer.clone().text());
  return (await answer.json()) as Tokens;
}

/** Status and problem type (or null) of an answer. */
export async function outcome(answer: Response | Promise<Response>): Promise<[number, string | null]> {
  const response = await answer;
  const text = await response.text();
  const type = text === '' ? undefined : (JSON.parse(text) as { type?: string }).type;
  return [response.status, type?.replace('/problems/', '') ?? null];
}

/** Status and body, as a stranger who compares two answers sees them; the request's own id left out. */
export async function seen(
  answer: Response | Promise<Response>,
): Promise<{ status: number; body: string; headers: string[] }> {
  const response = await answer;
  const body = (await response.text()).replace(/"requestId":"[^"]*"/, '');
  const headers = [...response.headers].filter(([name]) => name !== 'x-request-id').map((h) => h.join(': '));
  return { status: response.status, body, headers };
}
