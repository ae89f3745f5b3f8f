// <amisgest-bureau>: the staff's page, on our own origin (server/embed/bureau-page.ts). What stands before the office is a
// gate (bureau/gates/), the office itself is bureau/working.ts. bureau/README.md says how to add a screen.
import { html, LitElement, nothing, type PropertyValues } from 'lit';
import { Overlays } from './bureau/controls/again.ts';
import type { Gate, Lobby } from './bureau/gates/gate.ts';
import { SignIn } from './bureau/gates/sign-in.ts';
import { words as shellWords } from './bureau/locales/shell.ts';
import { words as signInWords } from './bureau/locales/sign-in.ts';
import { type Me, Office } from './bureau/office.ts';
import { problemText } from './bureau/problem-text.ts';
import { takeLink } from './bureau/router.ts';
import { holderStyles } from './bureau/screens/holder/styles.ts';
import { bureauStyles } from './bureau/styles/bureau.ts';
import { addWords, kept, wordsOf } from './bureau/words.ts';
import type { Working } from './bureau/working.ts';
import { CallProblem } from './client/problem.ts';
import { press, waiting } from './controls/parts.ts';
import type { Lang } from './locales/text.ts';
import { chosenLang, rememberLang } from './pay/address.ts';
import { base } from './styles/first-view.ts';

/** What shows: nothing yet, what went wrong, a gate, the office, or a choice of offices. */
type Shown = 'starting' | CallProblem | Gate | Working | { choose: Me; ended?: string };

/**
 * The office of a regroupement, for its staff.
 *
 * @attr {string} regroupement - The slug of the one that the address names; none: she chooses among hers.
 * @attr {string} name - That regroupement's name.
 * @attr {fr-CA|en-CA} lang - The language of the link that she followed; her own choice wins.
 */
export class AmisgestBureau extends LitElement implements Lobby {
  static override properties = { regroupement: {}, name: {}, lang: { reflect: true } };
  static override styles = [base, ...bureauStyles, holderStyles];

  declare regroupement: string;
  declare name: string;
  declare lang: Lang;
  #office: Office | null = null;
  #overlays = new Overlays(this);
  #shown: Shown = 'starting';
  #me: Me | null = null;
  #said = '';
  #rechecking = false;
  #focusNext = '';

  override connectedCallback(): void {
    super.connectedCallback();
    addWords(shellWords);
    addWords(signInWords);
    this.lang = chosenLang() ?? (this.lang === 'en-CA' ? 'en-CA' : 'fr-CA');
    void this.#begin();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#leave();
    this.#office?.dispose();
    this.#office = null;
  }

