// What a preview or an import says of rows: refused, changed, in conflict, to be chosen; a page of each at a time.
import { html, nothing } from 'lit';
import { press } from '../../../controls/parts.ts';
import type { Desk } from '../../desk.ts';
import { Fetched } from '../../fetched.ts';
import { type Key, kept } from '../../words.ts';
import { type FileRow, fieldKey, type RowState } from './shared.ts';

const TITLES: Readonly<Record<RowState, Key>> = {
  refused: 'imports.refused',
  choice: 'imports.choices',
  conflict: 'imports.conflicts',
  changed: 'imports.changed',
  warning: 'imports.warnings',
};
const STATES = Object.keys(TITLES) as RowState[];
const AT_ONCE = 50;

interface Page {
  rows: FileRow[];
  next?: number | undefined;
}
/** What she chose of a field: `holder|field` → file or page. */
export type Choices = Map<string, 'file' | 'page'>;

export class FileRows {
  readonly #desk: Desk;
  readonly #id: string;
  readonly #lists = new Map<RowState, { pages: number; list: Fetched<Page> }>();

  constructor(desk: Desk, id: string) {
    this.#desk = desk;
    this.#id = id;
  }

  /** `choices`: where fields may still be chosen. */
  render(numbers: Partial<Record<RowState, number>>, choices: Choices | null): unknown {
    return STATES.map((state) => ((numbers[state] ?? 0) > 0 ? this.#section(state, choices) : nothing));
  }

  #section(state: RowState, choices: Choices | null): unknown {
    const { words } = this.#desk;
    const { list } = this.#listOf(state);
    return html`<section><h3>${words.t(TITLES[state])}</h3>
      ${list.show(
        ({ rows, next }) => html`${
          state === 'choice' && choices !== null
            ? rows.map((row) => this.#choice(row, choices))
            : this.#table(state, rows)
        }
      ${
        next === undefined
          ? nothing
          : html`<p class="actions"><button class="secondary" type="button"
              aria-label=${words.plain('imports.moreOf', { titre: words.plain(TITLES[state]) })}
              @click=${() => this.#more(state)}>${words.t('imports.more')}</button></p>`
      }`,
      )}
    </section>`;
  }

  #table(state: RowState, rows: readonly FileRow[]): unknown {
    const { plain, t } = this.#desk.words;
    return html`<table class="list">
      <caption class="sr">${t(TITLES[state])}</caption>
      <thead><tr><th scope="col">${t('imports.line')}</th><th scope="col">${t('imports.what')}</th></tr></thead>
      <tbody>${rows.map(
        ({
          line,
          message,
        }) => html`<tr><th scope="row">${line === 0 ? '–' : html`<span class="narrow">${t('imports.line')} </span>${line}`}</th>
          <td data-label=${plain('imports.what')}>${message}</td></tr>`,
      )}</tbody>
    </table>`;
  }

  #choice({ line, choice }: FileRow, choices: Choices): unknown {
    if (choice === undefined) return nothing;
    const { plain, t } = this.#desk.words;
    const key = `${choice.holderId}|${choice.field}`;
    const shown = (value: string | null) =>
      value === null || value === '' ? plain('imports.nothing') : value;
    // Of each row its own group; one choice stands for all rows of this person.
    const choose = (take: 'file' | 'page') => {
      choices.set(key, take);
      this.#desk.redraw();
    };
    const option = (take: 'file' | 'page') => html`<label class="check">
      <input type="radio" name=${`${line}|${key}`} .checked=${choices.get(key) === take} @change=${() => choose(take)} />
      <span>${t(take === 'file' ? 'imports.takeFile' : 'imports.keepPage', { valeur: kept(shown(choice[take])) })}</span></label>`;
    return html`<fieldset>
      <legend>${t('imports.choiceOf', { n: line, champ: plain(fieldKey(choice.field)) })}</legend>
      <p><a href="#dossier/${choice.holderId}">${t('imports.openFile')}</a></p>
      ${option('page')} ${option('file')}
    </fieldset>`;
  }

  #listOf(state: RowState): { pages: number; list: Fetched<Page> } {
    const known = this.#lists.get(state);
    if (known !== undefined) return known;
    const made = { pages: 1, list: new Fetched(this.#desk, () => this.#pagesOf(state)) };
    this.#lists.set(state, made);
    return made;
  }

  async #pagesOf(state: RowState): Promise<Page> {
    const { files, lang } = this.#desk;
    let all: Page = { rows: [], next: 0 };
    const pages = this.#lists.get(state)?.pages ?? 1;
    for (let page = 0; page < pages && all.next !== undefined; page += 1) {
      const query = { state, after: String(all.next), limit: String(AT_ONCE), lang: lang.slice(0, 2) };
      const more: Page = await files('$get', '/import-files/:id/rows', { id: this.#id, query });
      all = { rows: [...all.rows, ...more.rows], next: more.next };
    }
    return all;
  }

  #more(state: RowState): void {
    const list = this.#listOf(state);
    list.pages += 1;
    void list.list.load();
  }
}

/** A button that is not one of a form. */
export function plainPress(
  desk: Desk,
  key: Key,
  look: 'primary' | 'secondary' | 'link',
  pressed: () => void,
): unknown {
  return press({ ...desk.words, busy: false }, key, look, pressed);
}
