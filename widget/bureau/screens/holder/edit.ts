// Editing a file, in the place of what it says: who she is, how she is reached, whose she is. Nobody overwrites what somebody
// else has changed meanwhile: she is shown what was, what they wrote and what she wrote, and chooses.
import { html, nothing } from 'lit';
import { CallProblem } from '../../../client/problem.ts';
import { field } from '../../../controls/field.ts';
import { submit } from '../../../controls/parts.ts';
import { ConflictDialog, changed } from '../../controls/conflict.ts';
import type { Desk } from '../../desk.ts';
import { Form } from '../../form.ts';
import type { Holder } from '../../office.ts';
import type { Key } from '../../words.ts';
import { type Editable, FIELDS, type FieldName, shownValue } from './fields.ts';

type Box = `edit-${FieldName}`;
export class HolderEdit {
  readonly #desk: Desk;
  /** Called once it is saved. */
  readonly #saved: (told: unknown) => void;
  #form: Form<Box>;
  /** The file as it was when she began. */
  #holder: Holder | null = null;
  #offices: ReadonlyMap<string, string> = new Map();
  #dirty = false;
  readonly #conflict: ConflictDialog<Editable>;

  constructor(desk: Desk, saved: (told: unknown) => void) {
    this.#desk = desk;
    this.#saved = saved;
    this.#form = new Form(desk, 'edit');
    this.#conflict = new ConflictDialog<Editable>(desk, {
      title: 'conflict.title',
      fields: FIELDS,
      shown: (name, value) => shownValue(desk, name, value, this.#offices),
      save: (theirs, version, chosen) => this.#send(theirs, version, chosen),
    });
  }

  get open(): boolean {
    return this.#holder !== null;
  }

  get unsaved(): boolean {
    return this.#dirty;
  }

  async begin(holder: Holder): Promise<void> {
    this.#holder = holder;
    this.#form = new Form(this.#desk, 'edit');
    this.#dirty = false;
    if (holder.officeId !== null) this.#offices = new Map([[holder.officeId, holder.officeName ?? '']]);
    this.#desk.redraw();
    this.#desk.focus('#edit-lastName');
    try {
      const { offices } = await this.#desk.files('$get', '/coordinating-offices', {});
      this.#offices = new Map([...this.#offices, ...offices.map(({ id, name }) => [id, name] as const)]);
    } catch (error) {
      // Hers stands in the list all the same, and everything else can be changed.
      if (!(error instanceof CallProblem)) throw error;
    }
    this.#desk.redraw();
  }

  /** The form. */
  render(): unknown {
    const holder = this.#holder;
    if (holder === null) return nothing;
    const { t } = this.#desk.words;
    const form = this.#form;
    const box = (name: 'firstName' | 'lastName' | 'usualName', label: Key) =>
      field(form, `edit-${name}`, { label, autocomplete: 'off', value: holder[name], optional: true });
    return html`<section class="edit" aria-labelledby="edit">
      <h2 id="edit">${t('edit.title')}</h2>
      ${form.notice()}
      <form novalidate id="edit-form" @input=${this.#typing} @submit=${this.#submit}>
        <div class="boxes">
          ${box('lastName', 'edit.lastName')} ${box('firstName', 'edit.firstName')} ${box('usualName', 'holder.usualName')}
          ${field(form, 'edit-email', {
            label: 'holder.email',
            type: 'email',
            autocomplete: 'off',
            value: holder.email ?? '',
            optional: true,
            hint: t('edit.emailHint'),
          })}
          ${this.#select('lang', 'holder.lang', [
            ['fr-CA', t('holder.french')],
            ['en-CA', t('holder.english')],
          ])}
          ${this.#select('officeId', 'holder.office', [['', t('edit.noOffice')], ...this.#offices])}
        </div>
        <p class="actions">${submit(form, 'edit.save')}
          <button class="link" type="button" @click=${this.#cancel}>${t('shell.cancel')}</button></p>
      </form>
    </section>`;
  }

  #select(name: 'lang' | 'officeId', label: Key, options: readonly (readonly [string, unknown])[]): unknown {
    const form = this.#form;
    const error = form.state.errors[`edit-${name}`];
    const now = this.#holder?.[name] ?? '';
    return html`<div class="field"><label for="edit-${name}">${form.t(label)}</label>
      ${error === undefined ? nothing : html`<p class="error" id="edit-${name}-error"><span aria-hidden="true">!</span><span>${form.say(error)}</span></p>`}
      <select id="edit-${name}" name="edit-${name}" aria-describedby=${error === undefined ? nothing : `edit-${name}-error`}
        aria-invalid=${error === undefined ? nothing : 'true'}>
        ${options.map(([value, shown]) => html`<option value=${value} ?selected=${value === now}>${shown}</option>`)}
      </select></div>`;
  }

  /** The dialog, while two wrote the same file. */
  renderConflict(): unknown {
    return this.#conflict.render();
  }

  readonly #typing = (event: Event) => {
    const typed = this.#typed(event.currentTarget as HTMLFormElement);
    this.#dirty = this.#holder !== null && Object.keys(changed(this.#holder, typed)).length > 0;
  };

  readonly #cancel = async () => {
    if (this.#dirty) {
      const { t } = this.#desk.words;
      const body = html`<p>${t('shell.leaveText')}</p>`;
      if (!(await this.#desk.ask({ title: t('shell.leave'), body, yes: 'shell.leaveYes' }))) return;
    }
    this.#end();
    this.#desk.focus('#edit-open');
  };

  #end(): void {
    this.#holder = null;
    this.#conflict.close();
    this.#dirty = false;
    this.#desk.redraw();
  }

  #typed(form: HTMLFormElement): Editable {
    const data = new FormData(form);
    const value = (name: FieldName) => String(data.get(`edit-${name}`) ?? '').trim();
    return {
      firstName: value('firstName'),
      lastName: value('lastName'),
      usualName: value('usualName'),
      email: value('email') || null,
      lang: value('lang') === 'en-CA' ? 'en-CA' : 'fr-CA',
      officeId: value('officeId') || null,
    };
  }

  readonly #submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const holder = this.#holder;
    if (holder === null || this.#form.busy) return;
    const mine = this.#typed(event.currentTarget as HTMLFormElement);
    const wrong = {
      ...(mine.lastName === '' && mine.firstName === '' ? { 'edit-lastName': 'edit.nameless' as const } : {}),
      ...(mine.email === null || /^[^@\s]+@[^@\s]+$/.test(mine.email)
        ? {}
        : { 'edit-email': 'field.email' as const }),
    };
    if (this.#form.refuses(wrong)) return;
    await this.#form.run(() => this.#send(holder, holder.version, mine));
  };

  /** Saves what of `mine` is not as `from` has it. */
  async #send(from: Editable, version: string, mine: Editable): Promise<void> {
    const { id } = this.#holder as Holder;
    const json = changed(from, mine);
    const { t } = this.#desk.words;
    if (Object.keys(json).length === 0) {
      this.#end();
      this.#saved(t('edit.same'));
      return;
    }
    try {
      await this.#desk.files('$patch', '/holders/:id', { id, json, ifMatch: version });
    } catch (error) {
      if (!(error instanceof CallProblem)) throw error;
      if (error.kind === 'changed-meanwhile') {
        const { current, version: newer } = error.extra as { current: Editable; version: string };
        // Hers came through, and only the answer was lost.
        if (Object.keys(changed(current, mine)).length > 0) {
          this.#conflict.show({ before: this.#holder as Holder, theirs: current, version: newer, mine });
          return;
        }
      } else if (!this.#refused(error)) throw error;
      else return;
    }
    this.#end();
    this.#saved(t('edit.saved'));
  }

  /** Where the server's refusal is about a box, it is told there. */
  #refused({ extra }: CallProblem): boolean {
    const errors = (extra.errors ?? []) as { pointer: string; code: string }[];
    const boxes = FIELDS.flatMap(({ name }) => {
      const found = errors.find(({ pointer }) => pointer === `/${name}`);
      return found === undefined ? [] : [[`edit-${name}`, REFUSALS[name](found.code)] as const];
    });
    return this.#form.refuses(Object.fromEntries(boxes) as Partial<Record<Box, Key>>);
  }
}

const REFUSALS: Readonly<Record<FieldName, (code: string) => Key>> = {
  firstName: () => 'edit.tooLong',
  lastName: (code) => (code === 'required' ? 'edit.nameless' : 'edit.tooLong'),
  usualName: () => 'edit.tooLong',
  email: () => 'field.email',
  lang: () => 'field.required',
  officeId: () => 'edit.officeGone',
};
