// The forgotten password (S13): asking for the e-mail. Its link leads to pay/my-account/.
import { html } from 'lit';
import { field, typedIn } from '../../controls/field.ts';
import { button, page, submit } from '../../controls/parts.ts';
import type { View } from '../view.ts';

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
          ${button(view, 'common.back', 'signIn', 'link')}
        </div>
      </form>`,
  );
}
