// Changing what a person may do here, and until when: chosen, then reviewed as before and after, then saved. Nobody overwrites
// what another owner has changed meanwhile: what she touched is hers to decide anew, anything else stays theirs.
import { html, nothing } from 'lit';
import type { Answer } from '../../../client/api.ts';
import { CallProblem } from '../../../client/problem.ts';
import { field } from '../../../controls/field.ts';
import { press, submit } from '../../../controls/parts.ts';
import { day, money, parseAmount } from '../../../locales/format.ts';
import { closeDialog, dialog } from '../../controls/dialog.ts';
import { torontoDay } from '../../day.ts';
import type { Desk } from '../../desk.ts';
import { Form } from '../../form.ts';
import type { Files } from '../../office.ts';
import { type Key, kept } from '../../words.ts';
import { roles } from './roles.ts';

export type Person = Answer<'$get', '/memberships', Files>['people'][number];
type Access = Pick<Person, 'role' | 'mayRefund' | 'refundCeilingCents' | 'endsOn'>;
type Box = 'change-ceiling' | 'change-ends';

const LABELS: Readonly<Record<keyof Access, Key>> = {
  role: 'people.role',
  mayRefund: 'people.mayRefund',
  refundCeilingCents: 'people.ceiling',
  endsOn: 'people.endsOn',
};
const FIELDS = Object.keys(LABELS) as (keyof Access)[];

export class AccessChange {
  readonly #desk: Desk;
  /** Called once it is saved, or there was nothing to save. */
  readonly #ended: (told: unknown, person: Person) => Promise<void>;
  #form: Form<Box>;
  /** Whose access, as it was when she began, or as somebody else has made it since. */
  #person: Person | null = null;
  #mine!: Access;
  #reviews = false;
  #meanwhile = false;

  constructor(desk: Desk, ended: (told: unknown, person: Person) => Promise<void>) {
    this.#desk = desk;
    this.#ended = ended;
    this.#form = new Form(desk, 'change');
  }

  get open(): boolean {
    return this.#person !== null;
  }

  begin(person: Person): void {
    this.#person = person;
    this.#mine = person;
    this.#form = new Form(this.#desk, 'change');
    this.#reviews = false;
    this.#meanwhile = false;
    this.#desk.redraw();
  }

  render(): unknown {
    const person = this.#person;
    if (person === null) return nothing;
    const { t } = this.#desk.words;
    return dialog({
      id: 'changing',
      title: t('people.changeOf', { nom: person.name }),
      closed: () => {
        this.#person = null;
        this.#desk.redraw();
      },
      body: html`${this.#form.notice()}
        ${this.#meanwhile ? html`<div class="notice" id="change-meanwhile" tabindex="-1"><p>${t('people.meanwhile')}</p></div>` : nothing}
        ${this.#reviews ? this.#review(person) : this.#boxes()}`,
    });
  }

  #boxes(): unknown {
    const { lang, words } = this.#desk;
    const { t } = words;
    const form = this.#form;
    const { role, mayRefund, refundCeilingCents, endsOn } = this.#mine;
    return html`<form novalidate @submit=${this.#check}>
      ${roles(this.#desk, role, (chosen) => this.#set({ role: chosen }))}
      ${
        role === 'office'
          ? html`<p><label class="check"><input type="checkbox" name="refund" ?checked=${mayRefund}
              @change=${(event: Event) => this.#set({ mayRefund: (event.target as HTMLInputElement).checked })} />
              <span>${t('people.mayRefund')}</span></label></p>`
          : nothing
      }
      ${
        refunds(this.#mine)
          ? field(form, 'change-ceiling', {
              label: 'people.ceiling',
              hint: t('people.ceilingHint'),
              autocomplete: 'off',
              inputmode: 'decimal',
              value: money(lang, refundCeilingCents).replace(/[\s\u00a0$]/g, ''),
            })
          : nothing
      }
      ${
        role === 'owner'
          ? nothing
          : field(form, 'change-ends', {
              label: 'people.endsOn',
              hint: t('people.endsOnFree'),
              autocomplete: 'off',
              type: 'date',
              optional: true,
              value: endsOn ?? '',
            })
      }
      <p class="actions">${submit(form, 'people.check')}
        <button class="link" type="button" @click=${closeDialog}>${t('shell.cancel')}</button></p>
    </form>`;
  }

