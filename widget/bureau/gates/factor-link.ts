// What the link of a factor reset opens: her password, then a new second factor.
import { html } from 'lit';
import { field, typedIn } from '../../controls/field.ts';
import { press, submit } from '../../controls/parts.ts';
import { Form } from '../form.ts';
import type { Gate, Lobby } from './gate.ts';
import { SignIn } from './sign-in.ts';

export class FactorLink implements Gate {
  readonly #lobby: Lobby;
  readonly #token: string;
  readonly #form: Form<'password'>;

  constructor(lobby: Lobby, token: string) {
    this.#lobby = lobby;
    this.#token = token;
    this.#form = new Form(lobby, 'factor');
  }

  title(): string {
    return this.#lobby.words.plain('factor.title');
  }

  render(): unknown {
    const form = this.#form;
    return html`<h1 id="title" tabindex="-1">${form.t('factor.title')}</h1>
      <p>${form.t('factor.text')}</p>
      ${form.notice()}
      <form novalidate @submit=${(event: SubmitEvent) => void this.#go(event)}>
        ${field(form, 'password', { label: 'signIn.password', type: 'password', autocomplete: 'current-password', enterkeyhint: 'go' })}
        <p class="actions">${submit(form, 'invite.go')}</p>
      </form>
      <p>${press(form, 'link.toSignIn', 'link', () => this.#lobby.show(new SignIn(this.#lobby)))}</p>`;
  }

  async #go(event: SubmitEvent): Promise<void> {
    const json = { token: this.#token, password: typedIn(event)('password') };
    if (this.#form.refuses(json.password === '' ? { password: 'field.required' } : {})) return;
    const { office } = this.#lobby;
    await this.#form.run(
      async () => {
        await office.signIn(false, () => office.stranger('$post', '/enrolments', { json }));
        await this.#lobby.entered();
      },
      {
        'sign-in-failed': { field: 'password', key: 'factor.wrong' },
        'link-invalid': 'link.factorOwner',
        'link-used': 'link.factorOwner',
      },
    );
  }
}
