// « Mon profil »: which e-mails she wants, how she signs in, where she is signed in, her password, her keyboard.
import { html, nothing } from 'lit';
import type { Answer } from '../../client/api.ts';
import { CallProblem } from '../../client/problem.ts';
import { field, typedIn } from '../../controls/field.ts';
import { newPasswordField } from '../../controls/new-password.ts';
import { press, submit } from '../../controls/parts.ts';
import { dateTime } from '../../locales/format.ts';
import { CodesSetup, FactorSetup } from '../controls/factors.ts';
import type { Desk, Question, Screen } from '../desk.ts';
import { Fetched } from '../fetched.ts';
import { Form } from '../form.ts';
import { PASSWORD_REFUSALS } from '../gates/password-reset.ts';
import { words as enrolment } from '../locales/enrolment.ts';
import { words as profile } from '../locales/profile.ts';
import type { Me, People } from '../office.ts';
import { problemText } from '../problem-text.ts';
import { slashKey } from '../slash-key.ts';
import { type Key, kept } from '../words.ts';
import { Alerts } from './profile/alerts.ts';

export const words = { ...enrolment, ...profile };

type Sessions = Answer<'$get', '/me/sessions', People>['sessions'];

export const open = (desk: Desk): Screen => new Profile(desk);

class Profile implements Screen {
  readonly #desk: Desk;
  readonly #sessions: Fetched<Sessions>;
  readonly #alerts: Alerts;
  readonly #password: Form<'current' | 'password'>;
  #factor: FactorSetup | null = null;
  #codes: CodesSetup | null = null;
  #changing = false;
  #told: unknown = null;

