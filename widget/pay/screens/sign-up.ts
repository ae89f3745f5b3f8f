// « Création de compte » (S2–S10): name, e-mail, password, and « Créer votre compte ».
import { html, nothing } from 'lit';
import { field, typedIn } from '../../controls/field.ts';
import { newPasswordField } from '../../controls/new-password.ts';
import { button, page, submit } from '../../controls/parts.ts';
import type { View } from '../view.ts';
import { emailSuggestion } from './email-typo.ts';
import { rights } from './notice.ts';

/** « Création de compte »: exactly name, e-mail, password (S9), with the hints of S5 and S7 before them. */
export function signUp(view: View) {
  const { typed } = view.state;
  return page(
    view,
    view.t('account.title'),
    html`<p>${view.t('account.intro')}</p>
      <form
        novalidate
        @submit=${(event: SubmitEvent) => {
          const of = typedIn(event);
          view.send({ type: 'signUp', name: of('name'), email: of('email'), password: of('password') });
        }}
      >
        ${field(view, 'name', {
          label: 'account.name',
          autocomplete: 'name',
          hint: view.t('account.nameHint'),
          value: typed.name,
          enterkeyhint: 'next',
        })}
        ${field(view, 'email', {
          label: 'account.email',
          type: 'email',
          autocomplete: 'email',
          changed: (email) => view.send({ type: 'typed', email }),
          hint: html`${view.t('account.emailHint')} ${view.t('account.otherEmail')}`,
          value: typed.email,
          enterkeyhint: 'next',
        })}
        ${typo(view)} ${newPasswordField(view, 'account.password')} ${privacy(view)}
        <div class="actions">${submit(view, 'account.submit')}</div>
      </form>
      <p>${button(view, 'account.have', 'signIn', 'link')}</p>`,
  );
}

function typo(view: View) {
  const suggestion = emailSuggestion(view.state.typed.email);
  return html`<p class="typo" role="status">
    ${
      suggestion === null
        ? nothing
        : html`<button class="link" type="button" @click=${(event: Event) => accept(event, suggestion)}>
            <span>${view.t('err.emailTypo', { suggestion })}</span>
          </button>`
    }
  </p>`;
}

function accept(event: Event, email: string): void {
  const input = (event.currentTarget as Element).closest('form')?.querySelector<HTMLInputElement>('#email');
  if (!input) return;
  input.value = email;
  input.dispatchEvent(new Event('change'));
  input.focus();
}

// What the law asks to say where the information is collected (P-39.1, s. 8), in one sentence, the rest a click away.
const privacy = (view: View) =>
  html`<p class="hint">${view.t('account.privacy', { lien: rights(view) })}</p>`;
