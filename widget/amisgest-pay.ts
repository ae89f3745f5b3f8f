// <amisgest-pay>: attributes in, events out, which screen is on. The journey decides (journey.ts), the controller does
// (controller.ts), screens draw; this file only joins them to the page it stands in. It is the entry: what it imports
// statically is what stands between the script tag and the first view, so the rest comes by engine.ts.
import { html, LitElement, nothing, type PropertyValues } from 'lit';
import { chosenLang, hasLink, page, rememberLang, rememberLeaving, takeLink, takeMarker } from './address.ts';
import type { ProblemKind } from './client/problem.ts';
import { baseUrl, openStore } from './client/store.ts';
import type { Controller } from './controller.ts';
import {
  AmisgestPayErrorEvent,
  AmisgestPayPaidEvent,
  AmisgestPayReadyEvent,
  AmisgestPayStepEvent,
} from './events.ts';
import { type Act, START, type State, type TaskName } from './journey/state.ts';
import { addWords, type Key, type Lang } from './locales/text.ts';
import { frame } from './screens/frame.ts';
import { signIn, starting } from './screens/sign-in.ts';
import { base } from './styles.ts';
import { type Screens, viewOf } from './view.ts';

type Engine = typeof import('./engine.ts');

/**
 * Lets a member of a regroupement pay her insurance invoice from that regroupement's own site.
 *
 * ```html
 * <amisgest-pay regroupement="petits-bouleaux"><a href="https://…/p/petits-bouleaux">Payer mes assurances</a></amisgest-pay>
 * ```
 *
 * @attr {string} regroupement - The regroupement's slug. Required.
 * @attr {fr-CA|en-CA} lang - Language to begin with; fr-CA unless told. Her own choice wins.
 * @attr {string} api - Where the server is; the script's own origin unless told.
 * @attr {redirect} checkout - How PayPal opens.
 * @attr {boolean} hosted - Only on the server's own page: e-mailed links are read from the address.
 * @slot - The link that stays until the widget works.
 * @slot header - Instead of the regroupement's name.
 * @slot help - Instead of the contact line.
 * @fires amisgest-pay-ready - The first view is drawn.
 * @fires amisgest-pay-step - Another screen shows.
 * @fires amisgest-pay-paid - A payment is completed.
 * @fires amisgest-pay-error - A call or a file failed.
 * @csspart frame, header, steps, screen, footer, heading, notice, field, input, button, primary, secondary, link, invoice, totals
 * @cssprop --amisgest-accent - Buttons and links. Give --amisgest-on-accent with it.
 * @cssprop --amisgest-on-accent - Words on the accent.
 * @cssprop --amisgest-background
 * @cssprop --amisgest-surface - Boxes a shade off the background.
 * @cssprop --amisgest-text
 * @cssprop --amisgest-quiet - Hints; keep 4.5:1 on the background.
 * @cssprop --amisgest-line - Borders; keep 3:1 on the background.
 * @cssprop --amisgest-font - A font-family.
 * @cssprop --amisgest-base-size - Text size, 18px unless told; px.
 * @cssprop --amisgest-radius - Corners.
 * @cssprop --amisgest-color-scheme - `light`, `dark`; the page's own unless told.
 */
export class AmisgestPay extends LitElement {
  static override properties = {
    regroupement: {},
    lang: { reflect: true },
    api: {},
    checkout: {},
    hosted: { type: Boolean },
  };
  static override styles = base;

  declare regroupement: string;
  declare lang: Lang;
  declare api: string;
  declare checkout: 'redirect';
  declare hosted: boolean;

  #engine: Engine | null = null;
  #controller: Controller | null = null;
  /** She has done something here, or was sent here: only then may the focus move. */
  #met = false;
  /** Raised at each beginning and end: what an older one still waits for is dropped. */
  #life = 0;
  #begun = false;
  /** What shows until the journey has begun. */
  #drawn: 'nothing' | 'signIn' | 'starting' = 'nothing';
  /** A file of ours could not be loaded, twice. */
  #stuck = false;
  /** Clicked before the journey had begun: done as soon as it has. */
  #early: Act | null = null;
  #ticking: ReturnType<typeof setInterval> | undefined;
  #words = new Set<string>(['fr-CA']);
  #paid = new Set<string>();
  #isReady = false;
  /** The state at the last drawing, once something changed: tells what the focus should follow. */
  #before: State | null = null;

