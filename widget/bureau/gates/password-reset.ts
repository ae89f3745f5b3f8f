// A forgotten password: asking for the link, and what the link opens. The second factor stays what it was.
import { html } from 'lit';
import { CallProblem } from '../../client/problem.ts';
import { field, typedIn } from '../../controls/field.ts';
import { newPasswordField } from '../../controls/new-password.ts';
import { press, submit, waiting } from '../../controls/parts.ts';
import { Form } from '../form.ts';
import { problemText } from '../problem-text.ts';
import type { Gate, Lobby } from './gate.ts';
import { SignIn } from './sign-in.ts';

export class Forgot implements Gate {
  readonly #lobby: Lobby;
  readonly #form: Form<'email'>;
  #sent = false;

  constructor(lobby: Lobby) {
    this.#lobby = lobby;
    this.#form = new Form(lobby, 'forgot');
  }

  title(): string {
    return this.#lobby.words.plain('forgot.title');
  }

  render(): unknown {
    const form = this.#form;
    return html`<h1 id="title" tabindex="-1">${form.t('forgot.title')}</h1>
      ${
        this.#sent
          ? html`<div class="notice success" id="sent" tabindex="-1"><p>${form.t('forgot.sent')}</p></div>`
          : html`<p>${form.t('forgot.text')}</p>
              ${form.notice()}
              <form novalidate @submit=${(event: SubmitEvent) => void this.#send(event)}>
                ${field(form, 'email', { label: 'signIn.email', type: 'email', autocomplete: 'email', enterkeyhint: 'send' })}
                <p class="actions">${submit(form, 'forgot.go')}</p>
              </form>`
      }
      <p>${press(form, 'forgot.back', 'link', () => this.#lobby.show(new SignIn(this.#lobby)))}</p>`;
  }

  async #send(event: SubmitEvent): Promise<void> {
    const email = typedIn(event)('email').trim();
    if (!/^[^@\s]+@[^@\s]+$/.test(email)) {
      this.#form.refuses({ email: 'field.email' });
      return;
    }
    await this.#form.run(
      async () => {
        const { lang, office } = this.#lobby;
        await office.stranger('$post', '/password-resets', { json: { email, lang } });
        this.#sent = true;
        this.#lobby.focus('#sent');
      },
      { validation: { field: 'email', key: 'field.email' } },
    );
  }
}

/** What the e-mailed link opens. */
export class NewPassword implements Gate {
  readonly #lobby: Lobby;
  readonly #token: string;
  readonly #form: Form<'password'>;
  #state: 'checking' | 'valid' | CallProblem = 'checking';

  constructor(lobby: Lobby, token: string) {
    this.#lobby = lobby;
    this.#token = token;
    this.#form = new Form(lobby, 'reset');
    void this.#check();
  }

  title(): string {
    return this.#lobby.words.plain('forgot.title');
  }

  async #check(): Promise<void> {
    this.#state = 'checking';
    try {
      await this.#lobby.office.stranger('$post', '/password-resets/check', { json: { token: this.#token } });
      this.#state = 'valid';
    } catch (error) {
      if (!(error instanceof CallProblem)) throw error;
      this.#state = error;
    }
    this.#lobby.redraw();
  }

  render(): unknown {
    const form = this.#form;
    if (this.#state === 'checking') return waiting(form, 'link.checking');
    if (this.#state instanceof CallProblem) return this.#dead(this.#state);
    return html`<h1 id="title" tabindex="-1">${form.t('reset.choose')}</h1>
      <p>${form.t('forgot.text')}</p>
      ${form.notice()}
      <form novalidate @submit=${(event: SubmitEvent) => void this.#set(event)}>
        ${newPasswordField(form, 'signIn.password')}
        <p class="actions">${submit(form, 'reset.go')}</p>
      </form>`;
  }

  #dead(problem: CallProblem): unknown {
    const form = this.#form;
    const dead = problem.kind === 'link-invalid' || problem.kind === 'link-used';
    return html`<h1 id="title" tabindex="-1">${form.t(problem.kind === 'link-used' ? 'link.used' : 'link.dead')}</h1>
      ${dead ? html`<p>${form.t('link.askAnother')}</p>` : problemText(this.#lobby, problem)}
      <p class="actions">
        ${
          dead
            ? press(form, 'link.newReset', 'primary', () => this.#lobby.show(new Forgot(this.#lobby)))
            : press(form, 'problem.retry', 'primary', () => void this.#check())
        }
        ${press(form, 'link.toSignIn', 'link', () => this.#lobby.show(new SignIn(this.#lobby)))}
      </p>`;
  }

  async #set(event: SubmitEvent): Promise<void> {
    const password = typedIn(event)('password');
    await this.#form.run(async () => {
      const json = { token: this.#token, password };
      await this.#lobby.office.stranger('$post', '/password-resets/complete', { json });
      this.#lobby.show(new SignIn(this.#lobby, 'signIn.changed'));
    }, PASSWORD_REFUSALS);
  }
}

/** What the server finds wrong with a new password, by its codes. */
export const PASSWORD_REFUSALS = {
  required: { field: 'password', key: 'field.required' },
  'too-short': { field: 'password', key: 'password.short' },
  breached: { field: 'password', key: 'password.guessed' },
  guessable: { field: 'password', key: 'password.guessed' },
} as const;
