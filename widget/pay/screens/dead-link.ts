// The link to an account's activation while it is being checked, and one that has expired or was used already (S12).
import { html, nothing } from 'lit';
import { button, page, waiting } from '../../controls/parts.ts';
import type { View } from '../view.ts';

/** Expired or unknown, or used twice: each says what to do next. */
export function linkDead(view: View) {
  const { linkEnd, notice } = view.state;
  if (linkEnd === null) {
    const wait = notice === null ? waiting(view, 'link.checking') : nothing;
    return page(view, view.t('common.brand'), wait);
  }
  return linkEnd === 'used'
    ? page(
        view,
        view.t('link.usedTitle'),
        html`<p>${view.t('link.usedActivation')}</p>
          <div class="actions">
            ${button(view, 'common.signIn', 'signIn', 'primary')}
            ${button(view, 'account.forgot', 'forgot', 'link')}
          </div>`,
      )
    : page(
        view,
        view.t('link.expiredTitle'),
        html`<p>${view.t('link.expiredActivation')}</p>
          <div class="actions">
            ${button(view, 'link.startOver', 'signUp', 'primary')}
            ${button(view, 'common.signIn', 'signIn', 'link')}
          </div>`,
      );
}
