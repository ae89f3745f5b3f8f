// From the sign-up to an active account: « Un courriel vous sera envoyé pour confirmer votre identité. » (S11), then
// the link in that e-mail, followed by the password (S12). A password reset's e-mail is announced here too (S13).
import { html, nothing } from 'lit';
import { emailAddress } from '../../controls/email-address.ts';
import { field, typedIn } from '../../controls/field.ts';
import { button, page, submit } from '../../controls/parts.ts';
import type { State } from '../journey/state.ts';
import type { View } from '../view.ts';

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
          courriel: emailAddress(typed.email),
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
        ${button(view, reset ? 'common.signIn' : 'account.sent.done', 'signIn', 'secondary')}
        ${button(view, 'account.sent.wrong', reset ? 'forgot' : 'signUp', 'link')}
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
          ${button(view, 'account.forgot', 'forgot', 'link')}
        </div>
      </form>`,
  );
}