  /** Before and after, and what comes with it (WCAG 3.3.4). */
  #review(person: Person): unknown {
    const { t } = this.#desk.words;
    const changed = Object.keys(changes(person, this.#mine)) as (keyof Access)[];
    return html`<form novalidate @submit=${this.#save}>
      <h3 id="change-review" tabindex="-1">${t('people.review')}</h3>
      <table class="list">
        <caption class="sr">${t('people.review')}</caption>
        <thead><tr><th scope="col">${t('people.what')}</th><th scope="col">${t('people.before')}</th><th scope="col">${t('people.after')}</th></tr></thead>
        <tbody>${changed.map(
          (name) => html`<tr><th scope="row">${t(LABELS[name])}</th>
            <td data-label=${t('people.before')}><span>${this.#shown(name, person)}</span></td>
            <td data-label=${t('people.after')}><span>${this.#shown(name, this.#mine)}</span></td></tr>`,
        )}</tbody>
      </table>
      ${changed.includes('role') ? html`<p>${t('people.ownersTold')}</p>` : nothing}
      ${changed.includes('role') && person.email === this.#desk.me.email ? html`<p>${t('people.ownRole')}</p>` : nothing}
      <p class="actions">${submit(this.#form, 'people.save')} ${press(this.#form, 'people.back', 'link', this.#goBack)}</p>
    </form>`;
  }

  #shown(name: keyof Access, { role, mayRefund, refundCeilingCents, endsOn }: Access): unknown {
    const { lang, words } = this.#desk;
    if (name === 'role') return words.t(`role.${role}`);
    if (name === 'mayRefund') return words.t(mayRefund ? 'people.factorYes' : 'people.factorNo');
    if (name === 'refundCeilingCents') return kept(money(lang, refundCeilingCents));
    return endsOn === null ? words.t('people.noEnd') : day(lang, endsOn);
  }

  #set(chosen: Partial<Access>): void {
    this.#mine = { ...this.#mine, ...chosen };
    this.#desk.redraw();
  }

  readonly #check = (event: SubmitEvent) => {
    event.preventDefault();
    const person = this.#person;
    if (person === null) return;
    const data = new FormData(event.currentTarget as HTMLFormElement);
    const ceiling = data.get('change-ceiling');
    const cents = ceiling === null ? person.refundCeilingCents : parseAmount(String(ceiling));
    const endsOn = String(data.get('change-ends') ?? '') || null;
    const wrong = {
      ...(cents === null ? { 'change-ceiling': 'people.ceilingWrong' as const } : {}),
      ...(endsOn !== null && endsOn < torontoDay(Date.now())
        ? { 'change-ends': 'people.endsOnPast' as const }
        : {}),
    };
    if (this.#form.refuses(wrong)) return;
    this.#mine = fitting({ ...this.#mine, refundCeilingCents: cents ?? 0, endsOn });
    this.#meanwhile = false;
    if (Object.keys(changes(person, this.#mine)).length === 0) void this.#end('people.same');
    else this.#show(true, '#change-review');
  };

  readonly #goBack = () => this.#show(false, '#changing input[name=role]:checked');

  #show(reviews: boolean, focus: string): void {
    this.#reviews = reviews;
    this.#desk.redraw();
    this.#desk.focus(focus);
  }

  readonly #save = async (event: SubmitEvent) => {
    event.preventDefault();
    const person = this.#person;
    if (person === null) return;
    const past = { field: 'change-ends', key: 'people.endsOnPast' } as const;
    await this.#form.run(
      async () => {
        try {
          const json = changes(person, this.#mine);
          await this.#desk.files('$patch', '/memberships/:id', {
            id: person.id,
            json,
            ifMatch: person.version,
          });
        } catch (error) {
          if (!(error instanceof CallProblem)) throw error;
          // The day went by while she read.
          if (error.kind === 'validation') this.#show(false, '#change-ends');
          if (error.kind !== 'changed-meanwhile') throw error;
          const { current, version } = error.extra as { current: Access; version: string };
          if (this.#takesUp(person, current, version)) return;
        }
        await this.#end('people.changed');
      },
      { invalid: past },
    );
  };

  /** What she did not touch is as they made it. False where nothing of hers is left to save: it came through, and the answer was lost. */
  #takesUp(person: Person, current: Access, version: string): boolean {
    const mine = changes(person, this.#mine);
    this.#person = { ...person, ...current, version };
    this.#mine = fitting({ ...current, ...mine });
    if (Object.keys(changes(current, { ...current, ...mine })).length === 0) return false;
    this.#meanwhile = true;
    this.#show(Object.keys(changes(current, this.#mine)).length > 0, '#change-meanwhile');
    return true;
  }

  async #end(told: 'people.same' | 'people.changed'): Promise<void> {
    const person = this.#person as Person;
    // At once, and not when the browser says that the dialog is closed: she may be led elsewhere, and nothing is unsaved.
    this.#person = null;
    (this.#desk.find('#changing') as HTMLDialogElement | null)?.close();
    await this.#ended(this.#desk.words.t(told, { nom: person.name }), { ...person, ...this.#mine });
  }
}

/** Whoever may refund has a ceiling. */
const refunds = ({ role, mayRefund }: Access) => role === 'owner' || (role === 'office' && mayRefund);

/** Without what does not go with the role, as the server has it. */
function fitting(access: Access): Access {
  return {
    ...access,
    mayRefund: access.role === 'office' && access.mayRefund,
    endsOn: access.role === 'owner' ? null : access.endsOn,
  };
}

/** What of `mine` is not as `from` has it. */
function changes(from: Access, mine: Access): Partial<Access> {
  return Object.fromEntries(
    FIELDS.filter((name) => from[name] !== mine[name]).map((name) => [name, mine[name]]),
  );
}
