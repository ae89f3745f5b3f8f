// Once a person's access is taken away: the programs' keys that open something, which she may have made or know, to revoke.
import { html, nothing } from 'lit';
import type { Answer } from '../../../client/api.ts';
import { CallProblem } from '../../../client/problem.ts';
import { moment } from '../../day.ts';
import type { Desk } from '../../desk.ts';
import type { Files } from '../../office.ts';
import { problemText } from '../../problem-text.ts';
import { kept } from '../../words.ts';

type Key = Answer<'$get', '/keys', Files>['keys'][number];

export class KeysLeft {
  readonly #desk: Desk;
  #keys: readonly Key[] = [];
  /** Who left. */
  #person = { id: '', name: '' };
  #problem: unknown = nothing;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /** Shows the keys that open something, those that the person with this id made first. */
  async open(id: string, name: string): Promise<void> {
    this.#person = { id, name };
    this.#problem = nothing;
    this.#keys = [];
    try {
      const { keys } = await this.#desk.files('$get', '/keys', {});
      this.#keys = keys.toSorted((a, b) => Number(this.#made(b)) - Number(this.#made(a)));
    } catch (error) {
      if (!(error instanceof CallProblem)) throw error;
      // Who took her own access away sees nothing any more.
      if (error.kind !== 'forbidden')
        this.#problem = html`<div class="notice error">${problemText(this.#desk, error)}</div>`;
    }
  }

  render(): unknown {
    if (this.#keys.length === 0) return this.#problem;
    const { lang, words } = this.#desk;
    const { t } = words;
    return html`<section aria-labelledby="keys">
      <h2 id="keys">${t('people.keys')}</h2>
      <p>${t('people.keysText', { nom: this.#person.name })}</p>
      ${this.#problem}
      <table class="list">
        <caption class="sr">${t('people.keys')}</caption>
        <thead><tr><th scope="col">${t('people.key')}</th><th scope="col">${t('people.scopes')}</th>
          <th scope="col">${t('people.keyUsed')}</th><th scope="col" class="acts">${t('people.acts')}</th></tr></thead>
        <tbody>${this.#keys.map(
          (key) => html`<tr>
            <th scope="row">${kept(key.name)} ${
              this.#made(key)
                ? html`<span class="badge due">${t('people.keyHers', { nom: this.#person.name })}</span>`
                : nothing
            }</th>
            <td data-label=${t('people.scopes')}>${kept(key.scopes.join(', '))}</td>
            <td data-label=${t('people.keyUsed')}>${key.lastUsedAt === null ? t('people.never') : moment(lang, key.lastUsedAt)}</td>
            <td class="acts"><button class="link" type="button" aria-label=${words.plain('people.revokeOf', { nom: key.name })}
              @click=${() => void this.#revoke(key)}>${t('people.revoke')}</button></td></tr>`,
        )}</tbody>
      </table>
    </section>`;
  }

  #made({ madeBy }: Key): boolean {
    return madeBy === `staff:${this.#person.id}`;
  }

  async #revoke({ id, name }: Key): Promise<void> {
    const desk = this.#desk;
    const { t } = desk.words;
    const body = html`<p>${t('people.revokeText')}</p>`;
    if (!(await desk.ask({ title: t('people.revokeOf', { nom: name }), body, yes: 'people.revoke' }))) return;
    try {
      await desk.files('$delete', '/keys/:id', { id });
      this.#keys = this.#keys.filter((key) => key.id !== id);
      this.#problem = html`<div class="notice success" id="revoked" tabindex="-1"><p>${t('people.revoked', { nom: name })}</p></div>`;
    } catch (error) {
      if (!(error instanceof CallProblem)) throw error;
      this.#problem = html`<div class="notice error" id="revoked" tabindex="-1">${problemText(desk, error)}</div>`;
    }
    desk.redraw();
    desk.focus('#revoked');
  }
}
