// Passkeys as the browser makes and proves them.
import {
  browserSupportsWebAuthn,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  startAuthentication,
  startRegistration,
  WebAuthnError,
} from '@simplewebauthn/browser';
import type { CallOptions } from '../../client/api.ts';
import type { People } from '../office.ts';

export type PasskeyProof = Extract<
  CallOptions<'$post', '/sessions', People>['json'],
  { passkey: unknown }
>['passkey'];
export type NewPasskey = CallOptions<'$post', '/factors/passkeys', People>['json']['passkey'];

/** Whether this browser knows passkeys. */
export const passkeysWork = browserSupportsWebAuthn;

/** Her passkey's answer; null when she gave none. `options`: what the server asks. */
export async function provePasskey(options: Record<string, unknown>): Promise<PasskeyProof | null> {
  const optionsJSON = options as unknown as PublicKeyCredentialRequestOptionsJSON;
  return asked(startAuthentication({ optionsJSON }) as unknown as Promise<PasskeyProof>);
}

/** A new passkey; `'known'` when this device has one of hers already, null when she made none. */
export async function makePasskey(options: Record<string, unknown>): Promise<NewPasskey | 'known' | null> {
  const optionsJSON = options as unknown as PublicKeyCredentialCreationOptionsJSON;
  try {
    return await asked(startRegistration({ optionsJSON }) as unknown as Promise<NewPasskey>);
  } catch (error) {
    if (error instanceof WebAuthnError && error.code === 'ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED')
      return 'known';
    throw error;
  }
}

/** She may close the browser's window, or her key may not answer: nothing is wrong with the page. */
async function asked<A>(answer: Promise<A>): Promise<A | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Error && ['NotAllowedError', 'AbortError'].includes(error.name)) return null;
    throw error;
  }
}
