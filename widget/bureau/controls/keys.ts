// The programs' keys that open something, to revoke: all of them (« Paramètres »), or those that a person who leaves may have made
// or know (« Utilisateurs »).
import { html, nothing } from 'lit';
import type { Answer } from '../../client/api.ts';
import { CallProblem } from '../../client/problem.ts';
import { day } from '../../locales/format.ts';
import { moment, torontoDay } from '../day.ts';
import type { Desk } from '../desk.ts';
import type { Files } from '../office.ts';
import { problemText } from '../problem-text.ts';
import { kept } from '../words.ts';

type Key = Answer<'$get', '/keys', Files>['keys'][number];

export class Keys {
  readonly #desk: Desk;
  /** Null: not known. */
  #keys: readonly Key[] | null = null;
  /** Who left; null: nobody did. */
  #person: { id: string; name: string } | null = null;
  #problem: unknown = nothing;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /** Shows them; those that the person made who left first. */
  async open(person: { id: string; name: string } | null): Promise<void> {
    this.#person = person;
    this.#problem = nothing;
    this.#keys = null;
    try {
      const { keys } = await this.#desk.files('$get', '/keys', {});
      this.#keys = keys.toSorted((a, b) => Number(this.#made(b)) - Number(this.#made(a)));
    } catch (error) {
      if (!(error instanceof CallProblem)) throw error;
      // Who took her own access away sees nothing any more.
      if (error.kind !== 'forbidden')
        this.#problem = html`<div class="notice error">${problemText(this.#desk, error)}</div>`;
    }
    this.#desk.redraw();
  }

  render(): unknown {
    const keys = this.#keys;
    const { t } = this.#desk.words;
    if (this.#person === null) return html`${this.#problem} ${keys === null ? nothing : this.#table(keys)}`;
    if (keys === null || keys.length === 0) return this.#problem;
    return html`<section aria-labelledby="keys">
      <h2 id="keys">${t('keys.title')}</h2>
      <p>${t('keys.left', { nom: this.#person.name })}</p>
      ${this.#problem} ${this.#table(keys)}
    </section>`;
  }

  #table(keys: readonly Key[]): unknown {
    const { lang, words } = this.#desk;
    const { t } = words;
    if (keys.length === 0) return html`<p>${t('keys.none')}</p>`;
    return html`<table class="list">
      <caption class="sr">${t('keys.title')}</caption>
      <thead><tr><th scope="col">${t('keys.key')}</th><th scope="col">${t('keys.scopes')}</th><th scope="col">${t('keys.used')}</th>
        <th scope="col">${t('keys.until')}</th><th scope="col" class="acts">${t('keys.acts')}</th></tr></thead>
      <tbody>${keys.map(
        (key) => html`<tr>
          <th scope="row">${kept(key.name)} ${
            this.#person !== null && this.#made(key)
              ? html`<span class="badge due">${t('keys.hers', { nom: this.#person.name })}</span>`
              : nothing
          }</th>
          <td data-label=${t('keys.scopes')}>${kept(key.scopes.join(', '))}</td>
          <td data-label=${t('keys.used')}>${key.lastUsedAt === null ? t('keys.never') : moment(lang, key.lastUsedAt)}</td>
          <td data-label=${t('keys.until')}>${day(lang, torontoDay(Date.parse(key.expiresAt)))}</td>
          <td class="acts"><button class="link" type="button" aria-label=${words.plain('keys.revokeOf', { nom: key.name })}
            @click=${() => void this.#revoke(key)}>${t('keys.revoke')}</button></td></tr>`,
      )}</tbody>
    </table>`;
  }

  #made({ madeBy }: Key): boolean {
    return madeBy === `staff:${this.#person?.id}`;
  }

  async #revoke({ id, name }: Key): Promise<void> {
    const desk = this.#desk;
    const { t } = desk.words;
    const body = html`<p>${t('keys.revokeText')}</p>`;
    if (!(await desk.ask({ title: t('keys.revokeOf', { nom: name }), body, yes: 'keys.revoke' }))) return;
    try {
      await desk.files('$delete', '/keys/:id', { id });
      this.#keys = this.#keys?.filter((key) => key.id !== id) ?? null;
      this.#problem = html`<div class="notice success" id="revoked" tabindex="-1"><p>${t('keys.revoked', { nom: name })}</p></div>`;
    } catch (error) {
      if (!(error instanceof CallProblem)) throw error;
      this.#problem = html`<div class="notice error" id="revoked" tabindex="-1">${problemText(desk, error)}</div>`;
    }
    desk.redraw();
    desk.focus('#revoked');
  }
}
