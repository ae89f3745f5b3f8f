// <amisgest-pay>: attributes in, the first view (S8) out. The journey decides (pay/journey/), effects call the server
// (pay/effects.ts), the presenter joins both to the page (pay/presenter.ts), screens render. This is the entry: what it
// imports statically stands between the script tag and the first view, so the rest is loaded lazily (pay/later.ts).
import { html, nothing, type PropertyValues, ReactiveElement } from 'lit';
import { baseUrl, mayBeSignedIn } from './client/session-hint.ts';
import { addWords, type Lang } from './locales/text.ts';
import { chosenLang, hasLink, hasMarker, isSlug, linkLang, originOf, rememberLang } from './pay/address.ts';
import { Drawing } from './pay/drawing.ts';
import { AmisgestPayErrorEvent, AmisgestPayReadyEvent } from './pay/events.ts';
import { type Action, START } from './pay/journey/state.ts';
import type { Presenter } from './pay/presenter.ts';
import { frame } from './pay/screens/frame.ts';
import { signIn, starting } from './pay/screens/sign-in.ts';
import { type View, viewOf } from './pay/view.ts';
import type { AmisgestPayElement } from './public.d.ts';
import { base } from './styles/first-view.ts';

type Later = typeof import('./pay/later.ts');

/**
 * Lets a member of a regroupement pay her insurance invoice from that regroupement's own site.
 *
 * ```html
 * <amisgest-pay regroupement="petits-bouleaux"><a href="https://…/p/petits-bouleaux">Payer mes assurances</a></amisgest-pay>
 * ```
 *
 * @attr {string} regroupement - The regroupement's slug. Required.
 * @attr {fr-CA|en-CA} lang - Language to begin with; fr-CA by default. Her own choice wins.
 * @attr {string} api - Where the server is, https://…; the script's own origin by default, in a bundle the page's.
 * @attr {redirect|popup} checkout - How PayPal opens; redirect by default.
 * @attr {boolean} hosted - Internal, for the server's own page only: e-mailed links are read from the address.
 * @slot - The link that stays until the widget works.
 * @slot header - Instead of the regroupement's name.
 * @slot help - Instead of the contact line.
 * @fires {AmisgestPayReadyEvent} amisgest-pay-ready - The first view is drawn.
 * @fires {AmisgestPayStepEvent} amisgest-pay-step - Another screen shows.
 * @fires {AmisgestPayPaidEvent} amisgest-pay-paid - A payment is completed.
 * @fires {AmisgestPayErrorEvent} amisgest-pay-error - A call or a file failed.
 * @csspart frame - The box around everything.
 * @csspart header - The top: the name of the regroupement, the language.
 * @csspart steps - « Étape 1 sur 4 » and its bar.
 * @csspart screen - What is on between header and footer.
 * @csspart footer - The foot: whom to call, where the data goes.
 * @csspart heading - The screen's heading.
 * @csspart notice - What there is to tell her.
 * @csspart field - Label, hint, error and box.
 * @csspart input - The box itself.
 * @csspart button - Every button, with `primary`, `secondary` or `link`.
 * @csspart primary - The button that goes on.
 * @csspart secondary - Any other button.
 * @csspart link - A button that looks like a link.
 * @csspart invoice - The invoice, line by line.
 * @csspart totals - Its sums.
 * @cssprop --amisgest-accent - The brand's colour: buttons, links, marks. Words on it, and words in it, are made readable.
 * @cssprop --amisgest-background - As light as a page's in the light scheme, as dark in the dark one.
 * @cssprop --amisgest-surface - Boxes a shade off the background.
 * @cssprop --amisgest-text - Words; keep 4.5:1 on the background.
 * @cssprop --amisgest-quiet - Hints; keep 4.5:1 on the background.
 * @cssprop --amisgest-line - Borders; keep 3:1 on the background.
 * @cssprop --amisgest-font - A font-family.
 * @cssprop --amisgest-base-size - Text size, in px. By default 18px, and larger in a browser set to larger text.
 * @cssprop --amisgest-radius - Corners.
 * @cssprop --amisgest-color-scheme - `light`, `dark`; the page's own by default.
 */
