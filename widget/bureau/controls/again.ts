// What stands over her work: a session that will soon end, signing in again, confirming who she is, a question. One of each at
// a time.
import { html, nothing } from 'lit';
import { field, typedIn } from '../../controls/field.ts';
import { press, submit } from '../../controls/parts.ts';
import type { Page, Question } from '../desk.ts';
import { Form } from '../form.ts';
import { SignInForm } from '../gates/sign-in.ts';
import { closeDialog, dialog } from './dialog.ts';
import { passkeysWork, provePasskey } from './passkeys.ts';

/** The dialogs that the page itself opens. */
export class Overlays {
  readonly #page: Page;
  #again: { form: SignInForm; answer(signedIn: boolean): void } | null = null;
  #identity: { form: Form<'identity-code'>; answer(confirmed: boolean): void } | null = null;
  #question: { about: Question; answer(yes: boolean): void } | null = null;

  constructor(page: Page) {
    this.#page = page;
  }

  render(): unknown {
    return html`${this.#drawQuestion()}${this.#drawIdentity()}${this.#drawEnding()}${this.#drawAgain()}`;
  }

  /** She signs in over what she does. `email`: hers; somebody else who signs in begins anew. */
  signInAgain(email: string): Promise<boolean> {
    return new Promise((resolve) => {
      const answer = (signedIn: boolean) => {
        this.#again = null;
        this.#page.redraw();
        resolve(signedIn);
      };
      const form = new SignInForm(
        this.#page,
        'again-',
        async ({ me }) => {
          if (me.email === email) this.#close('again', answer);
          else location.reload();
        },
        email,
      );
      this.#again = { form, answer };
      this.#page.redraw();
    });
  }

  /** The session will soon end, or goes on. */
  endingChanged(): void {
    if (!this.#page.office.ending) this.#close('ending', () => undefined);
    this.#page.redraw();
  }

  confirmIdentity(): Promise<boolean> {
    return new Promise((resolve) => {
      const answer = (confirmed: boolean) => {
        this.#identity = null;
        this.#page.redraw();
        resolve(confirmed);
      };
      this.#identity = { form: new Form(this.#page, 'identity'), answer };
      this.#page.redraw();
    });
  }

  ask(about: Question): Promise<boolean> {
    return new Promise((resolve) => {
      const answer = (yes: boolean) => {
        this.#question = null;
        this.#page.redraw();
        resolve(yes);
      };
      this.#question = { about, answer };
      this.#page.redraw();
    });
  }

  /** Answers no to what is asked. */
  dropQuestion(): void {
    this.#question?.answer(false);
  }

  /** Closes it as the browser does, so that the focus goes back to where it was. */
  #close(id: string, answer: (yes: boolean) => void): void {
    const element = this.#page.find(`#${id}`);
    answer(true);
    if (element instanceof HTMLDialogElement) element.close();
  }

  /** Over whatever she is at, another dialog too: where she is scrolled to, she would not see it elsewhere. */
  #drawEnding(): unknown {
    const { office, words } = this.#page;
    // While she signs in again nothing is left to prolong.
    if (!office.ending || this.#again !== null) return nothing;
    return dialog({
      id: 'ending',
      title: words.t('shell.ending'),
      // Whichever way she closes it, she is here.
      closed: () => {
        if (office.ending) void office.stay();
      },
      body: html`<p class="actions">${press({ ...words, busy: false }, 'shell.stay', 'primary', () => void office.stay())}</p>`,
    });
  }

  #drawAgain(): unknown {
    if (this.#again === null) return nothing;
    const { t } = this.#page.words;
    const { form, answer } = this.#again;
    const leave = () => {
      answer(false);
      location.reload();
    };
    return dialog({
      id: 'again',
      title: t('again.title'),
      veil: true,
      closed: () => {
        if (this.#again !== null) leave();
      },
      body: html`<p>${t('again.text')}</p>
        ${form.render()}
        <p>${press({ ...this.#page.words, busy: false }, 'again.leave', 'link', leave)}</p>`,
    });
  }

  #drawIdentity(): unknown {
    if (this.#identity === null) return nothing;
    const { form, answer } = this.#identity;
    return dialog({
      id: 'identity',
      title: form.t('identity.title'),
      closed: () => {
        if (this.#identity !== null) answer(false);
      },
      body: html`<p>${form.t('identity.text')}</p>
        ${form.notice()}
        ${
          passkeysWork()
            ? html`<p class="actions">${press(form, 'identity.passkey', 'secondary', () => void this.#confirmByPasskey())}</p>`
            : nothing
        }
        <form novalidate @submit=${(event: SubmitEvent) => void this.#confirmByCode(event)}>
          ${field(form, 'identity-code', {
            label: 'signIn.code',
            hint: form.t('signIn.codeHint'),
            autocomplete: 'one-time-code',
            inputmode: 'numeric',
            enterkeyhint: 'go',
          })}
          <p class="actions">
            ${submit(form, 'identity.confirm')}
            <button class="link" type="button" @click=${closeDialog}>${form.t('shell.cancel')}</button>
          </p>
        </form>`,
    });
  }

  async #confirmByCode(event: SubmitEvent): Promise<void> {
    const code = typedIn(event)('identity-code').trim();
    const identity = this.#identity;
    if (identity?.form.refuses(code === '' ? { 'identity-code': 'field.required' } : {})) return;
    const wrong = { field: 'identity-code', key: 'enrol.codeWrong' } as const;
    await identity?.form.run(
      async () => {
        await this.#page.office.people('$post', '/sessions/current/confirmation', { json: { code } });
        this.#close('identity', identity.answer);
      },
      { 'code-wrong': wrong, validation: wrong },
    );
  }

  async #confirmByPasskey(): Promise<void> {
    const identity = this.#identity;
    let given = true;
    await identity?.form.run(
      async () => {
        const { office } = this.#page;
        const { options } = await office.people('$post', '/sessions/current/confirmation/options', {});
        const passkey = await provePasskey(options);
        given = passkey !== null;
        if (passkey === null) return;
        await office.people('$post', '/sessions/current/confirmation', { json: { passkey } });
        this.#close('identity', identity.answer);
      },
      { 'code-wrong': 'signIn.passkeyFailed' },
    );
    if (!given) identity?.form.tells('signIn.passkeyNone');
  }

  #drawQuestion(): unknown {
    if (this.#question === null) return nothing;
    const { about, answer } = this.#question;
    const words = { ...this.#page.words, busy: false };
    return dialog({
      id: 'question',
      title: about.title,
      closed: () => {
        if (this.#question !== null) answer(false);
      },
      body: html`<div>${about.body}</div>
        <p class="actions">
          ${press(words, about.yes, 'primary', () => this.#close('question', answer))}
          <button class="link" type="button" @click=${closeDialog}>${words.t('shell.cancel')}</button>
        </p>`,
    });
  }
}
