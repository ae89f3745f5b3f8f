// A name and a number are not enough here (S17): a code by e-mail, or the staff's approval.
import { html } from 'lit';
import { field, typedIn } from '../../controls/field.ts';
import { button, page, submit } from '../../controls/parts.ts';
import type { View } from '../view.ts';
import { contact } from './notice.ts';

/** One screen for a match and for a miss, so that it tells nobody which it was. */
export function proof(view: View) {
  const awaited = view.state.proof;
  const back = button(view, 'proof.back', 'lookup', 'link');
  if (awaited?.proof !== 'code') {
    return page(
      view,
      view.t('proof.title'),
      html`<p>${view.t('proof.approval')}</p>
        <p>${contact(view)}</p>
        <p>${back}</p>`,
    );
  }
  return page(
    view,
    view.t('proof.title'),
    html`<p>${view.t('proof.body', { minutes: Math.ceil(awaited.expiresIn / 60) })}</p>
      <form
        novalidate
        @submit=${(event: SubmitEvent) => view.send({ type: 'confirmLink', code: typedIn(event)('code') })}
      >
        ${field(view, 'code', {
          label: 'proof.code',
          autocomplete: 'one-time-code',
          inputmode: 'numeric',
          hint: view.t('proof.hint'),
          enterkeyhint: 'go',
        })}
        <div class="actions">${submit(view, 'proof.submit')} ${back}</div>
      </form>
      <p class="hint">${view.t('proof.none')} ${contact(view)}</p>`,
  );
}
