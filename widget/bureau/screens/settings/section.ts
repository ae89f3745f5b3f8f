// One section of settings: its form, saved by itself from the version she saw. What somebody else has changed elsewhere in the
// settings stays theirs and asks her nothing; what they changed here she chooses about.
import { html } from 'lit';
import { keyed } from 'lit/directives/keyed.js';
import { CallProblem } from '../../../client/problem.ts';
import { submit } from '../../../controls/parts.ts';
import { ConflictDialog, changed, same } from '../../controls/conflict.ts';
import type { Desk } from '../../desk.ts';
import { Form } from '../../form.ts';
import type { AllSettings, Settings } from '../../office.ts';
import type { Key } from '../../words.ts';
import { type Box, type Item, Wrong } from './items.ts';

type Part = Partial<Settings>;
/** Called with the settings as they are now, and what became of hers. */
export type Saved = (now: AllSettings, told: Key) => void;

export class Section {
  readonly #desk: Desk;
  readonly #items: readonly Item[];
  readonly #saved: Saved;
  readonly #conflict: ConflictDialog<Part>;
  #form: Form<Box>;
  #all: AllSettings;
  #dirty = false;

  constructor(desk: Desk, items: readonly Item[], all: AllSettings, saved: Saved) {
    this.#desk = desk;
    this.#items = items;
    this.#all = all;
    this.#saved = saved;
    this.#form = new Form(desk, 'settings');
    this.#conflict = new ConflictDialog<Part>(desk, {
      title: 'settings.meanwhile',
      fields: items,
      shown: (name, value) => items.find((item) => item.name === name)?.shown(value, desk),
      save: (theirs, version, chosen) => this.#send(theirs, version, chosen),
    });
  }

  get unsaved(): boolean {
    return this.#dirty;
  }

  /** `more`: what stands under its boxes. */
  render(more: unknown = ''): unknown {
    // Saved, its boxes are made anew: what was typed may have been written otherwise.
    return html`${this.#form.notice()} ${keyed(
      `${this.#items[0]?.name} ${this.#all.version}`,
      html`<form novalidate id="settings-form" @input=${this.#typing} @submit=${this.#submit}>
        ${this.#items.map((item) => item.draw(this.#form, this.#all.settings[item.name], this.#desk))} ${more}
        <p class="actions">${submit(this.#form, 'settings.save')}</p>
      </form>`,
    )} ${this.#conflict.render()}`;
  }

  /** Settings of this section, as `from` has them. */
  #part(from: Settings): Part {
    return Object.fromEntries(this.#items.map(({ name }) => [name, from[name]]));
  }

  #typed(form: HTMLFormElement): Record<string, unknown> {
    const data = new FormData(form);
    const typed = (name: string) => String(data.get(name) ?? '');
    return Object.fromEntries(this.#items.map((item) => [item.name, item.read(typed)]));
  }

  readonly #typing = (event: Event) => {
    this.#dirty = !same(this.#typed(event.currentTarget as HTMLFormElement), this.#part(this.#all.settings));
  };

  readonly #submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (this.#form.busy) return;
    const typed = this.#typed(event.currentTarget as HTMLFormElement);
    const wrong = Object.entries(typed).flatMap(([name, value]) =>
      value instanceof Wrong ? [[`set-${name}`, value.key] as const] : [],
    );
    if (this.#form.refuses(Object.fromEntries(wrong) as Partial<Record<Box, Key>>)) return;
    const before = this.#part(this.#all.settings);
    await this.#form.run(() => this.#send(before, this.#all.version, typed as Part));
  };

  /** Saves what of `mine` is not as `from` has it. */
  async #send(from: Part, version: string, mine: Part): Promise<void> {
    const json = changed(from, mine);
    if (Object.keys(json).length === 0) return this.#end(this.#all, 'settings.same');
    try {
      this.#end(await this.#desk.files('$patch', '/settings', { json, ifMatch: version }), 'settings.saved');
    } catch (error) {
      if (!(error instanceof CallProblem)) throw error;
      if (error.kind === 'changed-meanwhile') await this.#meanwhile(error, from, mine);
      else if (!this.#refused(error)) throw error;
    }
  }

  async #meanwhile({ extra }: CallProblem, from: Part, mine: Part): Promise<void> {
    const { current, version } = extra as { current: Settings; version: string };
    const theirs = this.#part(current);
    // Elsewhere in the settings: hers goes on from what is there now.
    if (same(theirs, from)) return this.#send(theirs, version, mine);
    // Hers came through, and only the answer was lost.
    if (same(theirs, mine)) return this.#end({ ...this.#all, settings: current, version }, 'settings.saved');
    this.#conflict.show({ before: this.#part(this.#all.settings), theirs, version, mine });
  }

  #end(now: AllSettings, told: Key): void {
    this.#all = now;
    this.#dirty = false;
    this.#conflict.close();
    this.#saved(now, told);
  }

  /** Where the server's refusal is about a box, it is told there. */
  #refused({ extra }: CallProblem): boolean {
    const errors = (extra.errors ?? []) as { pointer: string; code: string }[];
    const boxes = this.#items.flatMap(({ name }) => {
      const found = errors.find(({ pointer }) => pointer.split('/')[1] === name);
      return found === undefined ? [] : [[`set-${name}`, REFUSALS[found.code] ?? 'settings.wrong'] as const];
    });
    this.#conflict.close();
    return this.#form.refuses(Object.fromEntries(boxes) as Partial<Record<Box, Key>>);
  }
}

const REFUSALS: Readonly<Record<string, Key>> = {
  required: 'field.required',
  'too-long': 'settings.tooLong',
  'too-large': 'settings.amount',
  'too-small': 'settings.amount',
  taken: 'settings.taken',
};
