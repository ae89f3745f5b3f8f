// Around every screen: who is paid, which step, the language, her account's few ways, and how to get help.
import { html, nothing, type TemplateResult } from 'lit';
import { stepOf } from '../journey/steps.ts';
import type { Key, Lang } from '../locales/text.ts';
import type { View } from '../view.ts';

const STEPS: readonly Key[] = ['step.account', 'step.invoice', 'step.payment', 'step.confirmation'];

export function frame(view: View, switchTo: (lang: Lang) => void, screen: TemplateResult): TemplateResult {
  const { around } = view;
  const other: Lang = view.lang === 'fr-CA' ? 'en-CA' : 'fr-CA';
  return html`<header part="header">
      <slot name="header">${
        // The hosted page has said it already.
        view.hosted ? nothing : html`<p class="brand">${view.profile?.name ?? view.t('common.brand')}</p>`
      }</slot>
      <button class="link" type="button" lang=${other} @click=${() => switchTo(other)}>
        ${view.t(other === 'en-CA' ? 'common.lang.en' : 'common.lang.fr')}
      </button>
    </header>
    ${around?.nav} ${steps(view)}
    <div class="screen" part="screen" aria-busy=${view.state.task === null ? 'false' : 'true'}>${screen}</div>
    <footer part="footer">
      <slot name="help"><p><strong>${view.t('common.help')}</strong> ${around?.help}</p></slot>
      ${around?.rights}
    </footer>
    <p class="sr" role="status">${around?.live}</p>`;
}

function steps(view: View): unknown {
  const n = stepOf(view.state.screen);
  const name = n === null ? undefined : STEPS[n - 1];
  if (n === null || name === undefined) return nothing;
  return html`<div class="steps" part="steps">
    <p>${view.t('common.step', { n, total: STEPS.length })} – <strong>${view.t(name)}</strong></p>
    <div aria-hidden="true" data-step=${n}><span></span><span></span><span></span><span></span></div>
  </div>`;
}
