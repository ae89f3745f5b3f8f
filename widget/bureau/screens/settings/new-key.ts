// « Faire une clé »: what the program is called, what it may do, for how long; then its secret, this once.
import { html, nothing } from 'lit';
import type { Answer } from '../../../client/api.ts';
import { field } from '../../../controls/field.ts';
import { press, submit } from '../../../controls/parts.ts';
import { closeDialog, dialog } from '../../controls/dialog.ts';
import type { Desk } from '../../desk.ts';
import { Form } from '../../form.ts';
import type { Files } from '../../office.ts';
import { type Key, kept } from '../../words.ts';
import { select } from './items.ts';

type Scope = Answer<'$get', '/keys', Files>['keys'][number]['scopes'][number];

const SCOPES: Readonly<Record<Scope, Key>> = {
  read: 'keys.read',
  record: 'keys.record',
  invoice: 'keys.invoice',
  refund: 'keys.refund',
  links: 'keys.links',
  import: 'keys.import',
};
const LIVES = [
  ['30', 'keys.days30'],
  ['365', 'keys.days365'],
  ['730', 'keys.days730'],
] as const;

export class NewKey {
  readonly #desk: Desk;
  /** Another one is there. */
  readonly #changed: () => Promise<void>;
  /** Null: the dialog is closed. */
  #form: Form<'key-name' | 'key-read'> | null = null;
  #made: { name: string; secret: string } | null = null;

  constructor(desk: Desk, changed: () => Promise<void>) {
    this.#desk = desk;
    this.#changed = changed;
  }

  render(): unknown {
    const say = { ...this.#desk.words, busy: false };
    return html`<p class="actions">${press(say, 'keys.make', 'secondary', () => this.#open())}</p>
      ${this.#made === null ? nothing : this.#secret(this.#made)} ${this.#form === null ? nothing : this.#dialog(this.#form)}`;
  }

  #open(): void {
    this.#form = new Form(this.#desk, 'key');
    this.#made = null;
    this.#desk.redraw();
  }

  // It is never drawn again: who leaves this screen, or makes another one, has had it.
  #secret({ name, secret }: { name: string; secret: string }): unknown {
    const { words } = this.#desk;
    return html`<div class="notice success" id="key-made" tabindex="-1">
      <p>${words.t('keys.made', { nom: name })}</p><p><code id="key-secret">${kept(secret)}</code></p>
      <p>${press({ ...words, busy: false }, 'keys.copy', 'link', () => void this.#copy(secret))}</p></div>`;
  }

  #dialog(form: Form<'key-name' | 'key-read'>): unknown {
    const { t } = this.#desk.words;
    const wrong = form.state.errors['key-read'];
    return dialog({
      id: 'new-key',
      title: t('keys.make'),
      closed: () => {
        this.#form = null;
        this.#desk.redraw();
      },
      body: html`${form.notice()}<form novalidate @submit=${this.#submit}>
        ${field(form, 'key-name', { label: 'keys.name', autocomplete: 'off' })}
        <fieldset><legend>${t('keys.may')}</legend>
          ${wrong ? html`<p class="error" id="key-read-error">${t(wrong)}</p>` : nothing}
          ${Object.entries(SCOPES).map(
            ([
              scope,
              label,
            ]) => html`<label class="check"><input type="checkbox" name="key-scope" value=${scope}
              id=${scope === 'read' ? 'key-read' : nothing} aria-describedby=${wrong ? 'key-read-error' : nothing} />
              <span>${t(label)}</span></label>`,
          )}</fieldset>
        ${select(form as Form<never>, 'key-days', { label: 'keys.days', options: LIVES, value: '365' })}
        <p class="actions">${submit(form, 'keys.make')}
          <button class="link" type="button" @click=${closeDialog}>${t('shell.cancel')}</button></p>
      </form>`,
    });
  }

  readonly #submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const form = this.#form;
    if (form === null || form.busy) return;
    const data = new FormData(event.currentTarget as HTMLFormElement);
    const name = String(data.get('key-name')).trim();
    const scopes = data.getAll('key-scope') as Scope[];
    const wrong = {
      ...(name === '' ? { 'key-name': 'field.required' as const } : {}),
      ...(scopes.length === 0 ? { 'key-read': 'keys.choose' as const } : {}),
    };
    if (form.refuses(wrong)) return;
    await form.run(
      async () => {
        const json = { name, scopes, days: Number(data.get('key-days')) };
        const { secret } = await this.#desk.files('$post', '/keys', { json });
        this.#made = { name, secret };
        this.#form = null;
        await this.#changed();
        this.#desk.focus('#key-made');
      },
      { 'too-long': { field: 'key-name', key: 'settings.tooLong' } },
    );
  };

  async #copy(secret: string): Promise<void> {
    const { announce, words } = this.#desk;
    // Where the browser does not let us, she copies it herself.
    await navigator.clipboard.writeText(secret).then(
      () => announce(words.plain('keys.copied')),
      () => undefined,
    );
  }
}
