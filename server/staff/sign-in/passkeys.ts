// Passkeys (WebAuthn): discoverable, with the person verified by her device, so that one is both factors. No list of hers is
// sent to whoever asks (no account oracle).
import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/server';
import { z } from 'zod';
import { officeUrlOf } from '../../config.ts';
import { isDatabaseError, isUniqueViolation, storageFault } from '../../db/db.ts';
import { sql } from '../../db/sql.ts';
import type { Deps } from '../../deps.ts';
import { keepChallenge, takeChallenge } from './challenges.ts';

/** Base64url of a browser's answer: keys and signatures are short, an attestation is a few thousand bytes. */
const part = z.string().regex(/^[\w-]{1,8000}$/, 'invalid');
const common = {
  id: part,
  rawId: part,
  type: z.literal('public-key'),
  authenticatorAttachment: z.enum(['cross-platform', 'platform']).optional(),
  clientExtensionResults: z.record(z.string().max(100), z.unknown()).default({}),
};
/** What `navigator.credentials.get()` answers, as JSON. */
export const PasskeyProof = z.strictObject({
  ...common,
  response: z.strictObject({
    clientDataJSON: part,
    authenticatorData: part,
    signature: part,
    userHandle: part.optional(),
  }),
});
/** What `navigator.credentials.create()` answers, as JSON. */
export const NewPasskey = z.strictObject({
  ...common,
  response: z.strictObject({
    clientDataJSON: part,
    attestationObject: part,
    authenticatorData: part.optional(),
    transports: z.array(z.string().max(30)).max(10).optional(),
    publicKeyAlgorithm: z.number().int().optional(),
    publicKey: part.optional(),
  }),
});

export interface Passkey {
  id: string;
  name: string;
  createdAt: number;
  lastUsedAt: number | null;
}

/** Loaded when it is needed: that takes as long as a bare server's whole start. */
const webauthn = () => import('@simplewebauthn/server');

type Site = Pick<Deps, 'config'>;
const originOf = ({ config }: Site) => officeUrlOf(config);
/** Where our passkeys live: a setting, or the host that people see. */
const domainOf = ({ config }: Site) => config.passkeyDomain ?? new URL(officeUrlOf(config)).hostname;

/** What her browser needs to make a passkey. */
export async function passkeyCreation(
  deps: Pick<Deps, 'db' | 'now' | 'config'>,
  staff: { id: string; email: string; name: string },
): Promise<PublicKeyCredentialCreationOptionsJSON> {
  const { generateRegistrationOptions } = await webauthn();
  const options = await generateRegistrationOptions({
    rpName: 'Amisgest',
    rpID: domainOf(deps),
    userID: new Uint8Array(Buffer.from(staff.id)),
    userName: staff.email,
    userDisplayName: staff.name,
    // ES256, Ed25519, RS256: what every authenticator has one of.
    supportedAlgorithmIDs: [-7, -8, -257],
    attestationType: 'none',
    excludeCredentials: (await passkeysOf(deps, staff.id)).map(({ id }) => ({ id })),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  });
  await keepChallenge(deps, options.challenge, staff.id);
  return options;
}

/** Keeps a new passkey of hers under a name. False when it is not what was asked for, or is known already. */
export async function addPasskey(
  deps: Pick<Deps, 'db' | 'now' | 'config'>,
  staffId: string,
  given: { response: z.infer<typeof NewPasskey>; name: string },
): Promise<boolean> {
  const { verifyRegistrationResponse } = await webauthn();
  const verified = await verifyRegistrationResponse({
    response: given.response as RegistrationResponseJSON,
    expectedChallenge: (challenge) => takeChallenge(deps, challenge, staffId),
    expectedOrigin: originOf(deps),
    expectedRPID: domainOf(deps),
    requireUserVerification: true,
  }).catch(notTheServers);
  if (verified === null || !verified.verified) return false;
  const { id, publicKey, counter } = verified.registrationInfo.credential;
  const transports = JSON.stringify(given.response.response.transports ?? []);
  const insert = sql`INSERT INTO staff_passkeys(credential_id, staff_id, public_key, counter, transports, name, created_at)
    VALUES (${id}, ${staffId}, ${Buffer.from(publicKey).toString('base64url')}, ${counter}, ${transports}, ${given.name},
      ${deps.now()})`;
  try {
    await deps.db.execute(insert.sql, insert.args);
    return true;
  } catch (error) {
    if (isUniqueViolation(error)) return false;
    throw error;
  }
}

/** What a browser needs to prove a passkey: anybody's, or of the person who is signed in. */
export async function passkeyRequest(
  deps: Pick<Deps, 'db' | 'now' | 'config'>,
  staffId: string | null,
): Promise<PublicKeyCredentialRequestOptionsJSON> {
  const { generateAuthenticationOptions } = await webauthn();
  const options = await generateAuthenticationOptions({
    rpID: domainOf(deps),
    userVerification: 'required',
  });
  await keepChallenge(deps, options.challenge, staffId);
  return options;
}

/** Whose passkey it is, or undefined. `asked`: the person for whom the proof was asked, null where whoever signs in was. */
export async function passkeyOwner(
  deps: Pick<Deps, 'db' | 'now' | 'config'>,
  response: z.infer<typeof PasskeyProof>,
  asked: string | null,
): Promise<string | undefined> {
  const { rows } = await deps.db.execute<{ staffId: string; publicKey: string; counter: number }>(
    'SELECT staff_id AS staffId, public_key AS publicKey, counter FROM staff_passkeys WHERE credential_id = ?',
    [response.id],
  );
  const [known] = rows;
  if (known === undefined || (asked !== null && known.staffId !== asked)) return undefined;
  const { verifyAuthenticationResponse } = await webauthn();
  const verified = await verifyAuthenticationResponse({
    response: response as AuthenticationResponseJSON,
    expectedChallenge: (challenge) => takeChallenge(deps, challenge, asked),
    expectedOrigin: originOf(deps),
    expectedRPID: domainOf(deps),
    requireUserVerification: true,
    credential: {
      id: response.id,
      publicKey: new Uint8Array(Buffer.from(known.publicKey, 'base64url')),
      counter: known.counter,
    },
  }).catch(notTheServers);
  if (verified === null || !verified.verified) return undefined;
  await deps.db.execute(
    'UPDATE staff_passkeys SET counter = max(counter, ?), last_used_at = ? WHERE credential_id = ?',
    [verified.authenticationInfo.newCounter, deps.now(), response.id],
  );
  return known.staffId;
}

/** Her passkeys, oldest first. */
export async function passkeysOf(deps: Pick<Deps, 'db'>, staffId: string): Promise<Passkey[]> {
  const { rows } = await deps.db.execute<Passkey>(
    `SELECT credential_id AS id, name, created_at AS createdAt, last_used_at AS lastUsedAt FROM staff_passkeys
     WHERE staff_id = ? ORDER BY created_at, credential_id`,
    [staffId],
  );
  return rows;
}

// The library throws an Error of its own for whatever is wrong with an answer; the database has a class for its errors.
function notTheServers(error: unknown): null {
  if (isDatabaseError(error) || storageFault(error) !== undefined) throw error;
  return null;
}
