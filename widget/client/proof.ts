// The proof that a call comes from this browser (DPoP, RFC 9449): a small JWT, signed by a key that cannot leave it. The
// server's nonce makes it fresh, so that a clock that is wrong by days does not matter.
interface Call {
  method: string;
  url: string;
  nonce: string;
  accessToken: string | undefined;
}

/** What stands in the header `DPoP` of one call; each call needs one of its own. */
export async function proofOf(
  keys: CryptoKeyPair,
  { method, url, nonce, accessToken }: Call,
): Promise<string> {
  const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', keys.publicKey);
  const header = { typ: 'dpop+jwt', alg: 'ES256', jwk: { kty, crv, x, y } };
  const claims = {
    jti: newId(),
    htm: method,
    htu: url,
    iat: Math.floor(Date.now() / 1000),
    nonce,
    ...(accessToken === undefined ? {} : { ath: await hash(accessToken) }),
  };
  const signed = `${json(header)}.${json(claims)}`;
  const signature = await crypto.subtle.sign(
    { name: 'ECDSA', hash: 'SHA-256' },
    keys.privateKey,
    bytes(signed),
  );
  return `${signed}.${base64url(signature)}`;
}

/** 128 random bits in text. Phones of 2021 have no `randomUUID`. */
export const newId = (): string => base64url(crypto.getRandomValues(new Uint8Array(16)));

const bytes = (text: string) => new TextEncoder().encode(text);
const json = (value: object) => base64url(bytes(JSON.stringify(value)));
const hash = async (text: string) => base64url(await crypto.subtle.digest('SHA-256', bytes(text)));
const base64url = (buffer: ArrayBuffer | Uint8Array) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
