// Between the element and the journey, once the engine has come: which screen is on, what stands around it, where the
// focus goes, what the host page and its developer are told.
import { html, nothing, type TemplateResult } from 'lit';
import type { ProblemKind } from '../client/problem.ts';
import { press } from '../controls/parts.ts';
import type { Key, Lang } from '../locales/text.ts';
import { baseUrl, isSlug, page, rememberLeaving, takeLink, takeMarker } from './address.ts';
import type { Popup } from './checkout/popup.ts';
import { troubleHere, warn } from './diagnostics.ts';
import { Controller } from './effects.ts';
import { AmisgestPayErrorEvent, AmisgestPayPaidEvent, AmisgestPayStepEvent, type Trouble } from './events.ts';
import { forgetInvoiceCode, takeInvoiceCode } from './invoice-code.ts';
import type { Act, Marker, State, TaskName } from './journey/state.ts';
import { bare } from './journey/transitions.ts';
import type { Desk } from './my-account/my-account.ts';
import { secondsLeft } from './screens/activation.ts';
import { screens } from './screens/all.ts';
import { accountNav, help } from './screens/frame-rest.ts';
import { news, rights, sessionEnding } from './screens/notice.ts';
import { signIn, starting } from './screens/sign-in.ts';
import type { Surroundings, View } from './view.ts';

/** What the element gives its guide. */
export interface Host {
  readonly element: HTMLElement & { api: string };
  readonly regroupement: string;
  /** The server's origin; nothing where `api` is no address. */
  readonly api: string;
  /** This is the hosted page: e-mailed links are read from its address. */
  readonly hosted: boolean;
  lang(): Lang;
  checkout(): 'redirect' | 'popup';
  /** The language she has with her account, when she chose none here. */
  speak(lang: Lang): void;
  /** Something to draw has changed. */
  redraw(): void;
}

export class Guide {
  readonly #host: Host;
  readonly #controller: Controller;
  /** She has done something here, or was sent here: only then may the focus move. */
  #met = false;
  #trouble: Trouble | null;
  #early: Act | null;
  #ticking: ReturnType<typeof setInterval> | undefined;
  readonly #paid = new Set<string>();
  #popup: Popup | null = null;
  #invoiceSecret = '';
  #popupAsked = false;
  /** « Mon compte », while she is there; null until its file has come, false when it has not. */
  #desk: { screen(view: View): TemplateResult; desk: Desk } | null | false = null;
  /** The state at the last drawing, once something changed: tells what the focus should follow. */
  #before: State | null = null;

