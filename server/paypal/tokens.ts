// PayPal's access tokens, one per regroupement's account, kept until shortly before their end.

import { decrypt } from '../crypto.ts';
import type { Deps } from '../deps.ts';
import type { Regroupement } from '../regroupements/regroupements.ts';
import { failureOf, PayPalFailure } from './errors.ts';
import { AccessToken } from './wire.ts';

const LIMIT_MS = 10_000;
/** A token is renewed this long before its end. */
const RENEW_EARLY_MS = 5 * 60_000;

interface CachedToken {
  token: string;
  until: number;
}

export class AccessTokens {
  readonly #deps: Pick<Deps, 'config' | 'fetch' | 'now'>;
  readonly #held = new Map<string, Promise<CachedToken>>();

  constructor(deps: Pick<Deps, 'config' | 'fetch' | 'now'>) {
    this.#deps = deps;
  }

  /** Forgets a token that PayPal no longer takes. */
  forget(regroupement: Regroupement): void {
    this.#held.delete(keyOf(regroupement));
  }

  /** A token that is good for minutes yet. Everyone who needs one waits for the same request. Throws PayPalFailure. */
  async of(regroupement: Regroupement): Promise<string> {
    const key = keyOf(regroupement);
    const held = this.#held.get(key);
    if (held !== undefined) {
      const cached = await held.catch(() => undefined);
      if (cached !== undefined && cached.until - RENEW_EARLY_MS > this.#deps.now()) return cached.token;
    }
    if (this.#held.get(key) === held) {
      const asking = this.#ask(regroupement);
      this.#held.set(key, asking);
      asking.catch(() => {
        if (this.#held.get(key) === asking) this.#held.delete(key);
      });
    }
    return (await (this.#held.get(key) ?? this.#ask(regroupement))).token;
  }

  async #ask(regroupement: Regroupement): Promise<CachedToken> {
    const { paypal } = regroupement;
    if (paypal === null) throw new PayPalFailure('configuration');
    const secret = decrypt(this.#deps, `paypal-secret:${regroupement.id}`, paypal.encryptedSecret);
    let response: Response;
    try {
      response = await this.#deps.fetch(`${this.#deps.config.paypalBaseUrl}/v1/oauth2/token`, {
        method: 'POST',
        redirect: 'error',
        signal: AbortSignal.timeout(LIMIT_MS),
        headers: {
          Authorization: `Basic ${Buffer.from(`${paypal.clientId}:${secret}`).toString('base64')}`,
          'Content-Type': 'application/x-www-form-urlencoded',
          Accept: 'application/json',
        },
        body: 'grant_type=client_credentials',
      });
    } catch (cause) {
      throw new PayPalFailure('unavailable', { cause });
    }
    const body: unknown = await response.json().catch(() => null);
    const parsed = AccessToken.safeParse(body);
    if (response.ok && parsed.success) {
      return { token: parsed.data.access_token, until: this.#deps.now() + parsed.data.expires_in * 1000 };
    }
    // Without a token nothing was done, whatever the trouble.
    const failure = failureOf(response, body);
    throw new PayPalFailure(failure.decision === 'configuration' ? 'configuration' : 'unavailable', {
      debugId: failure.debugId,
      retryAfter: failure.retryAfter,
    });
  }
}

function keyOf(regroupement: Regroupement): string {
  return `${regroupement.id}:${regroupement.paypal?.version ?? 0}`;
}
