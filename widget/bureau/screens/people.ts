// « Utilisateurs » (S44): who works here, who is invited; to invite, to change an access or take it away, to reset a lost second factor.
import { html, nothing } from 'lit';
import type { Answer } from '../../client/api.ts';
import { CallProblem } from '../../client/problem.ts';
import { field, typedIn } from '../../controls/field.ts';
import { submit } from '../../controls/parts.ts';
import { dateTime, day } from '../../locales/format.ts';
import { closeDialog, dialog } from '../controls/dialog.ts';
import { Keys } from '../controls/keys.ts';
import { moment } from '../day.ts';
import type { Desk, Screen } from '../desk.ts';
import { Fetched } from '../fetched.ts';
import { Form } from '../form.ts';
import { words as keyWords } from '../locales/keys.ts';
import { words as peopleWords } from '../locales/people.ts';
import type { Files } from '../office.ts';
import { problemText } from '../problem-text.ts';
import { kept } from '../words.ts';
import { AccessChange, type Person } from './people/change.ts';
import { type Role, roles } from './people/roles.ts';

export const words = { ...peopleWords, ...keyWords };

type People = Answer<'$get', '/memberships', Files>;
type Invited = People['invitations'][number];

export const open = (desk: Desk): Screen => new PeopleScreen(desk);

class PeopleScreen implements Screen {
  readonly #desk: Desk;
  readonly #people: Fetched<People>;
  readonly #form: Form<'invite-name' | 'invite-email' | 'invite-ends'>;
  readonly #change: AccessChange;
  readonly #keys: Keys;
  #inviting = false;
  #role: Role = 'office';
  /** What an act came to. */
  #told: unknown = null;

  constructor(desk: Desk) {
    this.#desk = desk;
    this.#form = new Form(desk, 'invite');
    this.#change = new AccessChange(desk, (told, person) => this.#changed(told, person));
    this.#keys = new Keys(desk);
    this.#people = new Fetched(desk, () => desk.files('$get', '/memberships', {}));
  }

  title(): string {
    return this.#desk.words.plain('people.title');
  }

  unsaved(): boolean {
    return this.#inviting || this.#change.open;
  }

  render(): unknown {
    const { t } = this.#desk.words;
    return html`<div class="identity">
        <h1 id="title" tabindex="-1">${t('people.title')}</h1>
        <p><button class="primary" type="button" id="invite" @click=${this.#openForm}>${t('people.invite')}</button></p>
      </div>
      <div id="told" tabindex="-1">${this.#told ?? nothing}</div>
      ${this.#keys.render()}
      ${this.#people.show((found) => this.#lists(found))} ${this.#inviting ? this.#dialog() : nothing} ${this.#change.render()}`;
  }

  #lists({ people, invitations }: People): unknown {
    const { t } = this.#desk.words;
    const owners = people.filter(({ role, secondFactor }) => role === 'owner' && secondFactor);
    return html`${owners.length === 1 ? html`<div class="notice"><p>${t('shell.onlyOwner')}</p></div>` : nothing}
      <section><table class="list">
        <caption class="sr">${t('people.title')}</caption>
        <thead><tr>
          <th scope="col">${t('people.name')}</th><th scope="col">${t('people.role')}</th><th scope="col">${t('people.factor')}</th><th scope="col">${t('people.seen')}</th><th scope="col" class="acts">${t('people.acts')}</th>
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
      <th scope="row">${kept(name)} <span class="hint under">${kept(email)}</span></th>
      <td data-label=${t('people.role')}><span>${t(`role.${role}`)}
        ${mayRefund ? html`<span class="badge">${t('people.refunds')}</span>` : nothing}
        ${endsOn === null ? nothing : html`<span class="badge">${t('people.until', { jour: day(lang, endsOn) })}</span>`}</span></td>
      <td data-label=${t('people.factor')}><span>${t(secondFactor ? 'people.factorYes' : 'people.factorNo')}
        <button class="link" type="button" aria-label=${words.plain('people.resetOf', { nom: name })} @click=${() => void this.#reset(person)}>${t('people.resetShort')}</button></span></td>
      <td data-label=${t('people.seen')}>${lastSeenAt === null ? t('people.never') : html`<time datetime=${lastSeenAt} title=${dateTime(lang, lastSeenAt)}>${moment(lang, lastSeenAt)}</time>`}</td>
      <td class="acts">
        <button class="link" type="button" aria-label=${words.plain('people.changeOf', { nom: name })} @click=${() => this.#change.begin(person)}>${t('people.change')}</button>
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
        <th scope="col">${t('people.name')}</th><th scope="col">${t('people.role')}</th><th scope="col">${t('people.expires')}</th><th scope="col" class="acts">${t('people.acts')}</th>
      </tr></thead>
      <tbody>${invitations.map(
        ({ id, name, email, role, expiresAt }) => html`<tr>
          <th scope="row">${kept(name)} <span class="hint under">${kept(email)}</span></th>
          <td data-label=${t('people.role')}>${t(`role.${role}`)}</td>
          <td data-label=${t('people.expires')}><span><time datetime=${expiresAt} title=${dateTime(lang, expiresAt)}>${moment(lang, expiresAt)}</time>
            ${Date.parse(expiresAt) > Date.now() ? nothing : html`<span class="badge due">${t('people.expired')}</span>`}</span></td>
          <td class="acts"><button class="link" type="button" aria-label=${words.plain('people.resendOf', { nom: name })}
            @click=${() => void this.#resend(id, email)}>${t('people.resend')}</button></td>
        </tr>`,
      )}</tbody>
    </table></section>`;
  }

  /** Who lowers her own role works elsewhere from now on. */
  async #changed(told: unknown, { email, role }: Person): Promise<void> {
    this.#tell(html`<div class="notice success"><p>${told}</p></div>`);
    if (email !== this.#desk.me.email || role === 'owner') return this.#people.load();
    await this.#desk.reload();
    this.#desk.go('aujourdhui');
  }

  async #remove({ id, name }: Person): Promise<void> {
    const { t } = this.#desk.words;
    await this.#act(
      {
        title: t('people.removeOf', { nom: name }),
        body: html`<p>${t('people.removeText')}</p>`,
        yes: 'people.remove',
      },
      async () => {
        await this.#desk.files('$delete', '/memberships/:id', { id });
        await this.#keys.open({ id, name });
      },
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

  #resend(id: string, email: string): Promise<void> {
    const { files, words } = this.#desk;
    return this.#does(
      () => files('$post', '/invitations/:id/resend', { id }),
      () => words.t('people.sent', { courriel: email }),
    );
  }

  async #act(
    question: Parameters<Desk['ask']>[0],
    act: () => Promise<unknown>,
    done: () => unknown,
  ): Promise<void> {
    if (await this.#desk.ask(question)) await this.#does(act, done);
  }

  /** Does it, tells what became of it. */
  async #does(act: () => Promise<unknown>, done: () => unknown): Promise<void> {
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
          ${roles(this.#desk, this.#role, (role) => this.#choose(role))}
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

  #choose(role: Role): void {
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
