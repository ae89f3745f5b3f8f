// An e-mailed link while it is being checked, and one that has expired or was used already (S12).
import { html, nothing } from 'lit';
import { button, page, waiting } from '../../controls/parts.ts';
import type { View } from '../view.ts';
import { contact } from './notice.ts';

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
