// Signing in: a passkey alone, or e-mail, password and a code. The same form stands over her work when her session has
// ended (again.ts).
import { html, nothing } from 'lit';
import type { CallOptions } from '../../client/api.ts';
import { CallProblem } from '../../client/problem.ts';
import { field, typedIn } from '../../controls/field.ts';
import { press, submit } from '../../controls/parts.ts';
import {
  passkeysAreSuggested,
  passkeysWork,
  provePasskey,
  stopSuggesting,
  suggestPasskey,
} from '../controls/passkeys.ts';
import type { Page } from '../desk.ts';
import { Form } from '../form.ts';
import type { People, Tokens } from '../office.ts';
import type { Key } from '../words.ts';
import type { Gate, Lobby } from './gate.ts';

/** What the server asks is forgotten after five minutes. */
const SUGGESTED_MS = 4 * 60_000;

/** The fields' names carry `prefix`, as two of these forms may stand in one page. */
export class SignInForm {
  readonly #page: Page;
  readonly #form: Form<string>;
  readonly #prefix: string;
  readonly #entered: (tokens: Tokens) => Promise<void>;
  readonly #email: string;
  #recovery = false;
  #again: ReturnType<typeof setTimeout> | undefined;

  /** `email`: what stands in its box at first. */
  constructor(page: Page, prefix: string, entered: (tokens: Tokens) => Promise<void>, email = '') {
    this.#page = page;
    this.#email = email;
    this.#prefix = prefix;
    this.#form = new Form(page, `${prefix}sign-in`);
    this.#entered = async (tokens) => {
      clearTimeout(this.#again);
      stopSuggesting();
      await entered(tokens);
    };
    void this.#suggest();
  }

  render(): unknown {
    const form = this.#form;
    const p = this.#prefix;
    return html`${form.notice()}
      ${
        passkeysWork()
          ? html`<p class="actions">${press(form, 'signIn.passkey', 'secondary', () => void this.#byPasskey())}</p>
              <p class="or"><span>${form.t('signIn.or')}</span></p>`
          : nothing
      }
      <form novalidate @submit=${(event: SubmitEvent) => void this.#byPassword(event)}>
        ${field(form, `${p}email`, { label: 'signIn.email', type: 'email', autocomplete: 'username webauthn', value: this.#email, enterkeyhint: 'next' })}
        ${field(form, `${p}password`, { label: 'signIn.password', type: 'password', autocomplete: 'current-password', enterkeyhint: 'next' })}
        ${
          this.#recovery
            ? field(form, `${p}code`, {
                label: 'signIn.recovery',
                hint: form.t('signIn.recoveryHint'),
                autocomplete: 'off',
                enterkeyhint: 'go',
              })
            : field(form, `${p}code`, {
                label: 'signIn.code',
                hint: form.t('signIn.codeHint'),
                autocomplete: 'one-time-code',
                inputmode: 'numeric',
                enterkeyhint: 'go',
              })
        }
        <p>${press(form, this.#recovery ? 'signIn.useApp' : 'signIn.useRecovery', 'link', this.#switch)}</p>
        <label class="check"><input type="checkbox" name="shared" aria-describedby="${p}shared-hint" /><span>${form.t('signIn.shared')}</span></label>
        <p class="hint" id="${p}shared-hint">${form.t('signIn.sharedHint')}</p>
        <p class="actions">${submit(form, 'signIn.go')}</p>
      </form>`;
  }

  readonly #switch = () => {
    this.#recovery = !this.#recovery;
    this.#page.redraw();
    this.#page.focus(`#${this.#prefix}code`);
  };

  async #byPassword(event: SubmitEvent): Promise<void> {
    const typed = typedIn(event);
    const shared = this.#shared(event.currentTarget as HTMLFormElement);
    const [email, password, code] = ['email', 'password', 'code'].map((name) => typed(this.#prefix + name));
    const missing = Object.entries({ email, password, code: code?.trim() })
      .filter(([, value]) => !value)
      .map(([name]): [string, Key] => [this.#prefix + name, 'field.required']);
    if (this.#form.refuses(Object.fromEntries(missing))) return;
    const json = { email: email ?? '', password: password ?? '', code: code ?? '', shared };
    await this.#form.run(async () => this.#entered(await this.#open(shared, json)), {
      'sign-in-failed': 'signIn.failed',
      validation: 'signIn.failed',
    });
  }

  async #byPasskey(): Promise<void> {
    let given = true;
    const { office } = this.#page;
    const shared = this.#shared(null);
    await this.#form.run(
      async () => {
        const { options } = await office.stranger('$post', '/sessions/options', {});
        const passkey = await provePasskey(options);
        given = passkey !== null;
        if (passkey !== null) await this.#entered(await this.#open(shared, { passkey, shared }));
      },
      { 'sign-in-failed': 'signIn.passkeyFailed' },
    );
    if (!given) this.#form.tells('signIn.passkeyNone');
    void this.#suggest();
  }

  /** Her passkeys stand among the e-mail's suggestions where the browser can: whatever fails, the form is there. */
  async #suggest(): Promise<void> {
    clearTimeout(this.#again);
    if (!(await passkeysAreSuggested().catch(() => false))) return;
    const { office } = this.#page;
    try {
      const { options } = await office.stranger('$post', '/sessions/options', {});
      this.#again = setTimeout(() => {
        if (this.#page.find(`#${this.#prefix}email`) !== null) void this.#suggest();
      }, SUGGESTED_MS);
      const passkey = await suggestPasskey(options);
      if (passkey === null || this.#form.busy) return;
      const shared = this.#shared(null);
      await this.#form.run(async () => this.#entered(await this.#open(shared, { passkey, shared })), {
        'sign-in-failed': 'signIn.passkeyFailed',
      });
    } catch (error) {
      if (!(error instanceof CallProblem || error instanceof Error)) throw error;
    }
  }

  #open(shared: boolean, json: CallOptions<'$post', '/sessions', People>['json']): Promise<Tokens> {
    return this.#page.office.signIn(shared, (office) => office.stranger('$post', '/sessions', { json }));
  }

  #shared(form: HTMLFormElement | null): boolean {
    const box = (form ?? this.#page.find(`#${this.#prefix}email`)?.closest('form'))?.elements.namedItem(
      'shared',
    );
    return box instanceof HTMLInputElement && box.checked;
  }
}

/** The page of whoever is not signed in. `told`: what she reads first. */
export class SignIn implements Gate {
  readonly #lobby: Lobby;
  readonly #form: SignInForm;
  readonly #told: Key | null;

  constructor(lobby: Lobby, told: Key | null = null) {
    this.#lobby = lobby;
    this.#told = told;
    this.#form = new SignInForm(lobby, '', () => lobby.entered());
  }

  title(): string {
    return this.#lobby.words.plain('signIn.title');
  }

  render(): unknown {
    const { t } = this.#lobby.words;
    return html`<h1 id="title" tabindex="-1">${t('signIn.title')}</h1>
      ${this.#told === null ? nothing : html`<div class="notice" role="status"><p>${t(this.#told)}</p></div>`}
      ${this.#form.render()}
      <p>${press({ ...this.#lobby.words, busy: false }, 'signIn.forgot', 'link', () => void this.#forgot())}</p>`;
  }

  async #forgot(): Promise<void> {
    const { Forgot } = await import('./password-reset.ts');
    this.#lobby.show(new Forgot(this.#lobby));
  }
}
