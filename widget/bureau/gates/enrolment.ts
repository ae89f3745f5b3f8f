// Before anything is seen: a second factor, then ten recovery codes.
import { html } from 'lit';
import { CodesSetup, FactorSetup } from '../controls/factors.ts';
import { words } from '../locales/enrolment.ts';
import { addWords } from '../words.ts';
import type { Gate, Lobby } from './gate.ts';

export class Enrolment implements Gate {
  readonly #lobby: Lobby;
  readonly #factor: FactorSetup;
  #codes: CodesSetup | null = null;

  /** `hasFactor`: she had come so far before, and loaded the page anew. */
  constructor(lobby: Lobby, hasFactor: boolean) {
    addWords(words);
    this.#lobby = lobby;
    this.#factor = new FactorSetup(lobby, () => this.#next());
    if (hasFactor) this.#next();
  }

  title(): string {
    return this.#lobby.words.plain(this.#codes === null ? 'enrol.title' : 'codes.title');
  }

  render(): unknown {
    const { t } = this.#lobby.words;
    const codes = this.#codes;
    return html`<p class="hint noprint">${t('enrol.step', { n: codes === null ? 1 : 2 })}</p>
      <h1 id="title" tabindex="-1">${t(codes === null ? 'enrol.title' : 'codes.title')}</h1>
      ${codes === null ? html`<p>${t('enrol.text')}</p>${this.#factor.render()}` : codes.render()}`;
  }

  #next(): void {
    this.#codes = new CodesSetup(this.#lobby, () => this.#lobby.entered());
    this.#lobby.redraw();
    this.#lobby.focus('#title');
  }
}
