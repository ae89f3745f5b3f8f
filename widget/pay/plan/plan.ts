// « Payer en plusieurs fois »: the dates and amounts that the server proposes, in a dialog. Loaded when she asks for it. She agrees to them;
// nothing is charged by it.
import { adoptStyles, css, html, nothing, type TemplateResult } from 'lit';
import type { Session } from '../../client/session.ts';
import { press } from '../../controls/parts.ts';
import { words as english } from '../../locales/en-CA.plan.ts';
import type { day, money } from '../../locales/format.ts';
import { words as french } from '../../locales/fr-CA.plan.ts';
import { addWords } from '../../locales/text.ts';
import type { Notice } from '../journey/state.ts';
import type { View } from '../view.ts';

/** What it needs of the rest of the widget. */
export interface PlanDeps {
  session: Session;
  redraw(): void;
  /** Of the rest of the widget: imported here too, they would move to a file of their own, which every phone would load. */
  tools: { day: typeof day; money: typeof money; newId(): string; failed(error: unknown): Notice };
  /** She is done with it; `agreed`: her file is another now. */
  closed(agreed: boolean): void;
}

const styles = css`
  dialog {
    position: static;
    box-sizing: border-box;
    width: auto;
    margin: 0 0 16px;
    padding: 12px 16px;
    color: inherit;
    background: none;
    border: var(--_thin);
    border-radius: var(--_radius);
  }
  dialog .check {
    display: flex;
  }
  dialog input[type='radio'] {
    flex: none;
    width: 22px;
    min-height: 22px;
    margin: 0;
    accent-color: var(--_accent);
  }
`;

const styled = new WeakSet<ShadowRoot>();

/** Opens it in this shadow root: what it draws, and what puts it before her once it is drawn. */
export function openPlan(deps: PlanDeps, root: ShadowRoot) {
  addWords('fr-CA', french);
  addWords('en-CA', english);
  if (!styled.has(root)) adoptStyles(root, [...(root.adoptedStyleSheets ?? []), styles]);
  styled.add(root);
  // The same wish, however often it is sent.
  const { day, money, newId, failed: told } = deps.tools;
  const key = newId();
  let chosen = 0;
  let busy = false;
  let failed: Notice | null = null;

  const dialog = () => root.querySelector('dialog');
  const close = () => (dialog()?.close ? dialog()?.close() : deps.closed(false));
  async function agree(view: View): Promise<void> {
    const [instalments, id] = [view.state.quote?.plans?.[chosen], view.state.selection[0]];
    if (busy || instalments === undefined || id === undefined) return;
    busy = true;
    failed = null;
    deps.redraw();
    try {
      await deps.session.call('$post', '/invoices/:id/plan', {
        id,
        json: { instalments },
        headers: { 'Idempotency-Key': `${key}-${chosen}` },
      });
      deps.closed(true);
    } catch (error) {
      busy = false;
      failed = told(error);
      deps.redraw();
    }
  }

  function render(view: View): TemplateResult {
    const plans = view.state.quote?.plans ?? [];
    const own: View = { ...view, busy };
    return html`<dialog aria-labelledby="plan-title" @close=${() => deps.closed(false)}>
      <h3 id="plan-title" tabindex="-1">${view.t('invoice.plan')}</h3>
      ${failed === null ? nothing : html`<div class="notice error" role="alert"><p>${view.say(failed)}</p></div>`}
      <fieldset>
        <legend>${view.t('plan.how')}</legend>
        ${plans.map(
          (plan, i) =>
            html`<label class="check"
              ><input type="radio" name="plan" autocomplete="off" ?checked=${i === chosen} @change=${() => {
                chosen = i;
                deps.redraw();
              }} /><span>${view.t('plan.parts', { n: plan.length })}</span></label
            >`,
        )}
      </fieldset>
      <table role="table" aria-label=${view.plain('plan.dates')}>
        <thead class="sr">
          <tr role="row">
            <th scope="col" role="columnheader">${view.t('plan.date')}</th>
            <th scope="col" role="columnheader">${view.t('invoice.amount')}</th>
          </tr>
        </thead>
        <tbody>
          ${plans[chosen]?.map(
            ({ dueOn, amountCents }) =>
              html`<tr role="row">
                <th scope="row" role="rowheader">${day(view.lang, dueOn)}</th>
                <td role="cell" translate="no">${money(view.lang, amountCents)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
      <p>${view.t('plan.nothing')}</p>
      <div class="actions">
        ${press(own, 'plan.agree', 'primary', () => agree(view))}
        ${press(own, 'common.back', 'link', () => close())}
      </div>
    </dialog>`;
  }

  return {
    render,
    /** Opens it once it stands in the page, also where a browser knows no dialogs. */
    drawn(): void {
      const drawn = dialog();
      if (drawn === null || drawn.open) return;
      // In its place among the rest: a guest takes nobody's page away.
      if (drawn.show) drawn.show();
      else drawn.setAttribute('open', '');
      drawn.querySelector('h3')?.focus();
    },
  };
}
