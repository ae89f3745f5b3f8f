// What the link of an invitation opens. Nothing happens before she clicks: whatever reads her mail for her may have opened it.
import { html, nothing } from 'lit';
import type { Answer } from '../../client/api.ts';
import { CallProblem } from '../../client/problem.ts';
import { field, typedIn } from '../../controls/field.ts';
import { newPasswordField } from '../../controls/new-password.ts';
import { press, submit, waiting } from '../../controls/parts.ts';
import { day } from '../../locales/format.ts';
import { Form } from '../form.ts';
import type { People } from '../office.ts';
import { problemText } from '../problem-text.ts';
import type { Gate, Lobby } from './gate.ts';
import { PASSWORD_REFUSALS } from './password-reset.ts';
import { SignIn, SignInForm } from './sign-in.ts';

type Checked = Answer<'$post', '/invitations/check', People>;

export class Invitation implements Gate {
  readonly #lobby: Lobby;
  readonly #token: string;
  readonly #form: Form<'name' | 'password'>;
  readonly #signIn: SignInForm;
  /** Who is signed in in this browser, by her e-mail. */
  #me: string | null = null;
  #state: 'checking' | 'requested' | Checked | CallProblem = 'checking';

  constructor(lobby: Lobby, token: string) {
    this.#lobby = lobby;
    this.#token = token;
    this.#form = new Form(lobby, 'invitation');
    this.#signIn = new SignInForm(lobby, '', async ({ me }) => {
      this.#me = me.email;
      await this.#join();
    });
    void this.#check();
  }

  title(): string {
    return this.#lobby.words.plain('invite.title');
  }

  async #check(): Promise<void> {
    this.#state = 'checking';
    const { office } = this.#lobby;
    try {
      const me = await office.resume().catch(() => null);
      this.#state = await office.stranger('$post', '/invitations/check', { json: { token: this.#token } });
      this.#me = me?.email ?? null;
    } catch (error) {
      if (!(error instanceof CallProblem)) throw error;
      this.#state = error;
    }
    this.#lobby.redraw();
    this.#lobby.focus('#title');
  }

  render(): unknown {
    const state = this.#state;
    if (state === 'checking') return waiting(this.#form, 'link.checking');
    if (state === 'requested')
      return html`<h1 id="title" tabindex="-1">${this.#form.t('invite.request')}</h1>
        <div class="notice success"><p>${this.#form.t('invite.requested')}</p></div>
        <p>${this.#toSignIn()}</p>`;
    if (state instanceof CallProblem) return this.#dead(state);
    return html`<h1 id="title" tabindex="-1">${this.#form.t('invite.title')}</h1>
      <p>${this.#form.t('invite.text', {
        regroupement: state.regroupement,
        role: this.#form.plain(`role.${state.role}`),
      })}
      ${state.endsOn === null ? nothing : this.#form.t('invite.until', { jour: day(this.#lobby.lang, state.endsOn) })}</p>
      ${this.#form.notice()}
      ${this.#me === null ? (state.known ? this.#known() : this.#newcomer(state)) : this.#signedIn(state)}`;
  }

  #newcomer({ name, email }: Checked): unknown {
    const form = this.#form;
    return html`<p>${form.t('invite.email', { courriel: email })}</p>
      <form novalidate @submit=${(event: SubmitEvent) => void this.#accept(event)}>
        <input class="sr" type="email" autocomplete="username" .value=${email} readonly tabindex="-1" aria-hidden="true" />
        ${field(form, 'name', { label: 'invite.name', autocomplete: 'name', value: name, enterkeyhint: 'next' })}
        ${newPasswordField(form, 'signIn.password')}
        <p class="hint">${form.t('invite.next')}</p>
        <p class="actions">${submit(form, 'invite.go')}</p>
      </form>`;
  }

  #known(): unknown {
    return html`<p>${this.#form.t('invite.known')}</p>
      ${this.#signIn.render()}`;
  }

  #signedIn({ email }: Checked): unknown {
    const form = this.#form;
    if (email.toLowerCase() === this.#me?.toLowerCase())
      return html`<p class="actions">${press(form, 'invite.join', 'primary', () => void form.run(() => this.#join()))}</p>`;
    return html`<p>${form.t('invite.wrong', { courriel: email })}</p>
      <p class="actions">
        ${press(form, 'invite.signOut', 'primary', () => void this.#otherPerson())}
        ${press(form, 'invite.request', 'secondary', () => void this.#request())}
      </p>`;
  }

  #dead(problem: CallProblem): unknown {
    const form = this.#form;
    const dead = problem.kind === 'link-invalid' || problem.kind === 'link-used';
    return html`<h1 id="title" tabindex="-1">${form.t(problem.kind === 'link-used' ? 'link.used' : 'link.dead')}</h1>
      ${dead ? html`<p>${form.t('link.askAnother')}</p>` : problemText(this.#lobby, problem)}
      ${form.notice()}
      <p class="actions">
        ${
          dead
            ? press(form, 'invite.request', 'primary', () => void this.#request())
            : press(form, 'problem.retry', 'primary', () => void this.#check())
        }
        ${this.#toSignIn()}
      </p>`;
  }

  #toSignIn(): unknown {
    return press(this.#form, 'link.toSignIn', 'link', () => this.#lobby.show(new SignIn(this.#lobby)));
  }

  async #accept(event: SubmitEvent): Promise<void> {
    const typed = typedIn(event);
    const { lang, office } = this.#lobby;
    const json = { token: this.#token, name: typed('name').trim(), password: typed('password'), lang };
    if (this.#form.refuses(json.name === '' ? { name: 'field.required' } : {})) return;
    await this.#form.run(async () => {
      await office.signIn(false, () => office.stranger('$post', '/invitations/accept', { json }));
      await this.#lobby.entered();
    }, PASSWORD_REFUSALS);
  }

  async #join(): Promise<void> {
    await this.#lobby.office.people('$post', '/invitations/join', { json: { token: this.#token } });
    await this.#lobby.entered();
  }

  async #otherPerson(): Promise<void> {
    await this.#lobby.office.signOut();
    await this.#check();
  }

  async #request(): Promise<void> {
    await this.#form.run(async () => {
      await this.#lobby.office.stranger('$post', '/invitations/request', { json: { token: this.#token } });
      this.#state = 'requested';
      this.#lobby.focus('#title');
    });
  }
}
