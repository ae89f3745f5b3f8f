// PayPal in a window of its own (`checkout="popup"`), by PayPal's JavaScript SDK v6. Loaded with the payment screen,
// and only where the regroupement asked for it. Whatever goes wrong here, the redirect takes over with the same order.
import { loadCustomScript } from '@paypal/paypal-js';
import type { PayPalV6Namespace, SdkInstance } from '@paypal/paypal-js/sdk-v6';
import { newId } from '../../client/proof.ts';
import { words as english } from '../../locales/en-CA.popup.ts';
import { words as french } from '../../locales/fr-CA.popup.ts';
import { addWords, type Lang } from '../../locales/text.ts';
import type { Action, Marker, State } from '../journey/state.ts';
import type { PopupView } from '../view.ts';

const COMPONENTS = ['paypal-payments', 'paypal-guest-payments'] as const;
type Sdk = SdkInstance<typeof COMPONENTS>;
/** Our own, so that another PayPal on the page, older or newer, is not touched. */
const NAMESPACE = 'amisgestPayPal';
/** Milliseconds; after that the redirect serves her. */
const PATIENCE = 8_000;

/** `paypal`: with her PayPal account, or a card on PayPal's page. `card`: straight to the card, without an account. */
export type Means = 'paypal' | 'card';
/** What the window needs of the journey around it. */
export interface PopupDeps {
  readonly state: State;
  send(action: Action): void;
  /** She is back from PayPal. */
  cameBack(marker: Marker): void;
  /** By redirect, where the window fails. */
  leave(url: string): void;
  redraw(): void;
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

export class Popup implements PopupView {
  /** A card without a PayPal account is offered by a button of its own. */
  readonly card: boolean;
  readonly #sdk: Sdk;
  readonly #deps: PopupDeps;
  #session: { destroy(): void } | null = null;
  /** From the click until it ends: where its order goes, and by which address it goes on without the window. */
  #waiting: { url: string | null; tell(order: { orderId: string }): void; refuse(): void } | null = null;

  private constructor(sdk: Sdk, deps: PopupDeps, card: boolean) {
    this.#sdk = sdk;
    this.#deps = deps;
    this.card = card;
  }

  /** Ready to open, or null where it cannot be had: blocked, slow, not for this account or this browser. */
  static async prepare(
    paypal: { clientId: string; sdkUrl: string },
    lang: Lang,
    deps: PopupDeps,
  ): Promise<Popup | null> {
    addWords('fr-CA', french);
    addWords('en-CA', english);
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
      return methods.isEligible('paypal') ? new Popup(sdk, deps, methods.isEligible('card')) : null;
    };
    return Promise.race([ready().catch(() => null), late]);
  }

  get open(): boolean {
    return this.#waiting !== null;
  }

  /** Opens PayPal's window and asks for its order. To be called in the click itself: browsers open none later. */
  start(means: Means): void {
    if (this.open || this.#deps.state.task !== null) return;
    let tell: (order: { orderId: string }) => void = () => {};
    let refuse: () => void = () => {};
    const order = new Promise<{ orderId: string }>((resolve, reject) => {
      tell = resolve;
      refuse = reject;
    });
    // Whoever waits for it may be gone by then.
    order.catch(() => undefined);
    this.#waiting = { url: null, tell, refuse };
    this.#openWindow(means, order);
    this.#deps.send({ type: 'pay', key: newId() });
  }

  /** The order has come, at PayPal's address `url`. False when no window waits for it: then it is for the redirect. */
  take(url: string): boolean {
    const orderId = new URL(url).searchParams.get('token');
    if (this.#waiting === null || orderId === null) return false;
    this.#waiting.url = url;
    this.#waiting.tell({ orderId });
    this.#deps.redraw();
    return true;
  }

  /** No order came of it. */
  refuse(): void {
    this.#waiting?.refuse();
    this.dispose();
  }

  /** She says that she is done there. */
  back(): void {
    this.#end('return');
  }

  /** Lets go of the window. */
  dispose(): void {
    this.#waiting = null;
    this.#session?.destroy();
    this.#session = null;
  }

  #openWindow(means: Means, order: Promise<{ orderId: string }>): void {
    let over = false;
    const once = (tell: () => void) => () => {
      if (over) return;
      over = true;
      tell();
    };
    const failed = once(() => this.#failed());
    const options = {
      onApprove: async () => once(() => this.#end('return'))(),
      onCancel: once(() => this.#end('cancel')),
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

  #end(marker: Marker): void {
    this.dispose();
    this.#deps.cameBack(marker);
  }

  // The same order, by redirect: now, or as soon as it is there.
  #failed(): void {
    const url = this.#waiting?.url ?? null;
    this.dispose();
    if (url !== null && this.#deps.state.screen === 'leaving') this.#deps.leave(url);
    this.#deps.redraw();
  }
}