export class AmisgestPay extends ReactiveElement implements AmisgestPayElement {
  static override properties = {
    regroupement: {},
    lang: { reflect: true },
    api: {},
    checkout: {},
    hosted: { type: Boolean },
  };
  static override styles = base;

  // Whatever a page or its framework sets, what is read is what the widget can work with.
  #regroupement = '';
  get regroupement(): string {
    return this.#regroupement;
  }
  set regroupement(value: unknown) {
    this.#regroupement = word(value);
  }
  #lang: Lang = 'fr-CA';
  // Spelled out, as the manifest takes it from here.
  override get lang(): 'fr-CA' | 'en-CA' {
    return this.#lang;
  }
  override set lang(value: unknown) {
    this.#lang = asLang(value);
  }
  #api = '';
  get api(): string {
    return this.#api;
  }
  set api(value: unknown) {
    this.#api = word(value);
  }
  #checkout: 'redirect' | 'popup' = 'redirect';
  get checkout(): 'redirect' | 'popup' {
    return this.#checkout;
  }
  set checkout(value: unknown) {
    this.#checkout = /^popup$/i.test(word(value)) ? 'popup' : 'redirect';
  }
  #hosted = false;
  get hosted(): boolean {
    return this.#hosted;
  }
  set hosted(value: unknown) {
    this.#hosted = Boolean(value);
  }

  #presenter: Presenter | null = null;
  /** Raised at each beginning and end: what an older one still waits for is dropped. */
  #life = 0;
  /** What it has begun with, or nothing. */
  #begun = '';
  /** What shows until the journey has begun. */
  #drawn: 'nothing' | 'signIn' | 'starting' = 'nothing';
  /** A file of ours could not be loaded, twice, or could not be run on this page. */
  #stuck: 'err.chunk' | 'err.broken' | null = null;
  /** Clicked before the journey had begun: done as soon as it has. */
  #early: Action | null = null;
  #installed = false;
  /** The language on screen; follows `lang` once its words have come. */
  #spoken: Lang | null = null;
  #isReady = false;

  /** Once there is a root to draw in. */
  #made: Drawing | undefined;
  get #drawing(): Drawing {
    this.#made ??= new Drawing(this.renderRoot as ShadowRoot);
    return this.#made;
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

