// What stands above a screen: the notice, the fields to correct; and whom to call. Loaded with later.ts:
// before it, nothing can have happened.
import { html, nothing } from 'lit';
import { button, press } from '../../controls/parts.ts';
import type { Key } from '../../locales/text.ts';
import type { Field } from '../journey/state.ts';
import type { View } from '../view.ts';

/** Notice and error summary. `wayOut`: the page where she can pay, while the regroupement is not known or this page is in the way. */
export function notice(view: View, wayOut: unknown): unknown {
  return html`${message(view, wayOut)} ${summary(view)}`;
}

/** Warned in time, she goes on with one click; what she has typed is not touched (WCAG 2.2.1). */
export function sessionEnding(view: View, stay: () => void): unknown {
  return html`<div class="notice info" part="notice" role="alert">
    <p>${view.t('session.ending')}</p>
    <p>${press(view, 'session.stay', 'secondary', stay)}</p>
  </div>`;
}

function message(view: View, wayOut: unknown): unknown {
  const shown = view.state.notice;
  if (shown === null) return nothing;
  return html`<div
    class="notice ${shown.tone}"
    id="notice"
    part="notice"
    tabindex="-1"
    role=${shown.tone === 'error' ? 'alert' : nothing}
  >
    <p>${view.say(shown)}</p>
    ${shown.key === 'err.signIn' ? html`<p>${view.t('err.notActivated')}</p>` : nothing}
    ${shown.contact ? html`<p>${contact(view)}</p>` : nothing}
    ${
      view.state.failed === null
        ? nothing
        : html`<p>${button(view, 'common.retry', { type: 'retry' }, 'secondary')}</p>`
    }
    ${
      shown.tone === 'error' &&
      (view.profile === null || shown.key === 'err.broken' || shown.key === 'err.chunk')
        ? wayOut
        : nothing
    }
  </div>`;
}

/** Field errors, summed up; each leads to its box. */
function summary(view: View): unknown {
  const wrong = Object.entries(view.state.errors) as [Field, { key: Key }][];
  if (wrong.length === 0) return nothing;
  return html`<div class="notice error" id="summary" tabindex="-1" role="alert">
    <p>${view.t('err.summary', { n: wrong.length })}</p>
    <ul>
      ${wrong.map(
        ([name, error]) =>
          html`<li>
            <a href="#${name}" @click=${(event: Event) => focusField(event, name)}>${view.say(error)}</a>
          </li>`,
      )}
    </ul>
  </div>`;
}

function focusField(event: Event, name: Field): void {
  event.preventDefault();
  const root = (event.currentTarget as Element).getRootNode() as ShadowRoot;
  root.getElementById(name)?.focus();
}

/** A link to a page beside this one; it says so. */
export const newTab = (view: View, url: string, label: Key): unknown =>
  html`<a href=${url} target="_blank" rel="noopener">${view.t(label)} ${view.t('common.newWindow')}</a>`;

/** To the page that says what is kept of her, her rights and whom to write to (P-39.1). */
export function rights(view: View): unknown {
  const { profile } = view;
  if (profile === null) return nothing;
  return newTab(view, `${profile.privacy.url}?lang=${view.lang}`, 'account.privacyLink');
}

/** How to reach the regroupement; nothing until its profile is known. */
export function contact(view: View): unknown {
  const { profile } = view;
  if (profile === null) return nothing;
  return view.t('common.contact', {
    telephone: html`<a translate="no" href=${profile.phoneUrl}>${profile.written[view.lang].telephone.replaceAll(' ', '\u00a0')}</a>`,
    courriel: html`<a translate="no" href="mailto:${profile.email}">${profile.email}</a>`,
  });
}
