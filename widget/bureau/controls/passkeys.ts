// Passkeys as the browser makes and proves them.
import {
  browserSupportsWebAuthn,
  browserSupportsWebAuthnAutofill,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  startAuthentication,
  startRegistration,
  WebAuthnAbortService,
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

/** Whether this browser offers passkeys in a field's own list of suggestions. */
export const passkeysAreSuggested = browserSupportsWebAuthnAutofill;

/**
 * The passkey that she chooses in the e-mail's suggestions, whenever that is; null when another question takes the place of
 * this one. Nothing shows meanwhile.
 */
export async function suggestPasskey(options: Record<string, unknown>): Promise<PasskeyProof | null> {
  const optionsJSON = options as unknown as PublicKeyCredentialRequestOptionsJSON;
  return asked(
    startAuthentication({
      optionsJSON,
      useBrowserAutofill: true,
      // It looks for the field in the document; ours is in a shadow root.
      verifyBrowserAutofillInput: false,
    }) as unknown as Promise<PasskeyProof>,
  );
}

/** Ends the question that waits, if any. */
export const stopSuggesting = () => WebAuthnAbortService.cancelCeremony();

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
