// Around every screen: who is paid (S46), which step, the language, her account's few ways, and how to get help (S47).
import { html, nothing, type TemplateResult } from 'lit';
import type { Key, Lang } from '../../locales/text.ts';
import { stepOf } from '../journey/steps.ts';
import type { View } from '../view.ts';

const STEPS: readonly Key[] = ['step.account', 'step.invoice', 'step.payment', 'step.confirmation'];

/** The frame's islands (drawing.ts). `more` stands with the steps, unseen. */
export function frame(
  view: View,
  switchTo: (lang: Lang) => void,
  screen: TemplateResult,
  more: unknown,
): readonly unknown[] {
  const { around } = view;
  const other: Lang = view.lang === 'fr-CA' ? 'en-CA' : 'fr-CA';
  return [
    html`<slot name="header">${
      // The hosted page has said it already.
      view.hosted
        ? nothing
        : html`<p class="brand" translate=${view.profile ? 'no' : nothing}>${view.profile?.name ?? view.t('common.brand')}</p>`
    }</slot>
      <button class="link" type="button" lang=${other} @click=${() => switchTo(other)}>
        ${view.t(other === 'en-CA' ? 'common.lang.en' : 'common.lang.fr')}
      </button>`,
    html`${more}${around?.nav} ${steps(view)}`,
    screen,
    html`<slot name="help"><p><strong>${view.t('common.help')}</strong> ${around?.help}</p></slot>
      ${around?.rights}`,
  ];
}

/** « Étape n de 4 – … » */
export const stepWords = (view: View, n: 1 | 2 | 3 | 4): unknown =>
  html`${view.t('common.step', { n, total: STEPS.length })} – <strong>${view.t(STEPS[n - 1] as Key)}</strong>`;

function steps(view: View): unknown {
  const n = stepOf(view.state.screen);
  if (n === null) return nothing;
  return html`<div class="steps" part="steps">
    <p>${stepWords(view, n)}</p>
    <div aria-hidden="true" data-step=${n}><span></span><span></span><span></span><span></span></div>
  </div>`;
}
