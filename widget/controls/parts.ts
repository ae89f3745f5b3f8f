// What every screen is made of: the page with its heading, notices, the error summary, buttons, the contact line.
import { html, nothing, type TemplateResult } from 'lit';
import type { Act, Field } from '../journey/state.ts';
import type { Key, Values } from '../locales/text.ts';
import type { View } from '../view.ts';

/** A screen: heading (focused when the screen changes), what there is to say, what there is to do. */
export function page(view: View, title: string, body: unknown): TemplateResult {
  return html`<h2 id="title" part="heading" tabindex="-1">${title}</h2>
    ${notice(view)} ${summary(view)} ${body}`;
}

function notice(view: View): unknown {
  const said = view.state.notice;
  if (said === null) return nothing;
  return html`<div
    class="notice ${said.tone}"
    id="notice"
    part="notice"
    tabindex="-1"
    role=${said.tone === 'error' ? 'alert' : nothing}
  >
    <p>${view.say(said)}</p>
    ${said.key === 'err.signIn' ? html`<p>${view.t('err.notActivated')}</p>` : nothing}
    ${said.contact ? html`<p>${contact(view)}</p>` : nothing}
    ${
      view.state.failed === null
        ? nothing
        : html`<p>${button(view, 'common.retry', { type: 'retry' }, 'secondary')}</p>`
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
            <a href="#${name}" @click=${(event: Event) => lead(event, name)}>${view.say(error)}</a>
          </li>`,
      )}
    </ul>
  </div>`;
}

function lead(event: Event, name: Field): void {
  event.preventDefault();
  const root = (event.currentTarget as Element).getRootNode() as ShadowRoot;
  root.getElementById(name)?.focus();
}

/** A form's one primary button. Not `disabled` while busy, or it would lose the focus; the journey refuses the rest. */
export function submit(view: View, label: Key): TemplateResult {
  return html`<button class="primary" part="button primary" type="submit" aria-disabled=${busy(view)}>
    ${spin(view)}${view.t(label)}
  </button>`;
}

/** A button that does one act. */
export function button(
  view: View,
  label: Key,
  act: Act | (() => Act),
  look: 'primary' | 'secondary' | 'link' = 'secondary',
  values?: Values,
): TemplateResult {
  return html`<button
    class=${look}
    part="button ${look}"
    type="button"
    aria-disabled=${busy(view)}
    @click=${() => view.send(typeof act === 'function' ? act() : act)}
  >
    ${look === 'primary' ? spin(view) : nothing}${view.t(label, values)}
  </button>`;
}

const busy = (view: View) => (view.busy ? 'true' : nothing);
const spin = (view: View) => (view.busy ? html`<span class="spinner" aria-hidden="true"></span>` : nothing);

/** Something is happening: shown and read out at once. */
export function waiting(view: View, label: Key): TemplateResult {
  return html`<p class="waiting"><span class="spinner" aria-hidden="true"></span>${view.t(label)}</p>`;
}

/** How to reach the regroupement; nothing until its profile is known. */
export function contact(view: View): unknown {
  const { profile } = view;
  if (profile === null) return nothing;
  // « 819 555-0164, poste 4 »: the call goes to the number, the extension is for her to say.
  const digits = (profile.phone.split(',')[0] ?? '').replace(/\D/g, '');
  const phone = view.lang === 'en-CA' ? profile.phone.replace(/^(\d{3}) /, '$1-') : profile.phone;
  return view.rich('common.contact', {
    telephone: html`<a href="tel:+1${digits}">${phone.replaceAll(' ', '\u00a0')}</a>`,
    courriel: html`<a href="mailto:${profile.email}">${profile.email}</a>`,
  });
}
