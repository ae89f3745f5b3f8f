// Step 2: what each column holds.
import { html } from 'lit';
import { submit } from '../../../controls/parts.ts';
import type { Desk } from '../../desk.ts';
import type { Form } from '../../form.ts';
import { kept } from '../../words.ts';
import { FIELDS, fieldKey, type ImportFile } from './shared.ts';

/** The columns of the file, each with a select; `send` gets the form's event. */
export function drawColumns(
  desk: Desk,
  form: Form<string>,
  file: ImportFile,
  send: (event: SubmitEvent) => void,
): unknown {
  const { t } = desk.words;
  return html`<form novalidate @submit=${send}>
    <p class="hint">${t('imports.columns')}</p>
    ${form.notice()}
    <table class="list">
      <caption class="sr">${t('imports.step2')}</caption>
      <thead><tr>
        <th scope="col">${t('imports.column')}</th><th scope="col">${t('imports.samples')}</th>
        <th scope="col">${t('imports.meaning')}</th>
      </tr></thead>
      <tbody>${file.columns.map((column, i) => drawColumn(desk, column, i))}</tbody>
    </table>
    <p class="actions">${submit(form, 'imports.check')}</p>
  </form>`;
}

function drawColumn(
  desk: Desk,
  { title, samples, guess, chosen }: ImportFile['columns'][number],
  i: number,
): unknown {
  const { plain, t } = desk.words;
  const own =
    guess === null ? plain('imports.unknown') : plain('imports.guessed', { champ: plain(fieldKey(guess)) });
  return html`<tr>
    <th scope="row">${kept(title)}</th>
    <td data-label=${plain('imports.samples')}>${kept(samples.join(' · '))}</td>
    <td data-label=${plain('imports.meaning')}>
      <select name="column-${i}" aria-label=${plain('imports.meaningOf', { titre: title })}>
        <option value="" ?selected=${chosen === null}>${own}</option>
        <option value="ignore" ?selected=${chosen === 'ignore'}>${t('imports.ignore')}</option>
        ${FIELDS.map((field) => html`<option value=${field} ?selected=${chosen === field}>${t(fieldKey(field))}</option>`)}
      </select>
    </td>
  </tr>`;
}

/** What she chose, for the server. */
export function chosenColumns(
  file: ImportFile,
  event: SubmitEvent,
): { title: string; field: string | null }[] {
  const data = new FormData(event.currentTarget as HTMLFormElement);
  return file.columns.map(({ title }, i) => ({
    title,
    field: String(data.get(`column-${i}`) ?? '') || null,
  }));
}
