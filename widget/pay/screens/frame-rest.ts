// What stands around a screen once the server has been asked: the signed-in person's few ways, whom to call, and the
// « Portail de support » (S47, S48).
import { html, nothing } from 'lit';
import { button } from '../../controls/parts.ts';
import type { View } from '../view.ts';
import { contact } from './notice.ts';

export function accountNav(view: View): unknown {
  const { me, returnPage } = view.state;
  if (me === null) return nothing;
  return html`<nav aria-label=${view.plain('nav.menu')}>
    ${button(view, 'nav.home', { type: 'home' }, 'link')}
    ${button(view, 'nav.history', { type: 'show', screen: 'history' }, 'link')}
    ${button(view, 'nav.account', { type: 'show', screen: 'account' }, 'link')}
    ${button(view, 'common.signOut', { type: 'signOut' }, 'link')}
  </nav>
  ${returnPage === null ? nothing : html`<p><a href=${returnPage}>${view.t('nav.back')}</a></p>`}`;
}

/** Whom to call, and the regroupement's support portal when it has one. */
export function help(view: View): unknown {
  return html`${contact(view)}
  ${
    view.profile?.helpUrl
      ? html`<br /><a href=${view.profile.helpUrl} target="_blank" rel="noopener"
            >${view.t('common.support')} ${view.t('common.newWindow')}</a
          >`
      : nothing
  }`;
}