  get #asked(): string {
    return `${this.regroupement} ${this.api} ${this.hosted}`;
  }

  async #begin(): Promise<void> {
    if (this.#begun) return;
    this.#begun = this.#asked;
    this.#life += 1;
    const life = this.#life;
    const { regroupement, hosted } = this;
    const api = this.api ? originOf(this.api) : new URL(import.meta.url).origin;
    const chosen = chosenLang() ?? (hosted ? linkLang() : null);
    this.lang = asLang(chosen ?? this.lang);
    // The entry holds the first view's French.
    if (this.lang === 'fr-CA') this.#spoken ??= this.lang;
    // A framework may say in a moment who is to be paid; when it still has not once later.ts has come, that is said.
    const known = isSlug(regroupement) && api !== '';
    // Drawn in a task of its own: reading this file has held an old phone's thread long enough.
    await task();
    if (life !== this.#life) return;
    // No session in this browser: the first view needs nothing more, and can be typed in at once.
    if (known) {
      this.#drawn =
        mayBeSignedIn(baseUrl(api, regroupement)) || hasMarker() || (hosted && hasLink())
          ? 'starting'
          : 'signIn';
    }
    this.requestUpdate();
    // An old phone first paints the form, which needs nothing of later.ts.
    if (this.#drawn === 'signIn') await task(50);
    const later = await this.#loadLater();
    if (later === null || life !== this.#life) return;
    if (!known) this.#drawn = 'starting';
    this.#presenter = new later.Presenter(
      {
        element: this,
        regroupement,
        api,
        hosted,
        lang: () => this.#spoken ?? 'fr-CA',
        checkout: () => this.checkout,
        // The hosted page is French unless its link says otherwise: whoever chose English before finds it again.
        speak: (lang) => {
          if (hosted && chosen === null) this.lang = lang;
        },
        redraw: this.#redraw,
      },
      this.#early,
    );
    this.#early = null;
    this.#presenter.start();
  }

  #end(): void {
    this.#life += 1;
    this.#presenter?.dispose();
    this.#presenter = null;
    this.#early = null;
    this.#begun = '';
    this.#drawn = 'nothing';
  }

  readonly #redraw = () => this.requestUpdate();

  readonly #shown = (event: PageTransitionEvent) => {
    if (event.persisted) this.#presenter?.cameBack();
  };

  /** An e-mailed link opened in the tab that shows this page already: the document stays, the journey starts again. */
  readonly #linked = () => {
    if (!this.hosted || !hasLink()) return;
    this.#end();
    this.#begin();
  };

  #send(action: Action): void {
    if (this.#presenter) this.#presenter.send(action);
    else this.#early ??= action;
    this.requestUpdate();
  }

  /** A lost connection, or an old page after a new release: asked for once more, then the link. */
  async #loadLater(): Promise<Later | null> {
    try {
      const [later] = await Promise.all([
        import('./pay/later.ts')
          .then(({ install, Presenter }) => ({ install, Presenter }))
          .catch(again<Later>),
        loadWords(this.lang),
      ]);
      if (!this.#installed) later.install(this.#drawing, this.#redraw);
      this.#installed = true;
      return later;
    } catch (error) {
      console.error(error);
      // Every browser's message names the import that failed; any other error was thrown by what was imported.
      this.#stuck = /import/i.test(String(error)) ? 'err.chunk' : 'err.broken';
      if (this.#drawn === 'nothing') this.#drawn = 'starting';
      this.#spoken ??= 'fr-CA';
      this.dispatchEvent(new AmisgestPayErrorEvent('chunk'));
      this.requestUpdate();
      return null;
    }
  }

  /** Her own choice: kept for this site, and with her account. */
  readonly #switchTo = (lang: Lang): void => {
    rememberLang(lang);
    this.#presenter?.tellLanguage(lang);
    this.lang = lang;
  };

  /** What she reads stays, and stays as it is, until the other words are here. */
  async #speak(lang: Lang): Promise<void> {
    if (lang === this.#spoken) return;
    await loadWords(lang).catch(() => undefined);
    if (lang === this.lang) this.#spoken = lang;
    this.requestUpdate();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (this.isConnected && this.#begun !== this.#asked) {
      this.#end();
      this.#begin();
    }
    if (changed.has('lang')) this.#speak(this.lang);
  }

  protected override updated(): void {
    const lang = this.#spoken;
    if (this.#drawn === 'nothing' || lang === null) {
      this.#drawing.empty();
      return;
    }
    this.#draw(lang);
    if (!this.#isReady && this.renderRoot.querySelector('form, .notice, .waiting')) {
      this.#isReady = true;
      this.dispatchEvent(new AmisgestPayReadyEvent());
    }
    this.#presenter?.drawn(this.renderRoot as ShadowRoot);
  }

  #draw(lang: Lang): void {
    const presenter = this.#presenter;
    const state = presenter?.state ?? START;
    const view = viewOf(
      {
        state,
        lang,
        profile: presenter?.profile ?? null,
        hosted: this.hosted,
        now: Date.now(),
        send: (action) => this.#send(action),
      },
      presenter?.early ?? this.#early !== null,
    );
    if (presenter) view.around = presenter.around(view);
    const begun = this.#drawn === 'signIn';
    const screen = this.#stuck
      ? stuck(view, this.#stuck, `${this.api || new URL(import.meta.url).origin}/p/${this.regroupement}`)
      : (presenter?.screen(view, begun) ?? (begun ? signIn : starting)(view));
    // Another server than the script's: its connection is made while later.ts is loaded.
    const link = this.api ? html`<link rel="preconnect" crossorigin href=${originOf(this.api)} />` : nothing;
    this.#drawing.draw({
      // The form she may already be typing in is that of the screen to come.
      place: this.#stuck ? 'stuck' : begun && state.screen === 'starting' ? 'signIn' : state.screen,
      lang,
      label: view.plain('common.brand'),
      busy: state.task !== null,
      live: view.around?.live ?? '',
      islands: frame(view, this.#switchTo, screen, link),
    });
  }
}