  constructor(desk: Desk) {
    this.#desk = desk;
    this.#alerts = new Alerts(desk);
    this.#password = new Form(desk, 'my-password');
    this.#sessions = new Fetched(
      desk,
      async () => (await desk.office.people('$get', '/me/sessions', {})).sessions,
    );
  }

  title(): string {
    return this.#desk.words.plain('profile.title');
  }

  render(): unknown {
    const { me, membership, words: t } = this.#desk;
    return html`<h1 id="title" tabindex="-1">${t.t('profile.title')}</h1>
      <dl class="facts">
        <div><dt>${t.t('profile.name')}</dt><dd>${kept(me.name)}</dd></div>
        <div><dt>${t.t('signIn.email')}</dt><dd>${kept(me.email)}</dd></div>
        <div><dt>${t.t('profile.role')}</dt><dd>${t.t(`role.${membership.role}`)}</dd></div>
      </dl>
      <div id="told" tabindex="-1">${this.#told ?? nothing}</div>
      ${this.#alerts.render()} ${this.#factors(me)} ${this.#recovery(me)}
      <section aria-labelledby="sessions"><h2 id="sessions">${t.t('profile.sessions')}</h2>
        ${this.#sessions.show((all) => this.#sessionTable(all))}</section>
      ${this.#passwordPart()}
      <section aria-labelledby="keys"><h2 id="keys">${t.t('profile.keys')}</h2>
        <label class="check"><input type="checkbox" ?checked=${slashKey.on} @change=${this.#slash} /><span>${t.t('search.slash')}</span></label></section>`;
  }

  #factors({ passkeys, totp }: Me): unknown {
    const { lang, words } = this.#desk;
    const { t } = words;
    const say = { ...words, busy: false };
    const when = (at: string | null) => (at === null ? t('profile.never') : dateTime(lang, at));
    return html`<section aria-labelledby="factors">
      <h2 id="factors">${t('profile.factors')}</h2>
      ${
        passkeys.length === 0
          ? html`<p>${t('profile.noPasskey')}</p>`
          : html`<table class="list">
              <caption>${t('profile.passkeys')}</caption>
              <thead><tr><th scope="col">${t('profile.name')}</th><th scope="col">${t('profile.added')}</th><th scope="col">${t('profile.used')}</th><td></td></tr></thead>
              <tbody>${passkeys.map(
                ({ id, name, createdAt, lastUsedAt }) => html`<tr>
                  <th scope="row">${kept(name)}</th>
                  <td data-label=${t('profile.added')}>${when(createdAt)}</td>
                  <td data-label=${t('profile.used')}>${when(lastUsedAt)}</td>
                  <td class="acts"><button class="link" type="button" aria-label=${words.plain('profile.removeOf', { nom: name })}
                    @click=${() => void this.#removePasskey(id, name)}>${t('profile.remove')}</button></td>
                </tr>`,
              )}</tbody>
            </table>`
      }
      <p>${t(totp ? 'profile.appYes' : 'profile.appNo')}
        ${totp ? press(say, 'profile.appRemove', 'link', () => void this.#removeApp()) : nothing}</p>
      ${
        this.#factor === null
          ? html`<p>${press(say, 'profile.add', 'secondary', () => this.#addFactor())}</p>`
          : html`<div class="cards">${this.#factor.render()}</div>`
      }
    </section>`;
  }

  #recovery({ codesLeft }: Me): unknown {
    const { words } = this.#desk;
    return html`<section aria-labelledby="recovery">
      <h2 id="recovery" tabindex="-1">${words.t('profile.codes')}</h2>
      ${
        this.#codes === null
          ? html`<p>${words.t('profile.codesLeft', { n: codesLeft })}</p>
              <p>${press({ ...words, busy: false }, 'profile.newCodes', 'secondary', () => this.#newCodes())}</p>`
          : this.#codes.render()
      }
    </section>`;
  }

  #sessionTable(sessions: Sessions): unknown {
    const { lang, words } = this.#desk;
    const { t } = words;
    return html`<table class="list">
      <caption class="sr">${t('profile.sessions')}</caption>
      <thead><tr><th scope="col">${t('profile.browser')}</th><th scope="col">${t('profile.since')}</th><th scope="col">${t('profile.lastUsed')}</th><td></td></tr></thead>
      <tbody>${sessions.map(({ id, browser, openedAt, lastUsedAt, current }) => {
        const name = browser || words.plain('profile.unknownBrowser');
        return html`<tr>
          <th scope="row">${kept(name)} ${current ? html`<span class="badge good">${t('profile.here')}</span>` : nothing}</th>
          <td data-label=${t('profile.since')}>${dateTime(lang, openedAt)}</td>
          <td data-label=${t('profile.lastUsed')}>${dateTime(lang, lastUsedAt)}</td>
          <td class="acts">${
            current
              ? nothing
              : html`<button class="link" type="button" aria-label=${words.plain('profile.endOf', { nom: name })}
                  @click=${() => void this.#end(id)}>${t('profile.end')}</button>`
          }</td>
        </tr>`;
      })}</tbody>
    </table>`;
  }

  #passwordPart(): unknown {
    const form = this.#password;
    return html`<section aria-labelledby="password-title">
      <h2 id="password-title">${form.t('profile.password')}</h2>
      ${
        this.#changing
          ? html`${form.notice()}
              <form novalidate class="narrow" @submit=${(event: SubmitEvent) => void this.#changePassword(event)}>
                <input class="sr" type="email" autocomplete="username" .value=${this.#desk.me.email} readonly tabindex="-1" aria-hidden="true" />
                ${field(form, 'current', { label: 'profile.current', type: 'password', autocomplete: 'current-password' })}
                ${newPasswordField(form, 'profile.new')}
                <p class="actions">${submit(form, 'profile.change')}
                  ${press(form, 'shell.cancel', 'link', () => this.#toggle(false))}</p>
              </form>`
          : html`<p>${press(form, 'profile.change', 'secondary', () => this.#toggle(true))}</p>`
      }
    </section>`;
  }

  #toggle(changing: boolean): void {
    this.#changing = changing;
    this.#desk.redraw();
    this.#desk.focus(changing ? '#current' : '#password-title ~ p button');
  }

  async #changePassword(event: SubmitEvent): Promise<void> {
    const typed = typedIn(event);
    const json = { currentPassword: typed('current'), password: typed('password') };
    if (this.#password.refuses(json.currentPassword === '' ? { current: 'field.required' } : {})) return;
    await this.#password.run(
      async () => {
        await this.#desk.office.people('$post', '/password', { json });
        this.#changing = false;
        this.#tell('profile.changed');
        await this.#sessions.load();
      },
      { ...PASSWORD_REFUSALS, 'password-wrong': { field: 'current', key: 'profile.wrong' } },
    );
  }

  #addFactor(): void {
    this.#factor = new FactorSetup(this.#desk, () => {
      this.#factor = null;
      void this.#changed('profile.addedOne');
    });
    this.#desk.redraw();
    this.#desk.focus('.cards button');
  }

  #newCodes(): void {
    this.#codes = new CodesSetup(this.#desk, async () => {
      this.#codes = null;
      await this.#changed('profile.newCodesDone');
    });
    this.#desk.redraw();
    this.#desk.focus('#recovery');
  }

  #removePasskey(id: string, name: string): Promise<void> {
    const { t } = this.#desk.words;
    return this.#remove(
      {
        title: t('profile.removeOf', { nom: name }),
        body: html`<p>${t('profile.removeText')}</p>`,
        yes: 'profile.remove',
      },
      () => this.#desk.office.people('$delete', '/factors/passkeys/:id', { id }),
    );
  }

  #removeApp(): Promise<void> {
    const { t } = this.#desk.words;
    return this.#remove(
      {
        title: t('profile.appRemove'),
        body: html`<p>${t('profile.appRemoveText')}</p>`,
        yes: 'profile.remove',
      },
      () => this.#desk.office.people('$delete', '/factors/totp', {}),
    );
  }

  async #remove(question: Question, act: () => Promise<unknown>): Promise<void> {
    if (await this.#desk.ask(question)) await this.#does(act, () => this.#changed('profile.removed'));
  }

  #end(id: string): Promise<void> {
    return this.#does(
      () => this.#desk.office.people('$delete', '/me/sessions/:id', { id }),
      async () => {
        this.#tell('profile.ended');
        await this.#sessions.load();
      },
    );
  }

  async #does(act: () => Promise<unknown>, done: () => Promise<void>): Promise<void> {
    try {
      await act();
      await done();
    } catch (error) {
      if (!(error instanceof CallProblem)) throw error;
      this.#told = html`<div class="notice error">${problemText(this.#desk, error)}</div>`;
      this.#desk.redraw();
      this.#desk.focus('#told');
    }
  }

  async #changed(told: Key): Promise<void> {
    await this.#desk.reload();
    this.#tell(told);
  }

  #tell(told: Key): void {
    this.#told = html`<div class="notice success"><p>${this.#desk.words.t(told)}</p></div>`;
    this.#desk.redraw();
    this.#desk.focus('#told');
  }

  readonly #slash = (event: Event) => {
    slashKey.on = (event.target as HTMLInputElement).checked;
  };
}
