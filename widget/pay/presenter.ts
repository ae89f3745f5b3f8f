// Between the element and the journey: which screen is on, what stands around it, which events the host page gets and
// what its developer reads in the console.
import { html, nothing, type TemplateResult } from 'lit';
import type { ProblemKind } from '../client/problem.ts';
import { newId } from '../client/proof.ts';
import { baseUrl } from '../client/session-hint.ts';
import { press } from '../controls/parts.ts';
import { day, money } from '../locales/format.ts';
import type { Key, Lang } from '../locales/text.ts';
import { isSlug } from './address.ts';
import { Checkout, type CheckoutDeps } from './checkout/checkout.ts';
import { diagnosePage, warn } from './diagnostics.ts';
import { asProblem, Effects } from './effects.ts';
import {
  AmisgestPayErrorEvent,
  AmisgestPayPaidEvent,
  AmisgestPayStepEvent,
  type DiagnosticCode,
} from './events.ts';
import { focusTarget, moveFocus } from './focus.ts';
import { forgetInvoiceCode, takeInvoiceCode } from './invoice-code.ts';
import { sentence } from './journey/problems.ts';
import { type Action, type Marker, READS, type State, type TaskName } from './journey/state.ts';
import { bare } from './journey/transitions.ts';
import type { MyAccount } from './my-account/my-account.ts';
import { PayBar } from './pay-bar.ts';
import type { openPlan } from './plan/plan.ts';
import { secondsLeft } from './screens/activation.ts';
import { screens } from './screens/all.ts';
import { accountNav, help } from './screens/frame-rest.ts';
import { notice, rights, sessionEnding } from './screens/notice.ts';
import { signIn, starting } from './screens/sign-in.ts';
import { pageUrl, takeLink, takeMarker } from './taken-address.ts';
import type { Surroundings, View } from './view.ts';

/** What the element gives its presenter. */
export interface PresenterDeps extends CheckoutDeps {
  /** Something to render has changed. */
  redraw(): void;
  readonly element: HTMLElement & { api: string };
  /** The server's origin; nothing where `api` is no address. */
  readonly api: string;
  /** This is the hosted page: e-mailed links are read from its address. */
  readonly hosted: boolean;
  /** The language she has with her account, when she chose none here. */
  speak(lang: Lang): void;
}

export class Presenter {
  readonly #deps: PresenterDeps;
  readonly #effects: Effects;
  readonly #checkout: Checkout;
  readonly #payBar = new PayBar();
  /** She has done something here, or was sent here: only then may the focus move. */
  #interacted = false;
  /** The state at the last rendering, once something has changed. */
  #before: State | null = null;
  #diagnostic: DiagnosticCode | null;
  #early: Action | null;
  #ticking: ReturnType<typeof setInterval> | undefined;
  readonly #paid = new Set<string>();
  #invoiceSecret = '';
  /** « Mon compte », while she is there; null until its file has come, false when it could not be loaded. */
  #myAccount: { render(view: View): TemplateResult; model: MyAccount } | null | false = null;

  /** What proposes a plan of instalments, while it is open. */
  #plan: ReturnType<typeof openPlan> | undefined;

