// To PayPal (S22, S23): by redirect, or in a window of its own where the page asks for one (`checkout="popup"`) and
// PayPal's script allows it. Either way it is the same order.
import type { Profile } from '../../client/types.ts';
import type { Lang } from '../../locales/text.ts';
import type { State } from '../journey/state.ts';
import { rememberLeaving } from '../taken-address.ts';
import type { Popup, PopupDeps } from './popup.ts';

/** What the element says about it. */
export interface CheckoutDeps {
  readonly regroupement: string;
  lang(): Lang;
  checkout(): 'redirect' | 'popup';
}
/** The journey around it. */
interface Journey extends PopupDeps {
  readonly profile: Profile | null;
}

export class Checkout {
  /** PayPal's window, once it is ready to open. */
  popup: Popup | null = null;
  readonly #deps: CheckoutDeps;
  readonly #journey: Journey;
  #requested = false;

  constructor(deps: CheckoutDeps, journey: Journey) {
    this.#deps = deps;
    this.#journey = journey;
  }

  /** Goes to PayPal at `url`; where its window is open, the order goes there. */
  leave(url: string): void {
    if (this.popup?.take(url)) return;
    rememberLeaving(this.#deps.regroupement);
    location.assign(url);
  }

  /** The state was `before`. */
  changed(before: State): void {
    this.#prepare();
    if (before.screen === 'leaving' && this.#journey.state.screen !== 'leaving') this.popup?.refuse();
  }

  dispose(): void {
    this.popup?.dispose();
  }

  // Once, when the amount is before her: the window must be ready to open in the click itself.
  async #prepare(): Promise<void> {
    const journey = this.#journey;
    const { paypal } = journey.profile ?? {};
    const wanted = this.#deps.checkout() === 'popup' && self === top && journey.state.screen === 'detail';
    if (!wanted || !paypal || this.#requested) return;
    this.#requested = true;
    this.popup = await import('./popup.ts')
      .then(({ Popup }) => Popup.prepare(paypal, this.#deps.lang(), journey))
      .catch(() => null);
    journey.redraw();
  }
}
