// A person of the office for the fuzzer: whatever requests did to her, each round she is there again, enrolled and signed in,
// with the values that her routes take now.
import { TOTP } from 'otpauth';
import { sha256 } from '../../server/crypto.ts';
import { newId, newSecret } from '../../server/deps.ts';
import { addFile, fileOf, writeParts } from '../../server/import/files/store.ts';
import { titlesOf } from '../../server/import/files/titles.ts';
import { invite } from '../../server/staff/people/invitations.ts';
import { staffById } from '../../server/staff/people/users.ts';
import { addPasskey, passkeyCreation, passkeyRequest } from '../../server/staff/sign-in/passkeys.ts';
import { confirmRecoveryCodes, newRecoveryCodes } from '../../server/staff/sign-in/recovery-codes.ts';
import { openStaffSession, openStaffSessions } from '../../server/staff/sign-in/sessions.ts';
import { confirmTotp, newTotp } from '../../server/staff/sign-in/totp.ts';
import { PUBLIC_URL, type TestApp } from '../support/app.ts';
import { Authenticator } from '../support/authenticator.ts';
import { BROWSER } from '../support/browser-key.ts';
import { joinOffice, mailedToken, PASSWORD } from '../support/office.ts';

const EMAIL = 'lise@example.org';

export interface Office {
  accessToken: string;
  /** Sees to it that she can go on, and answers what fits her routes. */
  goOn(round: number): Promise<Record<string, readonly unknown[]>>;
}

export async function startOffice(t: TestApp, slug: string, regroupementId: string): Promise<Office> {
  const { deps } = t;
  const lise = await joinOffice(t, { email: EMAIL, role: 'owner', slug });
  const { passwordHash } = await staffById(deps, lise.id);
  const device = new Authenticator(PUBLIC_URL);
  const fileId = await keptFile(deps, regroupementId);
  const office: Office = {
    accessToken: lise.accessToken,
    async goOn(round) {
      const { id } = lise;
      await deps.db.batch([
        {
          sql: 'UPDATE staff_users SET enrolled_at = 1, password_hash = ? WHERE id = ?',
          args: [passwordHash, id],
        },
        {
          sql: "UPDATE memberships SET removed_at = NULL, role = 'owner' WHERE staff_id = ?",
          args: [id],
        },
        { sql: 'DELETE FROM staff_passkeys WHERE staff_id = ?', args: [id] },
        { sql: 'DELETE FROM staff_recovery_codes WHERE staff_id = ?', args: [id] },
      ]);
      const person = { id, email: EMAIL, name: 'Lise' };
      const app = new TOTP({ secret: (await newTotp(deps, person)).secret });
      await confirmTotp(deps, id, app.generate({ timestamp: deps.now() }));
      const made = async () => device.create(await passkeyCreation(deps, person)) as never;
      await addPasskey(deps, id, { response: await made(), name: 'x' });
      const codes = await newRecoveryCodes(deps, id);
      await deps.db.batch(confirmRecoveryCodes(deps.now(), id, codes[0] ?? ''));
      const next = new TOTP({ secret: (await newTotp(deps, person)).secret });
      const elsewhere = await openStaffSession(deps, id, BROWSER);
      const here = await openStaffSession(deps, id, BROWSER);
      office.accessToken = here.accessToken;
      const session = { sessionId: '', staffId: id, freshAt: null, enrols: null };
      const sessions = await openStaffSessions(deps, session);
      await invite(deps, regroupementId, invited(`new-${round}@example.org`), 'cli:fuzz');
      const accepted = await mailedToken(t, 'staff-invitation');
      await invite(deps, regroupementId, invited(EMAIL), 'cli:fuzz');
      const [link, reset] = [newSecret(deps), newSecret(deps)];
      for (const [kind, secret] of [['enrolment', link] as const, ['password', reset] as const])
        await deps.db.execute(
          'INSERT INTO staff_links(id, staff_id, kind, token_hash, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)',
          [newId(deps), id, kind, sha256(secret), deps.now(), deps.now() + 3_600_000],
        );
      const { rows: others } = await deps.db.execute<{ id: string }>(
        'SELECT staff_id AS id FROM memberships WHERE regroupement_id = ? AND removed_at IS NULL ORDER BY created_at DESC LIMIT 4',
        [regroupementId],
      );
      const { rows: imports } = await deps.db.execute<{ id: string }>(
        'SELECT id FROM imports WHERE merged_at IS NOT NULL ORDER BY rowid DESC LIMIT 4',
      );
      const { rows: passkeys } = await deps.db.execute<{ id: string }>(
        'SELECT credential_id AS id FROM staff_passkeys WHERE staff_id = ?',
        [id],
      );
      return {
        '/v1/staff/sessions email': [EMAIL],
        '/v1/staff/sessions password': [PASSWORD],
        '/v1/staff/sessions code': codes.slice(1, 6),
        '/v1/staff/sessions passkey': [device.get(await passkeyRequest(deps, null))],
        '/v1/staff/sessions/refresh refreshToken': [elsewhere.refreshToken],
        '/v1/staff/sessions/current/confirmation code': codes.slice(6),
        '/v1/staff/sessions/current/confirmation passkey': [device.get(await passkeyRequest(deps, id))],
        '/v1/staff/invitations token': [accepted],
        '/v1/staff/invitations/request token': [accepted],
        '/v1/staff/invitations/accept token': [accepted],
        '/v1/staff/invitations/join token': [await mailedToken(t, 'staff-invitation')],
        '/v1/staff/enrolments token': [link],
        '/v1/staff/enrolments password': [PASSWORD],
        '/v1/staff/factors/passkeys passkey': [await made()],
        '/v1/staff/factors/totp/verify code': [next.generate({ timestamp: deps.now() })],
        '/v1/staff/factors/codes/verify code': await newRecoveryCodes(deps, id),
        '/v1/staff/me/sessions/{id} sessions/id': sessions.map((one) => one.id),
        'passkeys/id': passkeys.map((one) => one.id),
        '/v1/staff/me/alerts slug': [slug],
        '/v1/staff/password-resets email': [EMAIL],
        '/v1/staff/password-resets token': [reset],
        '/v1/staff/password currentPassword': [PASSWORD],
        'memberships/id': others.map((one) => one.id),
        'import-files/id': [fileId],
        'imports/id': imports.map((one) => one.id),
      };
    },
  };
  return office;
}

/** A file of one invoice, as the office's page keeps it. */
async function keptFile(deps: TestApp['deps'], regroupementId: string): Promise<string> {
  const text =
    '# certificat;No facture;Nom;Date facture;Période;Total\nPB-9;F-9;Roy;2026-03-01;2026-04-01/2027-03-31;1,00\n';
  const bytes = new TextEncoder().encode(text);
  const id = await addFile(deps, regroupementId, { name: 'x.csv', bytes, by: 'cli:fuzz' });
  const titles = await titlesOf(bytes, null, new Map());
  const file = await fileOf(deps, regroupementId, id);
  await writeParts(deps, file, 'titles', new TextEncoder().encode(JSON.stringify(titles)));
  return id;
}

const invited = (email: string) => ({ name: 'Lise', email, role: 'owner', lang: 'fr-CA' }) as const;