  constructor() {
    super();
    this.regroupement = '';
    this.lang = 'fr-CA';
    this.api = '';
    this.checkout = 'redirect';
    this.hosted = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener('pageshow', this.#shown);
    window.addEventListener('hashchange', this.#linked);
    this.#begin();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener('pageshow', this.#shown);
    window.removeEventListener('hashchange', this.#linked);
    // A move in the document disconnects and connects in one go: what she typed must survive it.
    queueMicrotask(() => {
      if (!this.isConnected) this.#end();
    });
  }

  async #begin(): Promise<void> {
    if (this.#begun || this.regroupement === '') return;
    this.#begun = true;
    this.#life += 1;
    const life = this.#life;
    const { regroupement } = this;
    const found = this.hosted ? takeLink() : null;
    const marker = takeMarker(regroupement);
    this.#met = found !== null || marker !== null;
    this.lang = chosenLang() ?? found?.lang ?? asLang(this.lang);
    const base = baseUrl(this.api || new URL(import.meta.url).origin, regroupement);
    const engine = this.#loadEngine();
    // No session in this browser: the first view needs nothing more, and can be typed in at once.
    const fresh = found === null && marker === null && (await openStore(base).read()) === null;
    if (life !== this.#life) return;
    this.#drawn = fresh ? 'signIn' : 'starting';
    this.requestUpdate();
    const loaded = await engine;
    if (loaded === null || life !== this.#life) return;
    this.#controller = new loaded.Controller({
      base,
      lang: () => asLang(this.lang),
      page,
      leave: (url) => {
        rememberLeaving(regroupement);
        location.assign(url);
      },
      changed: (state, before) => this.#changed(state, before),
      failed: (kind) => this.#failed(kind),
    });
    this.#controller.start(found?.link ?? null, marker);
  }

  #end(): void {
    this.#life += 1;
    clearInterval(this.#ticking);
    this.#controller?.dispose();
    this.#controller = null;
    this.#before = null;
    this.#begun = false;
    this.#drawn = 'nothing';
  }

  readonly #shown = (event: PageTransitionEvent) => {
    if (event.persisted) this.#controller?.send({ type: 'cameBack' });
  };

  /** An e-mailed link opened in the tab that shows this page already: the document stays, the journey starts again. */
  readonly #linked = () => {
    if (!this.hosted || !hasLink()) return;
    this.#end();
    this.#begin();
  };

  #send(act: Act): void {
    this.#met = true;
    const { state } = this.#controller ?? {};
    if (state !== undefined && (state.screen !== 'starting' || act.type === 'retry')) {
      this.#controller?.send(act);
    } else {
      this.#early ??= act;
      this.requestUpdate();
    }
  }

  #changed(state: State, before: State): void {
    this.#before ??= before;
    this.requestUpdate();
    // The hosted page is French unless its link says otherwise: whoever chose English before finds it again.
    const unsaid = this.hosted && chosenLang() === null && asLang(this.lang) === 'fr-CA';
    if (state.me !== null && before.me === null && unsaid) this.#speak(state.me.lang);
    if (state.screen !== before.screen) this.dispatchEvent(new AmisgestPayStepEvent(state.screen));
    const { payment } = state;
    if (state.screen === 'done' && payment !== null && !this.#paid.has(payment.id)) {
      this.#paid.add(payment.id);
      this.dispatchEvent(new AmisgestPayPaidEvent(payment.totalCents));
    }
    clearInterval(this.#ticking);
    if (state.screen === 'mailSent') this.#ticking = setInterval(() => this.requestUpdate(), 1000);
    if (before.screen === 'starting' && state.screen === 'signIn' && this.#early !== null) {
      const early = this.#early;
      this.#early = null;
      this.#send(early);
    }
  }

