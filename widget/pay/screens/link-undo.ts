// « Ce n’est pas vous? »: undoes the link between an account and a file, from the e-mail that announced it (S6, S17).
import { html } from 'lit';
import { button, page } from '../../controls/parts.ts';
import type { View } from '../view.ts';
import { contact } from './notice.ts';

export function undo(view: View) {
  return page(
    view,
    view.t('undo.title'),
    html`<p>${view.t('undo.body')}</p>
      <div class="actions">${button(view, 'undo.submit', { type: 'undoLink' }, 'primary')}</div>`,
  );
}

export function undone(view: View) {
  return page(
    view,
    view.t('undo.doneTitle'),
    html`<p>${view.t('undo.done')}</p>
      <p>${contact(view)}</p>`,
  );
}
