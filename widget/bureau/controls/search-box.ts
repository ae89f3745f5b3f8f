// One field, in the header of every screen: what is typed is looked for at once; Enter opens the first, ↑ and ↓ choose.
// The results stand under the field, or in the search screen where that one is shown.
import { html, nothing } from 'lit';
import { CallProblem } from '../../client/problem.ts';
import { money } from '../../locales/format.ts';
import type { Desk } from '../desk.ts';
import type { Found } from '../office.ts';
import { problemText } from '../problem-text.ts';
import { kept } from '../words.ts';

/** Nobody types slower than this between two letters of a name. */
const PAUSE_MS = 200;
type Person = Found['found'][number];

export class SearchBox {
  readonly #desk: Desk;
  /** The results stand in the screen below. */
  #inScreen = false;
  #text = '';
  #found: Found | null = null;
  #problem: CallProblem | null = null;
  /** What Enter opens. */
  #chosen = 0;
  #open = false;
  #searching = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #turn = 0;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /** The field; on screens other than the search, its results under it. */
  render(inScreen: boolean): unknown {
    this.#inScreen = inScreen;
    const { words } = this.#desk;
    const shown = this.#shown;
    return html`<form class="search" role="search" @submit=${this.#submit} @focusout=${this.#left}>
      <label class="sr" for="search">${words.t('search.label')}</label>
      <input
        id="search"
        type="search"
        autocomplete="off"
        autocapitalize="none"
        spellcheck="false"
        enterkeyhint="search"
        placeholder=${words.plain('search.placeholder')}
        role="combobox"
        aria-autocomplete="list"
        aria-expanded=${shown ? 'true' : 'false'}
        aria-controls="results"
        aria-activedescendant=${shown && this.#people.length > 0 ? `result-${this.#chosen}` : nothing}
        @input=${this.#typed}
        @keydown=${this.#key}
        @focus=${this.#entered}
      />
      ${inScreen ? nothing : html`<div class="panel" ?hidden=${!shown}>${this.results()}</div>`}
    </form>`;
  }

  /** Whether something has been looked for. */
  get asked(): boolean {
    return this.#text.trim() !== '';
  }

  get #shown(): boolean {
    return this.asked && (this.#open || this.#inScreen);
  }
  get #people(): readonly Person[] {
    return this.#found?.found ?? [];
  }

  /** The people found, and how many fit. */
  results(): unknown {
    const { words } = this.#desk;
    return html`${
      this.#problem === null
        ? html`<p class="hint" role="status">${this.#count()}</p>`
        : html`<div class="notice error" role="alert">${problemText(this.#desk, this.#problem)}</div>`
    }
      <ul id="results" role="listbox" aria-label=${words.plain('search.results')}>
        ${this.#people.map((person, i) => this.#person(person, i))}
      </ul>`;
  }

  #count(): unknown {
    const { t } = this.#desk.words;
    if (this.#found === null) return this.#searching ? t('search.searching') : nothing;
    const { total, found } = this.#found;
    if (total === 0) return t('search.none');
    if (total > 200) return t('search.many');
    return total > found.length ? t('search.first', { n: total }) : t('search.found', { n: total });
  }

  #person(person: Person, i: number): unknown {
    const { lang, words } = this.#desk;
    const { balanceCents, certificateNumbers, closed, firstName, lastName, usualName } = person;
    const amount = money(lang, Math.abs(balanceCents));
    return html`<li id="result-${i}" role="option" aria-selected=${i === this.#chosen ? 'true' : 'false'}
        @mousedown=${(event: Event) => event.preventDefault()} @click=${() => this.#go(person)}>
      <span class="who">${kept(`${lastName}, ${firstName}`)}${usualName ? html` <span class="hint">(${kept(usualName)})</span>` : nothing}</span>
      <span class="numbers">${certificateNumbers.map((number, n) => html`${n > 0 ? ', ' : nothing}${kept(number)}`)}</span>
      <span class="badges">${closed ? html`<span class="badge bad">${words.t('search.closed')}</span> ` : nothing}${
        balanceCents > 0
          ? html`<span class="badge due">${words.t('search.owes', { montant: amount })}</span>`
          : balanceCents < 0
            ? html`<span class="badge">${words.t('search.credit', { montant: amount })}</span>`
            : kept(amount)
      }</span>
    </li>`;
  }

  readonly #typed = (event: Event) => {
    this.#text = (event.target as HTMLInputElement).value;
    this.#open = true;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#search(), PAUSE_MS);
    this.#desk.redraw();
  };

  async #search(): Promise<void> {
    clearTimeout(this.#timer);
    this.#turn += 1;
    const turn = this.#turn;
    const text = this.#text.trim();
    this.#problem = null;
    this.#searching = text !== '';
    if (text === '') this.#found = null;
    this.#desk.redraw();
    if (text === '') return;
    try {
      const found = await this.#desk.files('$post', '/search', { json: { text: text.slice(0, 200) } });
      if (turn !== this.#turn) return;
      this.#found = found;
      this.#chosen = 0;
    } catch (error) {
      if (!(error instanceof CallProblem)) throw error;
      if (turn !== this.#turn) return;
      this.#problem = error;
      this.#found = null;
    }
    this.#searching = false;
    this.#searched = text;
    this.#desk.redraw();
  }
  /** What the results are of. */
  #searched = '';

  readonly #key = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && this.#people.length > 0) {
      event.preventDefault();
      this.#open = true;
      this.#chosen = (this.#chosen + step + this.#people.length) % this.#people.length;
      this.#desk.redraw();
      this.#desk.find(`#result-${this.#chosen}`)?.scrollIntoView({ block: 'nearest' });
    }
    if (event.key === 'Escape' && this.#shown && !this.#inScreen) {
      event.preventDefault();
      this.#open = false;
      this.#desk.redraw();
    }
  };

  /** Enter: the one that is chosen, of what stands in the field now. */
  readonly #submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (!this.asked) return;
    if (this.#searched !== this.#text.trim()) await this.#search();
    const person = this.#people[this.#chosen];
    if (person !== undefined) this.#go(person);
  };

  readonly #entered = () => {
    if (!this.asked) return;
    this.#open = true;
    this.#desk.redraw();
  };

  readonly #left = () => {
    this.#open = false;
    this.#desk.redraw();
  };

  #go({ holderId }: Person): void {
    this.#open = false;
    this.#desk.go(`dossier/${holderId}`);
  }
}
