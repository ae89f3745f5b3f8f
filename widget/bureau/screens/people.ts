// « Utilisateurs »: who works here, who is invited; to invite, to take access away, to reset a lost second factor.
import { html, nothing } from 'lit';
import type { Answer } from '../../client/api.ts';
import { CallProblem } from '../../client/problem.ts';
import { field, typedIn } from '../../controls/field.ts';
import { submit } from '../../controls/parts.ts';
import { dateTime, day } from '../../locales/format.ts';
import { closeDialog, dialog } from '../controls/dialog.ts';
import type { Desk, Screen } from '../desk.ts';
import { Fetched } from '../fetched.ts';
import { Form } from '../form.ts';
import { words } from '../locales/people.ts';
import type { Files, Membership } from '../office.ts';
import { problemText } from '../problem-text.ts';
import { kept } from '../words.ts';

export { words };

type People = Answer<'$get', '/memberships', Files>;
type Person = People['people'][number];
type Invited = People['invitations'][number];
const ROLES: readonly Membership['role'][] = ['reader', 'office', 'owner'];

export const open = (desk: Desk): Screen => new PeopleScreen(desk);

class PeopleScreen implements Screen {
  readonly #desk: Desk;
  readonly #people: Fetched<People>;
  readonly #form: Form<'invite-name' | 'invite-email' | 'invite-ends'>;
  #inviting = false;
  #role: Membership['role'] = 'office';
  /** What an act came to. */
  #told: unknown = null;

  constructor(desk: Desk) {
    this.#desk = desk;
    this.#form = new Form(desk, 'invite');
    this.#people = new Fetched(desk, () => desk.files('$get', '/memberships', {}));
  }

  title(): string {
    return this.#desk.words.plain('people.title');
  }

  unsaved(): boolean {
    return this.#inviting;
  }

  render(): unknown {
    const { t } = this.#desk.words;
    return html`<div class="identity">
        <h1 id="title" tabindex="-1">${t('people.title')}</h1>
        <p><button class="primary" type="button" id="invite" @click=${this.#openForm}>${t('people.invite')}</button></p>
      </div>
      <div id="told" tabindex="-1">${this.#told ?? nothing}</div>
      ${this.#people.show((found) => this.#lists(found))} ${this.#inviting ? this.#dialog() : nothing}`;
  }

