// Two wrote the same thing: she is shown what was, what they wrote and what she wrote, and chooses field by field.
import { html, nothing } from 'lit';
import { submit } from '../../controls/parts.ts';
import type { Desk } from '../desk.ts';
import { Form } from '../form.ts';
import type { Key } from '../words.ts';
import { closeDialog, dialog } from './dialog.ts';

export interface Contested<V> {
  /** As it was when she began. */
  before: V;
  /** As it is now, and the version of that. */
  theirs: V;
  version: string;
  mine: V;
}
interface Options<V> {
  title: Key;
  fields: readonly { name: keyof V & string; label: Key }[];
  /** A value as a person reads it. */
  shown(name: keyof V & string, value: unknown): unknown;
  /** Saves what of `chosen` is not as `theirs` has it. */
  save(theirs: V, version: string, chosen: V): Promise<void>;
}

/** Whether two values of a field are one. */
export const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

/** What of `mine` is not as `from` has it. */
export function changed<V extends object>(from: V, mine: V): Partial<V> {
  return Object.fromEntries(
    Object.entries(mine).filter(([name, value]) => !same(from[name as keyof V], value)),
  ) as Partial<V>;
}

export class ConflictDialog<V extends object> {
  readonly #desk: Desk;
  readonly #options: Options<V>;
  #form: Form<never>;
  #contested: Contested<V> | null = null;
  /** Whose value stays. */
  readonly #choice = new Map<string, 'theirs' | 'mine'>();

  constructor(desk: Desk, options: Options<V>) {
    this.#desk = desk;
    this.#options = options;
    this.#form = new Form(desk, 'conflict');
  }

  /** Asks her; what she changed herself is hers until she says otherwise. */
  show(contested: Contested<V>): void {
    this.#contested = contested;
    this.#form = new Form(this.#desk, 'conflict');
    this.#choice.clear();
    for (const name of Object.keys(changed(contested.before, contested.mine))) this.#choice.set(name, 'mine');
    this.#desk.redraw();
  }

  close(): void {
    this.#contested = null;
  }

  render(): unknown {
    const contested = this.#contested;
    if (contested === null) return nothing;
    const { t } = this.#desk.words;
    const { before, theirs, mine } = contested;
    const { title, fields } = this.#options;
    const differing = fields.filter(
      ({ name }) => !same(before[name], theirs[name]) || !same(before[name], mine[name]),
    );
    return dialog({
      id: 'conflict',
      title: t(title),
      closed: () => {
        this.close();
        this.#desk.redraw();
      },
      body: html`<p>${t('conflict.text')}</p>
        ${this.#form.notice()}
        <form novalidate @submit=${this.#choose}>
          <table class="list">
            <caption class="sr">${t(title)}</caption>
            <thead><tr><th scope="col">${t('conflict.field')}</th><th scope="col">${t('conflict.before')}</th>
              <th scope="col">${t('conflict.theirs')}</th><th scope="col">${t('conflict.mine')}</th></tr></thead>
            <tbody>${differing.map(({ name, label }) => this.#row(contested, name, label))}</tbody>
          </table>
          <p class="actions">${submit(this.#form, 'conflict.save')}
            <button class="link" type="button" @click=${closeDialog}>${t('shell.cancel')}</button></p>
        </form>`,
    });
  }

  #row(contested: Contested<V>, name: keyof V & string, label: Key): unknown {
    const { t } = this.#desk.words;
    const shown = (values: V) => this.#options.shown(name, values[name]);
    const agree = same(contested.theirs[name], contested.mine[name]);
    return html`<tr>
      <th scope="row">${t(label)}</th>
      <td data-label=${t('conflict.before')}><span>${shown(contested.before)}</span></td>
      ${(['theirs', 'mine'] as const).map(
        (whose) =>
          html`<td data-label=${t(`conflict.${whose}`)}>${
            agree
              ? html`<span>${shown(contested[whose])}</span>`
              : html`<label class="check"><input type="radio" name=${name} ?checked=${(this.#choice.get(name) ?? 'theirs') === whose}
                @change=${() => this.#choice.set(name, whose)} /><span><span class="sr">${t(label)}, ${t(`conflict.${whose}`)}: </span>${shown(contested[whose])}</span></label>`
          }</td>`,
      )}
    </tr>`;
  }

  readonly #choose = async (event: SubmitEvent) => {
    event.preventDefault();
    const contested = this.#contested;
    if (contested === null || this.#form.busy) return;
    const { theirs, version, mine } = contested;
    const chosen = { ...theirs };
    for (const { name } of this.#options.fields)
      if (this.#choice.get(name) === 'mine') chosen[name] = mine[name];
    await this.#form.run(() => this.#options.save(theirs, version, chosen));
  };
}
