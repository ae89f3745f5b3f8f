// First view: sign in, or create an account (S1, S3, S8, S13).
import { html } from 'lit';
import { field, typedIn } from '../../controls/field.ts';
import { button, page, submit, waiting } from '../../controls/parts.ts';
import type { View } from '../view.ts';

// The boxes stand in the element's one open root, native, in a real form with one autocomplete token each. Slotted
// light-DOM inputs would serve the few password managers that do not look into shadow roots (tried: KeePassXC-Browser
// 1.8.4 fills a form of the page and does not find ours), but the form watchers and session recorders that so many
// sites carry would then take down what she types without anyone having meant it: they read the document, not its
// shadow roots. She can paste, and show what she pasted.
export function signIn(view: View) {
  return page(
    view,
    view.t('common.brand'),
    html`<form
        novalidate
        @submit=${(event: SubmitEvent) => {
          const typed = typedIn(event);
          view.send({ type: 'signIn', email: typed('email'), password: typed('password') });
        }}
      >
        ${field(view, 'email', {
          label: 'account.email',
          type: 'email',
          autocomplete: 'username',
          value: view.state.typed.email,
          enterkeyhint: 'next',
        })}
        ${field(view, 'password', {
          label: 'account.password',
          type: 'password',
          autocomplete: 'current-password',
          enterkeyhint: 'go',
        })}
        <div class="actions">
          ${submit(view, 'common.signIn')}
          ${button(view, 'account.forgot', 'forgot', 'link')}
        </div>
      </form>
      <div class="aside">
        <h3>${view.t('signIn.firstTime')}</h3>
        <p>${view.t('account.intro')}</p>
        ${button(view, 'account.title', 'signUp', 'secondary')}
      </div>`,
  );
}

export function starting(view: View) {
  return page(
    view,
    view.t('common.brand'),
    view.state.notice === null ? waiting(view, 'common.loading') : html``,
  );
}
