// What stands around a screen once the server has been asked: the signed-in person's few ways, whom to call, and the
// « Portail de support » (S47, S48).
import { html, nothing } from 'lit';
import { button } from '../../controls/parts.ts';
import type { View } from '../view.ts';
import { contact, newTab } from './notice.ts';

export function accountNav(view: View): unknown {
  if (view.state.me === null) return nothing;
  const menu = view.t('nav.menu');
  return html`<nav aria-label=${menu}>
    <details @click=${chosen} @keydown=${escaped}>
      <summary>${menu}</summary>
      <div>
        ${button(view, 'nav.home', { type: 'home' }, 'link')}
        ${button(view, 'nav.history', 'history', 'link')}
        ${button(view, 'nav.account', 'account', 'link')}
        ${button(view, 'common.signOut', { type: 'signOut' }, 'link')} ${wayBack(view, 'link')}
      </div>
    </details>
  </nav>`;
}

const menuOf = (event: Event) => event.currentTarget as HTMLDetailsElement;

// What she chose there takes her elsewhere; the menu does not come along.
function chosen(event: Event): void {
  if ((event.target as Element).closest('summary') === null) menuOf(event).open = false;
}

// Closed by Escape, as menus are; a dialog of the page's that the widget stands in is not.
function escaped(event: KeyboardEvent): void {
  const menu = menuOf(event);
  if (event.key !== 'Escape' || !menu.open) return;
  event.preventDefault();
  event.stopPropagation();
  menu.open = false;
  menu.querySelector('summary')?.focus();
}

/** Back to the regroupement's site, for whoever came from there. */
export function wayBack(view: View, look: 'secondary' | 'link'): unknown {
  const { returnPage } = view.state;
  return returnPage === null
    ? nothing
    : html`<a class=${look} part="button ${look}" href=${returnPage}>${view.t('nav.back')}</a>`;
}

/** Whom to call, and the regroupement's support portal when it has one. */
export function help(view: View): unknown {
  const portal = view.profile?.helpUrl;
  return html`${contact(view)} ${portal ? html`<br />${newTab(view, portal, 'common.support')}` : nothing}`;
}
