// Having an account: creating it, the e-mail, the link, the forgotten password.
import { html, nothing } from 'lit';
import { field, typedIn } from '../../controls/field.ts';
import { newPasswordField } from '../../controls/new-password.ts';
import { button, page, submit, waiting } from '../../controls/parts.ts';
import type { State } from '../journey/state.ts';
import type { View } from '../view.ts';
import { emailSuggestion } from './email-typo.ts';
import { contact, rights } from './notice.ts';

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
      <p class="below">${button(view, 'account.have', { type: 'show', screen: 'signIn' }, 'link')}</p>`,
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
  html`<p class="privacy">${view.t('account.privacy', { lien: rights(view) })}</p>`;

/** Seconds before the e-mail can be asked for again; the server keeps the same time. */
const RESEND_AFTER = 60;
export const secondsLeft = ({ mail }: State, now: number): number =>
  Math.ceil(((mail?.sentAt ?? 0) - now) / 1000) + RESEND_AFTER;

/** The same words whether or not the address has an account (I3). */
export function mailSent(view: View) {
  const { mail, typed } = view.state;
  const reset = mail?.about === 'reset';
  const left = secondsLeft(view.state, view.now);
  return page(
    view,
    view.t('account.sent.title'),
    html`<p>
        ${view.t(reset ? 'reset.sent' : 'account.sent.body', {
          courriel: html`<strong class="address" translate="no">${typed.email}</strong>`,
        })}
      </p>
      <p>${view.t('account.sent.spam')}</p>
      <p role="status">
        ${
          left <= 0
            ? view.t('account.sent.resendReady')
            : mail?.again
              ? view.t('account.sent.again')
              : nothing
        }
      </p>
      ${
        left > 0
          ? html`<p class="hint">
              ${view.t('account.sent.resendWait', { secondes: html`<span id="left" translate="no" data-own></span>` })}
            </p>`
          : html`<p>${button(view, 'account.sent.resend', { type: 'resend' }, 'secondary')}</p>`
      }
      <div class="actions">
        ${button(view, reset ? 'common.signIn' : 'account.sent.done', { type: 'show', screen: 'signIn' }, 'secondary')}
        ${button(view, 'account.sent.wrong', { type: 'show', screen: reset ? 'forgot' : 'signUp' }, 'link')}
      </div>`,
  );
}

/** The link alone activates nothing: it takes her click, and the password of that very sign-up (I5). */
export function activate(view: View) {
  return page(
    view,
    view.t('activate.title'),
    html`<p>${view.t('activate.body')}</p>
      <form
        novalidate
        @submit=${(event: SubmitEvent) => view.send({ type: 'activate', password: typedIn(event)('password') })}
      >
        ${field(view, 'password', {
          label: 'account.password',
          type: 'password',
          autocomplete: 'current-password',
          enterkeyhint: 'go',
        })}
        <div class="actions">
          ${submit(view, 'account.linkActivate')}
          ${button(view, 'account.forgot', { type: 'show', screen: 'forgot' }, 'link')}
        </div>
      </form>`,
  );
}

export function forgot(view: View) {
  return page(
    view,
    view.t('reset.title'),
    html`<p>${view.t('reset.body')}</p>
      <form
        novalidate
        @submit=${(event: SubmitEvent) => view.send({ type: 'forgot', email: typedIn(event)('email') })}
      >
        ${field(view, 'email', {
          label: 'account.email',
          type: 'email',
          autocomplete: 'username',
          value: view.state.typed.email,
          enterkeyhint: 'send',
        })}
        <div class="actions">
          ${submit(view, 'reset.submit')}
          ${button(view, 'common.back', { type: 'show', screen: 'signIn' }, 'link')}
        </div>
      </form>`,
  );
}

export function newPassword(view: View) {
  return page(
    view,
    view.t('reset.newTitle'),
    html`<p>${view.t('reset.newBody')}</p>
      <form
        novalidate
        @submit=${(event: SubmitEvent) =>
          view.send({ type: 'newPassword', password: typedIn(event)('password') })}
      >
        ${newPasswordField(view, 'reset.newField')}
        <div class="actions">${submit(view, 'reset.newSubmit')}</div>
      </form>`,
  );
}

export function undo(view: View) {
  return page(
    view,
    view.t('undo.title'),
    html`<p>${view.t('undo.body')}</p>
      <div class="actions">${button(view, 'undo.submit', { type: 'undoLink' }, 'primary')}</div>`,
  );
}

export function undone(view: View) {
  return page(
    view,
    view.t('undo.doneTitle'),
    html`<p>${view.t('undo.done')}</p>
      <p>${contact(view)}</p>`,
  );
}

const LINK_WORDS = {
  activate: { used: 'link.usedActivation', expired: 'link.expiredActivation' },
  reset: { used: 'link.usedReset', expired: 'account.linkExpired' },
} as const;

/** Expired, used twice or unknown: each says what to do next. */
export function linkDead(view: View) {
  const { link, linkEnd, notice } = view.state;
  if (linkEnd === null || link === null) {
    const wait = notice === null ? waiting(view, 'link.checking') : nothing;
    return page(view, view.t('common.brand'), wait);
  }
  const used = linkEnd === 'used';
  return page(
    view,
    view.t(used ? 'link.usedTitle' : 'link.expiredTitle'),
    link.kind === 'undo'
      ? html`<p>${view.t(used ? 'link.usedUndo' : 'link.expiredUndo')}</p>
          <p>${contact(view)}</p>`
      : html`<p>
            ${view.t(LINK_WORDS[link.kind === 'activate' ? 'activate' : 'reset'][linkEnd])}
          </p>
          <div class="actions">
            ${
              used
                ? button(view, 'common.signIn', { type: 'show', screen: 'signIn' }, 'primary')
                : link.kind === 'reset'
                  ? button(view, 'link.askAgain', { type: 'show', screen: 'forgot' }, 'primary')
                  : button(view, 'link.startOver', { type: 'show', screen: 'signUp' }, 'primary')
            }
            ${
              used
                ? button(view, 'account.forgot', { type: 'show', screen: 'forgot' }, 'link')
                : button(view, 'common.signIn', { type: 'show', screen: 'signIn' }, 'link')
            }
          </div>`,
  );
}
