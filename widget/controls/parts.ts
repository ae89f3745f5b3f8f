// What every screen is made of: the page with its heading and its notice, buttons, the sign that something happens.
import { html, nothing, type TemplateResult } from 'lit';
import type { Key, Values } from '../locales/text.ts';
import type { Action } from '../pay/journey/state.ts';
import type { View } from '../pay/view.ts';
import type { BusyWords, Words } from './words.ts';

/** A screen: heading (focused when the screen changes), what there is to say, what there is to do. */
export function page(view: View, title: unknown, body: unknown): TemplateResult {
  return html`<h2 id="title" part="heading" tabindex="-1">${title}</h2>
    ${view.around?.notice} ${body}`;
}

/** A form's one primary button. Not `disabled` while busy, or it would lose the focus; the journey refuses the rest. */
export function submit<K>(view: BusyWords<K>, label: NoInfer<K>): TemplateResult {
  return html`<button class="primary" part="button primary" type="submit" aria-disabled=${busy(view)}>
    ${spin(view)}${view.t(label)}
  </button>`;
}

/** What « show » leads to. */
type Shown = Extract<Action, { type: 'show' }>['screen'];

/** A button that sends one action, or leads to another screen. */
export function button(
  view: View,
  label: Key,
  action: Action | Shown | (() => Action),
  look: 'primary' | 'secondary' | 'link' = 'secondary',
  values?: Values,
): TemplateResult {
  const send = () =>
    view.send(
      typeof action === 'function'
        ? action()
        : typeof action === 'string'
          ? { type: 'show', screen: action }
          : action,
    );
  return press(view, label, look, send, values);
}

/** A button that does something else than an action of the journey. */
export function press<K>(
  view: BusyWords<K>,
  label: NoInfer<K>,
  look: 'primary' | 'secondary' | 'link',
  pressed: () => void,
  values?: Values,
): TemplateResult {
  return html`<button class=${look} part="button ${look}" type="button" aria-disabled=${busy(view)} @click=${pressed}>
    ${look === 'primary' ? spin(view) : nothing}${view.t(label, values)}
  </button>`;
}

const busy = (view: BusyWords<never>) => (view.busy ? 'true' : nothing);
const spin = (view: BusyWords<never>) =>
  view.busy ? html`<span class="spinner" aria-hidden="true"></span>` : nothing;

/** Something is happening: shown and read out at once. */
export function waiting<K>(view: Words<K>, label: NoInfer<K>): TemplateResult {
  return html`<p class="waiting"><span class="spinner" aria-hidden="true"></span>${view.t(label)}</p>`;
}