  /** `early`: what she asked for while this file was being loaded. */
  constructor(deps: PresenterDeps, early: Action | null) {
    this.#deps = deps;
    this.#checkout = new Checkout(deps, this);
    this.#early = early;
    this.#effects = new Effects({
      base: baseUrl(deps.api, deps.regroupement),
      lang: deps.lang,
      page: pageUrl,
      leave: (url) => this.leave(url),
      changed: (state, before) => this.#changed(state, before),
      failed: (kind) => this.#failed(kind),
    });
    this.#diagnostic =
      deps.regroupement === ''
        ? 'regroupement-missing'
        : deps.api === ''
          ? 'api-invalid'
          : isSlug(deps.regroupement)
            ? diagnosePage()
            : 'regroupement-unknown';
  }

  /** Begins with what the address brought, unless nothing can work here. */
  start(): void {
    window.addEventListener('online', this.#online);
    if (this.#diagnostic !== null) {
      this.#failed(this.#diagnostic);
      return;
    }
    const { hosted, regroupement } = this.#deps;
    const link = hosted ? takeLink() : null;
    if (hosted) this.#invoiceSecret = takeInvoiceCode();
    const marker = takeMarker(regroupement);
    this.#interacted = link !== null || marker !== null || this.early;
    this.#effects.start(link, marker);
  }

  get state(): State {
    return this.#effects.state;
  }
  get profile() {
    return this.#effects.profile;
  }
  /** She waits for something she asked before the journey had begun. */
  get early(): boolean {
    return this.#early !== null;
  }

  /** Takes what she does; before the journey has found its feet, keeps the first wish for that moment. */
  send(action: Action): void {
    this.#interacted = true;
    if (this.state.screen !== 'starting' || action.type === 'retry') {
      this.#effects.send(action);
    } else {
      this.#early ??= action;
      this.redraw();
    }
  }

  /** The browser kept the page while she was elsewhere. */
  cameBack(marker: Marker = 'return'): void {
    this.#effects.send({ type: 'cameBack', marker });
  }

  /** By PayPal's window or the page's own. */
  leave(url: string): void {
    this.#checkout.leave(url);
  }

  redraw(): void {
    this.#deps.redraw();
  }

  /** See Effects. */
  tellLanguage(lang: Lang): void {
    this.#effects.tellLanguage(lang);
  }

  /** The screen that the state asks for. `begun`: she already sees, and may type in, the sign-in form. */
  screen(view: View, begun: boolean): TemplateResult {
    if (this.#diagnostic !== null) return this.#wayOut(view, this.#diagnostic);
    const { screen, notice } = this.state;
    // The form she may already be typing in stays while the browser's storage is asked for a session.
    if (screen === 'starting') return begun && notice === null ? signIn(view) : starting(view);
    if (screen === 'account' || screen === 'emailLink') return this.#myAccountScreen(view);
    return screen === 'signIn' ? signIn(view) : screens[screen](view);
  }

  /** What stands around the screen. */
  around(view: View): Surroundings {
    const { task, screen } = this.state;
    const live = task === null ? undefined : LIVE_WORDS[task.do];
    return {
      nav: accountNav(view),
      notice: html`${this.#effects.ending ? sessionEnding(view, () => this.#effects.stay()) : nothing}
      ${this.#diagnostic === null ? notice(view, html`<p>${this.#hostedLink(view)}</p><slot></slot>`) : nothing}`,
      help: help(view),
      rights:
        view.hosted || screen === 'signUp' || (this.#myAccount && this.#myAccount.model.page === 'home')
          ? nothing
          : rights(view),
      live: live === undefined ? '' : view.plain(live),
      invoiceSecret: this.#invoiceSecret,
      plan: () => this.#openPlan(),
      dialog: this.#plan?.render(view),
      popup: this.#checkout.popup,
      payAt: self === top ? null : hostedUrl(this.#deps),
    };
  }

  /** After a rendering: the seconds that are left, the focus, the bar at the foot. */
  drawn(root: ShadowRoot): void {
    const before = this.#before;
    this.#before = null;
    this.#countDown(root);
    const account = this.#myAccount;
    if (account) {
      moveFocus(root, account.model.focus);
      account.model.focus = null;
    }
    if (this.#interacted && before) moveFocus(root, focusTarget(this.state, before));
    this.#payBar.drawn(root);
    this.#plan?.drawn();
  }

  /** Stops everything; the presenter is not used again. */
  dispose(): void {
    clearInterval(this.#ticking);
    window.removeEventListener('online', this.#online);
    this.#checkout.dispose();
    this.#payBar.dispose();
    this.#closeMyAccount();
    this.#effects.dispose();
  }

  // Here nothing can be paid: why, and the page where it can.
  #wayOut(view: View, diagnostic: DiagnosticCode): TemplateResult {
    const elsewhere =
      diagnostic === 'insecure' || diagnostic === 'sandboxed' || diagnostic === 'page-refused';
    return html`<div class="notice error" id="notice" role="alert" tabindex="-1">
        <p>${view.t(elsewhere ? 'err.elsewhere' : 'err.config')}</p>
        ${elsewhere || diagnostic === 'origin-refused' ? html`<p>${this.#hostedLink(view)}</p>` : nothing}
      </div>
      <slot></slot>`;
  }

  #hostedLink(view: View): TemplateResult {
    const boxed = this.#diagnostic === 'sandboxed';
    return html`<a href=${hostedUrl(this.#deps)} target=${boxed ? '_blank' : '_top'} rel="noopener"
      >${view.t('err.elsewhereLink')}</a
    >`;
  }

  #myAccountScreen(view: View): TemplateResult {
    const account = this.#myAccount;
    if (account) return account.render(view);
    return account === null
      ? starting({ ...view, state: { ...view.state, notice: null } })
      : html`<div class="notice error" role="alert">
          <p>${view.t('err.noAnswer')}</p>
          <p>${press(view, 'common.retry', 'secondary', () => this.#openMyAccount())}</p>
        </div>`;
  }

  async #openMyAccount(): Promise<void> {
    this.#myAccount = null;
    const { screen, link } = this.state;
    try {
      const { openMyAccount } = await import('./my-account/index.ts');
      this.#myAccount = await openMyAccount(
        this.#effects.myAccountDeps(() => this.redraw()),
        screen === 'account' ? null : link,
        this.#deps.lang(),
      );
      if (this.state.screen !== screen) this.#closeMyAccount();
    } catch {
      this.#myAccount = false;
    }
    this.redraw();
  }

  #closeMyAccount(): void {
    if (this.#myAccount) this.#myAccount.model.dispose();
    this.#myAccount = null;
  }

  async #openPlan(): Promise<void> {
    const { openPlan } = await import('./plan/plan.ts');
    const closed = (agreed: boolean) => {
      this.#plan = undefined;
      if (agreed) this.send({ type: 'home' });
      this.redraw();
    };
    this.#plan = openPlan(
      {
        ...this.#effects.myAccountDeps(() => this.redraw()),
        closed,
        tools: { day, money, newId, failed: (error) => sentence(asProblem(error)) },
      },
      this.#deps.element.shadowRoot as ShadowRoot,
    );
    this.redraw();
  }

  // The number alone: the words around it may be translated, and would be taken away each second.
  #countDown(root: ParentNode): void {
    const place = root.querySelector('#left');
    if (place) place.textContent = String(secondsLeft(this.state, Date.now()));
  }

  #changed(state: State, before: State): void {
    this.#before ??= before;
    this.#checkout.changed(before);
    if (state.me !== null && before.me === null) this.#deps.speak(state.me.lang);
    const opened = before.task?.do === 'lookup' && state.certificates !== before.certificates;
    if (opened || (state.me === null && before.me !== null)) this.#invoiceSecret = forgetInvoiceCode();
    const { element } = this.#deps;
    if (state.screen !== before.screen) {
      element.dispatchEvent(new AmisgestPayStepEvent(state.screen));
      this.#closeMyAccount();
      this.#plan = undefined;
      if (state.screen === 'account' || state.screen === 'emailLink') this.#openMyAccount();
    }
    const { payment } = state;
    if (state.screen === 'done' && payment !== null && !this.#paid.has(payment.id)) {
      this.#paid.add(payment.id);
      element.dispatchEvent(new AmisgestPayPaidEvent(payment.totalCents));
    }
    clearInterval(this.#ticking);
    if (state.screen === 'mailSent') this.#ticking = setInterval(() => this.redraw(), 1000);
    this.#doEarly();
    this.redraw();
  }

  /** What she asked first, unless her session was found. Another's is ended before she is signed in. */
  #doEarly(): void {
    const { screen, me, task } = this.state;
    const early = this.#early;
    if (early === null || screen === 'starting' || task?.do === 'signOut') return;
    if (me !== null && early.type === 'signIn' && bare(early.email) !== me.email) {
      this.#effects.send({ type: 'signOut' });
      return;
    }
    this.#early = null;
    if (me === null) this.send(early);
  }

  #failed(kind: ProblemKind | DiagnosticCode): void {
    // A lost connection shows with whatever she asks next; a wrong `regroupement` or an unregistered site at once, a page
    // of a registered site when she is about to pay.
    if (
      kind === 'regroupement-unknown' ||
      kind === 'origin-refused' ||
      kind === 'page-refused' ||
      kind === 'api-invalid'
    )
      this.#diagnostic = kind;
    // Once the server has answered, a lost call is the network's affair, not the page's.
    if (kind !== 'offline' || this.profile === null)
      warn(kind, this.#deps.regroupement, this.#deps.api || this.#deps.element.api);
    this.redraw();
    this.#deps.element.dispatchEvent(new AmisgestPayErrorEvent(kind));
  }

  // Back on line: what could not be read is asked again by itself. What changes something waits for her.
  readonly #online = () => {
    const again = this.state.failed?.do;
    if (again !== undefined && REPEATABLE.includes(again)) this.#effects.send({ type: 'retry' });
  };
}

const hostedUrl = ({ api, regroupement }: PresenterDeps) => `${api}/p/${regroupement}`;

/** Calls that only read: repeated by themselves once the browser is on line again. */
const REPEATABLE: readonly TaskName[] = [...READS, 'resume', 'welcomeBack'];

/** What is read out while a call is under way. */
const LIVE_WORDS: Partial<Record<TaskName, Key>> = {
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