  #failed(code: ProblemKind | 'chunk'): void {
    this.dispatchEvent(new AmisgestPayErrorEvent(code));
  }

  /** A lost connection, or an old page after a new release: asked for once more, then the link. */
  async #loadEngine(): Promise<Engine | null> {
    try {
      const engine = await import('./engine.ts').catch((error: unknown) => again(error));
      if (this.#engine === null) {
        engine.install();
        const { styleSheet } = engine.styles;
        if (styleSheet) (this.renderRoot as ShadowRoot).adoptedStyleSheets.push(styleSheet);
        this.#engine = engine;
      }
      return engine;
    } catch {
      this.#stuck = true;
      this.#failed('chunk');
      this.requestUpdate();
      return null;
    }
  }

  async #loadWords(lang: Lang): Promise<void> {
    if (this.#words.has(lang)) return;
    try {
      addWords('en-CA', (await import('./locales/en-CA.ts')).en);
    } catch {
      // French stands in for what could not be loaded.
    }
    this.#words.add(lang);
    this.requestUpdate();
  }

  /** Her own choice: kept for this site, and with her account. */
  readonly #switchTo = (lang: Lang): void => {
    rememberLang(lang);
    this.#controller?.tellLanguage(lang);
    this.#speak(lang);
  };

  async #speak(lang: Lang): Promise<void> {
    await this.#loadWords(lang);
    this.lang = lang;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('regroupement') || changed.has('api')) {
      if (this.hasUpdated) this.#end();
      if (this.isConnected) this.#begin();
    }
    if (changed.has('lang')) this.#loadWords(asLang(this.lang));
  }

  protected override render(): unknown {
    const lang = asLang(this.lang);
    if (this.#drawn === 'nothing' || !this.#words.has(lang)) return html`<slot></slot>`;
    const controller = this.#controller;
    const state = controller?.state ?? START;
    const view = viewOf(
      {
        state,
        lang,
        profile: controller?.profile ?? null,
        hosted: this.hosted,
        now: Date.now(),
        send: (act) => this.#send(act),
      },
      this.#early !== null,
    );
    const live = state.task === null ? undefined : WAITS[state.task.do];
    return html`<div class="frame" part="frame" lang=${lang} role="region" aria-label=${view.t('common.brand')}>
      ${frame(
        view,
        this.#switchTo,
        this.#stuck || controller?.refused
          ? html`<div class="notice error" role="alert">
                <p>${view.t(this.#stuck ? 'err.chunk' : 'err.config')}</p>
                ${
                  this.#stuck
                    ? html`<button class="secondary" type="button" @click=${() => location.reload()}>
                        ${view.t('err.chunkReload')}
                      </button>`
                    : nothing
                }
              </div>
              <slot></slot>`
          : this.#screen(state)(view),
        this.#engine?.accountNav(view) ?? nothing,
      )}
      <p class="sr" role="status">${live === undefined ? nothing : view.t(live)}</p>
    </div>`;
  }

  #screen(state: State) {
    // The form she may already be typing in stays while the browser's storage is asked for a session.
    if (state.screen === 'starting') {
      return this.#drawn === 'signIn' && state.notice === null ? signIn : starting;
    }
    return (this.#engine?.screens as Screens | undefined)?.[state.screen] ?? signIn;
  }

  protected override updated(): void {
    if (this.#drawn === 'nothing') return;
    if (!this.#isReady && this.renderRoot.querySelector('form, .notice, .waiting')) {
      this.#isReady = true;
      this.dispatchEvent(new AmisgestPayReadyEvent());
    }
    const state = this.#controller?.state;
    const before = this.#before;
    this.#before = null;
    if (state === undefined || before === null || !this.#met) return;
    // Focus goes where the news is: fields to mend, an error, a new screen.
    const target =
      state.errors !== before.errors && Object.keys(state.errors).length > 0
        ? 'summary'
        : state.notice !== before.notice && state.notice?.tone === 'error'
          ? 'notice'
          : state.screen !== before.screen
            ? 'title'
            : null;
    if (target !== null) this.renderRoot.querySelector<HTMLElement>(`#${target}`)?.focus();
  }
}

/** What is read out while a call is under way. */
const WAITS: Partial<Record<TaskName, Key>> = {
  signIn: 'common.loading',
  signUp: 'common.loading',
  search: 'lookup.searching',
  lookup: 'lookup.looking',
  create: 'pay.redirecting',
  welcomeBack: 'return.checking',
  confirm: 'confirm.working',
  cancel: 'confirm.cancelling',
};

/** Browsers remember that a module failed; under another address they ask for it once more. */
async function again(error: unknown): Promise<Engine> {
  const [address] = /https?:\S+\.js/.exec(String(error)) ?? [];
  if (address === undefined) throw error;
  await new Promise((wake) => setTimeout(wake, 1_000));
  return import(/* @vite-ignore */ `${address}?again`);
}

function asLang(lang: string): Lang {
  return lang.toLowerCase().startsWith('en') ? 'en-CA' : 'fr-CA';
}

declare global {
  interface HTMLElementTagNameMap {
    'amisgest-pay': AmisgestPay;
  }
}

// The same script twice on a page, or two versions of it: the first one stays.
if (customElements.get('amisgest-pay') === undefined) customElements.define('amisgest-pay', AmisgestPay);
