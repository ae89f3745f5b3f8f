// The signed-in person's few ways, on every screen of hers.
import { html, nothing, type TemplateResult } from 'lit';
import { button } from '../controls/parts.ts';
import type { View } from '../view.ts';

export function accountNav(view: View): TemplateResult | typeof nothing {
  const { me, returnPage } = view.state;
  if (me === null) return nothing;
  return html`<nav aria-label=${view.t('nav.menu')}>
    ${button(view, 'nav.home', { type: 'home' }, 'link')}
    ${button(view, 'nav.history', { type: 'show', screen: 'history' }, 'link')}
    ${button(view, 'common.signOut', { type: 'signOut' }, 'link')}
  </nav>
  ${returnPage === null ? nothing : html`<p><a href=${returnPage}>${view.t('nav.back')}</a></p>`}`;
}