  get office(): Office {
    this.#office ??= new Office(location.origin, {
      signInAgain: () =>
        this.#me === null ? Promise.resolve(false) : this.#overlays.signInAgain(this.#me.email),
      confirmIdentity: () => this.#overlays.confirmIdentity(),
      endingChanged: () => this.#overlays.endingChanged(),
      refused: () => void this.#recheck(),
      signedOutElsewhere: () => this.#signedOut(),
    });
    return this.#office;
  }

  get words() {
    return wordsOf(this.lang);
  }

  async #begin(): Promise<void> {
    const { office } = this;
    const link = takeLink();
    if (link?.kind === 'invitation') {
      const { Invitation } = await import('./bureau/gates/invitation.ts');
      if (this.#is(office)) this.show(new Invitation(this, link.token));
    } else if (link?.kind === 'second-facteur') {
      const { FactorLink } = await import('./bureau/gates/factor-link.ts');
      if (this.#is(office)) this.show(new FactorLink(this, link.token));
    } else if (link?.kind === 'mot-de-passe') {
      const { NewPassword } = await import('./bureau/gates/password-reset.ts');
      if (this.#is(office)) this.show(new NewPassword(this, link.token));
    } else await this.#resume();
  }

  /** Whether the page is the one that asked: once it is taken out, what it waited for opens nothing. */
  #is(office: Office): boolean {
    return office === this.#office;
  }

  async #resume(): Promise<void> {
    this.#show('starting');
    const { office } = this;
    try {
      const held = await office.resume();
      if (!this.#is(office)) return;
      if (held === null) this.show(new SignIn(this));
      else await this.entered();
    } catch (error) {
      if (!(error instanceof CallProblem)) throw error;
      if (this.#is(office)) this.#show(error);
    }
  }

  /** See Lobby. Throws CallProblem. */
  async entered(): Promise<void> {
    const { office } = this;
    const me = await office.people('$get', '/me', {});
    if (!this.#is(office)) return;
    this.#me = me;
    // Unless she chose, here or by the link that she followed.
    if (chosenLang() === null && !/[?&]lang=/.test(location.search)) this.lang = me.lang;
    if (me.enrolling) {
      const { Enrolment } = await import('./bureau/gates/enrolment.ts');
      if (this.#is(office)) this.show(new Enrolment(this, me.totp || me.passkeys.length > 0));
      return;
    }
    const [only, ...others] = me.memberships;
    const slug = this.regroupement || (others.length === 0 ? only?.slug : undefined);
    if (slug === undefined || !me.memberships.some((one) => one.slug === slug)) {
      this.#show({ choose: me });
      this.focus('#title');
      return;
    }
    // Two tabs never mix: whose office it is stands in the address.
    if (slug !== this.regroupement)
      history.replaceState(null, '', `/bureau/${slug}${location.search}${location.hash}`);
    this.regroupement = slug;
    const { Working } = await import('./bureau/working.ts');
    if (this.#is(office)) this.#show(new Working(this, me, slug));
  }

  /** Reads anew who she is and what she may. */
  async reload(): Promise<void> {
    const me = await this.office.people('$get', '/me', {});
    const ended = this.#regroupement;
    this.#me = me;
    if (typeof this.#shown === 'string' || !('me' in this.#shown)) return;
    if (me.memberships.some(({ slug }) => slug === this.regroupement)) {
      this.#shown.me = me;
      this.redraw();
    } else {
      this.#show({ choose: me, ended });
      this.focus('#title');
    }
  }

  /** An owner may have taken her access away, or lowered her role: then she is told so, and not only what she cannot do. */
  async #recheck(): Promise<void> {
    if (this.#rechecking) return;
    this.#rechecking = true;
    try {
      await this.reload();
    } catch (error) {
      if (!(error instanceof CallProblem)) throw error;
    } finally {
      this.#rechecking = false;
    }
  }

  show(gate: Gate): void {
    this.#show(gate);
    this.focus('#title');
  }

  #show(shown: Shown): void {
    this.#leave();
    this.#shown = shown;
    this.redraw();
  }

  #leave(): void {
    if (typeof this.#shown === 'object' && 'dispose' in this.#shown) this.#shown.dispose();
  }

  #signedOut(): void {
    this.#me = null;
    this.show(new SignIn(this));
  }

  readonly signOut = async () => {
    await this.office.signOut();
    this.#signedOut();
  };

  readonly switchLanguage = () => {
    this.lang = this.lang === 'fr-CA' ? 'en-CA' : 'fr-CA';
    rememberLang(this.lang);
  };

  ask(...question: Parameters<Overlays['ask']>): Promise<boolean> {
    return this.#overlays.ask(...question);
  }

  dropQuestion(): void {
    this.#overlays.dropQuestion();
  }

  redraw(): void {
    this.requestUpdate();
  }

  find(selector: string): HTMLElement | null {
    return this.renderRoot?.querySelector<HTMLElement>(selector) ?? null;
  }

  /** Moves the focus to what is, or will be, drawn there. */
  override focus(selector?: unknown): void {
    this.#focusNext = String(selector);
    this.redraw();
  }

  announce(sentence: string): void {
    // The same words again are said again.
    this.#said = this.#said === sentence ? `${sentence}\u00a0` : sentence;
    this.redraw();
  }

  protected override updated(_changed: PropertyValues<this>): void {
    if (this.#focusNext !== '') {
      const place = this.find(this.#focusNext);
      if (place !== null) {
        this.#focusNext = '';
        place.focus({ preventScroll: true });
        place.scrollIntoView({ block: 'nearest' });
      }
    }
    document.documentElement.lang = this.lang;
    document.title = [this.#title(), this.#regroupement, this.words.plain('shell.office')]
      .filter(Boolean)
      .join(' – ');
  }

  #title(): string {
    const shown = this.#shown;
    return typeof shown === 'object' && 'title' in shown ? shown.title() : '';
  }

  get #regroupement(): string {
    return this.#me?.memberships.find(({ slug }) => slug === this.regroupement)?.name ?? this.name;
  }

  protected override render(): unknown {
    return html`<div class="frame" lang=${this.lang} dir="ltr">
      ${this.#page()} ${this.#overlays.render()}
      <p class="sr" role="status" id="said">${this.#said}</p>
    </div>`;
  }

  #page(): unknown {
    const shown = this.#shown;
    return typeof shown === 'object' && 'dispose' in shown ? shown.render() : this.#gate(shown);
  }

  #gate(shown: Exclude<Shown, Working>): unknown {
    const { t } = this.words;
    const say = { ...this.words, busy: false };
    const content =
      shown === 'starting'
        ? waiting(this.words, 'shell.loading')
        : shown instanceof CallProblem
          ? html`<div class="notice error" role="alert">${problemText(this, shown)}
              <p>${press(say, 'problem.retry', 'secondary', () => void this.#resume())}</p></div>`
          : 'choose' in shown
            ? this.#choice(shown.choose, shown.ended)
            : shown.render();
    return html`<div class="gate">
      <header class="noprint">
        <p class="brand"><span>${this.#regroupement ? kept(this.#regroupement) : nothing}</span><span class="hint">${t('shell.office')}</span></p>
        <button class="link" type="button" lang=${this.lang === 'fr-CA' ? 'en-CA' : 'fr-CA'} @click=${this.switchLanguage}>${t('shell.otherLanguage')}</button>
      </header>
      <main>${content}</main>
    </div>`;
  }

  #choice({ memberships, name }: Me, ended?: string): unknown {
    const { t } = this.words;
    return html`<h1 id="title" tabindex="-1">${t(ended === undefined ? 'shell.choose' : 'shell.ended')}</h1>
      ${
        ended !== undefined
          ? html`<div class="notice error"><p>${t('shell.endedText', { regroupement: ended })}</p></div>`
          : this.regroupement
            ? html`<div class="notice error"><p>${t('shell.noAccess')}</p></div>`
            : nothing
      }
      ${memberships.length === 0 ? html`<p>${t('shell.noneAtAll')}</p>` : nothing}
      <ul class="choices">
        ${memberships.map((one) => html`<li><a href="/bureau/${one.slug}">${kept(one.name)}</a> <span class="hint">${t(`role.${one.role}`)}</span></li>`)}
      </ul>
      <p class="hint">${t('shell.signedInAs', { nom: name })}</p>
      <p>${press({ ...this.words, busy: false }, 'shell.signOut', 'link', () => void this.signOut())}</p>`;
  }
}

if (customElements.get('amisgest-bureau') === undefined)
  customElements.define('amisgest-bureau', AmisgestBureau);
