// A person of a regroupement's office, invited and enrolled as the staff's page does it.
import assert from 'node:assert/strict';
import { TOTP } from 'otpauth';
import { invite } from '../../server/staff/people/invitations.ts';
import type { Role } from '../../server/staff/roles.ts';
import { PUBLIC_URL, type TestApp } from './app.ts';
import { regroupementId } from './books.ts';

export const PASSWORD = 'onze hérissons pressés';

export interface OfficePerson {
  id: string;
  email: string;
  accessToken: string;
  refreshToken: string;
  /** The codes she wrote down. */
  codes: string[];
  /** The code that her app shows, once the one before is over. */
  code(): string;
  /** A call of /v1/staff, as her browser makes it. */
  call(method: string, path: string, body?: unknown): Promise<{ status: number; body: Answer }>;
}
// biome-ignore lint/suspicious/noExplicitAny: what an answer holds is what the test looks at
export type Answer = any;

/** A call of /v1/staff. */
export async function callStaff(
  t: Pick<TestApp, 'app'>,
  method: string,
  path: string,
  body?: unknown,
  accessToken?: string,
): Promise<{ status: number; body: Answer }> {
  const answer = await t.app.request(`${PUBLIC_URL}/v1/staff${path}`, {
    method,
    headers: {
      ...(accessToken === undefined ? {} : { Authorization: `DPoP ${accessToken}` }),
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, body: text === '' ? null : JSON.parse(text) };
}

/** The secret of the link in the newest message of this kind. */
export async function mailedToken(
  t: TestApp,
  kind: 'staff-invitation' | 'staff-enrolment' | 'staff-reset',
): Promise<string> {
  const { rows } = await t.deps.db.execute<{ token: string }>(
    "SELECT payload ->> 'token' AS token FROM outbox WHERE kind = ? ORDER BY rowid DESC LIMIT 1",
    [kind],
  );
  assert.ok(rows[0] !== undefined, 'a message was written');
  return rows[0].token;
}

/** Invited, with a password and an app; the ten codes are written down. */
export async function joinOffice(
  t: TestApp,
  given: { email: string; role: Role; mayRefund?: boolean; endsOn?: string; slug?: string },
): Promise<OfficePerson> {
  const { email, slug, ...rest } = given;
  const invited = { ...rest, name: 'Lise Roy', email, lang: 'fr-CA' } as const;
  await invite(t.deps, await regroupementId(t, slug), invited, 'cli:test');
  const token = await mailedToken(t, 'staff-invitation');
  const accepted = await callStaff(t, 'POST', '/invitations/accept', {
    token,
    name: invited.name,
    password: PASSWORD,
    lang: 'fr-CA',
  });
  assert.equal(accepted.status, 201, JSON.stringify(accepted.body));
  const { accessToken, refreshToken } = accepted.body;
  const enrolled = await enrol(t, accessToken);
  const { rows } = await t.deps.db.execute<{ id: string }>('SELECT id FROM staff_users WHERE email = ?', [
    email,
  ]);
  return {
    id: rows[0]?.id ?? '',
    email,
    accessToken,
    refreshToken,
    ...enrolled,
    call: (method, path, body) => callStaff(t, method, path, body, accessToken),
  };
}

/** An app and ten codes for a session that may set them up. */
export async function enrol(t: TestApp, accessToken: string): Promise<Pick<OfficePerson, 'codes' | 'code'>> {
  const call = (path: string, body?: unknown) => callStaff(t, 'POST', path, body, accessToken);
  const { secret } = (await call('/factors/totp')).body;
  const code = () => {
    t.clock.advance(30_000);
    return new TOTP({ secret }).generate({ timestamp: t.clock.now });
  };
  assert.equal((await call('/factors/totp/verify', { code: code() })).status, 201);
  const { codes } = (await call('/factors/codes')).body;
  assert.equal((await call('/factors/codes/verify', { code: codes[3] })).status, 201);
  return { codes, code };
}