  /** `early`: what she has asked for while the engine was on its way. */
  constructor(host: Host, early: Act | null) {
    this.#host = host;
    this.#early = early;
    this.#controller = new Controller({
      base: baseUrl(host.api, host.regroupement),
      lang: host.lang,
      page,
      leave: (url) => this.#leave(url),
      changed: (state, before) => this.#changed(state, before),
      failed: (kind) => this.#failed(kind),
    });
    this.#trouble =
      host.regroupement === ''
        ? 'regroupement-missing'
        : host.api === ''
          ? 'api-invalid'
          : isSlug(host.regroupement)
            ? troubleHere()
            : 'regroupement-unknown';
  }

  /** Begins with what the address brought, unless nothing can work here. */
  start(): void {
    window.addEventListener('online', this.#online);
    if (this.#trouble !== null) {
      this.#failed(this.#trouble);
      return;
    }
    const { hosted, regroupement } = this.#host;
    const link = hosted ? takeLink() : null;
    if (hosted) this.#invoiceSecret = takeInvoiceCode();
    const marker = takeMarker(regroupement);
    this.#met = link !== null || marker !== null || this.early;
    this.#controller.start(link, marker);
  }

  get state(): State {
    return this.#controller.state;
  }
  get profile() {
    return this.#controller.profile;
  }
  /** She waits for something she asked before the journey had begun. */
  get early(): boolean {
    return this.#early !== null;
  }

  /** Takes what she does; before the journey has found its feet, keeps the first wish for that moment. */
  send(act: Act): void {
    this.#met = true;
    if (this.state.screen !== 'starting' || act.type === 'retry') {
      this.#controller.send(act);
    } else {
      this.#early ??= act;
      this.#host.redraw();
    }
  }

  /** The browser kept the page while she was elsewhere. */
  cameBack(marker: Marker = 'return'): void {
    this.#controller.send({ type: 'cameBack', marker });
  }

  /** See Controller. */
  tellLanguage(lang: Lang): void {
    this.#controller.tellLanguage(lang);
  }

  /** The screen that the state asks for. `begun`: she already sees, and may type in, the sign-in form. */
  screen(view: View, begun: boolean): TemplateResult {
    if (this.#trouble !== null) return this.#wayOut(view, this.#trouble);
    const { screen, notice } = this.state;
    // The form she may already be typing in stays while the browser's storage is asked for a session.
    if (screen === 'starting') return begun && notice === null ? signIn(view) : starting(view);
    if (screen === 'account' || screen === 'emailLink') return this.#deskScreen(view);
    return screen === 'signIn' ? signIn(view) : screens[screen](view);
  }

  /** What stands around the screen. */
  around(view: View): Surroundings {
    const { task, screen } = this.state;
    const live = task === null ? undefined : WAITS[task.do];
    return {
      nav: accountNav(view),
      news: html`${this.#controller.ending ? sessionEnding(view, () => this.#controller.stay()) : nothing}
      ${this.#trouble === null ? news(view, html`<p>${this.#hostedLink(view)}</p><slot></slot>`) : nothing}`,
      help: help(view),
      rights:
        view.hosted || screen === 'signUp' || (this.#desk && this.#desk.desk.page === 'home')
          ? nothing
          : rights(view),
      live: live === undefined ? '' : view.plain(live),
      invoiceSecret: this.#invoiceSecret,
      popup: this.#popup,
      payAt: self === top ? null : hostedUrl(this.#host),
    };
  }

  /** After a drawing: focus goes where the news is – fields to mend, an error, a new screen. */
  drawn(root: ParentNode): void {
    const before = this.#before;
    const { state } = this;
    this.#before = null;
    this.#count();
    if (this.#desk && this.#desk.desk.focus !== null) {
      root.querySelector<HTMLElement>(`#${this.#desk.desk.focus}`)?.focus();
      this.#desk.desk.focus = null;
    }
    if (before === null || !this.#met) return;
    const target =
      state.errors !== before.errors && Object.keys(state.errors).length > 0
        ? 'summary'
        : state.notice !== before.notice && state.notice?.tone === 'error'
          ? 'notice'
          : state.screen !== before.screen
            ? 'title'
            : null;
    if (target !== null) root.querySelector<HTMLElement>(`#${target}`)?.focus();
  }

  /** Stops everything; the guide is not used again. */
  dispose(): void {
    clearInterval(this.#ticking);
    window.removeEventListener('online', this.#online);
    this.#popup?.dispose();
    this.#closeDesk();
    this.#controller.dispose();
  }

  // Here nothing can be paid: why, and the page where it can.
  #wayOut(view: View, trouble: Trouble): TemplateResult {
    const elsewhere = trouble === 'insecure' || trouble === 'sandboxed';
    return html`<div class="notice error" id="notice" role="alert" tabindex="-1">
        <p>${view.t(elsewhere ? 'err.elsewhere' : 'err.config')}</p>
        ${elsewhere || trouble === 'origin-refused' ? html`<p>${this.#hostedLink(view)}</p>` : nothing}
      </div>
      <slot></slot>`;
  }

  #hostedLink(view: View): TemplateResult {
    const boxed = this.#trouble === 'sandboxed';
    return html`<a href=${hostedUrl(this.#host)} target=${boxed ? '_blank' : '_top'} rel="noopener"
      >${view.t('err.elsewhereLink')}</a
    >`;
  }

  #deskScreen(view: View): TemplateResult {
    const desk = this.#desk;
    if (desk) return desk.screen(view);
    return desk === null
      ? starting({ ...view, state: { ...view.state, notice: null } })
      : html`<div class="notice error" role="alert">
          <p>${view.t('err.noAnswer')}</p>
          <p>${press(view, 'common.retry', 'secondary', () => this.#openDesk())}</p>
        </div>`;
  }

  async #openDesk(): Promise<void> {
    this.#desk = null;
    const { screen, link } = this.state;
    try {
      const { Desk, accountScreen } = await import('./my-account/index.ts');
      if (this.state.screen !== screen) return;
      const desk = new Desk(
        this.#controller.desk(() => this.#host.redraw()),
        screen === 'account' ? null : link,
      );
      this.#desk = { desk, screen: (view) => accountScreen(desk, view) };
    } catch {
      this.#desk = false;
    }
    this.#host.redraw();
  }

  #closeDesk(): void {
    if (this.#desk) this.#desk.desk.dispose();
    this.#desk = null;
  }

  // By redirect; where PayPal's window is open, its order has come.
  #leave(url: string): void {
    if (this.#popup?.take(url)) return;
    rememberLeaving(this.#host.regroupement);
    location.assign(url);
  }

  // Once, when the amount is before her: the window must be ready to open in the click itself.
  async #preparePopup(): Promise<void> {
    const { paypal } = this.profile ?? {};
    const wanted = this.#host.checkout() === 'popup' && self === top && this.state.screen === 'detail';
    if (!wanted || !paypal || this.#popupAsked) return;
    this.#popupAsked = true;
    this.#popup = await import('./checkout/popup.ts')
      .then(({ Popup }) =>
        Popup.prepare(paypal, this.#host.lang(), {
          state: () => this.state,
          send: (act) => this.send(act),
          cameBack: (marker) => this.cameBack(marker),
          leave: (url) => this.#leave(url),
          redraw: () => this.#host.redraw(),
        }),
      )
      .catch(() => null);
    this.#host.redraw();
  }

  // The number alone: the words around it may be translated, and would be taken away each second.
  #count(): void {
    const place = this.#host.element.shadowRoot?.querySelector('#left');
    if (place) place.textContent = String(secondsLeft(this.state, Date.now()));
  }

  #changed(state: State, before: State): void {
    this.#before ??= before;
    this.#preparePopup();
    if (before.screen === 'leaving' && state.screen !== 'leaving') this.#popup?.refuse();
    if (state.me !== null && before.me === null) this.#host.speak(state.me.lang);
    const opened = before.task?.do === 'lookup' && state.certificates !== before.certificates;
    if (opened || (state.me === null && before.me !== null)) this.#invoiceSecret = forgetInvoiceCode();
    const { element } = this.#host;
    if (state.screen !== before.screen) {
      element.dispatchEvent(new AmisgestPayStepEvent(state.screen));
      this.#closeDesk();
      if (state.screen === 'account' || state.screen === 'emailLink') this.#openDesk();
    }
    const { payment } = state;
    if (state.screen === 'done' && payment !== null && !this.#paid.has(payment.id)) {
      this.#paid.add(payment.id);
      element.dispatchEvent(new AmisgestPayPaidEvent(payment.totalCents));
    }
    clearInterval(this.#ticking);
    if (state.screen === 'mailSent') this.#ticking = setInterval(() => this.#host.redraw(), 1000);
    this.#doEarly();
    this.#host.redraw();
  }

  /** What she asked first, unless her session was found. Another's is ended before she is signed in. */
  #doEarly(): void {
    const { screen, me, task } = this.state;
    const early = this.#early;
    if (early === null || screen === 'starting' || task?.do === 'signOut') return;
    if (me !== null && early.type === 'signIn' && bare(early.email) !== me.email) {
      this.#controller.send({ type: 'signOut' });
      return;
    }
    this.#early = null;
    if (me === null) this.send(early);
  }

  #failed(kind: ProblemKind | Trouble): void {
    // No connection is told by whatever she asks next; a wrong `regroupement` or an unregistered site at once.
    if (kind === 'regroupement-unknown' || kind === 'origin-refused' || kind === 'api-invalid')
      this.#trouble = kind;
    // Once the server has answered, a lost call is the network's affair, not the page's.
    if (kind !== 'offline' || this.profile === null)
      warn(kind, this.#host.regroupement, this.#host.api || this.#host.element.api);
    this.#host.redraw();
    this.#host.element.dispatchEvent(new AmisgestPayErrorEvent(kind));
  }

  // Back on line: what could not be read is asked again by itself. What changes something waits for her.
  readonly #online = () => {
    const again = this.state.failed?.do;
    if (again !== undefined && REPEATED.includes(again)) this.#controller.send({ type: 'retry' });
  };
}

const hostedUrl = ({ api, regroupement }: Host) => `${api}/p/${regroupement}`;

const REPEATED: readonly TaskName[] = [
  'resume',
  'search',
  'quote',
  'history',
  'read',
  'checkLink',
  'welcomeBack',
];

/** What is read out while a call is under way. */
const WAITS: Partial<Record<TaskName, Key>> = {
  signIn: 'common.loading',
  signUp: 'common.loading',
  search: 'lookup.searching',
  lookup: 'lookup.looking',
  confirmLink: 'lookup.looking',
  create: 'pay.redirecting',
  welcomeBack: 'return.checking',
  confirm: 'confirm.working',
  cancel: 'confirm.cancelling',
};