/** Once more what a lost connection kept away; elsewhere what this page's own scripts do. */
function stuck(view: View, why: 'err.chunk' | 'err.broken', elsewhere: string) {
  return html`<div class="notice error" role="alert">
      <p>${view.t(why)}</p>
      ${
        why === 'err.chunk'
          ? html`<button class="secondary" type="button" @click=${() => location.reload()}>
              ${view.t('err.chunkReload')}
            </button>`
          : html`<a href=${elsewhere} target="_top">${view.t('err.elsewhereLink')}</a>`
      }
    </div>
    <slot></slot>`;
}

/** What follows is done in a later task, after so many milliseconds at least. */
const task = (ms = 0) => new Promise((begin) => setTimeout(begin, ms));

/** Browsers remember that a module failed; under another address they ask for it once more. */
async function again<M>(error: unknown): Promise<M> {
  const [address] = /https?:\S+\.js/.exec(String(error)) ?? [];
  if (address === undefined) throw error;
  await task(1_000);
  return import(/* @vite-ignore */ `${address}?again`);
}

/** A language's words, all of them. */
async function loadWords(lang: Lang): Promise<void> {
  const { words } = await (lang === 'fr-CA'
    ? import('./locales/fr-CA.rest.ts').catch(again<typeof import('./locales/fr-CA.rest.ts')>)
    : import('./locales/en-CA.ts').catch(again<typeof import('./locales/en-CA.ts')>));
  addWords(lang, words);
}

function asLang(lang: unknown): Lang {
  return /^en/i.test(word(lang)) ? 'en-CA' : 'fr-CA';
}

/** What an attribute, or whatever else was set, says: what nobody sees comes along when it is pasted. */
function word(value: unknown): string {
  try {
    return String(value ?? '')
      .replace(/\p{DI}/gu, '')
      .trim();
  } catch {
    return '';
  }
}

/** `<div data-amisgest-pay="petits-bouleaux">`, for sites that strip unknown tags: the element takes its place inside. */
function upgrade(): void {
  for (const box of document.querySelectorAll<HTMLElement>('[data-amisgest-pay]')) {
    if (box.querySelector('amisgest-pay')) continue;
    const { amisgestPay, lang, api, checkout } = box.dataset;
    const element = document.createElement('amisgest-pay');
    // Nothing else: on many sites, whoever may write a text may write any data attribute.
    Object.assign(element, { regroupement: amisgestPay, lang, api, checkout });
    element.append(...box.childNodes);
    box.append(element);
  }
}

// The same script twice on a page, or two versions of it: the first one stays.
if (customElements.get('amisgest-pay') === undefined) {
  customElements.define('amisgest-pay', AmisgestPay);
  upgrade();
  // For as long as the page lives, with or without an element on it: a site that turns its pages without loading them
  // may bring the next <div> after the last element has gone.
  new MutationObserver(upgrade).observe(document, { childList: true, subtree: true });
} else if (globalThis.window) {
  console.warn('<amisgest-pay> was loaded twice: the first one stays.');
}
