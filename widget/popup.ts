// PayPal in a window of its own (`checkout="popup"`), by PayPal's JavaScript SDK v6. Loaded with the payment screen,
// and only where the regroupement asked for it. Whatever goes wrong here, the redirect takes over with the same order.
import { loadCustomScript } from '@paypal/paypal-js';
import type { PayPalV6Namespace, SdkInstance } from '@paypal/paypal-js/sdk-v6';
import type { Lang } from './locales/text.ts';

const COMPONENTS = ['paypal-payments', 'paypal-guest-payments'] as const;
type Sdk = SdkInstance<typeof COMPONENTS>;
/** Our own, so that another PayPal on the page, older or newer, is not touched. */
const NAMESPACE = 'amisgestPayPal';
/** Milliseconds; after that the redirect serves her. */
const PATIENCE = 8_000;

/** `paypal`: with her PayPal account, or a card on PayPal's page. `card`: straight to the card, without an account. */
export type Means = 'paypal' | 'card';
/** How a window ended: told once. */
export interface End {
  approved(): void;
  cancelled(): void;
  /** The window could not open, or broke. */
  failed(): void;
}

let script: Promise<PayPalV6Namespace> | undefined;
/** One script for all widgets of the page; asked for again when it failed. */
function loadSdk(url: string): Promise<PayPalV6Namespace> {
  script ??= loadCustomScript({ url, attributes: { 'data-namespace': NAMESPACE } }).then(
    () => (window as unknown as Record<string, PayPalV6Namespace>)[NAMESPACE] ?? Promise.reject(),
  );
  script.catch(() => {
    script = undefined;
  });
  return script;
}

export class Popup {
  /** A card without a PayPal account is offered by a button of its own. */
  readonly card: boolean;
  readonly #sdk: Sdk;
  #session: { destroy(): void } | null = null;

  private constructor(sdk: Sdk, card: boolean) {
    this.#sdk = sdk;
    this.card = card;
  }

  /** Ready to open, or null where it cannot be had: blocked, slow, not for this account or this browser. */
  static async prepare(paypal: { clientId: string; sdkUrl: string }, lang: Lang): Promise<Popup | null> {
    const late = new Promise<null>((resolve) => setTimeout(resolve, PATIENCE, null));
    const ready = async () => {
      const namespace = await loadSdk(paypal.sdkUrl);
      const sdk = await namespace.createInstance({
        clientId: paypal.clientId,
        components: COMPONENTS,
        locale: lang,
        pageType: 'checkout',
      });
      const methods = await sdk.findEligibleMethods({ currencyCode: 'CAD', paymentFlow: 'ONE_TIME_PAYMENT' });
      return methods.isEligible('paypal') ? new Popup(sdk, methods.isEligible('card')) : null;
    };
    return Promise.race([ready().catch(() => null), late]);
  }

  /** Opens PayPal's window. To be called in the click itself: browsers open none later. `order` may come later. */
  start(means: Means, order: Promise<{ orderId: string }>, end: End): void {
    this.dispose();
    let over = false;
    const once = (tell: () => void) => () => {
      if (over) return;
      over = true;
      this.dispose();
      tell();
    };
    const failed = once(end.failed);
    const options = {
      onApprove: async () => once(end.approved)(),
      onCancel: once(end.cancelled),
      onError: failed,
    };
    try {
      const session =
        means === 'card'
          ? this.#sdk.createPayPalGuestOneTimePaymentSession(options)
          : this.#sdk.createPayPalOneTimePaymentSession(options);
      this.#session = session;
      Promise.resolve(session.start({ presentationMode: 'auto' }, order)).catch(failed);
    } catch {
      failed();
    }
  }

  /** Lets go of the window. */
  dispose(): void {
    this.#session?.destroy();
    this.#session = null;
  }
}