  #lists({ people, invitations }: People): unknown {
    const { t } = this.#desk.words;
    const owners = people.filter(({ role, secondFactor }) => role === 'owner' && secondFactor);
    return html`${owners.length === 1 ? html`<div class="notice"><p>${t('shell.onlyOwner')}</p></div>` : nothing}
      <section><table class="list">
        <caption class="sr">${t('people.title')}</caption>
        <thead><tr>
          <th scope="col">${t('people.name')}</th><th scope="col">${t('people.email')}</th><th scope="col">${t('people.role')}</th>
          <th scope="col">${t('people.factor')}</th><th scope="col">${t('people.seen')}</th><th scope="col">${t('people.acts')}</th>
        </tr></thead>
        <tbody>${people.map((person) => this.#person(person))}</tbody>
      </table></section>
      ${invitations.length === 0 ? nothing : this.#invitations(invitations)}`;
  }

  #person(person: Person): unknown {
    const { lang, words } = this.#desk;
    const { t } = words;
    const { name, email, role, mayRefund, endsOn, secondFactor, lastSeenAt } = person;
    return html`<tr>
      <th scope="row">${kept(name)}</th>
      <td data-label=${t('people.email')}>${kept(email)}</td>
      <td data-label=${t('people.role')}>${t(`role.${role}`)}
        ${mayRefund ? html`<span class="badge">${t('people.refunds')}</span>` : nothing}
        ${endsOn === null ? nothing : html`<span class="badge">${t('people.until', { jour: day(lang, endsOn) })}</span>`}</td>
      <td data-label=${t('people.factor')}>${t(secondFactor ? 'people.factorYes' : 'people.factorNo')}</td>
      <td data-label=${t('people.seen')}>${lastSeenAt === null ? t('people.never') : dateTime(lang, lastSeenAt)}</td>
      <td class="acts">
        <button class="link" type="button" aria-label=${words.plain('people.resetOf', { nom: name })} @click=${() => void this.#reset(person)}>${t('people.reset')}</button>
        <button class="link" type="button" aria-label=${words.plain('people.removeOf', { nom: name })} @click=${() => void this.#remove(person)}>${t('people.remove')}</button>
      </td>
    </tr>`;
  }

  #invitations(invitations: readonly Invited[]): unknown {
    const { lang, words } = this.#desk;
    const { t } = words;
    return html`<section><table class="list">
      <caption>${t('people.invitations')}</caption>
      <thead><tr>
        <th scope="col">${t('people.name')}</th><th scope="col">${t('people.email')}</th><th scope="col">${t('people.role')}</th>
        <th scope="col">${t('people.expires')}</th>
      </tr></thead>
      <tbody>${invitations.map(
        ({ name, email, role, expiresAt }) => html`<tr>
          <th scope="row">${kept(name)}</th>
          <td data-label=${t('people.email')}>${kept(email)}</td>
          <td data-label=${t('people.role')}>${t(`role.${role}`)}</td>
          <td data-label=${t('people.expires')}>${dateTime(lang, expiresAt)}</td>
        </tr>`,
      )}</tbody>
    </table></section>`;
  }

  async #remove({ id, name }: Person): Promise<void> {
    const { t } = this.#desk.words;
    await this.#act(
      {
        title: t('people.removeOf', { nom: name }),
        body: html`<p>${t('people.removeText')}</p>`,
        yes: 'people.remove',
      },
      () => this.#desk.files('$delete', '/memberships/:id', { id }),
      () => t('people.removed', { nom: name }),
    );
  }

  async #reset({ id, name, email }: Person): Promise<void> {
    const { t } = this.#desk.words;
    await this.#act(
      {
        title: t('people.resetOf', { nom: name }),
        body: html`<p>${t('people.resetText')}</p>`,
        yes: 'people.reset',
      },
      () => this.#desk.files('$post', '/memberships/:id/factor-reset', { id }),
      () => t('people.resetDone', { courriel: email }),
    );
  }

  /** Asks, does it, tells what became of it. */
  async #act(
    question: Parameters<Desk['ask']>[0],
    act: () => Promise<unknown>,
    done: () => unknown,
  ): Promise<void> {
    if (!(await this.#desk.ask(question))) return;
    try {
      await act();
      this.#tell(html`<div class="notice success"><p>${done()}</p></div>`);
      await this.#people.load();
    } catch (error) {
      if (!(error instanceof CallProblem)) throw error;
      this.#tell(html`<div class="notice error">${problemText(this.#desk, error)}</div>`);
    }
  }

  #tell(told: unknown): void {
    this.#told = told;
    this.#desk.redraw();
    this.#desk.focus('#told');
  }

  readonly #openForm = () => {
    this.#inviting = true;
    this.#role = 'office';
    this.#desk.redraw();
  };

  #dialog(): unknown {
    const { t } = this.#desk.words;
    const form = this.#form;
    return dialog({
      id: 'inviting',
      title: t('people.invite'),
      closed: () => {
        this.#inviting = false;
        this.#desk.redraw();
      },
      body: html`${form.notice()}
        <form novalidate @submit=${(event: SubmitEvent) => void this.#invite(event)}>
          ${field(form, 'invite-name', { label: 'people.name', autocomplete: 'off' })}
          ${field(form, 'invite-email', { label: 'people.email', type: 'email', autocomplete: 'off' })}
          <fieldset>
            <legend>${t('people.role')}</legend>
            ${ROLES.map(
              (
                role,
              ) => html`<label class="check"><input type="radio" name="role" value=${role} ?checked=${role === this.#role}
                @change=${() => this.#choose(role)} /><span>${t(`role.${role}`)} <span class="hint">${t(`people.${role}`)}</span></span></label>`,
            )}
          </fieldset>
          ${
            this.#role === 'office'
              ? html`<p><label class="check"><input type="checkbox" name="refund" /><span>${t('people.refund')}</span></label></p>`
              : nothing
          }
          ${
            this.#role === 'owner'
              ? nothing
              : field(form, 'invite-ends', {
                  label: 'people.endsOn',
                  hint: t('people.endsOnHint'),
                  autocomplete: 'off',
                  type: 'date',
                  optional: true,
                })
          }
          <fieldset>
            <legend>${t('people.lang')}</legend>
            <label class="check"><input type="radio" name="lang" value="fr-CA" checked /><span lang="fr">Français</span></label>
            <label class="check"><input type="radio" name="lang" value="en-CA" /><span lang="en">English</span></label>
          </fieldset>
          <p class="actions">${submit(form, 'people.send')}
            <button class="link" type="button" @click=${closeDialog}>${t('shell.cancel')}</button></p>
        </form>`,
    });
  }

  #choose(role: Membership['role']): void {
    this.#role = role;
    this.#desk.redraw();
  }

  async #invite(event: SubmitEvent): Promise<void> {
    const typed = typedIn<string>(event);
    const name = typed('invite-name').trim();
    const email = typed('invite-email').trim();
    const endsOn = typed('invite-ends') || null;
    const wrong = {
      ...(name === '' ? { 'invite-name': 'field.required' as const } : {}),
      ...(/^[^@\s]+@[^@\s]+$/.test(email) ? {} : { 'invite-email': 'field.email' as const }),
    };
    if (this.#form.refuses(wrong)) return;
    const lang = typed('lang') === 'en-CA' ? 'en-CA' : 'fr-CA';
    const json = {
      name,
      email,
      role: this.#role,
      mayRefund: typed('refund') === 'on',
      endsOn,
      lang,
    } as const;
    await this.#form.run(
      async () => {
        await this.#desk.files('$post', '/invitations', { json });
        this.#tell(
          html`<div class="notice success"><p>${this.#desk.words.t('people.sent', { courriel: email })}</p></div>`,
        );
        (this.#desk.find('#inviting') as HTMLDialogElement | null)?.close();
        await this.#people.load();
      },
      { 'too-old': { field: 'invite-ends', key: 'people.endsOnPast' } },
    );
  }
}
