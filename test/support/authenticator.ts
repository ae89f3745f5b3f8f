// A passkey authenticator as a browser drives it (WebAuthn level 2): keys of P-256, the person always verified, attestation
// `none`. It answers with the JSON that `navigator.credentials` gives.
import { createHash, createSign, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';

interface Credential {
  id: string;
  userHandle: string;
  key: KeyObject;
}
interface Options {
  challenge: string;
  rp?: { id?: string };
  rpId?: string;
  user?: { id: string };
}

const USER_PRESENT = 0x01;
const USER_VERIFIED = 0x04;
const ATTESTED = 0x40;
const base64url = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url');

export class Authenticator {
  readonly #origin: string;
  #credentials: Credential[] = [];
  /** False: whoever holds the device was not asked who she is. */
  verifies = true;

  constructor(origin: string) {
    this.#origin = origin;
  }

  /** `navigator.credentials.create()` */
  create(options: Options) {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const id = randomBytes(16);
    this.#credentials.push({
      id: base64url(id),
      userHandle: options.user?.id ?? '',
      key: privateKey,
    });
    const jwk = publicKey.export({ format: 'jwk' });
    const cose = map([
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, Buffer.from(jwk.x ?? '', 'base64url')],
      [-3, Buffer.from(jwk.y ?? '', 'base64url')],
    ]);
    const length = Buffer.from([0, id.length]);
    const attested = Buffer.concat([Buffer.alloc(16), length, id, cose]);
    const authData = Buffer.concat([this.#data(options.rp?.id ?? '', ATTESTED), attested]);
    const attestationObject = map([
      ['fmt', 'none'],
      ['attStmt', map([])],
      ['authData', authData],
    ]);
    return {
      ...this.#answer(id),
      response: {
        clientDataJSON: this.#clientData('webauthn.create', options.challenge).toString('base64url'),
        attestationObject: base64url(attestationObject),
        transports: ['internal'],
      },
    };
  }

  /** `navigator.credentials.get()`, with the passkey made last. */
  get(options: Options) {
    const credential = this.#credentials.at(-1);
    if (credential === undefined) throw new Error('no passkey');
    const authenticatorData = this.#data(options.rpId ?? '', 0);
    const clientData = this.#clientData('webauthn.get', options.challenge);
    const signature = createSign('sha256')
      .update(authenticatorData)
      .update(createHash('sha256').update(clientData).digest())
      .sign(credential.key);
    return {
      ...this.#answer(Buffer.from(credential.id, 'base64url')),
      response: {
        clientDataJSON: clientData.toString('base64url'),
        authenticatorData: base64url(authenticatorData),
        signature: base64url(signature),
        userHandle: credential.userHandle,
      },
    };
  }

  #answer(id: Uint8Array) {
    return { id: base64url(id), rawId: base64url(id), type: 'public-key', clientExtensionResults: {} };
  }

  #data(rpId: string, flags: number): Buffer {
    const verified = this.verifies ? USER_VERIFIED : 0;
    const head = createHash('sha256').update(rpId).digest();
    // A counter that stays 0, as synchronised passkeys have.
    return Buffer.concat([head, Buffer.from([USER_PRESENT | verified | flags]), Buffer.alloc(4)]);
  }

  #clientData(type: string, challenge: string): Buffer {
    return Buffer.from(JSON.stringify({ type, challenge, origin: this.#origin, crossOrigin: false }));
  }
}

type Cbor = number | string | Uint8Array;

/** A CBOR map (RFC 8949) of these; a map within it is given as its bytes by `map` itself. */
function map(entries: [Cbor, Cbor][]): Encoded {
  const parts = entries.flatMap(([key, value]) => [encoded(key), encoded(value)]);
  return new Encoded(Buffer.concat([head(5, entries.length), ...parts]));
}
/** Bytes that are CBOR already. */
class Encoded extends Uint8Array {}

function encoded(value: Cbor): Buffer {
  if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value);
  if (typeof value === 'string')
    return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (value instanceof Encoded) return Buffer.from(value);
  return Buffer.concat([head(2, value.length), value]);
}

function head(major: number, n: number): Buffer {
  if (n < 24) return Buffer.from([(major << 5) | n]);
  return n < 256 ? Buffer.from([(major << 5) | 24, n]) : Buffer.from([(major << 5) | 25, n >> 8, n & 255]);
}
